/* Step 2: the code. */
#include "pages.h"
#include "view/view_steps.h"
#include "wizard_call.h"

const struct field_spec disassociate_verify_query[] = WIZARD_CODE_QUERY;
const struct field_spec disassociate_verify_fields[] = WIZARD_CODE_FIELDS;
const struct field_spec disassociate_send_fields[] = WIZARD_SEND_FIELDS;

static const struct err *show(struct call *call, struct wizard_call *w, const struct code_fault *fault)
{
    struct page *page = wizard_call_page(call, w, "disassociate_verify", _("Verify it’s you"));
    wizard_call_messages(call, w);
    TRY(code_call_fill(call, w, wizard_call_path(call, w, STEP_CHECK), wizard_call_path(call, w, STEP_REASON), "", fault));
    view_steps_submit(page, 1, true);
    return call_show(call, 0);
}

/* The draft, when this step may be shown; *out NULL: the response is made. */
static const struct err *load(struct call *call, struct wizard_call **out)
{
    TRY(wizard_call_submit(call, out));
    if (*out != NULL && wizard_call_leads_away(call, *out, STEP_VERIFY))
        *out = NULL;
    return NULL;
}

const struct err *disassociate_verify_get(struct call *call)
{
    static const struct code_fault none;
    struct wizard_call *w = NULL;
    TRY(load(call, &w));
    return w != NULL ? show(call, w, &none) : NULL;
}

typedef const struct err *code_call(struct call *call, struct wizard_call *w, struct code_fault *fault);

static const struct err *post(struct call *call, code_call *act_on)
{
    struct wizard_call *w = NULL;
    struct code_fault fault = {.text = NULL};
    TRY(wizard_call_submit(call, &w));
    if (w == NULL)
        return NULL;
    TRY(act_on(call, w, &fault));
    if (fault.text == NULL)
        return NULL;
    TRY(wizard_call_reload(call, w));
    return wizard_call_leads_away(call, w, STEP_VERIFY) ? NULL : show(call, w, &fault);
}

static const struct err *prove(struct call *call, struct wizard_call *w, struct code_fault *fault)
{
    return code_call_prove(call, w, wizard_call_path(call, w, STEP_REASON), fault);
}

const struct err *disassociate_verify_post(struct call *call) { return post(call, prove); }

const struct err *disassociate_send_post(struct call *call) { return post(call, code_call_send); }

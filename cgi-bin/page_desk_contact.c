/* An account that has lost its contacts gets a new one, after proof outside this system. */
#include "pages.h"

#include <string.h>

#include "action/desk_contact.h"
#include "base/clock.h"
#include "base/text.h"
#include "desk_call.h"
#include "domain/contact.h"
#include "step_up_call.h"

static const char *const channels[] = {"EMAIL", "SMS", NULL};

const struct field_spec desk_contact_fields[] = {
    {.name = "channel", .kind = FIELD_CHOICE, .choices = channels},
    {.name = "address", .kind = FIELD_TEXT, .max = 254},
    {.name = "reason", .kind = FIELD_LINES, .max = DESK_REASON_MAX_POINTS},
    {.name = NULL},
};

static const struct err *find(struct call *call, struct desk_account **account)
{
    return desk_call_open_account(call, _("It gets no more contacts."), account);
}

static void make_page(struct call *call, const struct desk_account *account)
{
    struct page *page = desk_call_page(call, "desk_contact", _("Replace a lost contact"), account);
    const bool is_sms = strcmp(call_typed(call, "channel", "EMAIL"), "SMS") == 0;
    tpl_show_if(page->dict, "BY_EMAIL", !is_sms);
    tpl_show_if(page->dict, "BY_SMS", is_sms);
    tpl_set(page->dict, "ADDRESS", call_typed(call, "address", ""));
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "address", "ADDRESS_FAULT", "ADDRESS_ERROR");
    desk_call_reason(call, _("How did you recognise who is asking?"),
                     _("For the operation log: what was shown to you, by whom. At most 500 characters."));
    return call_show(call, 0);
}

const struct err *desk_contact_get(struct call *call)
{
    struct desk_account *account = NULL;
    TRY(find(call, &account));
    if (account == NULL)
        return NULL;
    if (!call->is_stale && step_up_first(call, call_page_path(call)))
        return NULL;
    make_page(call, account);
    return show(call);
}

const struct err *desk_contact_post(struct call *call)
{
    struct desk_account *account = NULL;
    enum desk_outcome outcome = DESK_DONE;
    TRY(find(call, &account));
    if (account == NULL)
        return NULL;
    make_page(call, account);
    struct desk_contact contact = {
        .account_no = account->no, .proof = form_text(call->form, "reason"),
        .channel = strcmp(form_text(call->form, "channel"), "SMS") == 0 ? CHANNEL_SMS : CHANNEL_EMAIL};
    contact.address = contact_clean(call->mem, contact.channel, form_text(call->form, "address"));
    if (!contact_is_fine(contact.channel, contact.address))
        page_fault(call->page, "address", contact.channel == CHANNEL_SMS ? _("Enter a mobile number with its country code, like +49 1512 3456789")
                                                                         : _("Enter an email address, like name@example.com"));
    desk_call_judge_reason(call);
    if (call->page->faults_n > 0)
        return show(call);
    struct act *act = call_act(call, mem_text(call->mem, "/accounts/%s", account->no));
    TRY(desk_contact_replace(act, &contact, &outcome));
    if (act->is_done) {
        call_flash(call, "contact-replaced");
        return call_go(call, "%s", act->location);
    }
    if (outcome == DESK_NO_STEP_UP)
        return step_up_go(call, call_page_path(call));
    page_fault(call->page, "address", _("This address is the contact already"));
    return show(call);
}

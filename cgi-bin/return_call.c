#include "return_call.h"

#include <string.h>

#include "base/text.h"

const struct field_spec return_query[] = {RETURN_FIELD, {.name = NULL}};
const struct field_spec return_fields[] = {RETURN_FIELD, {.name = NULL}};

static bool is_request_no(const struct call *call, const char *text)
{
    struct pattern_vars vars;
    return strncmp(text, "DR", 2) == 0 && pattern_match(call->mem, "{no}", text, &vars);
}

const char *return_call(const struct call *call)
{
    const char *text = form_text(call->form, "return");
    return strcmp(text, "check") == 0 || is_request_no(call, text) ? text : "";
}

const char *return_call_path(const struct call *call)
{
    const char *to = return_call(call);
    if (to[0] == '\0')
        return NULL;
    return strcmp(to, "check") == 0 ? "/disassociate/check" : mem_text(call->mem, "/process-request/%s", to);
}

const char *return_call_keep(const struct call *call, const char *path)
{
    const char *to = return_call(call);
    return to[0] == '\0' ? path : mem_text(call->mem, "%s?return=%s", path, to);
}

void return_call_fill(struct call *call, const char *after)
{
    const char *path = return_call_path(call);
    struct page *page = call->page;
    tpl_set(page->dict, "RETURN", return_call(call));
    tpl_set(page->dict, "BACK", path != NULL ? path : "/account");
    tpl_set(page->dict, "BACK_TEXT", path != NULL ? _("Return to checks") : _("Go to your account"));
    if (path != NULL && after != NULL)
        page_message(page, TONE_INFO, _("You came from the account checks"), after);
}

void return_call_say_currency(struct call *call)
{
    static const char prefix[] = "currency.";
    const char *code = call->flash + sizeof prefix - 1;
    if (strncmp(call->flash, prefix, sizeof prefix - 1) != 0 || strlen(code) != 3 || strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return;
    page_message(call->page, TONE_OK, text_fill(call->mem, _("Currency set to {currency}"), "currency", code, NULL), "");
}

#include "contact_call.h"

#include <string.h>

static bool is_number(const char *text, const char *prefix)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    return strncmp(text, prefix, strlen(prefix)) == 0 && strlen(text) <= 40 && strspn(text, alphabet) == strlen(text);
}

static bool is_ours(const struct call *call, const char *text)
{
    if (call->actor.kind == ACCOUNT_PARTNER)
        return is_number(text, "DR") || is_number(text, "C-");
    return strcmp(text, "verify") == 0 || is_number(text, "DR");
}

const char *contact_call_return(const struct call *call)
{
    const char *text = form_text(call->form, "return");
    return is_ours(call, text) ? text : "";
}

const char *contact_call_path(const struct call *call, const char *return_to)
{
    if (!is_ours(call, return_to))
        return "/contacts";
    if (strcmp(return_to, "verify") == 0)
        return "/disassociate/verify";
    if (strncmp(return_to, "C-", 2) == 0)
        return mem_text(call->mem, "/customers/%s/disassociate/verify", return_to);
    return mem_text(call->mem, call->actor.kind == ACCOUNT_PARTNER ? "/requests/%s/verify" : "/process-request/%s/verify", return_to);
}

const char *contact_call_keep(const struct call *call, const char *path)
{
    const char *to = contact_call_return(call);
    return to[0] == '\0' ? path : mem_text(call->mem, "%s%sreturn=%s", path, strchr(path, '?') != NULL ? "&" : "?", to);
}

void contact_call_say(struct call *call, const char *return_to)
{
    if (return_to[0] != '\0')
        page_message(call->page, TONE_INFO, _("You came from a step that needs a code"),
                     _("After you prove an email address or mobile number we take you back to it."));
}

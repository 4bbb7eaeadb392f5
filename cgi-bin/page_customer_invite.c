#include "action/invite.h"
#include "action/register.h"
#include "base/text.h"
#include "pages.h"

const struct field_spec customer_invite_fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .max = INVITE_NAME_MAX_POINTS},
    {.name = "email", .kind = FIELD_EMAIL, .max = LOGIN_MAX},
    {.name = NULL},
};
const struct field_spec customer_invite_link_fields[] = {
    {.name = "label", .kind = FIELD_TEXT, .max = INVITE_NAME_MAX_POINTS},
    {.name = NULL},
};

static struct page *make_page(struct call *call)
{
    struct page *page = call_page(call, "customer_invite", _("Invite a customer"));
    page->is_narrow = true;
    page->current = "/invitations";
    page_crumb(page, "/invitations", _("Invitations"));
    page_crumb(page, NULL, page->title);
    tpl_set(page->dict, "EMAIL_TEXT",
            text_fill(call->mem, _("We send a link that works for {duration}."), "duration",
                      format_duration(call->mem, call->site->config->association.invitation_ttl_s), NULL));
    tpl_set(page->dict, "NAME", call_typed(call, "name", ""));
    tpl_set(page->dict, "EMAIL", call_typed(call, "email", ""));
    tpl_set(page->dict, "LABEL", call_typed(call, "label", ""));
    return page;
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "name", "NAME_FAULT", "NAME_ERROR");
    page_field(call->page, "email", "EMAIL_FAULT", "EMAIL_ERROR");
    page_field(call->page, "label", "LABEL_FAULT", "LABEL_ERROR");
    return call_show(call, 0);
}

const struct err *customer_invite_get(struct call *call)
{
    make_page(call);
    return show(call);
}

static const struct err *show_refusal(struct call *call, const struct invite_result *result)
{
    struct page *page = call->page;
    switch (result->outcome) {
    case INVITE_PARTNER_FROZEN:
        page_message(page, TONE_BAD, _("Your account is frozen"),
                     _("You can’t invite customers until the platform unfreezes it. Contact support."));
        break;
    case INVITE_TOO_MANY:
        page_message(page, TONE_BAD, _("You have made too many invitations today"), _("Try again tomorrow, or contact support."));
        break;
    case INVITE_ALREADY_OPEN:
        page_fault(page, "email", _("This address already has an open invitation. You can send that one again"));
        page_message(page, TONE_BAD, _("There is a problem"), "");
        page_message_link(page, mem_text(call->mem, "/invitations/%lld", (long long)result->invitation->id),
                          _("Show the open invitation"));
        break;
    case INVITE_HAS_PARTNER:
        page_fault(page, "email", _("This customer already has a partner"));
        break;
    case INVITE_OWN_CUSTOMER:
        page_fault(page, "email", _("This customer already has a partner: it is you"));
        break;
    case INVITE_DONE:
    case INVITE_WAIT:
    case INVITE_CLOSED:
        return err_new(ERR_BUG, 0, "an invitation was refused with outcome %d", (int)result->outcome);
    }
    if (page->faults_n > 0)
        return show(call);
    page_field(page, "email", "EMAIL_FAULT", "EMAIL_ERROR");
    return call_show(call, 409);
}

static void check_name(struct page *page, const struct form *form, const char *field)
{
    if (form_field(form, field)->fault == FIELD_TOO_LONG)
        page_fault(page, field, _("Use 120 characters or fewer"));
}

const struct err *customer_invite_post(struct call *call)
{
    const char *name = form_text(call->form, "name"), *email = form_text(call->form, "email");
    struct page *page = make_page(call);
    check_name(page, call->form, "name");
    if (name[0] == '\0')
        page_fault(page, "name", _("Enter a name"));
    if (!text_is_email(email) || form_field(call->form, "email")->fault != FIELD_FINE)
        page_fault(page, "email", _("Enter an email address, like name@example.com"));
    if (page->faults_n > 0)
        return show(call);

    struct act *act = call_act(call, "/invitations");
    struct invite_result result = {.outcome = INVITE_DONE};
    TRY(invite_by_email(act, name, email, &result));
    if (!act->is_done)
        return show_refusal(call, &result);
    call_flash(call, "invited");
    return call_go(call, "%s", act->location);
}

const struct err *customer_invite_link_post(struct call *call)
{
    struct page *page = make_page(call);
    check_name(page, call->form, "label");
    if (page->faults_n > 0)
        return show(call);
    struct act *act = call_act(call, "/invitations/{no}");
    struct invite_result result = {.outcome = INVITE_DONE};
    TRY(invite_by_link(act, form_text(call->form, "label"), &result));
    if (!act->is_done)
        return show_refusal(call, &result);
    call_flash(call, "invited-by-link");
    return call_go(call, "%s", act->location);
}

#include "pages.h"

#include <string.h>

#include "action/freeze.h"
#include "customer_call.h"
#include "view/view_customer.h"

static const char *const types[] = {"ACCOUNT", "ACCOUNT_AND_RESOURCES", NULL};
static const char *const thens[] = {"process", NULL};

const struct field_spec customer_unfreeze_fields[] = {
    {.name = "type", .kind = FIELD_CHOICE, .choices = types},   /* as it was shown: lifting names what it lifts */
    {.name = "reason", .kind = FIELD_TEXT, .max = FREEZE_REASON_MAX_POINTS},
    {.name = "then", .kind = FIELD_CHOICE, .choices = thens},
    {.name = NULL},
};

static bool is_waiting(const struct customer_call *c) { return c->open != NULL && c->open->initiator == SIDE_CUSTOMER; }

static void make_page(struct call *call, const struct customer_call *c)
{
    const struct freeze *freeze = c->freeze;
    struct page *page = call_page(call, "customer_unfreeze", customer_call_text(call, c, _("Unfreeze {customer}?")));
    page->is_narrow = true;
    customer_call_crumbs(page, c);
    tpl_set(page->dict, "PATH", c->path);
    tpl_set(page->dict, "TYPE", freeze_type_name(freeze->type));
    tpl_set(page->dict, "SCOPE", view_freeze_type(freeze->type));
    tpl_set(page->dict, "SOURCE", view_freeze_source(freeze->source));
    tpl_set(page->dict, "SINCE", format_time(call->mem, freeze->at, call->zone));
    tpl_set(page->dict, "FREEZE_REASON", freeze->reason);
    tpl_set(page->dict, "REASON", call_typed(call, "reason", ""));
    tpl_show_if(page->dict, "CAN_PROCESS", is_waiting(c));
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "reason", "REASON_FAULT", "REASON_ERROR");
    return call_show(call, 0);
}

static const char *obstacle(const struct call *call, const struct customer_call *c)
{
    if (c->freeze == NULL)
        return _("Nothing of it is frozen now.");
    if (!freeze_is_partners(c->freeze))
        return mem_text(call->mem, "%s %s", _("Only the platform can lift this freeze. To ask for it, contact support:"), call_support(call));
    if (c->association->partner_is_frozen)
        return _("Your own account is frozen. Until it is unfrozen you can’t freeze or unfreeze.");
    return NULL;
}

static const struct err *show_obstacle(struct call *call, const struct customer_call *c)
{
    const char *title = c->freeze == NULL ? _("This account is not frozen") : _("You can’t unfreeze this account");
    return call_error_page(call, 409, title, obstacle(call, c), c->path, _("Go to the customer"));
}

const struct err *customer_unfreeze_get(struct call *call)
{
    struct customer_call *c = NULL;
    TRY(customer_call_active(call, &c));
    if (c == NULL)
        return NULL;
    if (obstacle(call, c) != NULL)
        return show_obstacle(call, c);
    make_page(call, c);
    return show(call);
}

/* The freeze is another one than the page had shown: shown again as it is, with what was typed. */
static const struct err *show_changed(struct call *call, struct customer_call *c, struct freeze *freeze)
{
    c->freeze = freeze;
    make_page(call, c);
    page_message(call->page, TONE_BAD, _("The freeze was changed meanwhile"), _("See what is frozen now, then try again."));
    return call_show(call, 409);
}

static const struct err *refused(struct call *call, struct customer_call *c, const struct freeze_result *result)
{
    if (result->outcome == FREEZE_CUSTOMER_LEFT)
        return customer_call_left(call, c);
    if (result->outcome == FREEZE_OTHER_TYPE)
        return show_changed(call, c, result->freeze);
    c->freeze = result->freeze;
    c->association->partner_is_frozen |= result->outcome == FREEZE_PARTNER_FROZEN;
    if (obstacle(call, c) == NULL)
        return err_new(ERR_CONFLICT, 0, "the customer could not be unfrozen: outcome %d", (int)result->outcome);
    return show_obstacle(call, c);
}

/* A form that was sent twice comes here when nothing is frozen any more: it is answered as the first time. */
const struct err *customer_unfreeze_post(struct call *call)
{
    struct customer_call *c = NULL;
    struct freeze_result result = {.outcome = FREEZE_DONE};
    enum freeze_type type = FREEZE_ACCOUNT;
    TRY(customer_call_active(call, &c));
    if (c == NULL)
        return NULL;
    const bool to_request = strcmp(form_text(call->form, "then"), "process") == 0 && is_waiting(c);
    struct act *act = call_act(call, to_request ? mem_text(call->mem, "/requests/%s", c->open->no) : c->path);
    TRY(act_seen_before(act));
    if (!act->is_done && obstacle(call, c) != NULL)
        return show_obstacle(call, c);
    if (!act->is_done) {
        const struct field *reason = form_field(call->form, "reason");
        make_page(call, c);
        if (reason->fault == FIELD_TOO_LONG)
            page_fault(call->page, "reason", _("The reason must be 256 characters or fewer"));
        else if (reason->text[0] == '\0')
            page_fault(call->page, "reason", _("Enter a reason"));
        if (call->page->faults_n > 0)
            return show(call);
        if (!freeze_type_find(form_text(call->form, "type"), &type))
            return show_changed(call, c, c->freeze);
        TRY(unfreeze_customer(act, c->association->id, type, reason->text, &result));
        if (!act->is_done)
            return refused(call, c, &result);
    }
    call_flash(call, strcmp(act->location, c->path) == 0 ? "unfrozen-customer" : "unfrozen");
    return call_go(call, "%s", act->location);
}

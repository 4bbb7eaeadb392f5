#include "pages.h"

#include <stdio.h>
#include <string.h>

#include "action/freeze.h"
#include "base/text.h"
#include "customer_call.h"

static const char *const types[] = {"ACCOUNT", "ACCOUNT_AND_RESOURCES", NULL};

const struct field_spec customer_freeze_fields[] = {
    {.name = "type", .kind = FIELD_CHOICE, .choices = types},
    {.name = "reason", .kind = FIELD_TEXT, .max = FREEZE_REASON_MAX_POINTS},
    {.name = NULL},
};

static void make_page(struct call *call, const struct customer_call *c)
{
    struct page *page = call_page(call, "customer_freeze", customer_call_text(call, c, _("Freeze {customer}")));
    const char *type = call_typed(call, "type", "");
    char days[24];
    snprintf(days, sizeof days, "%lld", (long long)call->site->config->request.retention_days);
    page->is_narrow = true;
    customer_call_crumbs(page, c);
    tpl_set(page->dict, "PATH", c->path);
    tpl_set(page->dict, "DAYS_TEXT", text_fill(call->mem, _("The customer also can’t use any resource. Data is kept for {days} days, then deleted."),
                                               "days", days, NULL));
    tpl_show_if(page->dict, "ACCOUNT_CHOSEN", strcmp(type, types[0]) == 0);
    tpl_show_if(page->dict, "ALL_CHOSEN", strcmp(type, types[1]) == 0);
    tpl_set(page->dict, "REASON", call_typed(call, "reason", ""));
    if (c->open != NULL)
        page_message(page, TONE_WARN, customer_call_text(call, c, _("{customer} has an open request")),
                     _("It can’t be agreed while the account is frozen."));
}

static const struct err *show(struct call *call)
{
    page_field(call->page, "type", "TYPE_FAULT", "TYPE_ERROR");
    page_field(call->page, "reason", "REASON_FAULT", "REASON_ERROR");
    return call_show(call, 0);
}

/* Why it cannot be done at all; NULL when it can. */
static const char *obstacle(const struct customer_call *c)
{
    if (c->association->model != MODEL_RESELLER)
        return _("You referred this customer and don’t bill it, so you can’t freeze it.");
    if (c->freeze != NULL)
        return _("At most one freeze can be in force. To change its scope, unfreeze the account first.");
    if (c->association->partner_is_frozen)
        return _("Your own account is frozen. Until it is unfrozen you can’t freeze or unfreeze.");
    return NULL;
}

static const struct err *show_obstacle(struct call *call, const struct customer_call *c)
{
    const char *title = c->freeze != NULL ? _("This account is already frozen") : _("You can’t freeze this account");
    return call_error_page(call, 409, title, obstacle(c), c->path, _("Go to the customer"));
}

const struct err *customer_freeze_get(struct call *call)
{
    struct customer_call *c = NULL;
    TRY(customer_call_active(call, &c));
    if (c == NULL)
        return NULL;
    if (obstacle(c) != NULL)
        return show_obstacle(call, c);
    make_page(call, c);
    return show(call);
}

static void find_faults(struct call *call)
{
    const struct field *reason = form_field(call->form, "reason");
    if (form_text(call->form, "type")[0] == '\0')
        page_fault(call->page, "type", _("Select what to freeze"));
    if (reason->fault == FIELD_TOO_LONG)
        page_fault(call->page, "reason", _("The reason must be 256 characters or fewer"));
    else if (reason->text[0] == '\0')
        page_fault(call->page, "reason", _("Enter a reason"));
}

const struct err *customer_freeze_post(struct call *call)
{
    struct customer_call *c = NULL;
    struct freeze_result result = {.outcome = FREEZE_DONE};
    enum freeze_type type = FREEZE_ACCOUNT;
    TRY(customer_call_active(call, &c));
    if (c == NULL)
        return NULL;
    make_page(call, c);
    find_faults(call);
    if (call->page->faults_n > 0 || !freeze_type_find(form_text(call->form, "type"), &type))
        return show(call);
    struct act *act = call_act(call, c->path);
    TRY(freeze_customer(act, c->association->id, type, form_text(call->form, "reason"), &result));
    if (act->is_done) {
        call_flash(call, "frozen");
        return call_go(call, "%s", act->location);
    }
    if (result.outcome == FREEZE_CUSTOMER_LEFT)
        return customer_call_left(call, c);
    c->freeze = result.freeze;
    c->association->partner_is_frozen |= result.outcome == FREEZE_PARTNER_FROZEN;
    if (obstacle(c) == NULL)
        return err_new(ERR_CONFLICT, 0, "the customer could not be frozen: outcome %d", (int)result.outcome);
    return show_obstacle(call, c);
}

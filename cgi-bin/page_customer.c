#include "pages.h"

#include <stdio.h>
#include <string.h>

#include "action/check.h"
#include "action/freeze.h"
#include "base/clock.h"
#include "base/text.h"
#include "customer_call.h"
#include "routes.h"
#include "store/store_contract.h"
#include "view/view_checks.h"
#include "view/view_customer.h"
#include "view/view_request.h"

#define DISASSOCIATE "/customers/{no}/disassociate"

struct reading {
    struct call *call;
    const struct customer_call *c;
    struct check *check;             /* reseller: what would stop it from leaving */
    struct contract *contracts;
    size_t contracts_n;
};

static bool is_active(const struct customer_call *c) { return c->association->status == ASSOCIATION_ACTIVE; }

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct association *association = reading->c->association;
    const struct call *call = reading->call;
    if (association->model == MODEL_RESELLER)
        TRY(check_compute(db, call->mem, association, SIDE_PARTNER, OPERATION_PARTNER_SUBMIT, call->now, &reading->check));
    return contract_list(db, call->mem, association->customer_id, &reading->contracts, &reading->contracts_n);
}

/* --- what is said first ------------------------------------------------------------------------------------------------ */

static void say(struct call *call, const struct customer_call *c)
{
    struct page *page = call->page;
    if (strcmp(call->flash, "frozen") == 0 && c->freeze != NULL)
        page_message(page, TONE_OK, customer_call_text(call, c, _("{customer} is frozen")), _("We have told them."));
    if (strcmp(call->flash, "unfrozen-customer") == 0 && c->freeze == NULL)
        page_message(page, TONE_OK, customer_call_text(call, c, _("{customer} is unfrozen")), _("We have told them."));
    if (c->asks_since == INSTANT_NONE || c->freeze == NULL)
        return;
    page_message(page, TONE_WARN, customer_call_text(call, c, _("{customer} asks you to unfreeze the account")),
                 text_fill(call->mem, _("Asked on {time}."), "time", format_time(call->mem, c->asks_since, call->zone), NULL));
    if (call->actor.role == ROLE_ADMIN && freeze_is_partners(c->freeze) && !c->association->partner_is_frozen)
        page_message_link(page, mem_text(call->mem, "%s/unfreeze", c->path), _("Unfreeze"));
}

/* --- cards ------------------------------------------------------------------------------------------------------------- */

static void fill_details(struct page *page, const struct customer_call *c)
{
    const struct association *association = c->association;
    struct tpl_dict *dict = page->dict;
    tpl_set(dict, "NAME", c->name);
    tpl_set(dict, "NO", association->customer_no);
    tpl_show_if(dict, "MASKED", c->is_masked);
    tpl_set(dict, "MODEL", association->model == MODEL_RESELLER ? _("Reseller – you bill the customer")
                                                                : _("Referral – the platform bills the customer"));
    tpl_set(dict, "SINCE", format_date(page->ctx, association->associated_at, page->zone));
    tpl_show_if(dict, "ENDED", !is_active(c));
    tpl_set(dict, "ENDED_ON", is_active(c) ? "" : format_date(page->ctx, association->ended_at, page->zone));
    tpl_show_if(dict, "ACTIVE", is_active(c));
}

static void fill_status(struct page *page, const struct customer_call *c)
{
    const struct freeze *freeze = c->freeze;
    const struct view_badge badge = view_freeze_badge(freeze != NULL, freeze != NULL ? freeze->type : FREEZE_ACCOUNT);
    tpl_set(page->dict, "BADGE_CSS", badge.css);
    tpl_set(page->dict, "BADGE", badge.text);
    if (freeze == NULL)
        return;
    struct tpl_dict *card = tpl_row(page->dict, "FREEZE");
    tpl_set(card, "FREEZE_SOURCE", view_freeze_source(freeze->source));
    tpl_set(card, "FREEZE_SINCE", format_time(page->ctx, freeze->at, page->zone));
    tpl_set(card, "FREEZE_REASON", freeze->reason);
    tpl_show_if(card, "NOT_YOURS", !freeze_is_partners(freeze));
}

static void fill_request(const struct call *call, const struct customer_call *c)
{
    const struct request *request = c->open;
    tpl_show_if(call->page->dict, "WITHOUT_REQUEST", request == NULL);
    if (request == NULL)
        return;
    struct tpl_dict *card = tpl_row(call->page->dict, "REQUEST");
    const struct view_badge badge = view_request_badge(request, SIDE_PARTNER);
    tpl_set(card, "REQUEST_CSS", badge.css);
    tpl_set(card, "REQUEST_BADGE", badge.text);
    tpl_set(card, "REQUEST_NO", request->no);
    tpl_set(card, "REQUEST_AT", format_time(call->mem, request->submitted_at, call->zone));
    const bool can_answer = request->initiator == SIDE_CUSTOMER && call->actor.role == ROLE_ADMIN;
    tpl_show_if(card, "CAN_PROCESS", can_answer && !c->association->partner_is_frozen);
    tpl_show_if(card, "CAN_REJECT", can_answer && c->association->partner_is_frozen);
}

static void fill_checks(const struct call *call, const struct reading *reading)
{
    if (reading->check == NULL)
        return;
    int failed = 0, total = 0;
    char k[16], n[16];
    const struct association *association = reading->c->association;
    const struct view_checks checks = {
        .set = reading->check->set, .facts = reading->check->facts, .report = &reading->check->report, .for_partner = true,
        .partner_email = association->partner_email, .partner_phone = association->partner_phone,
        .kept_days = call->site->config->request.retention_days,
        .customer_href = call->actor.role == ROLE_ADMIN && !association->partner_is_frozen ? reading->c->path : NULL,
    };
    view_checks_count(&reading->check->report, &failed, &total);
    snprintf(k, sizeof k, "%d", failed);
    snprintf(n, sizeof n, "%d", total);
    tpl_show(call->page->dict, "WITH_CHECKS");
    tpl_set(call->page->dict, "CHECKS_COUNT",
            text_fill(call->mem, failed == 0 ? _("All {n} account checks pass") : _("{k} of {n} account checks fail"), "k", k, "n",
                      n, NULL));
    view_checks_fill(call->page, &checks);
}

static void fill_contracts(const struct call *call, const struct reading *reading)
{
    if (reading->contracts_n == 0)
        return;
    struct tpl_dict *card = tpl_row(call->page->dict, "CONTRACTS");
    for (size_t i = 0; i < reading->contracts_n; i++) {
        const struct contract *contract = &reading->contracts[i];
        const bool holds = contract_holds(contract, call->now), is_open = !contract->is_settled && !contract->is_expired;
        struct tpl_dict *row = tpl_row(card, "CONTRACT");
        tpl_set(row, "CONTRACT_NUMBER", contract->number);
        tpl_set(row, "CONTRACT_FROM", format_date(call->mem, contract->starts_at, call->zone));
        tpl_set(row, "CONTRACT_UNTIL", format_date(call->mem, contract->ends_at, call->zone));
        tpl_set(row, "CONTRACT_CSS", holds ? "warn" : "");
        tpl_set(row, "CONTRACT_STATUS", contract->is_settled ? _("Settled") : holds ? _("In effect")
                : is_open && call->now < contract->starts_at ? _("Not yet in effect") : _("Ended"));
        tpl_show_if(row, "CONTRACT_WITH_NOTE", contract->is_settled && contract->note[0] != '\0');
        tpl_set(row, "CONTRACT_NOTE", contract->note);
        tpl_set_int(row, "CONTRACT_ID", contract->id);
        tpl_show_if(row, "CAN_SETTLE", is_open && call->now < contract->ends_at && call->actor.role == ROLE_ADMIN);
    }
}

static void fill_acts(const struct call *call, const struct customer_call *c)
{
    struct tpl_dict *dict = call->page->dict;
    const bool is_reseller = c->association->model == MODEL_RESELLER, is_frozen = c->association->partner_is_frozen;
    const bool may = call->actor.role == ROLE_ADMIN && is_reseller;
    tpl_show_if(dict, "READS_ONLY", call->actor.role != ROLE_ADMIN);
    tpl_show_if(dict, "REFERRAL", call->actor.role == ROLE_ADMIN && !is_reseller);
    tpl_show_if(dict, "PARTNER_FROZEN", may && is_frozen);
    tpl_show_if(dict, "CAN_FREEZE", may && !is_frozen && c->freeze == NULL);
    tpl_show_if(dict, "CAN_UNFREEZE", may && !is_frozen && c->freeze != NULL && freeze_is_partners(c->freeze));
    tpl_show_if(dict, "CAN_DISASSOCIATE", may && !is_frozen && c->open == NULL && route_page(DISASSOCIATE) != NULL);
}

const struct err *customer_get(struct call *call)
{
    struct customer_call *c = NULL;
    TRY(customer_call(call, &c));
    if (c == NULL)
        return NULL;
    struct reading reading = {.call = call, .c = c};
    if (is_active(c))
        TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "customer", c->name);
    page->current = "/customers";
    page_crumb(page, "/customers", _("Customers"));
    page_crumb(page, NULL, page->title);
    fill_details(page, c);
    if (is_active(c)) {
        say(call, c);
        fill_status(page, c);
        fill_request(call, c);
        fill_checks(call, &reading);
        fill_contracts(call, &reading);
        fill_acts(call, c);
    }
    return call_show(call, 0);
}

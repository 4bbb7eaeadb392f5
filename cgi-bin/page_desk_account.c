/* One customer or partner as the platform sees it, with the way to everything that may be done about it. */
#include "pages.h"

#include "action/check.h"
#include "action/ops_freeze.h"
#include "base/clock.h"
#include "base/text.h"
#include "desk_call.h"
#include "domain/contact.h"
#include "store/store_association.h"
#include "store/store_code.h"
#include "store/store_contract.h"
#include "store/store_grant.h"
#include "view/view_checks.h"
#include "view/view_customer.h"
#include "view/view_request.h"
#include "view/view_role.h"

#define GRANTS_SHOWN 10

struct reading {
    struct call *call;
    struct desk_account *account;
    struct desk_user *users;
    struct contact *contacts;
    struct contract *contracts;
    struct grant *grants;
    size_t users_n, contacts_n, contracts_n, grants_n;
    struct check *check;             /* of a customer in the reseller model; NULL otherwise */
};

static const struct err *read_customer(struct db *db, struct reading *r)
{
    const struct call *call = r->call;
    struct association *association = NULL;
    bool has_more = false;
    TRY(contract_list(db, call->mem, r->account->id, &r->contracts, &r->contracts_n));
    TRY(grant_list(db, call->mem, r->account->id, INSTANT_NONE, 0, GRANTS_SHOWN, &r->grants, &r->grants_n, &has_more));
    if (r->account->association_id == 0 || r->account->model != MODEL_RESELLER)
        return NULL;
    TRY(association_load(db, call->mem, r->account->association_id, &association));
    return check_compute(db, call->mem, association, SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT, call->now, &r->check);
}

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *r = arg;
    const struct call *call = r->call;
    bool has_more = false;
    TRY(desk_user_list(db, call->mem, r->account->no, call->now, &r->users, &r->users_n, &has_more));
    TRY(contact_list(db, call->mem, r->account->id, &r->contacts, &r->contacts_n));
    return r->account->kind == ACCOUNT_CUSTOMER ? read_customer(db, r) : NULL;
}

/* --- cards ------------------------------------------------------------------------------------------------------------- */

static bool is_open(const struct reading *r) { return r->account->closed_at == INSTANT_NONE; }
static bool may_change(const struct reading *r) { return desk_call_may(r->call) && is_open(r); }

static void fill_details(const struct reading *r)
{
    const struct desk_account *account = r->account;
    const struct call *call = r->call;
    struct tpl_dict *dict = call->page->dict;
    tpl_set(dict, "NO", account->no);
    tpl_set(dict, "NAME", account->name);
    tpl_set(dict, "KIND", account->kind == ACCOUNT_PARTNER ? _("Partner") : _("Customer"));
    tpl_set(dict, "CREATED", format_date(call->mem, account->created_at, call->zone));
    tpl_show_if(dict, "CLOSED", !is_open(r));
    tpl_set(dict, "CLOSED_AT", is_open(r) ? "" : format_time(call->mem, account->closed_at, call->zone));
    tpl_show_if(dict, "IS_CUSTOMER", account->kind == ACCOUNT_CUSTOMER);
    tpl_show_if(dict, "IS_PARTNER", account->kind == ACCOUNT_PARTNER);
    tpl_set(dict, "CURRENCY", account->currency[0] != '\0' ? account->currency : _("Not set"));
    tpl_set_int(dict, "CUSTOMERS", account->customers);
    tpl_show_if(dict, "WITH_PARTNER", account->association_id != 0);
    tpl_show_if(dict, "WITHOUT_PARTNER", account->association_id == 0);
    tpl_set(dict, "PARTNER_NO", account->partner_no);
    tpl_set(dict, "PARTNER_NAME", account->partner_name);
    tpl_set(dict, "SINCE", account->association_id == 0 ? "" : format_date(call->mem, account->associated_at, call->zone));
    tpl_set(dict, "MODEL", account->model == MODEL_RESELLER ? _("Reseller – the partner bills the customer")
                                                            : _("Referral – the platform bills the customer"));
    tpl_show_if(dict, "WITH_REQUEST", account->request_no[0] != '\0');
    tpl_show_if(dict, "REQUEST_ESCALATED", account->request_is_escalated);
    tpl_show_if(dict, "REQUEST_CALM", !account->request_is_escalated);
    tpl_set(dict, "REQUEST_NO", account->request_no);
}

static void fill_freeze(const struct reading *r)
{
    const struct desk_account *account = r->account;
    struct tpl_dict *dict = r->call->page->dict;
    const struct view_badge badge = view_freeze_badge(account->is_frozen, account->is_frozen ? account->freeze.type : FREEZE_ACCOUNT);
    tpl_set(dict, "BADGE_CSS", is_open(r) ? badge.css : "");
    tpl_set(dict, "BADGE", is_open(r) ? badge.text : _("Closed"));
    tpl_show_if(dict, "CALM", !account->is_frozen);
    tpl_show_if(dict, "CAN_FREEZE", may_change(r) && !account->is_frozen);
    if (!account->is_frozen)
        return;
    struct tpl_dict *freeze = tpl_row(dict, "FREEZE");
    const bool is_platforms = freeze_is_platforms(&account->freeze, account->kind);
    tpl_set(freeze, "FREEZE_SOURCE", view_freeze_source_for_platform(account->freeze.source));
    tpl_set(freeze, "FREEZE_SINCE", format_time(r->call->mem, account->freeze.at, r->call->zone));
    tpl_set(freeze, "FREEZE_REASON", account->freeze.reason);
    tpl_set_int(freeze, "FREEZE_ID", account->freeze.id);
    tpl_show_if(freeze, "CAN_LIFT", may_change(r) && is_platforms);
    tpl_show_if(freeze, "PARTNERS_FREEZE", !is_platforms);
}

static void fill_users(const struct reading *r)
{
    for (size_t i = 0; i < r->users_n; i++) {
        const struct desk_user *user = &r->users[i];
        struct tpl_dict *row = tpl_row(r->call->page->dict, "USER");
        tpl_set_int(row, "USER_ID", user->id);
        tpl_set(row, "USER_LOGIN", user->login);
        tpl_set(row, "USER_NAME", user->name);
        tpl_set(row, "USER_ROLE", view_role(user->role));
        tpl_set(row, "USER_CSS", user->is_active ? "ok" : "");
        tpl_set(row, "USER_STATUS", user->is_active ? _("Active") : _("Disabled"));
    }
    tpl_show_if(r->call->page->dict, "NO_USERS", r->users_n == 0);
    tpl_show_if(r->call->page->dict, "USERS", r->users_n > 0);
}

static void fill_contacts(const struct reading *r)
{
    for (size_t i = 0; i < r->contacts_n; i++) {
        const struct contact *contact = &r->contacts[i];
        struct tpl_dict *row = tpl_row(r->call->page->dict, "CONTACT");
        tpl_set(row, "CONTACT_CHANNEL", contact->channel == CHANNEL_SMS ? _("Mobile number") : _("Email address"));
        tpl_set(row, "CONTACT_ADDRESS", contact_mask(r->call->mem, contact->channel, contact->address));
        tpl_show_if(row, "CONTACT_UNPROVEN", contact->verified_at == INSTANT_NONE);
    }
    tpl_show_if(r->call->page->dict, "NO_CONTACTS", r->contacts_n == 0);
    tpl_show_if(r->call->page->dict, "CONTACTS", r->contacts_n > 0);
    tpl_show_if(r->call->page->dict, "CAN_REPLACE", may_change(r));
}

static void fill_contracts(const struct reading *r)
{
    const struct call *call = r->call;
    if (r->contracts_n == 0)
        return;
    struct tpl_dict *card = tpl_row(call->page->dict, "CONTRACTS");
    for (size_t i = 0; i < r->contracts_n; i++) {
        const struct contract *contract = &r->contracts[i];
        const bool holds = contract_holds(contract, call->now);
        struct tpl_dict *row = tpl_row(card, "CONTRACT");
        tpl_set_int(row, "CONTRACT_ID", contract->id);
        tpl_set(row, "CONTRACT_NUMBER", contract->number);
        tpl_set(row, "CONTRACT_UNTIL", format_date(call->mem, contract->ends_at, call->zone));
        tpl_set(row, "CONTRACT_CSS", holds ? "warn" : "");
        tpl_set(row, "CONTRACT_STATUS", contract->is_settled ? _("Settled") : holds ? _("In effect") : _("Ended"));
        tpl_show_if(row, "CONTRACT_WITH_NOTE", contract->is_settled && contract->note[0] != '\0');
        tpl_set(row, "CONTRACT_NOTE", contract->note);
        tpl_show_if(row, "CAN_SETTLE", may_change(r) && holds);
    }
}

static void fill_quota(const struct reading *r)
{
    const struct call *call = r->call;
    struct tpl_dict *dict = call->page->dict;
    tpl_show_if(dict, "CAN_GRANT", may_change(r));
    tpl_show_if(dict, "QUOTA", r->check != NULL);
    if (r->check != NULL) {
        tpl_set_int(dict, "QUOTA_USED", quota_used(&r->check->facts->quota, call->now));
        tpl_set_int(dict, "QUOTA_LIMIT", r->check->facts->quota.limit);
    }
    tpl_show_if(dict, "GRANTS", r->grants_n > 0);
    for (size_t i = 0; i < r->grants_n; i++) {
        const struct grant *grant = &r->grants[i];
        struct tpl_dict *row = tpl_row(dict, "GRANT");
        const bool is_revoked = grant->revoked_at != INSTANT_NONE, is_over = grant->until_at <= call->now;
        tpl_set_int(row, "GRANT_ID", grant->id);
        tpl_set_int(row, "GRANT_EXTRA", grant->extra);
        tpl_set(row, "GRANT_FOR", grant->side == SIDE_PARTNER ? grant->partner_name : grant->customer_name);
        tpl_set(row, "GRANT_UNTIL", format_date(call->mem, grant->until_at, call->zone));
        tpl_set(row, "GRANT_CSS", is_revoked || is_over ? "" : "ok");
        tpl_set(row, "GRANT_STATUS", is_revoked ? _("Taken back") : is_over ? _("Over") : _("In force"));
        tpl_show_if(row, "CAN_REVOKE", may_change(r) && !is_revoked && !is_over);
    }
}

static void fill_checks(const struct reading *r)
{
    const struct call *call = r->call;
    if (r->check == NULL)
        return;
    const struct view_checks checks = {
        .set = r->check->set, .facts = r->check->facts, .report = &r->check->report, .for_partner = true, .for_platform = true,
        .partner_email = "", .partner_phone = "", .kept_days = call->site->config->request.retention_days,
        .unfreeze_asked_at = INSTANT_NONE};
    tpl_show(call->page->dict, "WITH_CHECKS");
    view_checks_fill(call->page, &checks);
}

const struct err *desk_account_get(struct call *call)
{
    struct reading r = {.call = call};
    TRY(desk_call_account(call, &r.account));
    if (r.account == NULL)
        return NULL;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &r));
    struct page *page = call_page(call, "desk_account", text_fill(call->mem, _("Account of {name}"), "name", r.account->name, NULL));
    page->current = "/accounts";
    page_crumb(page, "/accounts", _("Accounts"));
    page_crumb(page, NULL, r.account->name);
    fill_details(&r);
    fill_freeze(&r);
    fill_users(&r);
    fill_contacts(&r);
    fill_contracts(&r);
    if (r.account->kind == ACCOUNT_CUSTOMER)
        fill_quota(&r);
    fill_checks(&r);
    tpl_show_if(page->dict, "CAN_CLOSE", may_change(&r));
    return call_show(call, 0);
}

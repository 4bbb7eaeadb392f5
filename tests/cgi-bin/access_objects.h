/* access_objects.h - the objects that addresses name, for the test of who may reach what (test_access.c): for each pattern of the
 * route table, how to make one of the actor's own, one of somebody else's, one that does not exist, and one that is over.
 *
 * Included by one program. Each object is made in a world of its own, by the actions wherever they can. */
#ifndef TESTS_CGI_BIN_ACCESS_OBJECTS_H
#define TESTS_CGI_BIN_ACCESS_OBJECTS_H

#include "cgi-bin/browser_world.h"

#include "action/contract.h"
#include "action/deadline.h"
#include "action/export_log.h"
#include "action/ops_decide.h"

#define PASSWORD "correct horse battery"

enum object { OBJECT_OWN, OBJECT_OTHERS, OBJECT_NONE, OBJECT_ENDED, OBJECTS };

static const struct actor *auditor;

/* --- whose it is ------------------------------------------------------------------------------------------------------- */

static const struct actor *actor_of(enum role role)
{
    const struct actor *const actors[] = {w.owner, w.viewer, w.admin, w.manager, w.ops, auditor};
    for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++)
        if (actors[i]->role == role)
            return actors[i];
    return NULL;
}

/* One in charge of another account. */
static const struct actor *stranger(enum role role) { return role == ROLE_OWNER ? w.admin : w.owner; }

static bool is_partner(enum role role) { return (role & ROLES_PARTNER) != 0; }

/* Another customer: of another partner, or of the same one where it is the customer's neighbour who asks. Shares the world's
 * clock and database. */
static struct world elsewhere(bool same_partner)
{
    struct world o = w;
    o.customer = world_account(&w, ACCOUNT_CUSTOMER, "Other GmbH");
    o.partner = same_partner ? w.partner : world_account(&w, ACCOUNT_PARTNER, "Stratus Ltd");
    o.association = world_associate(&w, o.customer, o.partner, MODEL_RESELLER);
    o.owner = world_user(&w, o.customer, ROLE_OWNER, "Oskar Other");
    o.admin = same_partner ? w.admin : world_user(&w, o.partner, ROLE_ADMIN, "Anna Other");
    return o;
}

static int64_t last_id(const char *table) { return test_db_number(w.db, "SELECT MAX(id) FROM %s LIMIT 1", table); }

static const char *id_text(int64_t id) { return mem_text(w.mem, "%lld", L(id)); }

/* Well-formed, and of nothing. */
#define NO_ID "999999999"
#define NO_REQUEST "DR20260101-999999"
#define NO_CUSTOMER "C-999999"
#define NO_TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* --- requests ---------------------------------------------------------------------------------------------------------- */

static const char *request_by(enum side side, enum role reader, enum object object)
{
    struct world o = object == OBJECT_OTHERS ? elsewhere(!is_partner(reader)) : w;
    const struct actor *asks = side == SIDE_CUSTOMER ? o.owner : o.admin, *answers = side == SIDE_CUSTOMER ? o.admin : o.owner;
    if (object == OBJECT_NONE)
        return NO_REQUEST;
    int64_t id = world_request(&o, asks);
    if (object == OBJECT_ENDED)
        world_answer(&o, id, answers, REQUEST_AGREE, "as agreed");
    return no_of(id);
}

static const char *customers_request(enum role role, enum object object) { return request_by(SIDE_CUSTOMER, role, object); }

static const char *partners_request(enum role role, enum object object) { return request_by(SIDE_PARTNER, role, object); }

/* A result that its sender has not seen yet: there is one as the request is over, so nothing more can be. */
static const char *rejected_request(enum role role, enum object object)
{
    if (object == OBJECT_ENDED)
        return NULL;
    const char *no = customers_request(role, object);
    if (object == OBJECT_OWN)
        world_answer(&w, last_id("disassociation_request"), w.admin, REQUEST_REJECT, "as agreed");
    return no;
}

static int64_t escalated(void)
{
    int64_t id = world_request(&w, w.owner);
    enum deadline_outcome outcome;
    w.now += 10 * CLOCK_DAY;
    struct act act = world_act(&w, act_system);
    assert_null(deadline_meet(&act, id, &outcome));
    assert_int_equal(outcome, DEADLINE_ESCALATED);
    return id;
}

/* Somebody else's, to the platform, is a request that its two sides have still to decide. */
static const char *escalated_request(enum role role, enum object object)
{
    struct ops_result result;
    if (object == OBJECT_NONE || object == OBJECT_OTHERS)
        return customers_request(role, object);
    int64_t id = escalated();
    struct act act = world_act(&w, w.ops);
    if (object == OBJECT_ENDED) {
        assert_null(ops_decide(&act, id, REQUEST_COMPLETE, "as agreed", &result));
        assert_int_equal(result.outcome, OPS_DONE);
    }
    return no_of(id);
}

/* --- customers, their freezes and contracts ---------------------------------------------------------------------------- */

static void end_association(void) { world_answer(&w, world_request(&w, w.owner), w.admin, REQUEST_AGREE, "as agreed"); }

static int64_t customer_id(enum object object)
{
    if (object == OBJECT_ENDED)
        end_association();
    return object == OBJECT_OTHERS ? elsewhere(false).customer : w.customer;
}

static const char *customer(enum role role, enum object object)
{
    (void)role;
    return object == OBJECT_NONE ? NO_CUSTOMER : customer_no(customer_id(object));
}

static const char *frozen_customer(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_NONE)
        return NO_CUSTOMER;
    int64_t id = customer_id(object);
    world_freeze(&w, id, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    return customer_no(id);
}

/* To the platform every contract is its own: there it is over when it was settled, for the partner with the association. */
static const char *contract(enum role role, enum object object)
{
    if (object == OBJECT_NONE)
        return NO_ID;
    if (object == OBJECT_OTHERS && !is_partner(role))
        return NULL;
    world_contract(&w, customer_id(is_partner(role) ? object : OBJECT_OWN), w.now - CLOCK_DAY, w.now + 90 * CLOCK_DAY);
    int64_t id = last_id("contract");
    if (object == OBJECT_ENDED && !is_partner(role)) {
        struct act act = world_act(&w, w.ops);
        enum contract_outcome outcome;
        assert_null(settle_contract(&act, id, "paid", &outcome));
        assert_true(act.is_done);
    }
    return id_text(id);
}

/* To the platform every freeze is its own to see: one that a partner imposed is told apart by its page, not hidden. */
static const char *platforms_freeze(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_OTHERS)
        return NULL;
    if (object == OBJECT_NONE)
        return NO_ID;
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    if (object == OBJECT_ENDED)
        world_unfreeze(&w, w.customer);
    return id_text(last_id("freeze"));
}

/* --- addresses without a name that are about the actor's association ----------------------------------------------------- */

static const char *association(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_ENDED)
        end_association();
    return object == OBJECT_OWN || object == OBJECT_ENDED ? "" : NULL;
}

static const char *freeze_of_association(enum role role, enum object object)
{
    const char *path = association(role, object);
    if (object == OBJECT_OWN)
        world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    return path;
}

/* --- notices ----------------------------------------------------------------------------------------------------------- */

static const char *notice(enum role role, enum object object)
{
    if (object == OBJECT_NONE)
        return NO_ID;
    if (object == OBJECT_ENDED)
        return NULL;   /* one that was read is read */
    (void)world_request(&w, w.owner);
    int64_t own = actor_of(role)->account_id, other = own == w.customer ? w.partner : w.customer;
    return id_text(test_db_number(w.db, "SELECT MAX(id) FROM notification WHERE account_id = %lld LIMIT 1",
                                  L(object == OBJECT_OTHERS ? other : own)));
}

#include "cgi-bin/access_account.h"
#include "cgi-bin/access_desk.h"
#include "cgi-bin/access_invited.h"

/* --- the table --------------------------------------------------------------------------------------------------------- */

/* What a GET gets of something that is over: readable (200, or 303 to where it stands), or a page that says why there is nothing
 * to be done any more (404, 409, 410, or 303 to what there is). */
enum over { OVER_IS_READ, OVER_IS_GONE, OVER_IS_READ_BY_PLATFORM };


struct object_maker {
    const char *pattern;     /* of a route; ending in "*": every route that begins so and has no line of its own above it */
    const char *(*make)(enum role role, enum object object);   /* what stands for the variable; NULL: there is no such object */
    enum over over;
    int hidden;              /* the answer about what is somebody else's or nobody's */
};

/* --- the platform's log, and its exports ------------------------------------------------------------------------------------ */

/* All rows are the platform's own. */
static const char *log_row(enum role role, enum object object)
{
    (void)role;
    if (object != OBJECT_OWN)
        return object == OBJECT_NONE ? NO_ID : NULL;
    (void)world_request(&w, w.owner);
    return id_text(last_id("operation_log"));
}

/* An export that may be fetched: of the actor, of its colleague, or deleted since. */
static const char *finished_export(enum role role, enum object object)
{
    const struct operation_filter all = { .side = SIDES, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE };
    const struct export_ask ask = { .format = EXPORT_CSV, .filter = &all, .words = "all", .zone = "UTC" };
    const struct actor *other = role == ROLE_OPS ? auditor : w.ops;
    enum export_outcome outcome;

    if (object == OBJECT_NONE)
        return NO_ID;
    struct act act = world_act(&w, object == OBJECT_OTHERS ? other : actor_of(role));
    assert_null(export_log_ask(&act, &ask, &outcome));
    assert_true(act.is_done);
    test_db_sql(w.db, "UPDATE log_export SET state = '%s', done_at = created_at, expires_at = created_at + INTERVAL 1 DAY,\n"
                      "  fetch_until = created_at + INTERVAL 1 HOUR", object == OBJECT_ENDED ? "DELETED" : "READY");
    return id_text(last_id("log_export"));
}

/* One that was answered: there is a receipt of it. */
static const char *finished_request(enum role role, enum object object)
{
    const char *no = customers_request(role, object);

    if (object == OBJECT_OWN)
        world_answer(&w, last_id("disassociation_request"), w.admin, REQUEST_REJECT, "as agreed");
    return no;
}

static const struct object_maker makers[] = {
    {"/reset-password/{token}", reset_token, OVER_IS_GONE, 404},
    {"/my-partner/seen/{no}", rejected_request, OVER_IS_GONE, 404},
    {"/my-partner/ask-unfreeze", freeze_of_association, OVER_IS_GONE, 404},
    {"/my-partner/withdraw/{no}", customers_request, OVER_IS_GONE, 404},
    {"/my-partner/bills-exported", bills_to_export, OVER_IS_GONE, 404},
    {"/disassociate/check/watch", freeze_of_association, OVER_IS_GONE, 404},
    {"/disassociate/submitted/{no}", customers_request, OVER_IS_READ, 404},
    {"/disassociate*", association, OVER_IS_GONE, 404},
    {"/process-request/{no}/done", partners_request, OVER_IS_READ, 404},
    {"/process-request/{no}*", partners_request, OVER_IS_GONE, 404},
    {"/requests/{no}/sent", partners_request, OVER_IS_READ, 404},
    {"/requests/{no}/withdraw", partners_request, OVER_IS_GONE, 404},
    {"/requests/{no}*", customers_request, OVER_IS_READ, 404},
    {"/customers/{no}", customer, OVER_IS_READ, 404},
    {"/customers/{no}/unfreeze", frozen_customer, OVER_IS_GONE, 404},
    {"/customers/{no}/freeze", customer, OVER_IS_GONE, 404},
    {"/customers/{no}/disassociate*", customer, OVER_IS_GONE, 404},
    {"/invitations/{id}/qr.svg", linked_invitation, OVER_IS_GONE, 404},
    {"/invitations/{id}*", mailed_invitation, OVER_IS_READ, 404},
    {"/invitation/{token}*", invitation_token, OVER_IS_GONE, 404},
    {"/contracts/{id}/settle", contract, OVER_IS_READ_BY_PLATFORM, 404},
    {"/currency", currency_to_set, OVER_IS_READ, 404},
    {"/subscriptions/{id}/unsubscribe", subscription, OVER_IS_READ, 404},
    {"/members/{id}/disassociate", member, OVER_IS_READ, 404},
    {"/payment-method/{id}*", payment_method_id, OVER_IS_GONE, 404},
    {"/resources/{id}/pay", resource_id, OVER_IS_READ, 404},
    {"/contacts/change/{id}*", contact_change, OVER_IS_GONE, 404},
    {"/contacts/{id}/remove", contact_id, OVER_IS_GONE, 404},
    {"/security/sessions/{id}/end", session_id, OVER_IS_GONE, 404},
    {"/security/second-factor", factor_begun, OVER_IS_GONE, 404},
    {"/security/second-factor/qr.svg", factor_begun, OVER_IS_GONE, 404},
    {"/security/second-factor/off", factor_to_switch_off, OVER_IS_GONE, 404},
    {"/security/recovery-codes", factor_on, OVER_IS_READ, 404},
    {"/team/invitations/{id}/take-back", team_invitation, OVER_IS_GONE, 404},
    {"/team/{id}*", team_member_id, OVER_IS_GONE, 404},
    {"/join/{token}", team_token, OVER_IS_GONE, 404},
    {"/escalations/{no}", escalated_request, OVER_IS_READ, 404},
    {"/freezes/{id}/lift", platforms_freeze, OVER_IS_GONE, 404},
    {"/accounts/{no}/grant", desk_customer, OVER_IS_GONE, 404},
    {"/accounts/{no}/contact", desk_customer, OVER_IS_GONE, 404},
    {"/accounts/{no}/close", desk_customer, OVER_IS_GONE, 404},
    {"/accounts/{no}", desk_customer, OVER_IS_READ, 404},
    {"/grants/{id}/revoke", desk_grant_id, OVER_IS_GONE, 404},
    {"/users/{id}", desk_user_id, OVER_IS_READ, 404},
    {"/dead-notices/{id}/retry", desk_dead_notice, OVER_IS_GONE, 404},
    {"/dead-events/{id}/retry", desk_dead_event, OVER_IS_GONE, 404},
    {"/rule-sets/{id}/use", desk_rule_set_to_use, OVER_IS_GONE, 404},
    {"/rule-sets/{id}", desk_rule_set, OVER_IS_READ, 404},
    {"/rules/{id}*", desk_rule_id, OVER_IS_READ, 404},
    {"/audit-log/{id}", log_row, OVER_IS_READ, 404},
    {"/audit-log/exports/{id}*", finished_export, OVER_IS_GONE, 404},
    {"/receipt/{no}*", finished_request, OVER_IS_READ, 404},
    {"/notifications/{id}/read", notice, OVER_IS_GONE, 404},
};

/* NULL: there is none. */
static const struct object_maker *maker_of(const char *pattern)
{
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        size_t n = strlen(makers[i].pattern) - 1;
        bool is_rest = makers[i].pattern[n] == '*';
        if (is_rest ? strncmp(makers[i].pattern, pattern, n) == 0 : strcmp(makers[i].pattern, pattern) == 0)
            return &makers[i];
    }
    return NULL;
}

#endif

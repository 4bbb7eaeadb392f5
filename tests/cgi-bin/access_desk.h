/* access_desk.h - the objects of the platform's desk, for the test of who may reach what: a part of access_objects.h, which alone
 * includes it, after what it uses from there. To the platform every account is its own, so there is nobody else's. */
#ifndef TESTS_CGI_BIN_ACCESS_DESK_H
#define TESTS_CGI_BIN_ACCESS_DESK_H

#include "action/desk_close.h"
#include "action/desk_grant.h"
#include "action/desk_events.h"
#include "action/desk_notices.h"

static const char *desk_customer(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_OTHERS)
        return NULL;
    if (object == OBJECT_NONE)
        return NO_CUSTOMER;
    if (object == OBJECT_OWN)
        return customer_no(w.customer);
    const char *no = customer_no(world_account(&w, ACCOUNT_CUSTOMER, "Gone GmbH"));
    struct act act = world_act(&w, w.ops);
    enum desk_outcome outcome;
    size_t ended = 0;
    assert_null(desk_close(&act, &(struct desk_closing){no, ".", "Gone GmbH", "asked for"}, &outcome, &ended));
    assert_true(act.is_done);
    return no;
}

static const char *desk_grant_id(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_OTHERS)
        return NULL;
    if (object == OBJECT_NONE)
        return NO_ID;
    const struct desk_grant grant = {
        .customer_no = customer_no(w.customer), .side = SIDE_CUSTOMER, .extra = 1, .until_at = w.now + 9 * CLOCK_DAY, .note = "asked"};
    struct act give = world_act(&w, w.ops), revoke = world_act(&w, w.ops);
    enum desk_outcome outcome;
    assert_null(desk_grant_give(&give, &grant, &outcome));
    assert_true(give.is_done);
    const int64_t id = last_id("quota_grant");
    if (object == OBJECT_ENDED) {
        assert_null(desk_grant_revoke(&revoke, id, "enough", &outcome));
        assert_true(revoke.is_done);
    }
    return id_text(id);
}

static const char *desk_user_id(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_NONE)
        return NO_ID;
    return object == OBJECT_OWN ? id_text(w.owner->user_id) : NULL;
}

typedef const struct err *desk_retry(struct act *act, int64_t id, enum desk_outcome *outcome);

static const char *desk_dead(enum object object, const char *table, desk_retry *retry)
{
    if (object == OBJECT_OTHERS)
        return NULL;
    if (object == OBJECT_NONE)
        return NO_ID;
    (void)world_request(&w, w.owner);
    const int64_t id = last_id(table);
    test_db_sql(w.db, "UPDATE %s SET state = 'DEAD', done_at = created_at, detail = '550 no such user' WHERE id = %lld", table, L(id));
    if (object == OBJECT_ENDED) {
        struct act act = world_act(&w, w.ops);
        enum desk_outcome outcome;
        assert_null(retry(&act, id, &outcome));
        assert_true(act.is_done);
    }
    return id_text(id);
}

static const char *desk_dead_notice(enum role role, enum object object)
{
    (void)role;
    return desk_dead(object, "delivery", desk_notice_retry);
}

static const char *desk_dead_event(enum role role, enum object object)
{
    (void)role;
    return desk_dead(object, "webhook_event", desk_event_retry);
}

static const char *desk_rule_set(enum role role, enum object object)
{
    (void)role;
    return object == OBJECT_OTHERS ? NULL : object == OBJECT_NONE ? NO_ID : object == OBJECT_OWN ? "2" : NULL;
}

/* The one in force cannot be put in force. */
static const char *desk_rule_set_to_use(enum role role, enum object object)
{
    return object == OBJECT_ENDED ? "1" : desk_rule_set(role, object);
}

static const char *desk_rule_id(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_NONE)
        return NO_ID;
    return object == OBJECT_OWN
        ? id_text(test_db_number(w.db, "SELECT id FROM rule WHERE rule_set_id = 1 AND code = 'X1' LIMIT 1")) : NULL;
}

#endif

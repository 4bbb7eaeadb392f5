/* access_account.h - the objects of the account center, for the test of who may reach what: a part of access_objects.h, which alone
 * includes it, after what it uses from there. */
#ifndef TESTS_CGI_BIN_ACCESS_ACCOUNT_H
#define TESTS_CGI_BIN_ACCESS_ACCOUNT_H

#include "action/contact.h"
#include "action/payment_method.h"
#include "action/release_member.h"
#include "action/unsubscribe.h"
#include "store/store_security.h"

#define world w
#define db (w.db)
#include "support/resources.h"
#undef db
#undef world

/* --- the account's own: to a customer another one's, of another partner --------------------------------------------------- */

static int64_t whose_customer(enum object object) { return object == OBJECT_OTHERS ? elsewhere(false).customer : w.customer; }

/* It is set once: after that it is over. */
static const char *currency_to_set(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_OWN)
        world_currency(&w, w.customer, NULL);
    return object == OBJECT_OWN || object == OBJECT_ENDED ? "" : NULL;
}

static const char *subscription(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_NONE)
        return NO_ID;
    world_commitment(&w, whose_customer(object), COMMITMENT_RI, w.now + 90 * CLOCK_DAY);
    const int64_t id = last_id("commitment");
    if (object == OBJECT_ENDED) {
        struct act act = world_act(&w, w.owner);
        enum unsubscribe_outcome outcome;
        assert_null(unsubscribe(&act, id, NULL, &outcome));
        assert_true(act.is_done);
    }
    return id_text(id);
}

static const char *member(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_NONE)
        return NO_ID;
    (void)world_member(&w, whose_customer(object), "North", true);
    const int64_t id = last_id("enterprise_link");
    if (object == OBJECT_ENDED) {
        struct act act = world_act(&w, w.owner);
        enum release_outcome outcome;
        assert_null(release_member(&act, id, NULL, &outcome));
        assert_true(act.is_done);
    }
    return id_text(id);
}

static const char *payment_method_id(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_NONE)
        return NO_ID;
    const int64_t id = card_of(whose_customer(object), "demo-a", w.now + 1000 * CLOCK_DAY);
    if (object == OBJECT_ENDED) {
        struct act act = world_act(&w, w.owner);
        enum payment_outcome outcome;
        assert_null(payment_method_take_out(&act, id, &outcome));
        assert_true(act.is_done);
    }
    return id_text(id);
}

/* 2026-06-25T12:00:00Z, ten days after the world's beginning: the form names the charge by it. */
#define RESOURCE_DUE 1782388800000000
#define RESOURCE_DUE_TEXT "1782388800000000"

/* The customer has left, so that it pays itself. */
static const char *resource_id(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_NONE)
        return NO_ID;
    end_association();
    (void)card_of(w.customer, "demo-a", w.now + 1000 * CLOCK_DAY);
    const int64_t id = resource_of(whose_customer(object), "Web server", RESOURCE_DUE);
    if (object == OBJECT_ENDED)
        test_db_sql(w.db, "UPDATE resource SET state = 'RELEASED' WHERE id = %lld", L(id));
    return id_text(id);
}

/* Leaving leaves the task to the customer. What is over is not told from what is to do: done again, nothing comes of it. */
static const char *bills_to_export(enum role role, enum object object)
{
    (void)role;
    if (object != OBJECT_OWN)
        return NULL;
    end_association();
    return "";
}

/* --- contacts ---------------------------------------------------------------------------------------------------------- */

static const struct actor *who(enum role role, enum object object) { return object == OBJECT_OTHERS ? stranger(role) : actor_of(role); }

static const char *contact_id(enum role role, enum object object)
{
    if (object == OBJECT_NONE)
        return NO_ID;
    const int64_t account_id = who(role, object)->account_id;
    const int64_t id = test_db_number(w.db, "SELECT MAX(id) FROM contact WHERE account_id = %lld LIMIT 1", L(account_id));
    if (object == OBJECT_ENDED) {
        struct act act = world_act(&w, actor_of(role));
        enum contact_outcome outcome;
        assert_null(contact_remove(&act, id, true, &outcome));
        assert_true(act.is_done);
    }
    return id_text(id);
}

static const char *contact_change(enum role role, enum object object)
{
    if (object == OBJECT_NONE)
        return NO_ID;
    struct act act = world_act(&w, who(role, object));
    enum contact_outcome outcome;
    assert_null(contact_begin(&act, CHANNEL_EMAIL, "new@example.com", "", &outcome));
    assert_true(act.is_done);
    if (object == OBJECT_ENDED)
        w.now += (CONTACT_CHANGE_TTL_S + 1) * CLOCK_SECOND;
    return id_text(last_id("contact_change"));
}

/* --- a person's own ways in ---------------------------------------------------------------------------------------------- */

static const char *session_id(enum role role, enum object object)
{
    if (object == OBJECT_NONE)
        return NO_ID;
    const struct actor *actor = world_sign_in_again(&w, who(role, object));
    bool ended = false;
    if (object == OBJECT_ENDED) {
        assert_null(session_end_own(w.db, actor->user_id, actor->session_id, 0, w.now, &ended));
        assert_true(ended);
    }
    return id_text(actor->session_id);
}

#define FACTOR "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

static void begin_factor(enum role role)
{
    assert_null(second_factor_begin(w.db, actor_of(role)->user_id, FACTOR, w.now));
}

static const char *switch_factor_on(enum role role)
{
    bool done = false;
    begin_factor(role);
    assert_null(second_factor_confirm(w.db, actor_of(role)->user_id, FACTOR, 1, &done));
    assert_true(done);
    return "";
}

/* Over: none was begun. */
static const char *factor_begun(enum role role, enum object object)
{
    if (object == OBJECT_OWN)
        begin_factor(role);
    return object == OBJECT_OWN || object == OBJECT_ENDED ? "" : NULL;
}

static const char *factor_on(enum role role, enum object object)
{
    return object == OBJECT_OWN ? switch_factor_on(role) : NULL;
}

/* Who runs the platform cannot switch theirs off, so to them it is always over. */
static const char *factor_to_switch_off(enum role role, enum object object)
{
    if (object == OBJECT_ENDED)
        return "";
    return (role & ROLES_PLATFORM) != 0 ? NULL : factor_on(role, object);
}

#endif

/* Two at once at the platform's desk: one change of a rule, one end of an account, and never a platform without anybody. */
#include "support/race_page.h"

#include "base/memory.h"

#include "action/desk_close.h"
#include "action/desk_grant.h"
#include "action/desk_rule.h"
#include "action/desk_user.h"
#include "action/submit.h"

static const struct actor *pair[2];
static int64_t rule_id, revision;

static int edit(int who)
{
    const struct rule_edit wanted = {
        .rule_id = rule_id, .seen_version = 1, .note = "at once",
        .row = {.severity = who % 2 == 0 ? SEVERITY_OFF : SEVERITY_WARN, .operations = 15}};
    struct act act = world_act(&world, world.ops);
    struct rule_edit_result result;
    const struct err *err = desk_rule_edit(&act, &wanted, &result);
    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void of_many_edits_of_one_version_one_is_saved(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        rule_id = test_db_number(db, "SELECT id FROM rule WHERE rule_set_id = 1 AND code = 'C5' LIMIT 1");
        race(MANY, edit, what);
        assert_int_equal(count(what, MANY, RULE_EDIT_DONE), 1);
        assert_int_equal(count(what, MANY, RULE_EDIT_CONFLICT), MANY - 1);
        assert_int_equal(world_count(&world, "rule_change", "TRUE"), 1);
        assert_int_equal(world_count(&world, "rule_set", "id = 1 AND version = 2"), 1);
        end();
    }
}

static int use(int who)
{
    const struct rule_set_use wanted = {.set_id = 2, .seen_version = 1, .seen_in_force = 1, .note = "at once"};
    struct act act = world_act(&world, world.ops);
    struct rule_edit_result result;
    (void)who;
    const struct err *err = desk_rule_set_use(&act, &wanted, &result);
    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void a_set_comes_into_force_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        race(MANY, use, what);
        /* The others find it in force, or that its version has moved, by when they look. */
        assert_int_equal(count(what, MANY, RULE_EDIT_DONE), 1);
        assert_int_equal(count(what, MANY, RULE_EDIT_SAME) + count(what, MANY, RULE_EDIT_CONFLICT), MANY - 1);
        assert_int_equal(world_count(&world, "rule_set", "is_active = 1"), 1);
        end();
    }
}

static int disable_other(int who)
{
    struct act act = world_act(&world, pair[who]);
    enum desk_outcome outcome;
    const struct err *err = desk_user(&act, pair[1 - who]->user_id, DESK_USER_DISABLE, "at once", &outcome);
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static void two_operators_who_disable_each_other_leave_one(void **state)
{
    (void)state;
    for (int round = 0; round < 3 * rounds(); round++) {
        int what[2];
        begin();
        pair[0] = world.ops;
        pair[1] = world_user(&world, world.ops->account_id, ROLE_OPS, "Second");
        race(2, disable_other, what);
        assert_int_equal(count(what, 2, DESK_DONE), 1);
        assert_int_equal(count(what, 2, FAILED + ERR_SIGNED_OUT), 1);
        assert_int_equal(world_count(&world, "user", "role = 'ops' AND status = 'ACTIVE'"), 1);
        end();
    }
}

/* Whoever is told that other things go with the account than were shown looks again. */
static int close_as_shown(void)
{
    enum desk_outcome outcome = DESK_CHANGED;
    const struct err *err = NULL;
    size_t ended = 0;
    while (err == NULL && outcome == DESK_CHANGED) {
        struct act act = world_act(&world, world.ops);
        struct desk_account *account = NULL;
        err = desk_account_load(act.db, act.mem, "C-100000", &account);
        if (err != NULL)
            break;
        const struct desk_closing asked = {account->no, desk_close_seen(act.mem, account), "Acme GmbH", "at once"};
        err = desk_close(&act, &asked, &outcome, &ended);
    }
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static struct submit_page page;   /* read before the race; wizard NULL: not */

/* One closes the account, the other one submits for it. */
static int close_or_submit(int who)
{
    struct submit_result result;
    if (who == 0)
        return close_as_shown();
    struct act act = world_act(&world, world.owner);
    struct wizard_target target = world_submit_target(&world, world.owner);
    const struct err *err = submit_request(&act, &target, revision, page.wizard == NULL ? NULL : &page, &result);
    return err == NULL ? (int)result.outcome : FAILED + (int)err->kind;
}

static void a_request_that_is_sent_while_its_account_is_closed_does_not_stay_open(void **state)
{
    (void)state;
    for (int round = 0; round < 3 * rounds(); round++) {
        int what[2];
        begin();
        revision = world_ready_to_submit(&world, world.owner);
        page = round % 2 == 0 ? (struct submit_page){.wizard = NULL} : page_of(world.owner);
        race(2, close_or_submit, what);
        assert_int_equal(what[0], DESK_DONE);
        assert_int_equal(world_count(&world, "disassociation_request", "state = 'PENDING'"), 0);
        assert_int_equal(world_count(&world, "association", "status = 'ACTIVE'"), 0);
        assert_int_equal(world_count(&world, "account", "status = 'CLOSED'"), 1);
        end();
    }
}

static int take_back(int who)
{
    struct act act = world_act(&world, world.ops);
    enum desk_outcome outcome;
    (void)who;
    const struct err *err = desk_grant_revoke(&act, test_db_number(db, "SELECT MAX(id) FROM quota_grant LIMIT 1"), "at once", &outcome);
    return err == NULL ? (int)outcome : FAILED + (int)err->kind;
}

static void a_grant_is_taken_back_once(void **state)
{
    (void)state;
    for (int round = 0; round < rounds(); round++) {
        int what[MANY];
        begin();
        world_grant(&world, SIDE_CUSTOMER, 2, world.now + 1000000);
        race(MANY, take_back, what);
        assert_int_equal(count(what, MANY, DESK_DONE), 1);
        assert_int_equal(count(what, MANY, DESK_GONE), MANY - 1);
        assert_int_equal(world_count(&world, "notification", "kind = 'QUOTA'"), 1);
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_many_edits_of_one_version_one_is_saved), cmocka_unit_test(a_set_comes_into_force_once),
        cmocka_unit_test(two_operators_who_disable_each_other_leave_one),
        cmocka_unit_test(a_request_that_is_sent_while_its_account_is_closed_does_not_stay_open),
        cmocka_unit_test(a_grant_is_taken_back_once),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Several accept at once: whatever the order, a customer has one partner, and an invitation brings one customer. */
#include "support/race.h"
#include "support/invited.h"

#include "action/invitation_answer.h"

static const struct actor *owners[MANY];
static const char *tokens[MANY];

enum { DONE = 1, CLOSED, GATED };

static int accept_one(int who)
{
    struct act act = world_act(&world, owners[who]);
    struct answer_result result;
    const struct err *err;

    act.db = db;
    err = invitation_answer_accept(&act, tokens[who], &result);
    if (err != NULL)
        return FAILED + (int)err->kind;
    return act.is_done ? DONE : result.outcome == ANSWER_CLOSED ? CLOSED : result.outcome == ANSWER_GATES ? GATED : 0;
}

static void check_round(int closed, int gated, const int *what)
{
    assert_int_equal(count(what, MANY, DONE), 1);
    assert_int_equal(count(what, MANY, CLOSED), closed);
    assert_int_equal(count(what, MANY, GATED), gated);
    assert_int_equal(world_count(&world, "association", "1 = 1"), 2);   /* with the world's own */
    assert_int_equal(world_count(&world, "invitation", "status = 'ACCEPTED'"), 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'ASSOCIATED'"), 1);
    assert_int_equal(world_count(&world, "notification", "kind = 'INVITATION_ACCEPTED'"), 2);
    assert_int_equal(world_count(&world, "freeze", "1 = 1"), 1);
}

static void one_invitation_accepted_by_many_brings_one_customer(void **state)
{
    int what[MANY];

    (void)state;
    for (int round = 0; round < rounds(); round++) {
        begin();
        for (int i = 0; i < MANY; i++)
            owners[i] = lone_owner(&world, mem_text(world.mem, "Customer %d", i));
        tokens[0] = invited_by_link(&world, world.admin, NULL);
        for (int i = 1; i < MANY; i++)
            tokens[i] = tokens[0];
        race(MANY, accept_one, what);
        check_round(MANY - 1, 0, what);
        end();
    }
}

static void many_invitations_accepted_by_one_customer_make_one_association(void **state)
{
    int what[MANY];

    (void)state;
    for (int round = 0; round < rounds(); round++) {
        begin();
        const struct actor *owner = lone_owner(&world, "Wanted Ltd");
        for (int i = 0; i < MANY; i++) {
            int64_t partner = world_account(&world, ACCOUNT_PARTNER, mem_text(world.mem, "Partner %d", i));

            owners[i] = owner;
            tokens[i] = invited_by_link(&world, world_user(&world, partner, ROLE_ADMIN, "Ada"), NULL);
        }
        race(MANY, accept_one, what);
        check_round(0, MANY - 1, what);
        end();
    }
}

static int revoke_or_accept(int who)
{
    if (who % 2 == 0)
        return accept_one(who);
    struct act act = world_act(&world, world.admin);
    struct invite_result result;
    const struct err *err;

    act.db = db;
    err = invite_revoke(&act, test_db_number(db, "SELECT MIN(id) FROM invitation LIMIT 1"), &result);
    if (err != NULL)
        return FAILED + (int)err->kind;
    return act.is_done ? DONE : CLOSED;
}

static void revoking_and_accepting_at_once_is_decided_once(void **state)
{
    int what[MANY];

    (void)state;
    for (int round = 0; round < rounds(); round++) {
        begin();
        tokens[0] = invited_by_link(&world, world.admin, NULL);
        for (int i = 0; i < MANY; i++) {
            owners[i] = lone_owner(&world, mem_text(world.mem, "Customer %d", i));
            tokens[i] = tokens[0];
        }
        race(MANY, revoke_or_accept, what);
        assert_int_equal(count(what, MANY, DONE), 1);
        assert_int_equal(count(what, MANY, CLOSED), MANY - 1);
        assert_int_equal(world_count(&world, "association", "1 = 1") - 1, world_count(&world, "invitation", "status = 'ACCEPTED'"));
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_invitation_accepted_by_many_brings_one_customer),
        cmocka_unit_test(many_invitations_accepted_by_one_customer_make_one_association),
        cmocka_unit_test(revoking_and_accepting_at_once_is_decided_once)
    };

    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* An address is changed while codes are sent to it: whatever the order, no code stays out to the earlier one. */
#include "support/race.h"
#include "support/sent_code.h"

#include "action/contact.h"

static struct wizard_target target;
static int64_t change_id, revision;
static const char *digits;

enum { DONE = 1, REFUSED };

static int prove_or_send(int who)
{
    struct act act = world_act(&world, world.owner);
    struct contact_proof proof;
    struct send_result result;

    act.db = db;
    const struct err *err = who == 0 ? contact_prove(&act, change_id, digits, &proof)
                                     : code_step_send(&act, &target, revision, CHANNEL_EMAIL, &result);
    if (err != NULL)
        return FAILED + (int)err->kind;
    return act.is_done ? DONE : REFUSED;
}

/* A draft that waits for its code, and a change that waits for its own. */
static void arrange(void)
{
    struct act confirm = world_act(&world, world.owner), start = world_form(&world, world.owner, 1, "{no}");
    struct act send = world_act(&world, world.owner);
    struct contact_send_result sent;
    enum wizard_outcome ticked;
    enum contact_outcome outcome;

    target = world_submit_target(&world, world.owner);
    assert_null(wizard_confirm(&confirm, &target, 0, &ticked));
    revision = test_db_number(db, "SELECT MAX(revision) FROM wizard LIMIT 1");
    assert_null(contact_begin(&start, CHANNEL_EMAIL, "new@acme.example", "", &outcome));
    change_id = atoll(start.location);
    assert_null(contact_send_code(&send, change_id, &sent));
    digits = sent_code(db, world.mem, &world.keys.outbox);
    assert_non_null(digits);
}

static void no_code_stays_out_to_an_address_that_was_changed(void **state)
{
    int what[MANY];

    (void)state;
    for (int round = 0; round < rounds(); round++) {
        begin();
        arrange();
        race(MANY, prove_or_send, what);
        assert_int_equal(what[0], DONE);
        assert_int_equal(count(what + 1, MANY - 1, DONE), 1);
        assert_int_equal(world_count(&world, "contact", "account_id = %lld AND is_live = 1 AND address = 'new@acme.example'",
                                     (long long)world.customer), 1);
        assert_int_equal(world_count(&world, "verification_code v JOIN contact c ON c.id = v.contact_id",
                                     "v.state = 'LIVE' AND c.removed_at IS NOT NULL"), 0);
        end();
    }
}

static int connect_db(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_code_stays_out_to_an_address_that_was_changed)};

    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    return cmocka_run_group_tests(tests, connect_db, NULL);
}

/* What an owner changes about the own account: currency, commitments, members, what a biller needs. */
#include "support/rows.h"
#include "support/own_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/currency.h"
#include "action/release_member.h"
#include "action/save_information.h"
#include "action/unsubscribe.h"
#include "store/store_association.h"

static int64_t version_of(int64_t account_id)
{
    return test_db_number(db, "SELECT version FROM account WHERE id = %lld", L(account_id));
}

/* Another customer, with an owner of its own. */
static const struct actor *stranger(void)
{
    return world_user(&world, world_account(&world, ACCOUNT_CUSTOMER, "Elsewhere"), ROLE_OWNER, "Eve");
}

static int64_t events(const char *operation, const char *object)
{
    return world_count(&world, "operation_log", "operation = '%s' AND object = '%s' AND initiated_by = 'CUSTOMER' AND result = 'DONE' "
                       "AND association_id = %lld AND account_id = %lld", operation, object, L(world.association), L(world.customer));
}

/* --- the settlement currency --- */

static void currency_refused(const struct actor *actor, const char *code, enum currency_outcome expected)
{
    const int64_t before = world_fingerprint(&world);
    enum currency_outcome outcome = CURRENCY_DONE;
    struct act act = world_act(&world, actor);
    assert_null(set_currency(&act, code, &outcome));
    assert_int_equal(outcome, expected);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void currency_denied(const struct actor *actor)
{
    const int64_t before = world_fingerprint(&world);
    enum currency_outcome outcome;
    struct act act = world_act(&world, actor);
    const struct err *err = set_currency(&act, "USD", &outcome);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_DENIED);
    assert_true(world_fingerprint(&world) == before);
}

static void currency_is_set_once_and_logged(void **state)
{
    enum currency_outcome outcome;
    struct act act;
    int64_t version;
    (void)state;
    world_currency(&world, world.customer, NULL);
    version = version_of(world.customer);
    act = world_act(&world, world.owner);
    assert_null(set_currency(&act, "EUR", &outcome));
    assert_int_equal(outcome, CURRENCY_DONE);
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "account", "id = %lld AND currency = 'EUR'", L(world.customer)), 1);
    assert_true(version_of(world.customer) == version + 1);
    assert_int_equal(events("CURRENCY_SET", "EUR"), 1);
    currency_refused(world.owner, "USD", CURRENCY_ALREADY);
    currency_refused(world.owner, "EUR", CURRENCY_ALREADY);
}

static void unknown_currency_is_refused(void **state)
{
    static const char *const unknown[] = { "XXX", "usd", "US", "USDX", "", "U'D" };
    (void)state;
    world_currency(&world, world.customer, NULL);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        currency_refused(world.owner, unknown[i], CURRENCY_UNKNOWN);
}

static void currency_no_longer_offered_is_refused(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    test_db_sql(db, "UPDATE settlement_currency SET is_offered = 0 WHERE code = 'THB'");
    currency_refused(world.owner, "THB", CURRENCY_UNKNOWN);
    test_db_sql(db, "UPDATE settlement_currency SET is_offered = 1 WHERE code = 'THB'");
}

static void only_an_owner_sets_the_currency(void **state)
{
    (void)state;
    world_currency(&world, world.customer, NULL);
    currency_denied(world.viewer);
    currency_denied(world.admin);
    currency_denied(world.ops);
}

static void same_form_twice_sets_the_currency_once(void **state)
{
    enum currency_outcome outcome;
    (void)state;
    world_currency(&world, world.customer, NULL);
    struct act first = world_form(&world, world.owner, 1, "/x"), second = world_form(&world, world.owner, 1, "/x");
    assert_null(set_currency(&first, "USD", &outcome));
    assert_null(set_currency(&second, "USD", &outcome));
    assert_true(second.is_replay);
    assert_int_equal(outcome, CURRENCY_DONE);
    assert_int_equal(events("CURRENCY_SET", "USD"), 1);
}

static void customer_without_a_partner_sets_its_currency(void **state)
{
    const struct actor *alone = stranger();
    enum currency_outcome outcome;
    (void)state;
    world_currency(&world, alone->account_id, NULL);
    struct act act = world_act(&world, alone);
    assert_null(set_currency(&act, "SGD", &outcome));
    assert_true(act.is_done);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'CURRENCY_SET' AND chain_id = 0 AND customer_id = %lld",
                                 L(alone->account_id)), 1);
}

/* --- reserved instances and support plans --- */

static int64_t committed(enum commitment_kind kind, int64_t valid_to)
{
    world_commitment(&world, world.customer, kind, valid_to);
    return test_db_number(db, "SELECT MAX(id) FROM commitment");
}

static void unsubscribed(int64_t id, const char *location)
{
    enum unsubscribe_outcome outcome;
    struct act act = world_act(&world, world.owner);
    act.location = "/list";
    assert_null(unsubscribe(&act, id, "/clear", &outcome));
    assert_int_equal(outcome, UNSUBSCRIBE_DONE);
    assert_true(act.is_done);
    assert_string_equal(act.location, location);
}

static void unsubscribe_refused(int64_t id, enum unsubscribe_outcome expected)
{
    const int64_t before = world_fingerprint(&world);
    enum unsubscribe_outcome outcome = UNSUBSCRIBE_DONE;
    struct act act = world_act(&world, world.owner);
    assert_null(unsubscribe(&act, id, NULL, &outcome));
    assert_int_equal(outcome, expected);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void unsubscribe_failed(const struct actor *actor, int64_t id, enum err_kind kind)
{
    const int64_t before = world_fingerprint(&world);
    enum unsubscribe_outcome outcome;
    struct act act = world_act(&world, actor);
    const struct err *err = unsubscribe(&act, id, NULL, &outcome);
    assert_non_null(err);
    assert_int_equal(err->kind, kind);
    assert_true(world_fingerprint(&world) == before);
}

static void unsubscribing_ends_it_now_and_is_logged(void **state)
{
    (void)state;
    const int64_t id = committed(COMMITMENT_RI, world.now + CLOCK_DAY), version = version_of(world.customer);
    unsubscribed(id, "/clear");
    assert_int_equal(world_count(&world, "commitment", "id = %lld AND status = 'UNSUBSCRIBED' AND unsubscribed_at IS NOT NULL", L(id)), 1);
    assert_true(version_of(world.customer) == version + 1);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNSUBSCRIBED' AND remark = 'RI'"), 1);
}

static void the_last_one_leads_back_and_the_others_to_the_list(void **state)
{
    (void)state;
    const int64_t instance = committed(COMMITMENT_RI, world.now + CLOCK_DAY);
    const int64_t plan = committed(COMMITMENT_PARTNER_SUPPORT_PLAN, world.now + CLOCK_DAY);
    const int64_t service = committed(COMMITMENT_SERVICE_SUPPORT_PLAN, world.now + CLOCK_DAY);
    unsubscribed(service, "/list");
    unsubscribed(instance, "/list");
    unsubscribed(plan, "/clear");
}

static void one_that_has_ended_cannot_be_unsubscribed(void **state)
{
    (void)state;
    const int64_t over = committed(COMMITMENT_RI, world.now), last = committed(COMMITMENT_RI, world.now + 1);
    unsubscribe_refused(over, UNSUBSCRIBE_ENDED);
    unsubscribed(last, "/clear");
    unsubscribe_refused(last, UNSUBSCRIBE_ENDED);
}

static void frozen_account_may_unsubscribe_but_not_with_frozen_resources(void **state)
{
    (void)state;
    const int64_t one = committed(COMMITMENT_RI, world.now + CLOCK_DAY), two = committed(COMMITMENT_RI, world.now + CLOCK_DAY);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    unsubscribed(one, "/list");
    world_unfreeze(&world, world.customer);
    world_freeze(&world, world.customer, FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER);
    unsubscribe_refused(two, UNSUBSCRIBE_FROZEN);
    world_unfreeze(&world, world.customer);
    unsubscribed(two, "/clear");
}

static void nobody_else_unsubscribes(void **state)
{
    (void)state;
    const int64_t id = committed(COMMITMENT_RI, world.now + CLOCK_DAY);
    unsubscribe_failed(world.viewer, id, ERR_DENIED);
    unsubscribe_failed(world.admin, id, ERR_DENIED);
    unsubscribe_failed(stranger(), id, ERR_MISSING);
    unsubscribe_failed(world.owner, id + 1000, ERR_MISSING);
}

static void same_form_twice_unsubscribes_once(void **state)
{
    enum unsubscribe_outcome outcome;
    (void)state;
    const int64_t id = committed(COMMITMENT_RI, world.now + CLOCK_DAY);
    struct act first = world_form(&world, world.owner, 1, "/list"), second = world_form(&world, world.owner, 1, "/list");
    assert_null(unsubscribe(&first, id, "/clear", &outcome));
    assert_null(unsubscribe(&second, id, "/clear", &outcome));
    assert_true(second.is_replay);
    assert_int_equal(outcome, UNSUBSCRIBE_DONE);
    assert_string_equal(second.location, "/clear");
    assert_int_equal(world_count(&world, "operation_log", "operation = 'UNSUBSCRIBED'"), 1);
}

/* --- member accounts --- */

static int64_t linked(const char *name, bool is_independent)
{
    const int64_t member = world_member(&world, world.customer, name, is_independent);
    return test_db_number(db, "SELECT id FROM enterprise_link WHERE active_member = %lld", L(member));
}

static void released(int64_t id, const char *location)
{
    enum release_outcome outcome;
    struct act act = world_act(&world, world.owner);
    act.location = "/list";
    assert_null(release_member(&act, id, "/clear", &outcome));
    assert_int_equal(outcome, RELEASE_DONE);
    assert_true(act.is_done);
    assert_string_equal(act.location, location);
}

static void release_refused(int64_t id, enum release_outcome expected)
{
    const int64_t before = world_fingerprint(&world);
    enum release_outcome outcome = RELEASE_DONE;
    struct act act = world_act(&world, world.owner);
    assert_null(release_member(&act, id, NULL, &outcome));
    assert_int_equal(outcome, expected);
    assert_false(act.is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void release_failed(const struct actor *actor, int64_t id, enum err_kind kind)
{
    const int64_t before = world_fingerprint(&world);
    enum release_outcome outcome;
    struct act act = world_act(&world, actor);
    const struct err *err = release_member(&act, id, NULL, &outcome);
    assert_non_null(err);
    assert_int_equal(err->kind, kind);
    assert_true(world_fingerprint(&world) == before);
}

static void independent_members_go_one_by_one(void **state)
{
    (void)state;
    const int64_t north = linked("North", true), south = linked("South", true), shared = linked("Shared", false);
    const int64_t member = test_db_number(db, "SELECT member_id FROM enterprise_link WHERE id = %lld", L(north));
    const int64_t version = version_of(world.customer), members = version_of(member);
    released(north, "/list");
    assert_true(version_of(world.customer) == version + 1);
    assert_true(version_of(member) == members + 1);
    assert_int_equal(world_count(&world, "enterprise_link", "id = %lld AND status = 'ENDED' AND ended_at IS NOT NULL", L(north)), 1);
    assert_int_equal(events("MEMBER_RELEASED", "North"), 1);
    released(south, "/clear");
    release_refused(south, RELEASE_ENDED);
    release_refused(shared, RELEASE_UNIFIED);
}

static void nobody_else_releases_a_member(void **state)
{
    (void)state;
    const int64_t id = linked("North", true);
    release_failed(world.viewer, id, ERR_DENIED);
    release_failed(world.ops, id, ERR_DENIED);
    release_failed(stranger(), id, ERR_MISSING);
    release_failed(world.owner, id + 1000, ERR_MISSING);
}

static void same_form_twice_releases_once(void **state)
{
    enum release_outcome outcome;
    (void)state;
    const int64_t id = linked("North", true);
    struct act first = world_form(&world, world.owner, 1, "/list"), second = world_form(&world, world.owner, 1, "/list");
    assert_null(release_member(&first, id, NULL, &outcome));
    assert_null(release_member(&second, id, NULL, &outcome));
    assert_true(second.is_replay);
    assert_int_equal(outcome, RELEASE_DONE);
    assert_int_equal(events("MEMBER_RELEASED", "North"), 1);
}

/* --- what a biller needs --- */

static struct account_information information(int64_t version)
{
    return (struct account_information){
        "Acme GmbH", "Main Street 1", "", "12345", "Berlin", "Germany", "DE123", "bills@acme.example", INSTANT_NONE, version,
    };
}

static enum information_outcome save(const struct account_information *saved, bool *is_done)
{
    enum information_outcome outcome;
    struct act act = world_act(&world, world.owner);
    assert_null(save_information(&act, saved, &outcome));
    *is_done = act.is_done;
    return outcome;
}

static void information_refused(struct account_information wrong, enum information_outcome expected)
{
    const int64_t before = world_fingerprint(&world);
    bool is_done = true;
    assert_int_equal(save(&wrong, &is_done), expected);
    assert_false(is_done);
    assert_true(world_fingerprint(&world) == before);
}

static void information_is_saved_logged_and_closes_its_task(void **state)
{
    struct account_information first = information(0), second = information(1), read;
    const int64_t version = version_of(world.customer);
    bool is_done = false, is_new = false;
    (void)state;
    assert_null(task_ask(db, world.customer, "ACCOUNT_INFORMATION", world.association, world.now, &is_new));
    assert_null(task_ask(db, world.customer, "PAYMENT_METHOD", world.association, world.now, &is_new));
    assert_int_equal(save(&first, &is_done), INFORMATION_DONE);
    assert_true(is_done);
    second.city = "Hamburg";
    assert_int_equal(save(&second, &is_done), INFORMATION_DONE);
    assert_true(is_done);
    assert_null(account_information_load(db, world.mem, world.customer, &read));
    assert_string_equal(read.city, "Hamburg");
    assert_string_equal(read.billing_email, "bills@acme.example");
    assert_int_equal(read.version, 2);
    assert_true(version_of(world.customer) == version + 2);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INFORMATION_SAVED'"), 2);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'INFORMATION_SAVED' AND (remark <> '' OR object LIKE '%%Acme%%')"), 0);
    assert_int_equal(world_count(&world, "task", "kind = 'ACCOUNT_INFORMATION' AND done_at IS NOT NULL"), 1);
    assert_int_equal(world_count(&world, "task", "kind = 'PAYMENT_METHOD' AND done_at IS NULL"), 1);
}

static void what_was_not_seen_is_not_overwritten(void **state)
{
    struct account_information first = information(0);
    bool is_done = false;
    (void)state;
    assert_int_equal(save(&first, &is_done), INFORMATION_DONE);
    information_refused(information(0), INFORMATION_CHANGED);
    information_refused(information(2), INFORMATION_CHANGED);
}

static void a_bill_needs_name_address_and_where_to_send_it(void **state)
{
    struct account_information wrong;
    (void)state;
#define WITHOUT(member) do { wrong = information(0); wrong.member = ""; information_refused(wrong, INFORMATION_INCOMPLETE); } while (0)
    WITHOUT(legal_name);
    WITHOUT(address_1);
    WITHOUT(city);
    WITHOUT(country);
    WITHOUT(billing_email);
#undef WITHOUT
}

static void only_an_owner_saves_the_information(void **state)
{
    const struct actor *const others[] = { world.viewer, world.admin, world.ops };
    const struct account_information new = information(0);
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        enum information_outcome outcome;
        struct act act = world_act(&world, others[i]);
        const struct err *err = save_information(&act, &new, &outcome);
        assert_non_null(err);
        assert_int_equal(err->kind, ERR_DENIED);
    }
    assert_int_equal(world_count(&world, "account_information", "1"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(currency_is_set_once_and_logged), TEST(unknown_currency_is_refused), TEST(currency_no_longer_offered_is_refused),
        TEST(only_an_owner_sets_the_currency), TEST(same_form_twice_sets_the_currency_once),
        TEST(customer_without_a_partner_sets_its_currency), TEST(unsubscribing_ends_it_now_and_is_logged),
        TEST(the_last_one_leads_back_and_the_others_to_the_list), TEST(one_that_has_ended_cannot_be_unsubscribed),
        TEST(frozen_account_may_unsubscribe_but_not_with_frozen_resources), TEST(nobody_else_unsubscribes),
        TEST(same_form_twice_unsubscribes_once), TEST(independent_members_go_one_by_one), TEST(nobody_else_releases_a_member),
        TEST(same_form_twice_releases_once), TEST(information_is_saved_logged_and_closes_its_task),
        TEST(what_was_not_seen_is_not_overwritten), TEST(a_bill_needs_name_address_and_where_to_send_it),
        TEST(only_an_owner_saves_the_information),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

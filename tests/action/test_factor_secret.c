/* Second factors as the database keeps them. */
#include <unistd.h>

#include "support/rows.h"

#include "action/create.h"
#include "action/factor_secret.h"
#include "action/security.h"
#include "base/memory.h"
#include "support/test_db.h"
#include "support/test_world.h"

#define SECRET "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
#define L(value) ((long long)(value))

static struct db *db;
static struct world world;

static int setup(void **state)
{
    (void)state;
    world_begin(&world, db);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static void what_is_sealed_opens_to_the_same_and_looks_different_each_time(void **state)
{
    char *open = NULL;
    (void)state;
    const char *one = factor_seal(world.mem, &world.keys, "ops@example.com", SECRET);
    const char *two = factor_seal(world.mem, &world.keys, "ops@example.com", SECRET);
    assert_true(factor_is_sealed(one));
    assert_string_not_equal(one, two);
    assert_null(strstr(one, SECRET));
    assert_true(strlen(one) <= 200);
    assert_null(factor_open(world.mem, &world.keys, "ops@example.com", one, &open));
    assert_string_equal(open, SECRET);
}

static void none_stays_none(void **state)
{
    (void)state;
    assert_null(factor_seal(world.mem, &world.keys, "ops@example.com", NULL));
}

static void what_was_stored_in_clear_is_read_as_it_is(void **state)
{
    char *open = NULL;
    (void)state;
    assert_false(factor_is_sealed(SECRET));
    assert_null(factor_open(world.mem, &world.keys, "ops@example.com", SECRET, &open));
    assert_string_equal(open, SECRET);
}

static void it_is_bound_to_its_login_and_to_the_sites_key(void **state)
{
    struct act_keys other = world.keys;
    char *open = NULL;
    (void)state;
    const char *sealed = factor_seal(world.mem, &world.keys, "ops@example.com", SECRET);
    other.factor.bytes[0] ^= 1;
    assert_non_null(factor_open(world.mem, &world.keys, "eve@example.com", sealed, &open));
    assert_non_null(factor_open(world.mem, &other, "ops@example.com", sealed, &open));
    assert_non_null(factor_open(world.mem, &world.keys, "ops@example.com", "v1.", &open));
    assert_non_null(factor_open(world.mem, &world.keys, "ops@example.com", "v1.AAAA", &open));
    assert_non_null(factor_open(world.mem, &world.keys, "ops@example.com", "v1.not base64", &open));
}

static void all_that_is_in_clear_is_sealed_once_and_logged(void **state)
{
    struct act act = world_act(&world, act_system), again = world_act(&world, act_system);
    int64_t sealed = 0;
    (void)state;
    test_db_sql(db, "UPDATE user SET totp_pending = '" SECRET "' WHERE id = %lld", L(world.owner->user_id));
    assert_null(factor_seal_all(&act, &sealed));
    assert_int_equal(sealed, 2);   /* the operator of the world, and the owner's that is being set up */
    assert_int_equal(world_count(&world, "user", "totp_secret LIKE 'v1.%%' OR totp_pending LIKE 'v1.%%'"), 2);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'FACTORS_SEALED' AND remark = '2'"), 1);
    assert_null(factor_seal_all(&again, &sealed));
    assert_int_equal(sealed, 0);
    assert_int_equal(world_count(&world, "operation_log", "operation = 'FACTORS_SEALED'"), 1);
}

static void a_user_who_is_made_with_one_has_it_sealed(void **state)
{
    struct act act = world_act(&world, act_system);
    enum create_outcome outcome;
    struct create_account account = {
        .kind = ACCOUNT_PLATFORM, .name = "Platform",
        .user = {.role = ROLE_OPS, .login = "new@example.com", .name = "Nora", .password = "correct horse battery", .totp_secret = SECRET}};
    (void)state;
    assert_null(create_account(&act, &account, &outcome));
    assert_int_equal(outcome, CREATE_DONE);
    assert_int_equal(world_count(&world, "user", "login = 'new@example.com' AND totp_secret LIKE 'v1.%%'"), 1);
}

/* The second line of defence, behind the pages: whatever the act is. */
static void without_a_second_factor_nothing_of_the_platform_can_be_done(void **state)
{
    enum security_outcome outcome;
    (void)state;
    test_db_sql(db, "UPDATE user SET totp_secret = NULL WHERE id = %lld", L(world.ops->user_id));
    struct act end = world_act(&world, world.ops), start = world_act(&world, world.ops);
    const struct err *err = security_end_others(&end, &outcome);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_SIGNED_OUT);
    assert_null(second_factor_start(&start, &outcome));
    assert_int_equal(outcome, SECURITY_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_sealed_opens_to_the_same_and_looks_different_each_time, setup, teardown),
        cmocka_unit_test_setup_teardown(none_stays_none, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_stored_in_clear_is_read_as_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_bound_to_its_login_and_to_the_sites_key, setup, teardown),
        cmocka_unit_test_setup_teardown(all_that_is_in_clear_is_sealed_once_and_logged, setup, teardown),
        cmocka_unit_test_setup_teardown(a_user_who_is_made_with_one_has_it_sealed, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_second_factor_nothing_of_the_platform_can_be_done, setup, teardown),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

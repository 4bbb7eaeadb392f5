#include "store/empty_db.h"

#include "base/secret.h"

#include "store/store_form.h"

#define NOON INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */

static bool use(const unsigned char digest[SECRET_DIGEST_BYTES])
{
    const struct form_use form = { .digest = digest, .user_id = 9, .at = NOON, .route = "/x", .http_id = "h" };
    bool is_new;

    assert_null(form_key_insert(db, &form, &is_new));
    return is_new;
}

static const char *find(const unsigned char digest[SECRET_DIGEST_BYTES])
{
    const char *location;

    assert_null(form_key_find(db, mem, digest, &location));
    return location;
}

static void key_is_new_once(void **state)
{
    const unsigned char digest[SECRET_DIGEST_BYTES] = "a digest of 32 bytes, all letter";

    (void)state;
    assert_null(find(digest));
    assert_true(use(digest));
    assert_false(use(digest));
    assert_null(form_key_locate(db, digest, "/done"));
    assert_string_equal(find(digest), "/done");
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM form_key"), 1);
}

/* The server's message about a duplicate holds the digest as it is; these bytes end a text, or look like its end. */
static void any_bytes_make_a_digest(void **state)
{
    unsigned char zeroes[SECRET_DIGEST_BYTES] = { 0 }, quotes[SECRET_DIGEST_BYTES], high[SECRET_DIGEST_BYTES];

    (void)state;
    memset(quotes, '\'', sizeof quotes);
    memset(high, 0xff, sizeof high);
    assert_true(use(zeroes) && use(quotes) && use(high));
    assert_false(use(zeroes) || use(quotes) || use(high));
}

static void digests_compare_as_bytes(void **state)
{
    unsigned char lower[SECRET_DIGEST_BYTES], upper[SECRET_DIGEST_BYTES];

    (void)state;
    memset(lower, 'a', sizeof lower);
    memset(upper, 'A', sizeof upper);
    assert_true(use(lower));
    assert_true(use(upper));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, empty, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(key_is_new_once), TEST(any_bytes_make_a_digest), TEST(digests_compare_as_bytes) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

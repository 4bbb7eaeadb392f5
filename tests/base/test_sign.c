#include "support/rows.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sign.h"
#include "support/test_sign_key.h"

static void *mem;
static char path[64];

static int begin(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    (void)snprintf(path, sizeof path, "/tmp/mypartner-sign-%ld.pem", (long)getpid());
    return 0;
}

static int end(void **state)
{
    (void)state;
    (void)unlink(path);
    talloc_free(mem);
    return 0;
}

static struct sign_key *private_key(void)
{
    struct sign_key *key;

    test_sign_key_write(path, TEST_SIGN_PRIVATE);
    assert_null(sign_private_load(mem, path, &key));
    return key;
}

static struct sign_key *public_key(void)
{
    struct sign_key *key;

    test_sign_key_write(path, TEST_SIGN_PUBLIC);
    assert_null(sign_public_load(mem, path, &key));
    return key;
}

static void what_is_signed_is_known_by_the_public_key(void **state)
{
    unsigned char signature[SIGN_BYTES];

    (void)state;
    sign_make(private_key(), "heads", 5, signature);
    assert_true(sign_check(public_key(), "heads", 5, signature));
    assert_true(sign_check(private_key(), "heads", 5, signature));
}

static void another_text_or_another_signature_is_not(void **state)
{
    unsigned char signature[SIGN_BYTES];

    (void)state;
    sign_make(private_key(), "heads", 5, signature);
    assert_false(sign_check(public_key(), "Heads", 5, signature));
    assert_false(sign_check(public_key(), "heads", 4, signature));
    signature[10] ^= 1;
    assert_false(sign_check(public_key(), "heads", 5, signature));
}

static void a_private_key_that_others_can_read_is_refused(void **state)
{
    struct sign_key *key;

    (void)state;
    test_sign_key_write(path, TEST_SIGN_PRIVATE);
    assert_int_equal(chmod(path, 0644), 0);
    assert_non_null(sign_private_load(mem, path, &key));
}

static void what_is_no_key_is_refused_by_its_path(void **state)
{
    static const char *const texts[] = { "", "no key", "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n" };
    struct sign_key *key;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        test_sign_key_write(path, texts[i]);
        assert_non_null(strstr(sign_private_load(mem, path, &key)->what, path));
        assert_non_null(strstr(sign_public_load(mem, path, &key)->what, path));
    }
    (void)unlink(path);
    assert_non_null(sign_private_load(mem, path, &key));
    assert_non_null(sign_public_load(mem, path, &key));
}

/* P-256: a key, and not one of ours. */
static void a_key_of_another_kind_is_refused(void **state)
{
    static const char other[] =
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
        "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n";
    struct sign_key *key;

    (void)state;
    test_sign_key_write(path, other);
    assert_non_null(strstr(sign_public_load(mem, path, &key)->what, "not an Ed25519 key"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_signed_is_known_by_the_public_key, begin, end),
        cmocka_unit_test_setup_teardown(another_text_or_another_signature_is_not, begin, end),
        cmocka_unit_test_setup_teardown(a_private_key_that_others_can_read_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_key_is_refused_by_its_path, begin, end),
        cmocka_unit_test_setup_teardown(a_key_of_another_kind_is_refused, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

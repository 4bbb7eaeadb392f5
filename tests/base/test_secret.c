#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/secret.h"
#include "support/rows.h"

static const struct secret_key some_key = { { 1, 2, 3, 4, 5, 6, 7, 8, 9 } };

/* --- digests ----------------------------------------------------------------------------------------------------------- */

static void sha256_answers_the_standard_vector(void **state)
{
    unsigned char digest[SECRET_DIGEST_BYTES];
    char *hex;

    (void)state;
    secret_sha256("abc", 3, digest);      /* FIPS 180-4, example */
    hex = secret_hex(NULL, digest, sizeof digest);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    talloc_free(hex);
}

static void hmac_answers_the_standard_vector(void **state)
{
    /* RFC 4231, test case 2: key "Jefe"; a key shorter than a block is filled with zeros, as ours is. */
    static const struct secret_key key = { "Jefe" };
    static const char text[] = "what do ya want for nothing?";
    unsigned char mac[SECRET_DIGEST_BYTES];
    char *hex;

    (void)state;
    secret_hmac(&key, text, strlen(text), mac);
    hex = secret_hex(NULL, mac, sizeof mac);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    talloc_free(hex);
}

static void derived_keys_differ_by_label_and_key(void **state)
{
    static const struct secret_key other_key = { { 9 } };
    struct secret_key a, again, b, c;

    (void)state;
    secret_derive(&some_key, "csrf", &a);
    secret_derive(&some_key, "csrf", &again);
    secret_derive(&some_key, "code", &b);
    secret_derive(&other_key, "csrf", &c);
    assert_memory_equal(&a, &again, sizeof a);
    assert_memory_not_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
    assert_memory_not_equal(&a, &some_key, sizeof a);
}

static void equal_compares_all_bytes(void **state)
{
    (void)state;
    assert_true(secret_equal("abcd", "abcd", 4));
    assert_false(secret_equal("abcd", "abce", 4));
    assert_false(secret_equal("bbcd", "abcd", 4));
    assert_true(secret_equal("", "", 0));
}

static void wiping_leaves_zeros(void **state)
{
    char secret[] = "secret";

    (void)state;
    secret_wipe(secret, sizeof secret);
    for (size_t i = 0; i < sizeof secret; i++)
        assert_int_equal(secret[i], 0);
}

/* --- sealing ------------------------------------------------------------------------------------------------------------- */

static void sealed_text_opens(void **state)
{
    void *ctx = mem_context(NULL, "test");
    size_t sealed_n, n;
    unsigned char *sealed = secret_seal(ctx, &some_key, "totp:5", "plain\0text", 10, &sealed_n);
    char *plain;

    (void)state;
    assert_int_equal(sealed_n, 10 + 28);
    assert_null(secret_open(ctx, &some_key, "totp:5", sealed, sealed_n, &plain, &n));
    assert_int_equal(n, 10);
    assert_memory_equal(plain, "plain\0text", 11);
    talloc_free(ctx);
}

static void empty_text_seals_and_opens(void **state)
{
    void *ctx = mem_context(NULL, "test");
    size_t sealed_n, n = 9;
    unsigned char *sealed = secret_seal(ctx, &some_key, "", "", 0, &sealed_n);
    char *plain;

    (void)state;
    assert_null(secret_open(ctx, &some_key, "", sealed, sealed_n, &plain, &n));
    assert_int_equal(n, 0);
    assert_string_equal(plain, "");
    talloc_free(ctx);
}

static void sealing_twice_gives_two_texts(void **state)
{
    void *ctx = mem_context(NULL, "test");
    size_t n;
    unsigned char *a = secret_seal(ctx, &some_key, "x", "same", 4, &n), *b = secret_seal(ctx, &some_key, "x", "same", 4, &n);

    (void)state;
    assert_memory_not_equal(a, b, n);
    talloc_free(ctx);
}

static void assert_does_not_open(const struct secret_key *key, const char *aad, const unsigned char *sealed, size_t sealed_n)
{
    char *plain = NULL;
    size_t n = 77;
    const struct err *err = secret_open(NULL, key, aad, sealed, sealed_n, &plain, &n);

    assert_non_null(err);
    assert_int_equal(err->kind, ERR_INPUT);
    assert_null(plain);
    assert_int_equal(n, 77);
}

static void any_changed_bit_is_noticed(void **state)
{
    size_t sealed_n;
    unsigned char *sealed = secret_seal(NULL, &some_key, "totp:5", "plain text", 10, &sealed_n);

    (void)state;
    for (size_t bit = 0; bit < 8 * sealed_n; bit++) {
        sealed[bit / 8] ^= (unsigned char)(1U << bit % 8);
        assert_does_not_open(&some_key, "totp:5", sealed, sealed_n);
        sealed[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
    talloc_free(sealed);
}

static void any_cut_is_noticed(void **state)
{
    size_t sealed_n;
    unsigned char *sealed = secret_seal(NULL, &some_key, "totp:5", "plain text", 10, &sealed_n);

    (void)state;
    for (size_t n = 0; n < sealed_n; n++) {
        assert_does_not_open(&some_key, "totp:5", sealed, n);
        assert_does_not_open(&some_key, "totp:5", sealed + sealed_n - n, n);
    }
    talloc_free(sealed);
}

static void other_place_or_key_does_not_open(void **state)
{
    static const struct secret_key other_key = { { 1, 2, 3 } };
    size_t sealed_n;
    unsigned char *sealed = secret_seal(NULL, &some_key, "totp:5", "plain text", 10, &sealed_n);

    (void)state;
    assert_does_not_open(&some_key, "totp:6", sealed, sealed_n);
    assert_does_not_open(&some_key, "", sealed, sealed_n);
    assert_does_not_open(&other_key, "totp:5", sealed, sealed_n);
    talloc_free(sealed);
}

/* --- texts for bytes ------------------------------------------------------------------------------------------------------- */

static void hex_goes_there_and_back(void **state)
{
    unsigned char bytes[256], back[256];
    char *hex;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    hex = secret_hex(NULL, bytes, sizeof bytes);
    assert_int_equal(strlen(hex), 512);
    assert_int_equal(strncmp(hex, "000102", 6), 0);
    assert_string_equal(hex + 506, "fdfeff");
    assert_true(secret_unhex(hex, 512, back, sizeof back));
    assert_memory_equal(back, bytes, sizeof bytes);
    talloc_free(hex);
}

static const struct unhex { const char *claim, *hex; size_t n, out_n; bool is_right; } unhexes[] = {
    { "hex_in_upper_case_is_read", "0AFF", 4, 2, true },
    { "no_hex_is_no_bytes", "", 0, 0, true },
    { "hex_of_odd_length_is_refused", "0af", 3, 1, false },
    { "hex_too_short_is_refused", "0a", 2, 2, false },
    { "hex_too_long_is_refused", "0aff", 4, 1, false },
    { "hex_with_another_letter_is_refused", "0g", 2, 1, false },
    { "hex_with_a_blank_is_refused", " 0", 2, 1, false },
};

static void check_unhex(void **state)
{
    const struct unhex *row = *state;
    unsigned char out[2];

    assert_int_equal(secret_unhex(row->hex, row->n, out, row->out_n), row->is_right);
}

static void base64url_goes_there_and_back(void **state)
{
    unsigned char bytes[67], back[67];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(255 - 3 * i);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        char *text = secret_base64url(NULL, bytes, n);

        assert_int_equal(strlen(text), (n * 8 + 5) / 6);
        memset(back, 0, sizeof back);
        assert_true(secret_unbase64url(text, strlen(text), back, n));
        assert_memory_equal(back, bytes, n);
        talloc_free(text);
    }
}

static void base64url_answers_the_standard_vectors(void **state)
{
    static const char *const vectors[][2] = {   /* RFC 4648, section 10, without padding */
        { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg" }, { "foobar", "Zm9vYmFy" },
        { "\xFB\xFF", "-_8" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char *text = secret_base64url(NULL, vectors[i][0], strlen(vectors[i][0]));

        assert_string_equal(text, vectors[i][1]);
        talloc_free(text);
    }
}

static const struct unbase64 { const char *claim, *text; size_t n, out_n; } bad_base64[] = {
    { "base64_of_impossible_length_is_refused", "Zm9vY", 5, 3 },
    { "base64_too_short_is_refused", "Zm8", 3, 3 },
    { "base64_too_long_is_refused", "Zm9v", 4, 2 },
    { "base64_with_padding_is_refused", "Zg==", 4, 1 },
    { "base64_of_the_other_alphabet_is_refused", "+/8", 3, 2 },
    { "base64_with_spare_bits_is_refused", "Zh", 2, 1 },
    { "base64_with_two_byte_spare_bits_is_refused", "Zm9", 3, 2 },
    { "base64_with_nul_is_refused", "Zm\0v", 4, 3 },
    { "base64_with_line_end_is_refused", "Zm9\n", 4, 3 },
};

static void check_bad_base64(void **state)
{
    const struct unbase64 *row = *state;
    unsigned char out[4];

    assert_false(secret_unbase64url(row->text, row->n, out, row->out_n));
}

/* --- key files ----------------------------------------------------------------------------------------------------------- */

#define HEX_63 "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEF"
#define HEX_64 HEX_63 "F"

static const struct key_file { const char *claim, *text; mode_t mode; bool is_right; } key_files[] = {
    { "key_file_of_64_digits_is_read", HEX_64, 0600, true },
    { "key_file_with_a_line_end_is_read", HEX_64 "\n", 0400, true },
    { "key_file_for_a_group_is_read", HEX_64 "\n", 0640, true },
    { "key_file_readable_by_others_is_refused", HEX_64 "\n", 0644, false },
    { "key_file_writable_by_others_is_refused", HEX_64 "\n", 0602, false },
    { "key_file_writable_by_a_group_is_refused", HEX_64 "\n", 0660, false },
    { "key_file_one_digit_short_is_refused", HEX_63, 0600, false },
    { "key_file_with_line_end_for_a_digit_is_refused", HEX_63 "\n", 0600, false },
    { "key_file_with_more_behind_is_refused", HEX_64 "\n0", 0600, false },
    { "key_file_with_two_line_ends_is_refused", HEX_64 "\n\n", 0600, false },
    { "key_file_with_a_digit_too_many_is_refused", HEX_64 "0", 0600, false },
    { "key_file_without_hex_is_refused", HEX_63 "g", 0600, false },
    { "empty_key_file_is_refused", "", 0600, false },
};

static void check_key_file(void **state)
{
    const struct key_file *row = *state;
    char path[] = "/tmp/test_secret.XXXXXX";
    struct secret_key key = { { 0 } };
    const struct err *err;
    size_t n = strlen(row->text);
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, row->text, n), n);
    assert_int_equal(fchmod(fd, row->mode), 0);
    (void)close(fd);
    err = secret_key_load(path, &key);
    (void)unlink(path);
    if (row->is_right) {
        assert_null(err);
        assert_int_equal(key.bytes[1], 0x11);
        assert_int_equal(key.bytes[31], 0xFF);
        return;
    }
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    assert_non_null(strstr(err->what, path));
    assert_null(strstr(err->what, "00112233"));
    assert_int_equal(key.bytes[31], 0);
}

static void missing_key_file_is_named(void **state)
{
    struct secret_key key;
    const struct err *err = secret_key_load("/tmp/there/is/no/key", &key);

    (void)state;
    assert_int_equal(err->kind, ERR_BUG);
    assert_int_equal(err->code, ENOENT);
    assert_non_null(strstr(err->what, "/tmp/there/is/no/key"));
}

static void folder_is_no_key_file(void **state)
{
    struct secret_key key;

    (void)state;
    assert_non_null(secret_key_load("/tmp", &key));
}

/* More keys than states are kept of, each in turn: derived keys are made without one. */
static void hmac_is_that_of_the_key_however_many_take_turns(void **state)
{
    struct secret_key keys[9], expected;
    unsigned char mac[SECRET_DIGEST_BYTES];

    (void)state;
    for (size_t k = 0; k < 9; k++)
        memset(keys[k].bytes, (int)k + 1, sizeof keys[k].bytes);
    for (size_t i = 0; i < 200; i++) {
        const struct secret_key *key = &keys[i * i % 9];

        secret_derive(key, "a label", &expected);
        secret_hmac(key, "a label", strlen("a label"), mac);
        assert_memory_equal(mac, expected.bytes, sizeof mac);
    }
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, sha256_answers_the_standard_vector);
    ROWS_TEST(&rows, hmac_answers_the_standard_vector);
    ROWS_TEST(&rows, hmac_is_that_of_the_key_however_many_take_turns);
    ROWS_TEST(&rows, derived_keys_differ_by_label_and_key);
    ROWS_TEST(&rows, equal_compares_all_bytes);
    ROWS_TEST(&rows, wiping_leaves_zeros);
    ROWS_TEST(&rows, sealed_text_opens);
    ROWS_TEST(&rows, empty_text_seals_and_opens);
    ROWS_TEST(&rows, sealing_twice_gives_two_texts);
    ROWS_TEST(&rows, any_changed_bit_is_noticed);
    ROWS_TEST(&rows, any_cut_is_noticed);
    ROWS_TEST(&rows, other_place_or_key_does_not_open);
    ROWS_TEST(&rows, hex_goes_there_and_back);
    ROWS_TABLE(&rows, check_unhex, unhexes);
    ROWS_TEST(&rows, base64url_goes_there_and_back);
    ROWS_TEST(&rows, base64url_answers_the_standard_vectors);
    ROWS_TABLE(&rows, check_bad_base64, bad_base64);
    ROWS_TABLE(&rows, check_key_file, key_files);
    ROWS_TEST(&rows, missing_key_file_is_named);
    ROWS_TEST(&rows, folder_is_no_key_file);
    return ROWS_RUN(&rows);
}

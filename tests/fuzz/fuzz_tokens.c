/* What proves something: tokens, one-time keys of forms, sealed texts, hex, codes as people type them, one-time passwords.
 *
 * Input: what to look at, then what it needs.
 */
#include <unictype.h>
#include <uninorm.h>

#include <openssl/hmac.h>

#include "fuzz/fuzz.h"

#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "domain/code.h"
#include "web/guard.h"
#include "web/pattern.h"

#define NOW (INT64_C(1795356131) * CLOCK_SECOND)
#define TTL_S 3600
#define SKEW_S 300

static const struct secret_key key = { "one of the two keys that are set" }, other_key = { "another one of thirty-two bytes!" };

void fuzz_begin(void)
{
}

/* --- base64url and hex: one spelling for one value ----------------------------------------------------------------- */

static void base64url_is_right(const void *mem, const uint8_t *bytes, size_t n)
{
    unsigned char out[512];
    const char *text = secret_base64url(mem, bytes, n);
    size_t wanted_n = n / 4 * 3 + (n % 4 == 0 ? 0 : n % 4 - 1);
    bool is_decoded;

    FUZZ_CHECK(strlen(text) == (n * 4 + 2) / 3, "%s", text);
    FUZZ_CHECK(secret_unbase64url(text, strlen(text), out, n) && memcmp(out, bytes, n) == 0, "%s", text);
    FUZZ_CHECK(!secret_unbase64url(text, strlen(text), out, n + 1) && (n == 0 || !secret_unbase64url(text, strlen(text), out, n - 1)),
               "%s has two lengths", text);
    /* The same bytes taken for a text: it is what its own value is written as, or it is none. */
    is_decoded = secret_unbase64url((const char *)bytes, n, out, wanted_n);
    if (is_decoded)
        FUZZ_CHECK(memcmp(secret_base64url(mem, out, wanted_n), bytes, n) == 0, "%.*s is a second spelling", (int)n, (const char *)bytes);
    else if (n % 4 != 1 && n > 0)
        FUZZ_CHECK(strspn(fuzz_text(mem, (struct fuzz_input){ bytes, n }), "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "abcdefghijklmnopqrstuvwxyz") < n || n % 4 != 0, "%.*s is not read", (int)n, (const char *)bytes);
}

static void hex_is_right(const void *mem, const uint8_t *bytes, size_t n)
{
    unsigned char out[512];
    const char *text = secret_hex(mem, bytes, n), *digits = fuzz_text(mem, (struct fuzz_input){ bytes, n });
    bool is_hex = n % 2 == 0 && strspn(digits, "0123456789abcdefABCDEF") == n;

    FUZZ_CHECK(strlen(text) == 2 * n && secret_unhex(text, 2 * n, out, n) && memcmp(out, bytes, n) == 0, "%s", text);
    FUZZ_CHECK(secret_unhex((const char *)bytes, n, out, n / 2) == is_hex, "%s", digits);
    FUZZ_CHECK(!is_hex || strcmp(secret_hex(mem, out, n / 2), text_lower(mem, digits)) == 0, "%s", digits);
}

/* --- forms --------------------------------------------------------------------------------------------------------- */

/* A key that was made by us, changed in one place or not, shown at some time, for some session and page. */
static void once_is_right(const void *mem, struct fuzz_input *in)
{
    static const char *const sessions[] = { "session", "sessio", "" }, *const pages[] = { "/requests/{no}", "/requests", "n/requests/{no}" };
    unsigned session = fuzz_below(in, 3), page = fuzz_below(in, 3), place = fuzz_byte(in), flags = fuzz_byte(in);
    int64_t later_s = (int64_t)(int32_t)fuzz_number(in, 4) % 8000;
    char *made = guard_once_make(mem, &key, "session", "/requests/{no}", NOW), *once = mem_copy(mem, made);
    unsigned char digest[SECRET_DIGEST_BYTES] = { 0 }, wanted[SECRET_DIGEST_BYTES];
    bool is_same, is_right;

    if ((flags & 1) != 0)
        once[place % strlen(once)] = (char)fuzz_byte(in);
    if ((flags & 2) != 0)
        once = mem_text(mem, "%s%s", once, fuzz_text_next(mem, in));
    is_same = strcmp(once, made) == 0;
    is_right = guard_once_check((flags & 4) != 0 ? &other_key : &key, sessions[session], pages[page], once, NOW + later_s * CLOCK_SECOND,
                                TTL_S, digest);
    FUZZ_CHECK(is_right == (is_same && (flags & 4) == 0 && session == 0 && page == 0 && later_s <= TTL_S && later_s >= -SKEW_S),
               "%s after %lld s", once, (long long)later_s);
    secret_sha256(once, strlen(once), wanted);
    FUZZ_CHECK(!is_right || memcmp(digest, wanted, sizeof digest) == 0, "%s", once);
}

/* What somebody else makes is never one of ours. */
static void forged_is_refused(const char *text)
{
    unsigned char digest[SECRET_DIGEST_BYTES];

    FUZZ_CHECK(!guard_once_check(&key, "session", "/requests/{no}", text, NOW, TTL_S, digest), "%s", text);
    FUZZ_CHECK(!guard_csrf_is_right(&key, "session", text), "%s", text);
    FUZZ_CHECK(!guard_csrf_is_right(&key, "", text), "%s", text);
}

static void csrf_is_right(const void *mem, struct fuzz_input *in)
{
    const char *session = fuzz_text_next(mem, in), *other = fuzz_text_next(mem, in), *csrf = guard_csrf(mem, &key, session);

    FUZZ_CHECK(guard_csrf_is_right(&key, session, csrf) == (*session != '\0'), "%s", session);
    FUZZ_CHECK(guard_csrf_is_right(&key, other, csrf) == (*session != '\0' && strcmp(session, other) == 0), "%s, %s", session, other);
    FUZZ_CHECK(!guard_csrf_is_right(&other_key, session, csrf), "%s", session);
}

/* --- addresses with a token ---------------------------------------------------------------------------------------- */

static void path_is_right(const void *mem, const char *text)
{
    struct pattern_vars vars;
    size_t n = strlen(text);
    bool is_token = n >= 16 && n <= 128 && strspn(text, "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == n;

    FUZZ_CHECK(pattern_match(mem, "/invitation/{token}", mem_text(mem, "/invitation/%s", text), &vars) == is_token, "%s", text);
    FUZZ_CHECK(!is_token || strcmp(vars.values[0], text) == 0, "%s", text);
}

/* --- sealed texts -------------------------------------------------------------------------------------------------- */

static void sealed_is_right(const void *mem, struct fuzz_input *in)
{
    unsigned place = fuzz_byte(in), change = fuzz_byte(in), flags = fuzz_byte(in);
    const char *aad = fuzz_text_next(mem, in);
    size_t sealed_n = 0, n = 0;
    unsigned char *sealed = secret_seal(mem, &key, aad, in->at, in->n, &sealed_n);
    char *plain = NULL;
    const struct err *err;

    sealed[place % sealed_n] ^= (unsigned char)change;
    err = secret_open(mem, (flags & 1) != 0 ? &other_key : &key, (flags & 2) != 0 ? mem_text(mem, "%sx", aad) : aad, sealed,
                      (flags & 4) != 0 ? place % sealed_n : sealed_n, &plain, &n);
    FUZZ_CHECK((err == NULL) == (change == 0 && (flags & 7) == 0), "%s", err == NULL ? "opened" : err->what);
    FUZZ_CHECK(err == NULL ? n == in->n && (n == 0 || memcmp(plain, in->at, n) == 0) && plain[n] == '\0'
                           : err->kind == ERR_INPUT && plain == NULL, "%zu bytes", n);
    FUZZ_CHECK(secret_open(mem, &key, aad, in->at, in->n, &plain, &n) != NULL, "something not sealed was opened");
}

/* --- codes as typed ------------------------------------------------------------------------------------------------ */

static void add_decomposed(const void *mem, ucs4_t c, char **out)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag, n = uc_decomposition(c, &tag, parts);

    for (int i = 0; i < n; i++)
        add_decomposed(mem, parts[i], out);
    if (n >= 0 || uc_is_property_white_space(c) || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Pd) || c == 0x2212 ||
        c == 0xAD || c == 0x34F || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
        (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F))
        return;
    *out = mem_text(mem, "%s%c", *out, c >= '0' && c <= '9' ? (char)c : 'x');
}

/* Digits of any width stand for themselves, what people put between them for nothing, all else makes it no code. */
static void code_is_right(const void *mem, const char *text)
{
    char *expected = mem_copy(mem, ""), *cleaned;
    size_t n = strlen(text);
    uint32_t point = 0;

    if (!fuzz_is_utf8(text, n))
        return;
    for (size_t i = 0, length; i < n; i += length) {
        length = fuzz_utf8((const uint8_t *)text + i, n - i, &point);
        add_decomposed(mem, point, &expected);
    }
    cleaned = text_clean_code(mem, text);
    if (strchr(expected, 'x') == NULL)
        FUZZ_CHECK(strcmp(cleaned, expected) == 0, "%s is %s, not %s", text, cleaned, expected);
    for (int64_t digits = 4; digits <= 8; digits++)
        FUZZ_CHECK(code_is_well_formed(cleaned, digits) == (strchr(expected, 'x') == NULL && (int64_t)strlen(expected) == digits), "%s", text);
}

/* --- one-time passwords, by RFC 4226 and 6238 ---------------------------------------------------------------------- */

static void hotp(const unsigned char *secret, size_t n, int64_t step, char code[7])
{
    unsigned char counter[8], mac[20];
    unsigned mac_n = 0;
    uint32_t value;

    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    if (HMAC(EVP_sha1(), secret, (int)n, counter, 8, mac, &mac_n) == NULL)
        abort();
    value = (uint32_t)(mac[mac[19] & 15] & 0x7F) << 24 | (uint32_t)mac[(mac[19] & 15) + 1] << 16 |
        (uint32_t)mac[(mac[19] & 15) + 2] << 8 | mac[(mac[19] & 15) + 3];
    (void)snprintf(code, 7, "%06u", value % 1000000);
}

static char *base32(const void *mem, const uint8_t *bytes, size_t n)
{
    char *text = mem_array(mem, char, n * 8 / 5 + 2);
    size_t bits = 0;

    for (size_t at = 0; at < n * 8; at += 5, bits++) {
        unsigned digit = 0;

        for (size_t i = at; i < at + 5; i++)
            digit = digit << 1 | (i < n * 8 ? (unsigned)bytes[i / 8] >> (7 - i % 8) & 1 : 0);
        text[bits] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[digit];
    }
    return text;
}

static void totp_is_right(const void *mem, struct fuzz_input *in)
{
    int64_t now = (int64_t)fuzz_number(in, 4) * CLOCK_SECOND, present = now / CLOCK_SECOND / 30, step = -1;
    int64_t shift = (int64_t)fuzz_below(in, 7) - 3;
    const char *typed = fuzz_text_next(mem, in), *secret;
    char code[7], found[7] = "";
    bool is_near = false;

    in->n = in->n - in->n % 5 < 40 ? in->n - in->n % 5 : 40;
    if (in->n == 0 || present + shift < 0)
        return;
    secret = base32(mem, in->at, in->n);
    hotp(in->at, in->n, present + shift, code);
    for (int64_t s = present - 1; s <= present + 1; s++) {
        char at_step[7];

        hotp(in->at, in->n, s < 0 ? 0 : s, at_step);
        is_near |= s >= 0 && strcmp(at_step, code) == 0;
        FUZZ_CHECK(s < 0 || strcmp(at_step, typed) != 0 || totp_check(secret, typed, now, &step), "%s is not taken", typed);
    }
    FUZZ_CHECK(totp_check(secret, code, now, &step) == is_near, "%s of step %lld at %lld", code, (long long)(present + shift), (long long)present);
    FUZZ_CHECK(!is_near || (step >= present - 1 && step <= present + 1), "step %lld", (long long)step);
    hotp(in->at, in->n, present, code);
    FUZZ_CHECK(totp_now(secret, now, found) && strcmp(found, code) == 0, "%s, not %s", found, code);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size < 300 ? size : 300 };
    unsigned what = fuzz_byte(&in) % 9;
    unsigned char out[8];
    int64_t step;

    switch (what) {
    case 0:
        base64url_is_right(mem, in.at, in.n);
        return;
    case 1:
        hex_is_right(mem, in.at, in.n);
        return;
    case 2:
        once_is_right(mem, &in);
        return;
    case 3:
        forged_is_refused(fuzz_text(mem, in));
        return;
    case 4:
        csrf_is_right(mem, &in);
        return;
    case 5:
        path_is_right(mem, fuzz_text(mem, in));
        return;
    case 6:
        sealed_is_right(mem, &in);
        return;
    case 7:
        code_is_right(mem, fuzz_text(mem, in));
        return;
    default:
        /* Any text for a secret: no fault, and no code but the one it makes. */
        (void)totp_check(fuzz_text(mem, in), "000000", NOW, &step);
        (void)secret_unbase64url((const char *)in.at, in.n, out, sizeof out);
        totp_is_right(mem, &in);
        return;
    }
}

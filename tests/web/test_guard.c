#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "web/guard.h"

#include "support/rows.h"

static const struct secret_key key = { "the key of these tests, 32 bytes" };
static const struct secret_key other_key = { "another key of the tests, 32 byt" };

#define SESSION "ZHVtbXktc2Vzc2lvbi10b2tlbg"
#define NOW (INT64_C(1795353600) * CLOCK_SECOND)
#define TTL_S 3600

/* --- csrf ---------------------------------------------------------------------------------------------------------------- */

static void csrf_of_the_session_is_right(void **state)
{
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_true(guard_csrf_is_right(&key, SESSION, guard_csrf(ctx, &key, SESSION)));
    assert_int_equal(strlen(guard_csrf(ctx, &key, SESSION)), 43);
    talloc_free(ctx);
}

static void csrf_does_not_give_the_session_away(void **state)
{
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_null(strstr(guard_csrf(ctx, &key, SESSION), SESSION));
    talloc_free(ctx);
}

static void csrf_of_another_session_or_key_is_wrong(void **state)
{
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_false(guard_csrf_is_right(&key, SESSION, guard_csrf(ctx, &key, SESSION "x")));
    assert_false(guard_csrf_is_right(&key, SESSION "x", guard_csrf(ctx, &key, SESSION)));
    assert_false(guard_csrf_is_right(&key, SESSION, guard_csrf(ctx, &other_key, SESSION)));
    assert_false(guard_csrf_is_right(&key, "", guard_csrf(ctx, &key, "")));
    talloc_free(ctx);
}

static const struct wrong { const char *name, *text; } wrong[] = {
    { "empty_csrf", "" },
    { "session_itself_as_csrf", SESSION },
    { "made_up_csrf", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { "null_csrf", "null" },
    { "dot_csrf", "." },
};

static void made_up_csrf_is_wrong(void **state)
{
    assert_false(guard_csrf_is_right(&key, SESSION, ((const struct wrong *)*state)->text));
}

/* Every text that differs from the right one in a byte, lacks the last one, or has one more; among them are other
 * spellings in base64url of the same bytes. */
static void csrf_is_one_exact_text(void **state)
{
    void *ctx = mem_context(NULL, "test");
    char *right = guard_csrf(ctx, &key, SESSION);

    (void)state;
    for (size_t i = 0; right[i] != '\0'; i++) {
        for (int c = 1; c < 128; c++) {
            char *changed = mem_copy(ctx, right);

            changed[i] = (char)c;
            if (c != right[i])
                assert_false(guard_csrf_is_right(&key, SESSION, changed));
            talloc_free(changed);
        }
    }
    assert_false(guard_csrf_is_right(&key, SESSION, mem_copy_n(ctx, right, 42)));
    assert_false(guard_csrf_is_right(&key, SESSION, mem_text(ctx, "%s=", right)));
    assert_false(guard_csrf_is_right(&key, SESSION, mem_text(ctx, "%sA", right)));
    talloc_free(ctx);
}

/* --- same origin --------------------------------------------------------------------------------------------------------- */

#define SITE "https://partner.example.com"
#define DEMO "http://127.0.0.1:8080"

static const struct origin { const char *name, *public_url, *host, *origin, *fetch_site; bool is_same; } origins[] = {
    { "own_origin", SITE, "partner.example.com", SITE, "same-origin", true },
    { "no_origin", SITE, "partner.example.com", "", "same-origin", true },
    { "neither_header", SITE, "partner.example.com", "", "", true },
    { "typed_address", SITE, "partner.example.com", "", "none", true },
    { "old_browser", SITE, "partner.example.com", SITE, "", true },
    { "foreign_origin", SITE, "partner.example.com", "https://evil.test", "", false },
    { "foreign_origin_claims_same_site_fetch", SITE, "partner.example.com", "https://evil.test", "same-origin", false },
    { "null_origin", SITE, "partner.example.com", "null", "", false },
    { "own_name_over_http", SITE, "partner.example.com", "http://partner.example.com", "", false },
    { "own_name_with_port", SITE, "partner.example.com", SITE ":8443", "", false },
    { "own_name_as_prefix", SITE, "partner.example.com", SITE ".evil.test", "", false },
    { "own_name_as_suffix", SITE, "partner.example.com", "https://evil-partner.example.com", "", false },
    { "own_name_as_user", SITE, "partner.example.com", SITE "@evil.test", "", false },
    { "sibling_name", SITE, "partner.example.com", "https://www.example.com", "", false },
    { "own_name_in_capitals", SITE, "partner.example.com", "https://PARTNER.example.com", "", false },
    { "origin_with_path", SITE, "partner.example.com", SITE "/", "", false },
    { "two_origins_in_one", SITE, "partner.example.com", SITE " https://evil.test", "", false },
    { "foreign_host_agrees_with_origin", SITE, "evil.test", "https://evil.test", "", false },
    { "loopback_origin_at_a_real_site", SITE, "127.0.0.1", "http://127.0.0.1", "", false },
    { "cross_site", SITE, "partner.example.com", SITE, "cross-site", false },
    { "cross_site_without_origin", SITE, "partner.example.com", "", "cross-site", false },
    { "same_site_is_another_origin", SITE, "partner.example.com", SITE, "same-site", false },
    { "unknown_fetch_site", SITE, "partner.example.com", SITE, "same-origin, none", false },
    { "fetch_site_in_capitals", SITE, "partner.example.com", SITE, "Same-Origin", false },
    { "demo", DEMO, "127.0.0.1:8080", DEMO, "same-origin", true },
    { "demo_behind_a_forwarded_port", DEMO, "localhost:9000", "http://localhost:9000", "same-origin", true },
    { "demo_over_https", DEMO, "127.0.0.1:9000", "https://127.0.0.1:9000", "", true },
    { "demo_at_ipv6", DEMO, "[::1]:8080", "http://[::1]:8080", "", true },
    { "demo_without_port", DEMO, "localhost", "http://localhost", "", true },
    { "demo_other_port_than_host", DEMO, "127.0.0.1:9000", "http://127.0.0.1:9001", "", false },
    { "demo_under_a_foreign_name", DEMO, "evil.test:8080", "http://evil.test:8080", "", false },
    { "demo_under_a_name_that_begins_like_loopback", DEMO, "localhost.evil.test", "http://localhost.evil.test", "", false },
    { "demo_under_an_address_that_begins_like_loopback", DEMO, "127.0.0.1.evil.test", "http://127.0.0.1.evil.test", "", false },
    { "demo_port_is_no_number", DEMO, "localhost:80x", "http://localhost:80x", "", false },
    { "demo_foreign_origin", DEMO, "127.0.0.1:8080", "http://evil.test", "", false },
    { "demo_null_origin", DEMO, "127.0.0.1:8080", "null", "", false },
    { "demo_without_host", DEMO, "", "http://", "", false },
    { "demo_cross_site", DEMO, "127.0.0.1:8080", DEMO, "cross-site", false },
};

static void origin_is_told(void **state)
{
    const struct origin *row = *state;
    const struct http_request request = { .host = row->host, .origin = row->origin, .fetch_site = row->fetch_site };

    assert_int_equal(guard_same_origin(&request, row->public_url), row->is_same);
}

/* --- one-time keys ------------------------------------------------------------------------------------------------------- */

static bool check(const char *session, const char *route, const char *once, int64_t now)
{
    unsigned char digest[SECRET_DIGEST_BYTES];

    return guard_once_check(&key, session, route, once, now, TTL_S, digest);
}

static const struct age { const char *name; int64_t age_s; bool is_right; } ages[] = {
    { "once_at_once", 0, true },
    { "once_of_exactly_its_life", TTL_S, true },
    { "once_a_second_too_old", TTL_S + 1, false },
    { "once_of_last_year", 365 * 86400, false },
    { "once_from_a_clock_slightly_ahead", -300, true },
    { "once_from_the_future", -301, false },
};

static void once_lives_for_its_time(void **state)
{
    const struct age *row = *state;
    void *ctx = mem_context(NULL, "test");
    char *once = guard_once_make(ctx, &key, SESSION, "submit", NOW);

    assert_int_equal(check(SESSION, "submit", once, NOW + row->age_s * CLOCK_SECOND), row->is_right);
    talloc_free(ctx);
}

static void once_belongs_to_session_route_and_key(void **state)
{
    unsigned char digest[SECRET_DIGEST_BYTES];
    void *ctx = mem_context(NULL, "test");
    char *once = guard_once_make(ctx, &key, SESSION, "submit", NOW);

    (void)state;
    assert_true(check(SESSION, "submit", once, NOW));
    assert_false(check(SESSION "x", "submit", once, NOW));
    assert_false(check("", "submit", once, NOW));
    assert_false(check(SESSION, "withdraw", once, NOW));
    assert_false(check(SESSION, "", once, NOW));
    assert_false(check(SESSION "s", "ubmit", once, NOW));
    assert_false(guard_once_check(&other_key, SESSION, "submit", once, NOW, TTL_S, digest));
    talloc_free(ctx);
}

static void once_differs_each_time_and_its_digest_too(void **state)
{
    unsigned char first[SECRET_DIGEST_BYTES], again[SECRET_DIGEST_BYTES], second[SECRET_DIGEST_BYTES];
    void *ctx = mem_context(NULL, "test");
    char *a = guard_once_make(ctx, &key, SESSION, "submit", NOW), *b = guard_once_make(ctx, &key, SESSION, "submit", NOW);

    (void)state;
    assert_string_not_equal(a, b);
    assert_true(guard_once_check(&key, SESSION, "submit", a, NOW, TTL_S, first));
    assert_true(guard_once_check(&key, SESSION, "submit", a, NOW + CLOCK_SECOND, TTL_S, again));
    assert_true(guard_once_check(&key, SESSION, "submit", b, NOW, TTL_S, second));
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, second, sizeof first);
    talloc_free(ctx);
}

/* A second text that passes would be a second use. */
static void once_is_one_exact_text(void **state)
{
    void *ctx = mem_context(NULL, "test");
    char *right = guard_once_make(ctx, &key, SESSION, "submit", NOW);

    (void)state;
    for (size_t i = 0; right[i] != '\0'; i++) {
        for (int c = 1; c < 128; c++) {
            char *changed = mem_copy(ctx, right);

            changed[i] = (char)c;
            if (c != right[i])
                assert_false(check(SESSION, "submit", changed, NOW));
            talloc_free(changed);
        }
    }
    for (size_t n = 0; n < strlen(right); n++)
        assert_false(check(SESSION, "submit", mem_copy_n(ctx, right, n), NOW));
    assert_false(check(SESSION, "submit", mem_text(ctx, "%s=", right), NOW));
    assert_false(check(SESSION, "submit", mem_text(ctx, "%s ", right), NOW));
    assert_false(check(SESSION, "submit", mem_text(ctx, " %s", right), NOW));
    talloc_free(ctx);
}

static const struct wrong wrong_once[] = {
    { "empty_once", "" },
    { "one_dot", "." },
    { "two_dots", ".." },
    { "once_without_mac", "AAAAAAAAAAAAAAAAAAAAAA.1795353600." },
    { "once_without_time", "AAAAAAAAAAAAAAAAAAAAAA..AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { "once_with_negative_time", "AAAAAAAAAAAAAAAAAAAAAA.-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { "once_with_huge_time", "AAAAAAAAAAAAAAAAAAAAAA.99999999999999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { "once_with_short_random", "AAAA.1795353600.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { "once_made_up", "AAAAAAAAAAAAAAAAAAAAAA.1795353600.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { "once_far_too_long",
      "AAAAAAAAAAAAAAAAAAAAAA.1795353600.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
};

static void made_up_once_is_wrong(void **state)
{
    assert_false(check(SESSION, "submit", ((const struct wrong *)*state)->text, NOW));
}

int main(void)
{
    static struct rows rows;

    ROWS_TEST(&rows, csrf_of_the_session_is_right);
    ROWS_TEST(&rows, csrf_does_not_give_the_session_away);
    ROWS_TEST(&rows, csrf_of_another_session_or_key_is_wrong);
    ROWS_TABLE(&rows, made_up_csrf_is_wrong, wrong);
    ROWS_TEST(&rows, csrf_is_one_exact_text);
    ROWS_TABLE(&rows, origin_is_told, origins);
    ROWS_TABLE(&rows, once_lives_for_its_time, ages);
    ROWS_TEST(&rows, once_belongs_to_session_route_and_key);
    ROWS_TEST(&rows, once_differs_each_time_and_its_digest_too);
    ROWS_TEST(&rows, once_is_one_exact_text);
    ROWS_TABLE(&rows, made_up_once_is_wrong, wrong_once);
    return ROWS_RUN(&rows);
}

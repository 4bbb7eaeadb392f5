/* Templates without a module of their own: what they need, in each language, and what the mail looks like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/memory.h"

#include "view/tpl.h"

static const char *const tags[] = { "en", "zh-Hans" };
static void *mem;
static struct buf *out;

static int load(void **state)
{
    (void)state;
    return tpl_load(TEST_BUILD "/templates", tags, 2) == NULL ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    mem = talloc_new(NULL);
    out = buf_new(mem, 8192);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const char *rendered(const char *tag, const char *file, struct tpl_dict *dict)
{
    buf_clear(out);
    assert_null(tpl_render(tag, file, dict, out));
    assert_string_equal(tpl_missing(), "");
    return out->bytes;
}

static struct tpl_dict *dict_of(const char *const (*values)[2], size_t n)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    for (size_t i = 0; i < n; i++)
        tpl_set(dict, values[i][0], values[i][1]);
    return dict;
}

static void help_names_the_numbers_of_the_site(void **state)
{
    static const char *const values[][2] = {
        { "SUPPORT", "help@cloud.example" }, { "PLATFORM", "Some Cloud" }, { "CODE_MINUTES", "111" },
        { "DEADLINE_DAYS", "222" }, { "GRACE_DAYS", "333" }, { "RETENTION_DAYS", "444" }, { "QUOTA_LIMIT", "555" },
        { "QUOTA_MONTHS", "666" },
    };

    (void)state;
    for (size_t l = 0; l < 2; l++) {
        const char *text = rendered(tags[l], "help.html", dict_of(values, sizeof values / sizeof *values));

        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            assert_non_null(strstr(text, values[i][1]));
        assert_non_null(strstr(text, "<time datetime=\"2025-06-30\">"));
    }
}

static void accessibility_says_where_to_complain(void **state)
{
    static const char *const values[][2] = { { "SUPPORT", "help@cloud.example" } };

    (void)state;
    for (size_t l = 0; l < 2; l++)
        assert_non_null(strstr(rendered(tags[l], "accessibility.html", dict_of(values, 1)), "help@cloud.example"));
}

static void error_shows_number_and_link_only_when_asked(void **state)
{
    static const char *const values[][2] = {
        { "TITLE", "Page not found" }, { "TEXT", "It is gone." }, { "HTTP_ID", "ab12" }, { "SUPPORT", "help@cloud.example" },
        { "LINK", "/my-partner" }, { "LINK_TEXT", "Go to My Partner" },
    };
    struct tpl_dict *dict = dict_of(values, sizeof values / sizeof *values);

    (void)state;
    const char *text = rendered("en", "error.html", dict);
    assert_non_null(strstr(text, "<h1>Page not found</h1>"));
    assert_null(strstr(text, "ab12"));
    assert_null(strstr(text, "/my-partner"));
    tpl_show(dict, "WITH_ID");
    tpl_show(dict, "WITH_LINK");
    text = rendered("en", "error.html", dict);
    assert_non_null(strstr(text, "ab12"));
    assert_non_null(strstr(text, "help@cloud.example"));
    assert_non_null(strstr(text, "<a class=\"btn\" href=\"/my-partner\">Go to My Partner</a>"));
}

static struct tpl_dict *some_notice(void)
{
    static const char *const values[][2] = {
        { "LANG", "en" }, { "SUBJECT", "A & B asks to leave" }, { "SITE", "Some Cloud" }, { "SUPPORT", "help@cloud.example" },
        { "LINK", "https://partner.example/requests/DR1?a=1&b=2" },
    };
    struct tpl_dict *dict = dict_of(values, sizeof values / sizeof *values);

    tpl_set(tpl_row(dict, "PARAGRAPH"), "TEXT", "It's <their> choice.");
    tpl_set(tpl_row(dict, "PARAGRAPH"), "TEXT", "Answer soon.");
    return dict;
}

static void plain_mail_is_plain(void **state)
{
    struct tpl_dict *dict = some_notice();

    (void)state;
    assert_string_equal(rendered("en", "mail/notice.txt", dict),
        "A & B asks to leave\n"
        "\nIt's <their> choice.\n"
        "\nAnswer soon.\n"
        "\n--\n"
        "This message was sent by mypartner for Some Cloud. Answers to it are not read.\n"
        "Questions? Contact support: help@cloud.example\n");
    tpl_show(dict, "WITH_LINK");
    assert_non_null(strstr(rendered("en", "mail/notice.txt", dict),
        "\nAnswer soon.\n\nRead on in mypartner:\nhttps://partner.example/requests/DR1?a=1&b=2\n\n--\n"));
}

static void mail_in_html_is_escaped(void **state)
{
    struct tpl_dict *dict = some_notice();

    (void)state;
    tpl_show(dict, "WITH_LINK");
    const char *text = rendered("en", "mail/notice.html", dict);
    assert_non_null(strstr(text, "<h1>A &amp; B asks to leave</h1>"));
    assert_non_null(strstr(text, "<p>It&#39;s &lt;their&gt; choice.</p>\n<p>Answer soon.</p>"));
    assert_non_null(strstr(text, "<a href=\"https://partner.example/requests/DR1?a=1&amp;b=2\">Read on in mypartner</a>"));
}

static void mail_speaks_chinese(void **state)
{
    (void)state;
    assert_non_null(strstr(rendered("zh-Hans", "mail/notice.txt", some_notice()), "如有疑问，请联系支持人员：help@cloud.example\n"));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(help_names_the_numbers_of_the_site),
        EACH(accessibility_says_where_to_complain),
        EACH(error_shows_number_and_link_only_when_asked),
        EACH(plain_mail_is_plain),
        EACH(mail_in_html_is_escaped),
        EACH(mail_speaks_chinese),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}

/* The frame: what each kind of visitor sees around a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"

#include "view/page.h"

#include "support/golden.h"

static void *mem;
static struct buf *out;

static const struct actor owner = {
    .role = ROLE_OWNER, .kind = ACCOUNT_CUSTOMER, .user_id = 1, .account_id = 1, .session_id = 1, .login = "ada@acme.example",
    .user_name = "Ada", .account_name = "Acme & Sons <Robotics>", .account_no = "C-100482", .lang = "", .zone = "", .theme = ""
};

static int load(void **state)
{
    const char *tags[] = { "en", "zh-Hans" };

    (void)state;
    lang_init(TEST_BUILD "/messages");
    return tpl_load(TEST_BUILD "/templates", tags, 2) == NULL ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    lang_use(lang_default());
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

/* The error page needs the fewest values of its own. */
static struct page *some_page(const struct actor *actor)
{
    struct page *page = page_new(mem, "error");

    page->title = "My Partner";
    page->path = "/my-partner";
    page->now = INT64_C(1795327331) * CLOCK_SECOND;   /* 2026-11-22T06:02:11Z */
    page->zone = "Asia/Singapore";
    page->csrf = "csrf-token";
    page->once = "once-key";
    page->support = "help@cloud.example";
    if (actor != NULL)
        page->actor = actor;
    tpl_set(page->dict, "TEXT", "A <text> of the page.");
    return page;
}

static const char *rendered(struct page *page)
{
    assert_null(page_render(page, out));
    assert_string_equal(tpl_missing(), "");
    return out->bytes;
}

static bool has(const char *part)
{
    return strstr(out->bytes, part) != NULL;
}

static int count(const char *part)
{
    int n = 0;

    for (const char *at = out->bytes; (at = strstr(at, part)) != NULL; at++)
        n++;
    return n;
}

/* --- whole pages ----------------------------------------------------------------------------------------------------- */

static void customer_with_messages_looks_as_before(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page->current = "/my-partner";
    page->unread = 2;
    page_crumb(page, "/my-partner", "My Partner");
    page_crumb(page, NULL, "Request disassociation");
    page_message(page, TONE_OK, "Code sent", "We sent a code.");
    page_message(page, TONE_WARN, "Your account is frozen", "");
    page_message_link(page, "/help#conditions", "What to do");
    page_fault(page, "code", "The code is not correct. You have 3 attempts left");
    rendered(page);
    golden_check("layout_customer_error", out->bytes, out->n);
}

static void anonymous_page_looks_as_before(void **state)
{
    (void)state;
    rendered(some_page(NULL));
    golden_check("layout_anonymous", out->bytes, out->n);
}

/* --- head ------------------------------------------------------------------------------------------------------------ */

static void title_says_error_only_on_errors(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page_message(page, TONE_WARN, "Careful", "");
    rendered(page);
    assert_true(has("<title>My Partner – mypartner</title>"));
    buf_clear(out);
    page = some_page(&owner);
    page_message(page, TONE_BAD, "It failed", "");
    rendered(page);
    assert_true(has("<title>Error: My Partner – mypartner</title>"));
}

static void theme_is_the_actors(void **state)
{
    static const struct { const char *theme, *html; } rows[] = {
        { "", "<html lang=\"en\">" },
        { "light", "<html lang=\"en\" class=\"theme-light\">" },
        { "dark", "<html lang=\"en\" class=\"theme-dark\">" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct actor actor = owner;

        actor.theme = rows[i].theme;
        buf_clear(out);
        rendered(some_page(&actor));
        assert_true(has(rows[i].html));
    }
}

/* --- bar and navigation ---------------------------------------------------------------------------------------------- */

static const char *const nav_links[] = { "/my-partner", "/requests", "/operation-log", "/notifications", "/help",
    "/customers", "/team", "/settings" };

static const struct { enum role role; const char *shown; bool has_inbox; } navs[] = {
    { ROLE_OWNER, "10111010", true },
    { ROLE_VIEWER, "10111000", true },
    { ROLE_ADMIN, "01111111", true },
    { ROLE_MANAGER, "01111101", true },
    { ROLE_OPS, "00001010", false },
    { ROLE_AUDITOR, "00001000", false },
};

static void navigation_is_that_of_the_role(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof navs / sizeof *navs; i++) {
        struct actor actor = owner;

        actor.role = navs[i].role;
        buf_clear(out);
        rendered(some_page(&actor));
        for (size_t l = 0; l < sizeof nav_links / sizeof *nav_links; l++)
            assert_int_equal(has(mem_text(mem, "<li><a href=\"%s\">", nav_links[l])), navs[i].shown[l] == '1');
        assert_int_equal(has("<svg class=\"ic\" aria-hidden=\"true\"><use href=\"/static/icons.svg#bell\"/>"), navs[i].has_inbox);
    }
}

static void current_page_is_marked_once(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page->current = "/operation-log";
    rendered(page);
    assert_true(has("<a href=\"/operation-log\" aria-current=\"page\">"));
    assert_int_equal(count("aria-current=\"page\""), 1);
}

static void anonymous_visitor_has_no_navigation_and_cannot_sign_out(void **state)
{
    (void)state;
    rendered(some_page(NULL));
    assert_false(has("<nav class=\"side\""));
    assert_false(has("/sign-out"));
    assert_false(has("menu-btn"));
    assert_true(has("href=\"/sign-in\""));
}

static void signing_out_is_a_post_with_both_tokens(void **state)
{
    (void)state;
    rendered(some_page(&owner));
    assert_true(has("<form method=\"post\" action=\"/sign-out\" novalidate>"
                    "<input type=\"hidden\" name=\"csrf\" value=\"csrf-token\">"
                    "<input type=\"hidden\" name=\"once\" value=\"once-key\">"));
}

static void account_name_is_escaped(void **state)
{
    (void)state;
    rendered(some_page(&owner));
    assert_true(has("Acme &amp; Sons &lt;Robotics&gt;"));
}

static void unread_count_is_shown_only_if_there_is_one(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    rendered(page);
    assert_false(has("class=\"count\""));
    buf_clear(out);
    page = some_page(&owner);
    page->unread = 7;
    rendered(page);
    assert_true(has("<span class=\"count\">7<span class=\"vh\"> unread</span></span>"));
}

static void language_link_keeps_path_and_query(void **state)
{
    static const struct { const char *query, *href; } rows[] = {
        { "", "/my-partner?lang=zh-Hans" },
        { "page=2&q=a%26b", "/my-partner?page=2&amp;q=a%26b&amp;lang=zh-Hans" },
        { "lang=en", "/my-partner?lang=zh-Hans" },
        { "a=1&lang=en&b=2&", "/my-partner?a=1&amp;b=2&amp;lang=zh-Hans" },
        { "language=x", "/my-partner?language=x&amp;lang=zh-Hans" },
        { "q=\"><script>", "/my-partner?q=&quot;&gt;&lt;script&gt;&amp;lang=zh-Hans" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page *page = some_page(NULL);

        page->query = rows[i].query;
        buf_clear(out);
        rendered(page);
        assert_true(has(mem_text(mem, "<a href=\"%s\" lang=\"zh-Hans\" hreflang=\"zh-Hans\">中文</a>", rows[i].href)));
    }
}

static void chinese_page_offers_english(void **state)
{
    struct page *page = some_page(NULL);

    (void)state;
    page->lang = "zh-Hans";
    lang_use(lang_find("zh-Hans"));
    rendered(page);
    assert_true(has("<html lang=\"zh-Hans\">"));
    assert_true(has("<a href=\"/my-partner?lang=en\" lang=\"en\" hreflang=\"en\">English</a>"));
}

static void chinese_frame_is_chinese_throughout(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page->lang = "zh-Hans";
    page->unread = 2;
    lang_use(lang_find("zh-Hans"));
    page_fault(page, "x", "f");
    rendered(page);
    assert_true(has("<title>错误：My Partner – mypartner</title>"));
    assert_true(has("aria-label=\"主菜单\""));
    assert_true(has("<li><a href=\"/operation-log\">操作日志</a></li>"));
    assert_true(has("<span class=\"count\">2<span class=\"vh\">条未读</span></span>"));
    assert_true(has("<h2 id=\"message-1\">有问题需要处理</h2>"));
    assert_true(has("<button type=\"submit\">退出登录</button>"));
    assert_true(has("<span>时间按 UTC+08:00 显示。</span>"));
}

static void footer_names_the_zone(void **state)
{
    (void)state;
    rendered(some_page(NULL));
    assert_true(has("Times are shown in UTC+08:00."));
}

/* --- messages and faults --------------------------------------------------------------------------------------------- */

static void faults_without_a_message_get_a_box_of_their_own(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page_message(page, TONE_INFO, "By the way", "");
    page_fault(page, "reason", "Select a reason");
    rendered(page);
    assert_true(has("There is a problem"));
    assert_true(has("<li><a href=\"#reason\">Select a reason</a></li>"));
    assert_int_equal(count("tabindex=\"-1\" autofocus"), 1);
    assert_true(strstr(out->bytes, "There is a problem") < strstr(out->bytes, "By the way"));
}

static void faults_are_listed_in_the_bad_message(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page_message(page, TONE_OK, "Fixed since your last check", "");
    page_message(page, TONE_BAD, "2 of 6 checks failed", "");
    page_fault(page, "members", "Disassociate members");
    page_fault(page, "currency", "Set a settlement currency");
    rendered(page);
    assert_false(has("There is a problem"));
    assert_true(strstr(out->bytes, "2 of 6 checks failed") < strstr(out->bytes, "href=\"#members\""));
    assert_true(strstr(out->bytes, "href=\"#members\"") < strstr(out->bytes, "href=\"#currency\""));
    assert_int_equal(count("autofocus"), 1);
}

static void bad_is_an_alert_and_ok_a_status(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page_message(page, TONE_OK, "Saved", "");
    page_message(page, TONE_INFO, "Note", "");
    page_message(page, TONE_WARN, "Careful", "");
    page_message(page, TONE_BAD, "Failed", "");
    rendered(page);
    assert_true(has("<section class=\"msg ok\" aria-labelledby=\"message-1\" role=\"status\">"));
    assert_true(has("<section class=\"msg info\" aria-labelledby=\"message-2\">"));
    assert_true(has("<section class=\"msg warn\" aria-labelledby=\"message-3\">"));
    assert_true(has("<section class=\"msg bad\" aria-labelledby=\"message-4\" role=\"alert\" tabindex=\"-1\" autofocus>"));
    assert_int_equal(count("icons.svg#bad"), 1);
    assert_int_equal(count("icons.svg#ok"), 1);
}

static void more_messages_faults_and_crumbs_than_fit_are_dropped(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    for (int i = 0; i < 20; i++) {
        page_message(page, TONE_INFO, mem_text(mem, "message %d", i), "");
        page_fault(page, "f", mem_text(mem, "fault %d", i));
        page_crumb(page, "/", mem_text(mem, "crumb %d", i));
    }
    rendered(page);
    assert_true(has("message 3<") && !has("message 4<"));
    assert_true(has("fault 11<") && !has("fault 12<"));
    assert_true(has("crumb 3<") && !has("crumb 4<"));
}

static void a_link_without_a_message_is_nothing(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page_message_link(page, "/nowhere", "Nowhere");
    rendered(page);
    assert_false(has("/nowhere"));
}

static void the_first_fault_of_a_field_goes_beside_it(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page_fault(page, "x", "first");
    page_fault(page, "x", "second");
    page_field(page, "x", "WITH_ID", "HTTP_ID");
    page_field(page, "y", "WITH_LINK", "LINK_TEXT");
    rendered(page);
    assert_true(has("<span class=\"code\">first</span>"));
    assert_false(has("class=\"btn\" href"));
}

static void texts_of_messages_are_escaped(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    page_message(page, TONE_BAD, "<b>title</b>", "<i>text</i>");
    page_message_link(page, "javascript:alert(1)", "<u>link</u>");
    page_fault(page, "x\" onclick=\"y", "<s>fault</s>");
    rendered(page);
    assert_false(has("<b>title") || has("<i>text") || has("<u>link") || has("<s>fault"));
    assert_false(has("javascript:"));
    assert_false(has("onclick=\"y"));
}

static void the_page_may_use_its_title_as_heading(void **state)
{
    (void)state;
    rendered(some_page(NULL));
    assert_true(has("<h1>My Partner</h1>"));
}

static void the_page_cannot_disturb_the_frame(void **state)
{
    struct page *page = some_page(&owner);

    (void)state;
    tpl_set(page->dict, "TITLE", "stolen");
    tpl_show(page->dict, "FRAME_ERROR");
    rendered(page);
    assert_true(has("<title>My Partner – mypartner</title>"));
}

static void a_page_without_its_template_adds_nothing(void **state)
{
    struct page *page = page_new(mem, "no_such_page");

    (void)state;
    assert_non_null(page_render(page, out));
    assert_int_equal(out->n, 0);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(customer_with_messages_looks_as_before),
        EACH(anonymous_page_looks_as_before),
        EACH(title_says_error_only_on_errors),
        EACH(theme_is_the_actors),
        EACH(navigation_is_that_of_the_role),
        EACH(current_page_is_marked_once),
        EACH(anonymous_visitor_has_no_navigation_and_cannot_sign_out),
        EACH(signing_out_is_a_post_with_both_tokens),
        EACH(account_name_is_escaped),
        EACH(unread_count_is_shown_only_if_there_is_one),
        EACH(language_link_keeps_path_and_query),
        EACH(chinese_page_offers_english),
        EACH(chinese_frame_is_chinese_throughout),
        EACH(footer_names_the_zone),
        EACH(faults_without_a_message_get_a_box_of_their_own),
        EACH(faults_are_listed_in_the_bad_message),
        EACH(bad_is_an_alert_and_ok_a_status),
        EACH(more_messages_faults_and_crumbs_than_fit_are_dropped),
        EACH(a_link_without_a_message_is_nothing),
        EACH(the_first_fault_of_a_field_goes_beside_it),
        EACH(texts_of_messages_are_escaped),
        EACH(the_page_may_use_its_title_as_heading),
        EACH(the_page_cannot_disturb_the_frame),
        EACH(a_page_without_its_template_adds_nothing),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}

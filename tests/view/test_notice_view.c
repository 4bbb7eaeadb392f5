#include "support/rows.h"

#include "base/memory.h"
#include "base/sms_text.h"
#include "view/notice_view.h"
#include "view/tpl.h"

static void *mem;

static int begin(void **state)
{
    static const char *tags[] = { "en", "zh-Hans" };

    (void)state;
    mem = mem_context(NULL, "test");
    lang_init(TEST_BUILD "/messages");
    assert_null(tpl_load(TEST_BUILD "/templates", tags, 2));
    lang_use(lang_find("en"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    lang_use(lang_find("en"));
    talloc_free(mem);
    return 0;
}

static struct notice_mail_frame frame_in(const char *tag)
{
    return (struct notice_mail_frame){
        .lang = lang_find(tag), .zone = "Asia/Singapore", .site = "the <b>cloud", .support = "help@x.test",
        .public_url = "https://partner.example.com", .link = "/my-partner"
    };
}

static const struct notice_values rejected = {
    .by_partner = true, .customer = "Acme", .partner = "North & Wind", .request_no = "DR20260615-000001", .reason = "No <i>way"
};

struct until { const char *claim; enum notice_kind kind; const char *stored, *told; };

static const struct until untils[] = {
    { "an_instant_is_told_in_the_readers_zone", NOTICE_REQUEST_RECEIVED, "2026-06-15T18:30:00Z", "16 Jun 2026, 02:30 (UTC+08:00)" },
    { "the_end_of_a_code_is_told_as_a_time_of_day", NOTICE_CODE, "2026-06-15T18:30:59Z", "02:30 (UTC+08:00)" },
    { "a_text_that_is_no_instant_stays", NOTICE_CODE, "2026-06-15 18:30 (UTC)", "2026-06-15 18:30 (UTC)" },
    { "an_instant_with_more_behind_it_stays", NOTICE_CODE, "2026-06-15T18:30:00Z!", "2026-06-15T18:30:00Z!" },
    { "an_impossible_month_stays", NOTICE_CODE, "2026-13-15T18:30:00Z", "2026-13-15T18:30:00Z" },
    { "nothing_stays_nothing", NOTICE_CODE, "", "" }
};

static void until_is_told(void **state)
{
    const struct until *row = *state;
    const struct notice_values values = { .until = row->stored, .customer = "Acme" };
    struct notice_values words;

    (void)begin(NULL);
    words = notice_view_values(mem, row->kind, &values, "Asia/Singapore");
    assert_string_equal(words.until, row->told);
    assert_string_equal(words.customer, "Acme");
    (void)end(NULL);
}

static void a_mail_says_what_where_and_whom_to_ask(void **state)
{
    struct notice_mail_frame frame = frame_in("en");
    struct notice_mail mail;

    (void)state;
    assert_null(notice_view_mail(mem, NOTICE_REQUEST_REJECTED, &rejected, &frame, &mail));
    assert_string_equal(tpl_missing(), "");
    assert_string_equal(mail.subject, "Your partner rejected your request");
    assert_non_null(strstr(mail.text, "DR20260615-000001"));
    assert_non_null(strstr(mail.text, "No <i>way"));
    assert_non_null(strstr(mail.text, "https://partner.example.com/my-partner"));
    assert_non_null(strstr(mail.text, "help@x.test"));
    assert_non_null(strstr(mail.html, "<html lang=\"en\">"));
    assert_non_null(strstr(mail.html, "href=\"https://partner.example.com/my-partner\""));
}

static void html_in_values_is_text_in_the_html_part(void **state)
{
    struct notice_mail_frame frame = frame_in("en");
    struct notice_mail mail;

    (void)state;
    assert_null(notice_view_mail(mem, NOTICE_REQUEST_REJECTED, &rejected, &frame, &mail));
    assert_null(strstr(mail.html, "<i>"));
    assert_null(strstr(mail.html, "<b>"));
    assert_non_null(strstr(mail.html, "No &lt;i&gt;way"));
    assert_non_null(strstr(mail.html, "North &amp; Wind"));
}

static void without_a_link_no_link_is_shown(void **state)
{
    struct notice_mail_frame frame = frame_in("en");
    struct notice_mail mail;

    (void)state;
    frame.link = "";
    assert_null(notice_view_mail(mem, NOTICE_REQUEST_REJECTED, &rejected, &frame, &mail));
    assert_null(strstr(mail.text, "https://"));
    assert_null(strstr(mail.html, "<a "));
}

static void a_mail_speaks_the_recipients_language(void **state)
{
    struct notice_mail_frame frame = frame_in("zh-Hans");
    struct notice_mail mail;

    (void)state;
    assert_null(notice_view_mail(mem, NOTICE_REQUEST_REJECTED, &rejected, &frame, &mail));
    assert_string_equal(mail.subject, _("Your partner rejected your request"));   /* in the language now in use */
    assert_non_null(strstr(mail.html, "<html lang=\"zh-Hans\">"));
}

/* What the platform is called unless its operator has named it is a text of ours. */
static void a_mail_names_the_site_and_the_link_in_the_recipients_language(void **state)
{
    struct notice_mail_frame frame = frame_in("zh-Hans");
    struct notice_mail mail;

    (void)state;
    frame.site = "the cloud";
    assert_null(notice_view_mail(mem, NOTICE_REQUEST_REJECTED, &rejected, &frame, &mail));
    assert_non_null(strstr(mail.text, "代表云平台发送"));
    assert_non_null(strstr(mail.html, "代表云平台发送"));
    assert_non_null(strstr(mail.text, "\n在 mypartner 中查看：\nhttps://partner.example.com/my-partner\n"));
    frame.site = "Wölkchen";
    assert_null(notice_view_mail(mem, NOTICE_REQUEST_REJECTED, &rejected, &frame, &mail));
    assert_non_null(strstr(mail.text, "代表Wölkchen发送"));
}

static void a_name_from_right_to_left_is_isolated_in_a_mail(void **state)
{
    struct notice_mail_frame frame = frame_in("en");
    struct notice_values values = rejected;
    struct notice_mail mail;

    (void)state;
    frame.site = "ענן";
    values.reason = "לא.";
    assert_null(notice_view_mail(mem, NOTICE_REQUEST_REJECTED, &values, &frame, &mail));
    assert_non_null(strstr(mail.text, "\u2068לא.\u2069"));
    assert_non_null(strstr(mail.text, "for \u2068ענן\u2069."));
    assert_non_null(strstr(mail.html, "\u2068לא.\u2069"));
    assert_non_null(strstr(mail.text, "\nhttps://partner.example.com/my-partner\n"));
}

static void an_sms_has_the_code_and_its_site(void **state)
{
    struct notice_mail_frame frame = frame_in("en");
    const struct notice_values values = {
        .customer = "Acme", .partner = "Northwind", .code = "482913", .action = "SUBMIT", .until = "2026-06-15T18:30:00Z",
        .host = "partner.example.com"
    };
    const char *text;

    (void)state;
    text = notice_view_sms(mem, NOTICE_CODE, &values, &frame);
    assert_non_null(strstr(text, "482913"));
    assert_non_null(strstr(text, "02:30 UTC+8"));
    assert_non_null(strstr(text, "\n@partner.example.com #482913"));
}

/* As long as names, numbers and times get, in zones with the longest names. */
struct segments { const char *claim, *lang, *name; size_t most; const char *holds; };
static const struct segments segments[] = {
    { "a_code_in_english_is_one_segment", "en", "Northwind", 1, "Northwind" },
    { "a_long_name_is_cut", "en", "Northwind Cloud Reseller Holding (Asia Pacific) Private Limited", 1, "Northw" },
    { "a_name_with_accents_loses_them", "en", "Škoda’s", 1, "Skoda's" },
    { "a_chinese_name_is_replaced_in_english", "en", "北风云代理有限公司", 1, "your " },
    { "a_name_of_brackets_is_cut_sooner", "en", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 1, "[[[[[[" },
    { "a_code_in_chinese_is_two_at_most", "zh-Hans", "北风云代理有限公司", 2, "北风云代理有限公司" },
    { "a_long_name_in_chinese_is_cut", "zh-Hans",
      "北风云代理有限公司北风云代理有限公司北风云代理有限公司北风云代理有限公司北风云代理有限公司北风云代理有限公司", 2, "北风云代理有限公司" },
    { "an_english_name_in_chinese", "zh-Hans", "Northwind Cloud Reseller", 2, "Northwind Cloud" },
};

static void segments_are(void **state)
{
    static const char *const actions[] = { "SUBMIT", "AGREE", "REJECT", "CONTACT", "REGISTER" };
    const struct segments *row = *state;
    void *begun = NULL;

    (void)begin(&begun);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        for (int to_partner = 0; to_partner < 2; to_partner++) {
            struct notice_mail_frame frame = frame_in(row->lang);
            const struct notice_values values = {
                .customer = row->name, .partner = row->name, .request_no = "DR20260615-000001", .code = "482913",
                .action = actions[i], .until = "2026-06-15T18:30:00Z", .host = "partner.example.com", .to_partner = to_partner != 0,
            };
            const char *text = notice_view_sms(mem, NOTICE_CODE, &values, &frame);

            if (sms_length(text).segments > row->most)
                fail_msg("%zu units: %s", sms_length(text).units, text);
            assert_int_equal(sms_length(text).alphabet, strcmp(row->lang, "en") == 0 ? SMS_GSM7 : SMS_UCS2);
            assert_non_null(strstr(text, "\n@partner.example.com #482913"));
            if (i < 3 && strstr(text, row->holds) == NULL)
                fail_msg("without %s: %s", row->holds, text);
            if ((i == 1 || i == 2) && strstr(text, "DR20260615-000001") == NULL)
                fail_msg("without its request: %s", text);
        }
    (void)end(&begun);
}

static void what_is_not_sent_by_sms_has_no_words_there(void **state)
{
    struct notice_mail_frame frame = frame_in("en");

    (void)state;
    assert_string_equal(notice_view_sms(mem, NOTICE_PAYMENT_METHOD, &rejected, &frame), "");
}

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mail_says_what_where_and_whom_to_ask, begin, end),
        cmocka_unit_test_setup_teardown(html_in_values_is_text_in_the_html_part, begin, end),
        cmocka_unit_test_setup_teardown(without_a_link_no_link_is_shown, begin, end),
        cmocka_unit_test_setup_teardown(a_mail_speaks_the_recipients_language, begin, end),
        cmocka_unit_test_setup_teardown(a_mail_names_the_site_and_the_link_in_the_recipients_language, begin, end),
        cmocka_unit_test_setup_teardown(a_name_from_right_to_left_is_isolated_in_a_mail, begin, end),
        cmocka_unit_test_setup_teardown(an_sms_has_the_code_and_its_site, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_sent_by_sms_has_no_words_there, begin, end)
    };

    memcpy(rows.tests, tests, sizeof tests);
    rows.n = sizeof tests / sizeof tests[0];
    ROWS_TABLE(&rows, until_is_told, untils);
    ROWS_TABLE(&rows, segments_are, segments);
    return ROWS_RUN(&rows);
}

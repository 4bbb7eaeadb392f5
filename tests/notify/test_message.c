#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "notify/channel.h"
#include "support/rows.h"
#include "support/test_mail.h"

#define FROM "noreply@partner.example.com"
#define LONG_CHINESE "您的合作伙伴已同意您的申请，您已离开该合作伙伴；请添加付款方式，以便您的资源继续运行，谢谢您的配合与支持。"

static const struct message plain = {
    .event_id = "evt-1",
    .to = "pat@acme.example",
    .subject = "Your request was sent",
    .text = "Hello\n",
    .html = "",
    .lang = "en",
    .preferences_url = "",
    .at = 1795356131 * CLOCK_SECOND,   /* 2026-11-22T14:02:11Z, a Sunday */
};

static char *built(const struct message *message, const char *from_name)
{
    static char *text;   /* static only because gcc 12 thinks that it may come to point at itself */
    const struct err *err = message_build(NULL, message, FROM, from_name, &text);

    if (err != NULL)
        fail_msg("%s", err->what);
    return text;
}

static void assert_field(const char *mail, const char *name, const char *value)
{
    char *found = mail_field(mail, name);

    if (value == NULL) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found, value);
    free(found);
}

static void assert_part(const char *mail, const char *type, const char *text)
{
    char *found = mail_part(mail, type);

    assert_non_null(found);
    assert_string_equal(found, text);
    free(found);
}

/* CR LF only in pairs, no line over `limit` bytes, ASCII, an end of line at the end. */
static void assert_lines(const char *mail, size_t limit)
{
    size_t column = 0;

    for (const char *c = mail; *c != '\0'; c++) {
        assert_true((unsigned char)*c < 0x80);
        if (*c == '\r') {
            assert_int_equal(c[1], '\n');
            assert_true(column <= limit);
            column = 0;
            c++;
            continue;
        }
        assert_int_not_equal(*c, '\n');
        column++;
    }
    assert_int_equal(column, 0);
}

static void plain_message_reads_as_written(void **state)
{
    char *mail = built(&plain, "mypartner");

    (void)state;
    assert_string_equal(mail,
                        "Date: Sun, 22 Nov 2026 14:02:11 +0000\r\n"
                        "From: \"mypartner\"\r\n <noreply@partner.example.com>\r\n"
                        "To: pat@acme.example\r\n"
                        "Subject: Your request was sent\r\n"
                        "Message-ID:\r\n <evt-1@partner.example.com>\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "Content-Language: en\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "Hello\r\n");
    talloc_free(mail);
}

static void html_comes_as_an_alternative_after_the_plain_part(void **state)
{
    struct message message = plain;
    char *mail, *type;

    (void)state;
    message.text = "Grüße =_mypartner --=_mypartner\n";
    message.html = "<p lang=\"de\">Grüße</p>\n--=_mypartner--\n";
    mail = built(&message, "");
    assert_part(mail, "text/plain", message.text);
    assert_part(mail, "text/html", message.html);
    type = mail_field(mail, "Content-Type");
    assert_string_equal(type, "multipart/alternative; boundary=\"=_mypartner\"");
    free(type);
    assert_true(strstr(mail, "text/plain") < strstr(mail, "text/html"));
    assert_lines(mail, 78);
    talloc_free(mail);
}

struct round_trip { const char *claim, *subject, *from_name, *text, *encoding; };
static const struct round_trip round_trips[] = {
    { "mostly_ascii_text_is_quoted_printable", "Café", "Søren", "It works until 10:05.\nIf this wasn’t you, tell us.\n", "quoted-printable" },
    { "chinese_text_is_base64", "验证码", "合作伙伴", LONG_CHINESE "\n" LONG_CHINESE LONG_CHINESE "\n", "base64" },
    { "long_chinese_subject_and_name_are_folded", LONG_CHINESE LONG_CHINESE, LONG_CHINESE, "x\n", "quoted-printable" },
    { "four_byte_characters_are_not_cut", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", "a🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", "🙂\n", "base64" },
    { "long_ascii_subject_is_folded", "Partner with a name of many words asks you to unfreeze the account of a customer with a name of many words",
      "mypartner", "x\n", "quoted-printable" },
    { "long_subject_without_a_space_is_folded",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "mypartner", "x\n", "quoted-printable" },
    { "subject_like_an_encoded_word_stays_itself", "=?UTF-8?B?eA==?=", "mypartner", "x\n", "quoted-printable" },
    { "spaces_around_a_subject_stay", " a  b ", "mypartner", "x\n", "quoted-printable" },
    { "lone_dots_and_from_lines_stay", "x", "mypartner", ".\n..\n.x\nFrom here\n\n.\n", "quoted-printable" },
    { "space_at_the_end_of_a_line_stays", "x", "mypartner", "a \nb\t\n \n\t\t\nc ", "quoted-printable" },
    { "equals_signs_stay", "x", "mypartner", "a=3D=\n=\n==20\n", "quoted-printable" },
    { "empty_lines_at_the_end_stay", "x", "mypartner", "a\n\n\n", "quoted-printable" },
};

static void round_trip_holds(void **state)
{
    const struct round_trip *row = *state;
    struct message message = plain;
    char from[400], *mail, *encoding, *subject_line;

    message.subject = row->subject;
    message.text = row->text;
    message.html = "<p>x</p>\n";
    mail = built(&message, row->from_name);
    assert_lines(mail, 78);
    assert_part(mail, "text/plain", row->text);
    assert_part(mail, "text/html", "<p>x</p>\n");
    assert_field(mail, "Subject", row->subject);
    (void)snprintf(from, sizeof from, strcmp(row->from_name, "mypartner") == 0 ? "\"%s\" <" FROM ">" : "%s <" FROM ">", row->from_name);
    assert_field(mail, "From", from);
    encoding = strstr(mail, "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ");
    assert_non_null(encoding);
    encoding += strlen("text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ");
    assert_int_equal(strncmp(encoding, row->encoding, strlen(row->encoding)), 0);
    subject_line = strstr(mail, "\r\nSubject: ") + 2;
    assert_true(strcspn(subject_line, "\r") <= 76);
    talloc_free(mail);
}

static void long_lines_are_broken_and_come_back_whole(void **state)
{
    struct message message = plain;
    char *text = mem_array(NULL, char, 5002), *mail;

    (void)state;
    for (size_t i = 0; i < 5000; i++)
        text[i] = i % 83 == 0 ? '=' : i % 7 == 0 ? ' ' : 'w';
    text[5000] = '\n';
    message.text = text;
    message.html = text;
    mail = built(&message, "");
    assert_lines(mail, 76);
    assert_part(mail, "text/plain", text);
    assert_part(mail, "text/html", text);
    talloc_free(mail);
    talloc_free(text);
}

static void every_kind_of_line_end_leaves_as_cr_lf(void **state)
{
    struct message message = plain;
    char *mail;

    (void)state;
    message.text = "a\rb\r\nc\n\rd";
    message.html = "你好你好\r你好你好\r\n你好你好\n";
    mail = built(&message, "");
    assert_lines(mail, 78);
    assert_part(mail, "text/plain", "a\nb\nc\n\nd");
    assert_part(mail, "text/html", "你好你好\n你好你好\n你好你好\n");
    talloc_free(mail);
}

static void text_without_a_line_end_gets_one_when_it_is_alone(void **state)
{
    struct message message = plain;
    char *mail;

    (void)state;
    message.text = "no end";
    mail = built(&message, "");
    assert_lines(mail, 78);
    assert_part(mail, "text/plain", "no end\n");
    talloc_free(mail);
    message.text = "";
    mail = built(&message, "");
    assert_part(mail, "text/plain", "");
    talloc_free(mail);
}

static void unsubscribing_is_offered_when_there_is_a_page_for_it(void **state)
{
    struct message message = plain;
    char *mail;

    (void)state;
    message.preferences_url = "https://partner.example.com/notification-settings";
    mail = built(&message, "");
    assert_field(mail, "List-Unsubscribe", "<https://partner.example.com/notification-settings>");
    talloc_free(mail);
    message.preferences_url = "";
    mail = built(&message, "");
    assert_field(mail, "List-Unsubscribe", NULL);
    talloc_free(mail);
}

static void secret_message_offers_no_unsubscribing(void **state)
{
    struct message message = plain;
    char *mail;

    (void)state;
    message.preferences_url = "https://partner.example.com/notification-settings";
    message.is_secret = true;
    mail = built(&message, "");
    assert_field(mail, "List-Unsubscribe", NULL);
    talloc_free(mail);
}

static void quotes_in_a_name_are_escaped(void **state)
{
    char *mail = built(&plain, "Pat \"the\\best\" <evil@example.org>, Inc.");

    (void)state;
    assert_field(mail, "From", "\"Pat \\\"the\\\\best\\\" <evil@example.org>, Inc.\" <" FROM ">");
    talloc_free(mail);
}

static void without_a_name_the_sender_is_the_bare_address(void **state)
{
    char *mail = built(&plain, "");

    (void)state;
    assert_field(mail, "From", FROM);
    talloc_free(mail);
}

static void event_id_is_made_fit_for_message_id(void **state)
{
    struct message message = plain;
    char *mail;

    (void)state;
    message.event_id = "REQ 7/ä>@x";
    mail = built(&message, "");
    assert_field(mail, "Message-ID", "<REQ%207%2F%C3%A4%3E%40x@partner.example.com>");
    assert_field(mail, "Content-Language", "en");
    talloc_free(mail);
}

struct date { const char *claim; int64_t at; const char *field; };
static const struct date dates[] = {
    { "date_names_a_thursday", 0, "Thu, 1 Jan 1970 00:00:00 +0000" },
    { "date_names_a_leap_day", 1709164799 * CLOCK_SECOND + 999999, "Wed, 28 Feb 2024 23:59:59 +0000" },
    { "date_names_the_day_after", 1709164800 * CLOCK_SECOND, "Thu, 29 Feb 2024 00:00:00 +0000" },
    { "date_names_a_december_saturday", 1798286400 * CLOCK_SECOND, "Sat, 26 Dec 2026 12:00:00 +0000" },
};

static void date_is_written(void **state)
{
    const struct date *row = *state;
    struct message message = plain;
    char *mail;

    message.at = row->at;
    mail = built(&message, "");
    assert_field(mail, "Date", row->field);
    talloc_free(mail);
}

struct refusal { const char *claim, *to, *subject, *from, *from_name, *event_id, *lang, *url, *text, *html; };
#define GOOD .to = "a@b.example", .subject = "s", .from = FROM, .from_name = "n", .event_id = "e", .lang = "en", .url = "", \
             .text = "t", .html = "h"
#pragma GCC diagnostic push
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
static const struct refusal refusals[] = {
    { .claim = "second_line_in_recipient_is_refused", GOOD, .to = "a@b.example\r\nRCPT TO:<c@d.example>" },
    { .claim = "line_feed_in_recipient_is_refused", GOOD, .to = "a@b.example\nBcc: c@d.example" },
    { .claim = "carriage_return_in_recipient_is_refused", GOOD, .to = "a@b.example\r" },
    { .claim = "two_recipients_are_refused", GOOD, .to = "a@b.example,c@d.example" },
    { .claim = "brackets_in_recipient_are_refused", GOOD, .to = "<a@b.example>" },
    { .claim = "space_in_recipient_is_refused", GOOD, .to = "a b@b.example" },
    { .claim = "recipient_outside_ascii_is_refused", GOOD, .to = "ä@b.example" },
    { .claim = "recipient_without_a_domain_is_refused", GOOD, .to = "a@" },
    { .claim = "recipient_without_a_name_is_refused", GOOD, .to = "@b.example" },
    { .claim = "recipient_without_at_is_refused", GOOD, .to = "a" },
    { .claim = "empty_recipient_is_refused", GOOD, .to = "" },
    { .claim = "second_line_in_sender_is_refused", GOOD, .from = "a@b.example\r\nX: y" },
    { .claim = "second_line_in_subject_is_refused", GOOD, .subject = "s\r\nBcc: c@d.example" },
    { .claim = "line_feed_in_subject_is_refused", GOOD, .subject = "s\nBcc: c@d.example" },
    { .claim = "line_feed_in_a_subject_to_encode_is_refused", GOOD, .subject = "ä\nBcc: c@d.example" },
    { .claim = "subject_that_is_not_utf8_is_refused", GOOD, .subject = "\xC3" },
    { .claim = "line_feed_in_sender_name_is_refused", GOOD, .from_name = "n\n" },
    { .claim = "delete_in_sender_name_is_refused", GOOD, .from_name = "n\x7F" },
    { .claim = "line_feed_in_event_id_is_refused", GOOD, .event_id = "e\n" },
    { .claim = "empty_event_id_is_refused", GOOD, .event_id = "" },
    { .claim = "line_feed_in_language_is_refused", GOOD, .lang = "en\nX: y" },
    { .claim = "line_feed_in_preferences_url_is_refused", GOOD, .url = "https://x.example/\nX: y" },
    { .claim = "second_url_in_preferences_url_is_refused", GOOD, .url = "https://x.example/>,<https://y.example/" },
    { .claim = "text_that_is_not_utf8_is_refused", GOOD, .text = "\xFF" },
    { .claim = "html_that_is_not_utf8_is_refused", GOOD, .html = "\xFF" },
};
static const struct refusal accepted = { .claim = "", GOOD };
#pragma GCC diagnostic pop

static const struct err *build_row(const struct refusal *row, char **text)
{
    struct message message = { .event_id = row->event_id, .to = row->to, .subject = row->subject, .text = row->text,
                               .html = row->html, .lang = row->lang, .preferences_url = row->url };

    return message_build(NULL, &message, row->from, row->from_name, text);
}

static void refusal_holds(void **state)
{
    char untouched[] = "untouched", *text = untouched;
    const struct err *err = build_row(*state, &text);

    assert_non_null(err);
    assert_int_equal(err->kind, ERR_INPUT);
    assert_ptr_equal(text, untouched);
}

static void what_the_refusals_are_made_from_is_accepted(void **state)
{
    char *text = NULL;

    (void)state;
    assert_null(build_row(&accepted, &text));
    assert_non_null(text);
    talloc_free(text);
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, plain_message_reads_as_written);
    ROWS_TEST(&rows, html_comes_as_an_alternative_after_the_plain_part);
    ROWS_TABLE(&rows, round_trip_holds, round_trips);
    ROWS_TEST(&rows, long_lines_are_broken_and_come_back_whole);
    ROWS_TEST(&rows, every_kind_of_line_end_leaves_as_cr_lf);
    ROWS_TEST(&rows, text_without_a_line_end_gets_one_when_it_is_alone);
    ROWS_TEST(&rows, unsubscribing_is_offered_when_there_is_a_page_for_it);
    ROWS_TEST(&rows, secret_message_offers_no_unsubscribing);
    ROWS_TEST(&rows, quotes_in_a_name_are_escaped);
    ROWS_TEST(&rows, without_a_name_the_sender_is_the_bare_address);
    ROWS_TEST(&rows, event_id_is_made_fit_for_message_id);
    ROWS_TABLE(&rows, date_is_written, dates);
    ROWS_TABLE(&rows, refusal_holds, refusals);
    ROWS_TEST(&rows, what_the_refusals_are_made_from_is_accepted);
    return ROWS_RUN(&rows);
}

/* The SMTP channel against servers of our own, which do what a real one does rarely or never. */
#include "notify/smtp_mail.h"
#include "support/test_server.h"

static struct smtp_settings settings_for_number(int port)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%d", port);
    return settings_for("smtp", text);
}

/* Speaks SMTP as far as `until`, which it answers with `last` (NULL: it hangs up; "": it falls silent). */
static const char *until, *last;

static void fake_server(int client, int record)
{
    char line[4096];
    bool is_data = false;

    if (strcmp(until, "greeting") == 0) {
        test_server_write(client, last);
        return;
    }
    test_server_write(client, "220 fake\r\n");
    while (test_server_read(client, line, sizeof line, "\r\n") > 0) {
        bool is_end = is_data && strcmp(line, ".\r\n") == 0;

        test_server_write(record, line);
        if (is_data && !is_end)
            continue;
        is_data = false;
        if (strncmp(line, until, strlen(until)) == 0) {
            if (last == NULL)
                return;
            test_server_write(client, last);
            continue;
        }
        is_data = strncmp(line, "DATA", 4) == 0;
        test_server_write(client, is_data ? "354 go on\r\n" : "250 ok\r\n");
    }
}

struct fake { const char *claim, *until, *last; enum channel_outcome outcome; const char *detail; };
static const struct fake fakes[] = {
    { "complete_dialogue_with_the_fake_server_delivers", "nothing", "", CHANNEL_DELIVERED, "accepted" },
    { "hanging_up_at_the_greeting_is_for_later", "greeting", "", CHANNEL_LATER, "curl" },
    { "greeting_554_is_about_us", "greeting", "554 no service\r\n", CHANNEL_DENIED, "no service" },
    { "greeting_421_is_for_later", "greeting", "421 too busy\r\n", CHANNEL_LATER, "too busy" },
    { "greeting_that_is_not_smtp_is_for_later", "greeting", "HTTP/1.1 400 Bad Request\r\n\r\n", CHANNEL_LATER, "curl" },
    { "hanging_up_at_mail_is_for_later", "MAIL", NULL, CHANNEL_LATER, "curl" },
    { "sign_in_demanded_is_about_us", "MAIL", "530 5.7.0 authentication required\r\n", CHANNEL_DENIED, "authentication required" },
    { "hanging_up_at_recipient_is_for_later", "RCPT", NULL, CHANNEL_LATER, "curl" },
    { "closing_down_at_recipient_is_for_later", "RCPT", "421 closing\r\n", CHANNEL_LATER, "closing" },
    { "hanging_up_at_data_is_for_later", "DATA", NULL, CHANNEL_LATER, "curl" },
    { "data_554_is_refused", "DATA", "554 no valid recipients\r\n", CHANNEL_REFUSED, "no valid recipients" },
    { "hanging_up_after_the_text_is_for_later", ".\r\n", NULL, CHANNEL_LATER, "curl" },
    { "full_mailbox_after_the_text_is_for_later", ".\r\n", "452 full\r\n", CHANNEL_LATER, "curl 8" },
    { "refusal_after_the_text_does_not_quote_it", ".\r\n", "554 it says: your partner agreed\r\n", CHANNEL_REFUSED, "curl 8" },
    { "control_characters_in_a_reply_stay_out_of_the_log", "RCPT", "550 a\tb\033[31m\x01 \xC3\xA4 no\r\n", CHANNEL_REFUSED, "550 a b?[31m? ?? no" },
};

static void fake_is_judged(void **state)
{
    const struct fake *row = *state;
    struct test_server server;
    struct smtp_settings settings;
    struct message message = mail;
    struct channel_result result;

    until = row->until;
    last = row->last;
    server = test_server_start(fake_server);
    settings = settings_for_number(server.port);
    message.event_id = fresh_event_id();
    result = sent(&settings, &message);
    free(test_server_end(&server));
    assert_int_equal(result.outcome, row->outcome);
    assert_non_null(strstr(result.detail, row->detail));
}

struct silence { const char *claim, *until; };
static const struct silence silences[] = {
    { "silence_at_the_greeting_ends_with_the_set_time", "greeting" },
    { "silence_at_the_recipient_ends_with_the_set_time", "RCPT" },
    { "silence_after_the_text_ends_with_the_set_time", ".\r\n" },
};

static void mute_server(int client, int record)
{
    char line[100];

    (void)record;
    while (test_server_read(client, line, sizeof line, "\r\n") > 0)
        ;
}

static void silence_is_for_later(void **state)
{
    const struct silence *row = *state;
    struct test_server server;
    struct smtp_settings settings;
    struct message message = mail;
    struct channel_result result;

    until = row->until;
    last = "";
    server = test_server_start(strcmp(until, "greeting") == 0 ? mute_server : fake_server);
    settings = settings_for_number(server.port);
    settings.timeout_s = 1;
    message.event_id = fresh_event_id();
    result = sent(&settings, &message);
    free(test_server_end(&server));
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_non_null(strstr(result.detail, "curl 28"));
}

static void nobody_listening_is_for_later(void **state)
{
    int keep, port = test_server_closed_port(&keep);
    struct smtp_settings settings = settings_for_number(port);
    struct message message = mail;
    struct channel_result result;

    (void)state;
    message.event_id = fresh_event_id();
    result = sent(&settings, &message);
    (void)close(keep);
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_int_equal(result.response_code, 0);
    assert_non_null(strstr(result.detail, "curl 7"));
}

static void dialogue_names_each_side_once(void **state)
{
    struct test_server server;
    struct smtp_settings settings;
    struct message message = mail;
    char *dialogue;

    (void)state;
    until = "nothing";
    last = "";
    server = test_server_start(fake_server);
    settings = settings_for_number(server.port);
    message.event_id = fresh_event_id();
    assert_int_equal(sent(&settings, &message).outcome, CHANNEL_DELIVERED);
    dialogue = test_server_end(&server);
    assert_int_equal(strncmp(dialogue, "EHLO worker.partner.example.com\r\nMAIL FROM:<" FROM ">\r\nRCPT TO:<pat@acme.example>\r\nDATA\r\n",
                             strlen("EHLO worker.partner.example.com\r\nMAIL FROM:<" FROM ">\r\nRCPT TO:<pat@acme.example>\r\nDATA\r\n")), 0);
    assert_null(strstr(strstr(dialogue, "RCPT TO:") + 1, "RCPT TO:"));
    assert_non_null(strstr(dialogue, "\r\n..\r\n...\r\n..x\r\n"));
    free(dialogue);
}

struct injection { const char *claim, *to, *subject, *from, *from_name; };
static const struct injection injections[] = {
    { "second_line_in_recipient_never_reaches_the_server", "pat@acme.example>\r\nRCPT TO:<eve@acme.example", "s", FROM, "n" },
    { "line_feed_in_recipient_never_reaches_the_server", "pat@acme.example\n", "s", FROM, "n" },
    { "second_line_in_sender_never_reaches_the_server", "pat@acme.example", "s", "a@b.example>\r\nRCPT TO:<eve@acme.example", "n" },
    { "second_line_in_subject_never_reaches_the_server", "pat@acme.example", "s\r\nBcc: eve@acme.example", FROM, "n" },
    { "second_line_in_name_never_reaches_the_server", "pat@acme.example", "s", FROM, "n\r\nBcc: eve@acme.example" },
};

static void injection_is_refused(void **state)
{
    const struct injection *row = *state;
    struct test_server server;
    struct smtp_settings settings;
    struct message message = mail;
    struct channel_result result;
    char *dialogue;

    until = "nothing";
    last = "";
    server = test_server_start(fake_server);
    settings = settings_for_number(server.port);
    settings.from = row->from;
    settings.from_name = row->from_name;
    message.event_id = fresh_event_id();
    message.to = row->to;
    message.subject = row->subject;
    result = sent(&settings, &message);
    dialogue = test_server_end(&server);
    assert_int_equal(result.outcome, CHANNEL_REFUSED);
    assert_int_equal(result.response_code, 0);
    assert_string_equal(dialogue, "");
    free(dialogue);
}

static void other_protocols_are_never_spoken(void **state)
{
    struct smtp_settings settings = settings_for("http", "1");
    struct message message = mail;
    struct channel_result result;

    (void)state;
    message.event_id = fresh_event_id();
    result = sent(&settings, &message);
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_non_null(strstr(result.detail, "curl 1,"));
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TABLE(&rows, fake_is_judged, fakes);
    ROWS_TABLE(&rows, silence_is_for_later, silences);
    ROWS_TEST(&rows, nobody_listening_is_for_later);
    ROWS_TEST(&rows, dialogue_names_each_side_once);
    ROWS_TABLE(&rows, injection_is_refused, injections);
    ROWS_TEST(&rows, other_protocols_are_never_spoken);
    return ROWS_RUN(&rows);
}

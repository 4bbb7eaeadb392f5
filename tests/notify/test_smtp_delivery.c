/* The SMTP channel against a real mail server that tests/run.sh starts; tests/support/private_exim.sh says what it answers. */
#include <dirent.h>

#include "notify/smtp_mail.h"
#include "support/test_mail.h"

/* --- helpers -------------------------------------------------------------------------------------------------------- */

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL)
        fail_msg("%s is not set: run this by tests/run.sh", name);
    return value;
}

static struct smtp_settings plain_settings(void)
{
    return settings_for("smtp", env("TEST_SMTP_PORT"));
}

static char *file_text(const char *path)
{
    char *text = mem_array(NULL, char, 1 << 20);
    FILE *file = fopen(path, "re");

    if (file != NULL) {
        text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
        (void)fclose(file);
    }
    return text;
}

/* The mail with that event id in the Maildir; NULL if there is none. */
static char *look_for(const char *event_id)
{
    char folder[200], path[600], wanted[100], *found = NULL;
    struct dirent *entry;
    DIR *dir;

    (void)snprintf(folder, sizeof folder, "%s/new", env("TEST_SMTP_MAILDIR"));
    (void)snprintf(wanted, sizeof wanted, "<%s@", event_id);
    dir = opendir(folder);
    while (dir != NULL && found == NULL && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        found = file_text(path);
        if (strstr(found, wanted) == NULL) {
            talloc_free(found);
            found = NULL;
        }
    }
    if (dir != NULL)
        (void)closedir(dir);
    return found;
}

/* The server delivers after it has accepted. A minute is not what is tested, it only ends a hopeless wait. */
static char *delivered(const char *event_id)
{
    char *found = NULL;

    for (int i = 0; i < 1200 && found == NULL; i++) {
        found = look_for(event_id);
        if (found == NULL)
            (void)usleep(50000);
    }
    if (found == NULL)
        fail_msg("%s never came into the Maildir", event_id);
    return found;
}

/* What arrived is, below the line that the server put on top, byte for byte what message_build makes. */
static void assert_arrived(const struct message *message)
{
    char *found = delivered(message->event_id), *text = NULL, *lines;
    size_t n, found_n = strlen(found);

    assert_null(message_build(found, message, FROM, FROM_NAME, &text));
    lines = mail_unix(text);
    n = strlen(lines);
    assert_true(found_n > n);
    assert_string_equal(found + found_n - n, lines);
    assert_int_equal(strncmp(found, "Received: ", 10), 0);
    assert_int_equal(found[found_n - n - 1], '\n');
    free(lines);
    talloc_free(found);
}

static void assert_field(const char *text, const char *name, const char *value)
{
    char *found = mail_field(text, name);

    assert_non_null(found);
    assert_string_equal(found, value);
    free(found);
}

static void assert_part(const char *text, const char *type, const char *value)
{
    char *found = mail_part(text, type);

    assert_non_null(found);
    assert_string_equal(found, value);
    free(found);
}

/* --- a real server -------------------------------------------------------------------------------------------------- */

static void message_arrives_byte_for_byte(void **state)
{
    struct smtp_settings settings = plain_settings();
    struct message message = mail;
    struct channel_result result;

    (void)state;
    message.event_id = fresh_event_id();
    result = sent(&settings, &message);
    assert_int_equal(result.outcome, CHANNEL_DELIVERED);
    assert_int_equal(result.response_code, 250);
    assert_arrived(&message);
}

static void message_arrives_readable(void **state)
{
    struct smtp_settings settings = plain_settings();
    struct message message = mail;
    char *found, *received;

    (void)state;
    message.event_id = fresh_event_id();
    assert_int_equal(sent(&settings, &message).outcome, CHANNEL_DELIVERED);
    found = delivered(message.event_id);
    assert_field(found, "Subject", mail.subject);
    assert_field(found, "From", FROM_NAME " <" FROM ">");
    assert_field(found, "To", "pat@acme.example");
    assert_field(found, "Date", "Sun, 22 Nov 2026 14:02:11 +0000");
    assert_field(found, "Auto-Submitted", "auto-generated");
    assert_field(found, "List-Unsubscribe", "<https://partner.example.com/notification-settings>");
    assert_field(found, "Content-Language", "zh-Hans");
    assert_part(found, "text/plain", mail.text);
    assert_part(found, "text/html", mail.html);
    received = mail_field(found, "Received");
    assert_non_null(strstr(received, "helo=worker.partner.example.com"));
    assert_non_null(strstr(received, "envelope-from <" FROM ">"));
    assert_non_null(strstr(received, "for pat@acme.example"));
    free(received);
    talloc_free(found);
}

struct body { const char *claim, *text; };
static const struct body bodies[] = {
    { "lone_dots_arrive", ".\n..\n...\n.\n\n.\n" },
    { "dot_as_the_last_line_arrives", "text\n." },
    { "empty_text_arrives", "" },
    { "text_that_looks_like_a_reply_and_a_header_arrives", "\n\nQUIT\n250 ok\nBcc: eve@acme.example\n" },
    { "bare_carriage_returns_arrive_as_line_ends", "a\r.\rb\r\n.\r\nc" },
};

static void body_arrives(void **state)
{
    const struct body *row = *state;
    struct smtp_settings settings = plain_settings();
    struct message message = mail;

    message.event_id = fresh_event_id();
    message.text = row->text;
    message.html = "";
    assert_int_equal(sent(&settings, &message).outcome, CHANNEL_DELIVERED);
    assert_arrived(&message);
}

/* The server refuses lines of more than 998 bytes, and curl hands over 64 KiB at a time. */
static void long_lines_and_long_texts_arrive(void **state)
{
    struct smtp_settings settings = plain_settings();
    struct message message = mail;
    char *text = mem_array(NULL, char, 200001), *found;

    (void)state;
    for (size_t i = 0; i < 200000; i++)
        text[i] = i % 5000 == 4999 ? '\n' : i % 5000 % 100 < 3 ? '.' : (char)('a' + i % 26);
    text[199999] = '\n';
    message.event_id = fresh_event_id();
    message.text = text;
    assert_int_equal(sent(&settings, &message).outcome, CHANNEL_DELIVERED);
    assert_arrived(&message);
    found = delivered(message.event_id);
    assert_part(found, "text/plain", text);
    talloc_free(found);
    talloc_free(text);
}

struct answer { const char *claim, *to, *subject, *from; enum channel_outcome outcome; long code; const char *detail; };
static const struct answer answers[] = {
    { "recipient_550_is_refused", "reject@acme.example", "s", FROM, CHANNEL_REFUSED, 550, "no such user" },
    { "recipient_451_is_for_later", "later@acme.example", "s", FROM, CHANNEL_LATER, 451, "try again later" },
    { "sender_550_is_refused", "pat@acme.example", "s", "refused@partner.example.com", CHANNEL_REFUSED, 550, "sender refused" },
    { "text_554_is_refused", "pat@acme.example", "refuse this text", FROM, CHANNEL_REFUSED, 554, "curl 8" },
    { "text_451_is_for_later", "pat@acme.example", "this text later", FROM, CHANNEL_LATER, 451, "curl 8" },
    { "members_only_550_without_sign_in_is_refused", "members@acme.example", "s", FROM, CHANNEL_REFUSED, 550, "members only" },
};

static void answer_is_judged(void **state)
{
    const struct answer *row = *state;
    struct smtp_settings settings = plain_settings();
    struct message message = mail;
    struct channel_result result;

    settings.from = row->from;
    message.event_id = fresh_event_id();
    message.to = row->to;
    message.subject = row->subject;
    result = sent(&settings, &message);
    assert_int_equal(result.outcome, row->outcome);
    assert_int_equal(result.response_code, row->code);
    assert_non_null(strstr(result.detail, row->detail));
    assert_null(look_for(message.event_id));
}

/* --- encryption and sign-in ----------------------------------------------------------------------------------------- */

static void starttls_with_the_right_ca_delivers_encrypted(void **state)
{
    struct smtp_settings settings = settings_for("smtp", env("TEST_SMTP_STARTTLS_PORT"));
    struct message message = mail;
    char *found, *received;

    (void)state;
    settings.starttls = true;
    settings.ca_file = env("TEST_SMTP_CA");
    message.event_id = fresh_event_id();
    assert_int_equal(sent(&settings, &message).outcome, CHANNEL_DELIVERED);
    assert_arrived(&message);
    found = delivered(message.event_id);
    received = mail_field(found, "Received");
    assert_non_null(strstr(received, "with esmtps"));
    free(received);
    talloc_free(found);
}

static void smtps_with_the_right_ca_delivers(void **state)
{
    struct smtp_settings settings = settings_for("smtps", env("TEST_SMTPS_PORT"));
    struct message message = mail;

    (void)state;
    settings.ca_file = env("TEST_SMTP_CA");
    message.event_id = fresh_event_id();
    assert_int_equal(sent(&settings, &message).outcome, CHANNEL_DELIVERED);
    assert_arrived(&message);
}

struct tls_fault { const char *claim, *scheme, *port, *ca, *detail; bool starttls; };
static const struct tls_fault tls_faults[] = {
    { "starttls_with_a_wrong_ca_is_our_fault", "smtp", "TEST_SMTP_STARTTLS_PORT", "TEST_SMTP_OTHER_CA", "curl 60", true },
    { "starttls_with_the_systems_cas_is_our_fault", "smtp", "TEST_SMTP_STARTTLS_PORT", NULL, "curl 60", true },
    { "smtps_with_a_wrong_ca_is_our_fault", "smtps", "TEST_SMTPS_PORT", "TEST_SMTP_OTHER_CA", "curl 60", false },
    { "server_without_starttls_is_our_fault", "smtp", "TEST_SMTP_PORT", "TEST_SMTP_CA", "curl 64", true },
};

static void nothing_goes_in_clear(void **state)
{
    const struct tls_fault *row = *state;
    struct smtp_settings settings = settings_for(row->scheme, env(row->port));
    struct message message = mail;
    struct channel_result result;

    settings.starttls = row->starttls;
    settings.ca_file = row->ca == NULL ? "" : env(row->ca);
    message.event_id = fresh_event_id();
    result = sent(&settings, &message);
    assert_int_equal(result.outcome, CHANNEL_DENIED);
    assert_non_null(strstr(result.detail, row->detail));
    assert_null(look_for(message.event_id));
}

static void certificate_of_another_host_is_our_fault(void **state)
{
    struct smtp_settings settings = settings_for("smtp", env("TEST_SMTP_STARTTLS_PORT"));
    struct message message = mail;
    struct channel_result result;
    char url[64];

    (void)state;
    /* The certificate names 127.0.0.1 only. */
    (void)snprintf(url, sizeof url, "smtp://localhost:%s", env("TEST_SMTP_STARTTLS_PORT"));
    settings.url = url;
    settings.starttls = true;
    settings.ca_file = env("TEST_SMTP_CA");
    message.event_id = fresh_event_id();
    result = sent(&settings, &message);
    assert_int_equal(result.outcome, CHANNEL_DENIED);
    assert_non_null(strstr(result.detail, "curl 60"));
}

static void signed_in_we_reach_members(void **state)
{
    struct smtp_settings settings = settings_for("smtp", env("TEST_SMTP_STARTTLS_PORT"));
    struct message message = mail;

    (void)state;
    settings.starttls = true;
    settings.ca_file = env("TEST_SMTP_CA");
    settings.user = "mypartner";
    settings.password = "secret";
    message.event_id = fresh_event_id();
    message.to = "members@acme.example";
    assert_int_equal(sent(&settings, &message).outcome, CHANNEL_DELIVERED);
    assert_arrived(&message);
}

static void wrong_password_is_not_the_messages_fault(void **state)
{
    struct smtp_settings settings = settings_for("smtp", env("TEST_SMTP_STARTTLS_PORT"));
    struct message message = mail;
    struct channel_result result;

    (void)state;
    settings.starttls = true;
    settings.ca_file = env("TEST_SMTP_CA");
    settings.user = "mypartner";
    settings.password = "wrong-password";
    message.event_id = fresh_event_id();
    result = sent(&settings, &message);
    assert_int_equal(result.outcome, CHANNEL_DENIED);
    assert_int_equal(result.response_code, 535);
    assert_null(strstr(result.detail, "wrong-password"));
}

static void relay(const char *action)
{
    char command[600];

    (void)snprintf(command, sizeof command, "exec bash %s/tests/support/private_exim.sh %s relay", TEST_SOURCE_ROOT, action);
    assert_int_equal(system(command), 0);
}

/* Members are reached by nobody who has not signed in, and signing in is offered by nobody who has not encrypted. */
static void the_relay_that_is_shipped_as_an_example_hands_on_encrypted_and_signed_in(void **state)
{
    struct smtp_settings settings = settings_for("smtp", env("TEST_RELAY_PORT"));
    struct message message = mail;

    (void)state;
    relay("start");
    message.event_id = fresh_event_id();
    message.to = "members@acme.example";
    assert_int_equal(sent(&settings, &message).outcome, CHANNEL_DELIVERED);
    assert_arrived(&message);
    relay("stop");
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, message_arrives_byte_for_byte);
    ROWS_TEST(&rows, message_arrives_readable);
    ROWS_TABLE(&rows, body_arrives, bodies);
    ROWS_TEST(&rows, long_lines_and_long_texts_arrive);
    ROWS_TABLE(&rows, answer_is_judged, answers);
    ROWS_TEST(&rows, starttls_with_the_right_ca_delivers_encrypted);
    ROWS_TEST(&rows, smtps_with_the_right_ca_delivers);
    ROWS_TABLE(&rows, nothing_goes_in_clear, tls_faults);
    ROWS_TEST(&rows, certificate_of_another_host_is_our_fault);
    ROWS_TEST(&rows, signed_in_we_reach_members);
    ROWS_TEST(&rows, wrong_password_is_not_the_messages_fault);
    ROWS_TEST(&rows, the_relay_that_is_shipped_as_an_example_hands_on_encrypted_and_signed_in);
    return ROWS_RUN(&rows);
}

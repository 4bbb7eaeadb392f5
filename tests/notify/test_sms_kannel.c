/* The SMS channel against a real Kannel and its fake SMSC, which tests/run.sh starts; tests/support/private_kannel.sh. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sms_text.h"
#include "notify/channel.h"
#include "support/rows.h"
#include "support/test_server.h"
#include "support/test_sms.h"

enum { MESSAGES_MAX = 200 };

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL)
        fail_msg("%s is not set: run this by tests/run.sh", name);
    return value;
}

static struct channel_result sent(const char *to, const char *text, const char *password, const char *receipt_url)
{
    struct sms_settings settings = { .dialect = SMS_KANNEL, .url = env("TEST_KANNEL_URL"), .user = "mypartner", .password = password,
                                     .from = "mypartner", .timeout_s = 20 };
    struct message message = { .event_id = "evt-1", .to = to, .subject = "", .text = text, .html = "", .lang = "en",
                               .preferences_url = "", .receipt_url = receipt_url, .is_secret = true };
    struct notify_channel *channel = channel_sms_http(NULL, &settings);
    struct channel_result result = { .response_code = -1 };

    channel->send(channel, &message, &result);
    talloc_free(channel);
    return result;
}

static const char *fresh_number(void)
{
    static char number[20];
    static int count;

    (void)snprintf(number, sizeof number, "+659%07d", (int)(getpid() % 10000) * 100 + ++count);
    return number;
}

/* The one message to that number. A minute is not what is tested, it only ends a hopeless wait. */
static struct test_sms arrived(const char *to, const char *text)
{
    static struct test_sms all[MESSAGES_MAX];

    for (int i = 0; i < 1200; i++) {
        size_t n = test_sms_read(env("TEST_KANNEL_SMSC"), all, MESSAGES_MAX);

        for (size_t k = 0; k < n; k++)
            if (strcmp(all[k].to, to) == 0 && strlen(all[k].text) >= strlen(text))
                return all[k];
        (void)usleep(50000);
    }
    fail_msg("nothing came to %s", to);
    return all[0];
}

struct text { const char *claim, *text; };
static const struct text texts[] = {
    { "a_code_arrives_as_it_is", "481516 is your mypartner code to ask to leave Northwind, until 18:30 UTC+8.\nNot you? Do not share it.\n"
                                 "@partner.example.com #481516" },
    { "accents_and_brackets_of_the_alphabet_arrive", "Müller & Søn [Énergie] {100 %} 5 € = 5 £, #1 + 2 ~ ^ | \\ Ω" },
    { "a_text_in_chinese_arrives", "481516是您的 mypartner 验证码，18:30 UTC+8前有效。\n@partner.example.com #481516" },
    { "a_long_text_in_chinese_arrives_joined", "北风云代理有限公司已冻结您的账号和资源。请登录 mypartner 查看原因和处理方法。北风云代理有限公司已冻结您的账号和资源。"
                                               "请登录 mypartner 查看原因和处理方法。" },
    { "one_hundred_and_sixty_characters_arrive_as_one",
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
      "012345678901234567890123456789" },
    { "one_more_arrives_as_two_joined",
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
      "0123456789012345678901234567890" },
};

static void text_arrives(void **state)
{
    const struct text *row = *state;
    const char *to = fresh_number();
    struct channel_result result = sent(to, row->text, "secret", NULL);
    struct sms_length length = sms_length(row->text);
    struct test_sms got;

    assert_int_equal(result.outcome, CHANNEL_DELIVERED);
    assert_int_equal(result.response_code, 202);
    got = arrived(to, row->text);
    assert_string_equal(got.text, row->text);
    assert_string_equal(got.from, "mypartner");
    assert_int_equal(got.segments, length.segments);
    assert_int_equal(got.is_ucs2, length.alphabet == SMS_UCS2);
}

static void a_wrong_password_is_not_the_messages_fault(void **state)
{
    struct channel_result result = sent(fresh_number(), "x", "wrong", NULL);

    (void)state;
    assert_int_equal(result.outcome, CHANNEL_DENIED);
    assert_int_equal(result.response_code, 403);
}

/* Takes one request, notes its first line. */
static void receipt_taker(int client, int record)
{
    char request[8192];

    (void)test_server_read(client, request, sizeof request, "\r\n\r\n");
    request[strcspn(request, "\r")] = '\0';
    test_server_write(record, request);
    test_server_write(client, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

static void a_receipt_is_called_with_the_status_at_its_end(void **state)
{
    struct test_server server = test_server_start(receipt_taker);
    const char *to = fresh_number();
    char url[200], *noted;
    struct pollfd noting = { .fd = server.record, .events = POLLIN };

    (void)state;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/sms-receipt?id=7&sig=a_b-c&status=", server.port);
    assert_int_equal(sent(to, "x", "secret", url).outcome, CHANNEL_DELIVERED);
    (void)arrived(to, "x");
    assert_int_equal(poll(&noting, 1, 60000), 1);
    noted = test_server_end(&server);
    assert_string_equal(noted, "GET /sms-receipt?id=7&sig=a_b-c&status=1 HTTP/1.1");
    free(noted);
}

static void box(const char *action, const char *name)
{
    char command[600];

    (void)snprintf(command, sizeof command, "exec bash %s/tests/support/private_kannel.sh %s %s", TEST_SOURCE_ROOT, action, name);
    assert_int_equal(system(command), 0);
}

static void with_its_smsbox_down_it_is_for_later(void **state)
{
    const char *to = fresh_number();
    struct channel_result result;

    (void)state;
    box("stop", "smsbox");
    result = sent(to, "x", "secret", NULL);
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_non_null(strstr(result.detail, "curl 7"));
    box("start", "smsbox");
    assert_int_equal(sent(to, "x", "secret", NULL).outcome, CHANNEL_DELIVERED);
    assert_string_equal(arrived(to, "x").text, "x");
}

static void with_its_smsc_down_kannel_keeps_it(void **state)
{
    const char *to = fresh_number();

    (void)state;
    box("stop", "fakesmsc");
    assert_int_equal(sent(to, "kept", "secret", NULL).outcome, CHANNEL_DELIVERED);
    box("start", "fakesmsc");
    assert_string_equal(arrived(to, "kept").text, "kept");
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TABLE(&rows, text_arrives, texts);
    ROWS_TEST(&rows, a_wrong_password_is_not_the_messages_fault);
    ROWS_TEST(&rows, a_receipt_is_called_with_the_status_at_its_end);
    ROWS_TEST(&rows, with_its_smsbox_down_it_is_for_later);
    ROWS_TEST(&rows, with_its_smsc_down_kannel_keeps_it);
    return ROWS_RUN(&rows);
}

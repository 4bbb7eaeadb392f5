#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/memory.h"
#include "notify/channel.h"
#include "support/rows.h"
#include "support/test_server.h"

static const struct message sms = {
    .event_id = "evt-7", .to = "+6591234567", .subject = "", .text = "481516 is your code.\n@partner.example.com #481516",
    .html = "", .lang = "en", .preferences_url = "", .is_secret = true,
};

static const char *answer;   /* what the server of the test says */

/* Takes a whole request, notes it, answers. */
static void gateway(int client, int record)
{
    char request[8192];
    size_t n = test_server_read(client, request, sizeof request, "\r\n\r\n"), length = 0;
    char *field = strcasestr(request, "\r\nContent-Length: ");

    if (field != NULL)
        length = strtoul(field + strlen("\r\nContent-Length: "), NULL, 10);
    for (; length > 0 && n + 1 < sizeof request && read(client, request + n, 1) == 1; length--)
        n++;
    request[n] = '\0';
    test_server_write(record, request);
    test_server_write(client, answer);
}

static void silent_gateway(int client, int record)
{
    char request[8192];

    while (test_server_read(client, request, sizeof request, "\r\n") > 0)
        test_server_write(record, request);
}

static struct channel_result sent_to(int port, const struct message *message, const struct sms_settings *settings)
{
    struct sms_settings own = *settings;
    struct channel_result result = { .response_code = -1 };
    struct notify_channel *channel;
    char url[64];

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/cgi-bin/sendsms", port);
    own.url = url;
    channel = channel_sms_http(NULL, &own);
    channel->send(channel, message, &result);
    talloc_free(channel);
    assert_null(strchr(result.detail, '\n'));
    assert_null(strstr(result.detail, "481516"));
    return result;
}

static const struct sms_settings usual = { .user = "mypartner", .password = "secret", .from = "mypartner", .timeout_s = 20 };

static void request_is_what_kannel_takes(void **state)
{
    struct test_server server;
    struct channel_result result;
    char *request;

    (void)state;
    answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 26\r\n\r\n0: Accepted for delivery\r\n";
    server = test_server_start(gateway);
    result = sent_to(server.port, &sms, &usual);
    request = test_server_end(&server);
    assert_int_equal(result.outcome, CHANNEL_DELIVERED);
    assert_int_equal(result.response_code, 202);
    assert_int_equal(strncmp(request, "POST /cgi-bin/sendsms HTTP/1.1\r\n", 32), 0);
    assert_non_null(strstr(request, "\r\nContent-Type: text/plain; charset=UTF-8\r\n"));
    assert_non_null(strstr(request, "\r\nX-Kannel-Username: mypartner\r\n"));
    assert_non_null(strstr(request, "\r\nX-Kannel-Password: secret\r\n"));
    assert_non_null(strstr(request, "\r\nX-Kannel-From: mypartner\r\n"));
    assert_non_null(strstr(request, "\r\nX-Kannel-To: +6591234567\r\n"));
    assert_non_null(strstr(request, "\r\nX-Kannel-Coding: 0\r\n"));
    assert_non_null(strstr(request, "\r\nIdempotency-Key: evt-7\r\n"));
    assert_null(strstr(request, "\r\nExpect:"));
    assert_string_equal(strstr(request, "\r\n\r\n") + 4, sms.text);
    free(request);
}

/* --- the JSON dialect --- */

static char *json_request(const struct sms_settings *settings, const struct message *message)
{
    struct test_server server;

    answer = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
    server = test_server_start(gateway);
    assert_int_equal(sent_to(server.port, message, settings).outcome, CHANNEL_DELIVERED);
    return test_server_end(&server);
}

static void json_request_holds_what_a_gateway_needs(void **state)
{
    const struct sms_settings settings = { .dialect = SMS_JSON, .password = "secret", .from = "mypartner", .timeout_s = 20 };
    struct message message = sms;
    char *request;

    (void)state;
    message.text = "“481516” 验证码\n\\";
    message.receipt_url = "https://partner.example.com/sms-receipt?id=7&sig=x&status=";
    request = json_request(&settings, &message);
    assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(request, "\r\nAuthorization: Bearer secret\r\n"));
    assert_non_null(strstr(request, "\r\nIdempotency-Key: evt-7\r\n"));
    assert_null(strstr(request, "X-Kannel"));
    assert_string_equal(strstr(request, "\r\n\r\n") + 4,
                        "{\"id\":\"evt-7\",\"from\":\"mypartner\",\"to\":\"+6591234567\",\"text\":\"“481516” 验证码\\n\\\\\","
                        "\"receipt_url\":\"https://partner.example.com/sms-receipt?id=7&sig=x&status=\"}");
    free(request);
}

static void json_request_signs_in_as_a_user_if_there_is_one(void **state)
{
    const struct sms_settings settings = { .dialect = SMS_JSON, .user = "mypartner", .password = "secret", .timeout_s = 20 };
    char *request = json_request(&settings, &sms);

    (void)state;
    assert_non_null(strstr(request, "\r\nAuthorization: Basic bXlwYXJ0bmVyOnNlY3JldA==\r\n"));
    assert_null(strstr(request, "Bearer"));
    assert_null(strstr(request, "\"from\""));
    free(request);
}

static void json_request_without_a_password_signs_nothing(void **state)
{
    const struct sms_settings settings = { .dialect = SMS_JSON, .timeout_s = 20 };
    char *request = json_request(&settings, &sms);

    (void)state;
    assert_null(strstr(request, "\r\nAuthorization:"));
    free(request);
}

static void a_receipt_address_is_asked_for_in_kannels_headers(void **state)
{
    struct message message = sms;
    char *request;

    (void)state;
    message.receipt_url = "https://partner.example.com/sms-receipt?id=7&sig=x&status=";
    request = json_request(&usual, &message);
    assert_non_null(strstr(request, "\r\nX-Kannel-DLR-Mask: 19\r\n"));
    assert_non_null(strstr(request, "\r\nX-Kannel-DLR-Url: https://partner.example.com/sms-receipt?id=7&sig=x&status=%d\r\n"));
    free(request);
    request = json_request(&usual, &sms);
    assert_null(strstr(request, "DLR"));
    free(request);
}

struct coding { const char *claim, *text, *header; };
static const struct coding codings[] = {
    { "ascii_goes_as_seven_bits", "Code 1 {2} [3] ~ ^ | \\ \n", "\r\nX-Kannel-Coding: 0\r\n" },
    { "chinese_goes_as_ucs2", "您的验证码是 123", "\r\nX-Kannel-Coding: 2\r\n" },
    { "typographic_apostrophe_goes_as_ucs2", "If this wasn’t you", "\r\nX-Kannel-Coding: 2\r\n" },
    { "grave_accent_goes_as_ucs2", "`", "\r\nX-Kannel-Coding: 2\r\n" },
};

static void coding_is_chosen(void **state)
{
    const struct coding *row = *state;
    struct message message = sms;
    struct test_server server;
    char *request;

    answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    server = test_server_start(gateway);
    message.text = row->text;
    assert_int_equal(sent_to(server.port, &message, &usual).outcome, CHANNEL_DELIVERED);
    request = test_server_end(&server);
    assert_non_null(strstr(request, row->header));
    assert_string_equal(strstr(request, "\r\n\r\n") + 4, row->text);
    free(request);
}

struct status { const char *claim, *answer; long code; enum channel_outcome outcome; };
static const struct status statuses[] = {
    { "status_200_is_delivered", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, CHANNEL_DELIVERED },
    { "status_204_is_delivered", "HTTP/1.1 204 No Content\r\n\r\n", 204, CHANNEL_DELIVERED },
    { "status_400_is_refused", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 400, CHANNEL_REFUSED },
    { "status_401_is_about_us", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 401, CHANNEL_DENIED },
    { "status_402_is_about_us", "HTTP/1.1 402 Payment Required\r\nContent-Length: 0\r\n\r\n", 402, CHANNEL_DENIED },
    { "status_403_is_about_us", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 403, CHANNEL_DENIED },
    { "status_404_is_about_us", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, CHANNEL_DENIED },
    { "status_405_is_about_us", "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n", 405, CHANNEL_DENIED },
    { "status_406_is_refused", "HTTP/1.1 406 Not Acceptable\r\nContent-Length: 0\r\n\r\n", 406, CHANNEL_REFUSED },
    { "status_407_is_about_us", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", 407, CHANNEL_DENIED },
    { "status_499_is_refused", "HTTP/1.1 499 Odd\r\nContent-Length: 0\r\n\r\n", 499, CHANNEL_REFUSED },
    { "status_408_is_for_later", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", 408, CHANNEL_LATER },
    { "status_429_is_for_later", "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", 429, CHANNEL_LATER },
    { "status_500_is_for_later", "HTTP/1.1 500 Internal\r\nContent-Length: 0\r\n\r\n", 500, CHANNEL_LATER },
    { "status_503_is_for_later", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 503, CHANNEL_LATER },
    { "redirect_is_for_later_and_not_followed", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302,
      CHANNEL_LATER },
    { "closing_without_an_answer_is_for_later", "", 0, CHANNEL_LATER },
    { "answer_that_is_not_http_is_for_later", "hello\r\n", 0, CHANNEL_LATER },
    { "body_that_breaks_off_is_for_later", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0: Acc", 200, CHANNEL_LATER },
};

static void status_is_judged(void **state)
{
    const struct status *row = *state;
    struct test_server server;
    struct channel_result result;

    answer = row->answer;
    server = test_server_start(gateway);
    result = sent_to(server.port, &sms, &usual);
    free(test_server_end(&server));
    assert_int_equal(result.outcome, row->outcome);
    assert_int_equal(result.response_code, row->code);
    assert_int_not_equal(result.detail[0], '\0');
}

static void nobody_listening_is_for_later(void **state)
{
    int keep, port = test_server_closed_port(&keep);
    struct channel_result result = sent_to(port, &sms, &usual);

    (void)state;
    (void)close(keep);
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_int_equal(result.response_code, 0);
    assert_non_null(strstr(result.detail, "curl 7"));
}

static void silent_gateway_is_for_later_after_the_set_time(void **state)
{
    struct sms_settings settings = usual;
    struct test_server server = test_server_start(silent_gateway);
    struct channel_result result;

    (void)state;
    settings.timeout_s = 1;
    result = sent_to(server.port, &sms, &settings);
    free(test_server_end(&server));
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_non_null(strstr(result.detail, "curl 28"));
}

struct refusal { const char *claim, *to, *text, *event_id; };
static const struct refusal refusals[] = {
    { "second_line_in_number_is_refused", "+6591234567\r\nX-Kannel-To: +6590000000", "t", "e" },
    { "two_numbers_are_refused", "+6591234567 +6590000000", "t", "e" },
    { "number_without_plus_is_refused", "6591234567", "t", "e" },
    { "empty_number_is_refused", "", "t", "e" },
    { "text_that_is_not_utf8_is_refused", "+6591234567", "\xFF", "e" },
    { "second_line_in_event_id_is_refused", "+6591234567", "t", "e\r\nX: y" },
};

/* Nobody listens, so that a message which got as far as the network would be "for later". */
static void refusal_comes_before_the_network(void **state)
{
    const struct refusal *row = *state;
    struct message message = sms;
    int keep, port = test_server_closed_port(&keep);
    struct channel_result result;

    message.to = row->to;
    message.text = row->text;
    message.event_id = row->event_id;
    result = sent_to(port, &message, &usual);
    (void)close(keep);
    assert_int_equal(result.outcome, CHANNEL_REFUSED);
    assert_int_equal(result.response_code, 0);
}

static void setting_with_a_second_line_is_never_sent(void **state)
{
    struct sms_settings settings = usual;
    struct test_server server = test_server_start(gateway);
    struct channel_result result;
    char *request;

    (void)state;
    settings.password = "secret\r\nX-Kannel-To: +6590000000";
    result = sent_to(server.port, &sms, &settings);
    request = test_server_end(&server);
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_string_equal(request, "");
    free(request);
}

static void other_protocols_are_never_spoken(void **state)
{
    struct sms_settings settings = usual;
    struct channel_result result;
    struct notify_channel *channel;

    (void)state;
    settings.url = "file:///dev/null";
    channel = channel_sms_http(NULL, &settings);
    channel->send(channel, &sms, &result);
    talloc_free(channel);
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_non_null(strstr(result.detail, "curl 1"));
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, request_is_what_kannel_takes);
    ROWS_TEST(&rows, json_request_holds_what_a_gateway_needs);
    ROWS_TEST(&rows, json_request_signs_in_as_a_user_if_there_is_one);
    ROWS_TEST(&rows, json_request_without_a_password_signs_nothing);
    ROWS_TEST(&rows, a_receipt_address_is_asked_for_in_kannels_headers);
    ROWS_TABLE(&rows, coding_is_chosen, codings);
    ROWS_TABLE(&rows, status_is_judged, statuses);
    ROWS_TEST(&rows, nobody_listening_is_for_later);
    ROWS_TEST(&rows, silent_gateway_is_for_later_after_the_set_time);
    ROWS_TABLE(&rows, refusal_comes_before_the_network, refusals);
    ROWS_TEST(&rows, setting_with_a_second_line_is_never_sent);
    ROWS_TEST(&rows, other_protocols_are_never_spoken);
    return ROWS_RUN(&rows);
}

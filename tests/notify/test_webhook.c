#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "notify/channel.h"
#include "support/rows.h"
#include "support/test_server.h"

static const struct message event = {
    .event_id = "log-12-7", .text = "{\"id\":\"log-12-7\",\"type\":\"request.agreed\"}", .at = INT64_C(1781524800) * CLOCK_SECOND + 7,
};
static struct secret_key key = { "a webhook key of thirty-two byte" };
static const char *answer;   /* what the server of the test says */

/* Takes a whole request, notes it, answers. */
static void endpoint(int client, int record)
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

static void silent(int client, int record)
{
    char request[8192];

    while (test_server_read(client, request, sizeof request, "\r\n") > 0)
        test_server_write(record, request);
}

static struct channel_result posted(int port, int64_t timeout_s)
{
    struct channel_result result = { .response_code = -1 };
    struct notify_channel *channel;
    char url[64];

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/events?from=mypartner", port);
    channel = channel_webhook(NULL, &(struct webhook_settings){ .url = url, .key = key, .timeout_s = timeout_s });
    channel->send(channel, &event, &result);
    talloc_free(channel);
    return result;
}

/* The value is what `printf '%s.%s' 1781524800 "$body" | openssl dgst -sha256 -mac HMAC -macopt key:...` says. */
static void an_event_is_signed_over_time_and_body(void **state)
{
    struct test_server server;
    char *request, *signature = webhook_signature(NULL, &key, 1781524800, event.text), line[200];

    (void)state;
    answer = "HTTP/1.1 204 No Content\r\n\r\n";
    server = test_server_start(endpoint);
    assert_int_equal(posted(server.port, 20).outcome, CHANNEL_DELIVERED);
    request = test_server_end(&server);
    assert_int_equal(strncmp(request, "POST /events?from=mypartner HTTP/1.1\r\n", 38), 0);
    assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(request, "\r\nX-Mypartner-Event: log-12-7\r\n"));
    assert_non_null(strstr(request, "\r\nX-Mypartner-Timestamp: 1781524800\r\n"));
    (void)snprintf(line, sizeof line, "\r\nX-Mypartner-Signature: %s\r\n", signature);
    assert_non_null(strstr(request, line));
    assert_string_equal(signature, "sha256=7d9d530e37e4f70bca0241ae2415846f3243b040ff3de6a64c918a72aa2cbb8c");
    assert_string_equal(strstr(request, "\r\n\r\n") + 4, event.text);
    free(request);
    talloc_free(signature);
}

static void another_time_another_body_another_key_is_another_signature(void **state)
{
    struct secret_key other = key;
    char *signature = webhook_signature(NULL, &key, 1781524800, event.text);

    (void)state;
    other.bytes[0] ^= 1;
    assert_string_not_equal(webhook_signature(signature, &key, 1781524801, event.text), signature);
    assert_string_not_equal(webhook_signature(signature, &key, 1781524800, "{}"), signature);
    assert_string_not_equal(webhook_signature(signature, &other, 1781524800, event.text), signature);
    talloc_free(signature);
}

struct status { const char *claim, *answer; long code; enum channel_outcome outcome; };
static const struct status statuses[] = {
    { "status_200_is_accepted", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, CHANNEL_DELIVERED },
    { "status_400_is_for_later", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 400, CHANNEL_LATER },
    { "status_401_is_for_later", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 401, CHANNEL_LATER },
    { "status_410_is_final", "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", 410, CHANNEL_REFUSED },
    { "status_500_is_for_later", "HTTP/1.1 500 Internal\r\nContent-Length: 0\r\n\r\n", 500, CHANNEL_LATER },
    { "redirect_is_not_followed", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302, CHANNEL_LATER },
    { "closing_without_an_answer_is_for_later", "", 0, CHANNEL_LATER },
};

static void status_is_judged(void **state)
{
    const struct status *row = *state;
    struct test_server server;
    struct channel_result result;

    answer = row->answer;
    server = test_server_start(endpoint);
    result = posted(server.port, 20);
    free(test_server_end(&server));
    assert_int_equal(result.outcome, row->outcome);
    assert_int_equal(result.response_code, row->code);
}

static void silent_endpoint_is_for_later_after_the_set_time(void **state)
{
    struct test_server server = test_server_start(silent);
    struct channel_result result = posted(server.port, 1);

    (void)state;
    free(test_server_end(&server));
    assert_int_equal(result.outcome, CHANNEL_LATER);
    assert_non_null(strstr(result.detail, "curl 28"));
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, an_event_is_signed_over_time_and_body);
    ROWS_TEST(&rows, another_time_another_body_another_key_is_another_signature);
    ROWS_TABLE(&rows, status_is_judged, statuses);
    ROWS_TEST(&rows, silent_endpoint_is_for_later_after_the_set_time);
    return ROWS_RUN(&rows);
}

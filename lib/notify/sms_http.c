#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>

#include "base/memory.h"
#include "base/secret.h"
#include "base/sms_text.h"
#include "base/text.h"

#include "notify/channel.h"
#include "notify/curl_code.h"
#include "notify/result.h"

#define TIMEOUT_DEFAULT_S 30

struct sms_channel {
    struct notify_channel channel;   /* first: the two addresses are the same */
    enum sms_dialect dialect;
    const char *url, *user, *from;
    char *password;
    long timeout_ms;
};

/* --- the request ---------------------------------------------------------------------------------------------------- */

/* Nothing that could end the header line or begin another one. */
static bool value_is_clean(const char *value)
{
    for (; *value != '\0'; value++)
        if (*value < ' ' || *value >= 0x7F)
            return false;
    return true;
}

struct header { const char *name, *value; };

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* NULL when curl is out of memory. */
static struct curl_slist *list_of(const struct header *headers, size_t n)
{
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < n; i++) {
        const struct header *header = &headers[i];
        char *line = mem_text(NULL, *header->value == '\0' ? "%s:" : "%s: %s", header->name, header->value);
        struct curl_slist *longer = curl_slist_append(list, line);

        secret_wipe(line, strlen(line));
        (void)talloc_free(line);
        if (longer == NULL) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static struct curl_slist *kannel_headers(const struct sms_channel *sms, const struct message *message)
{
    const bool has_receipt = *or_empty(message->receipt_url) != '\0';
    char *receipt_url = mem_text(NULL, has_receipt ? "%s%%d" : "%s", or_empty(message->receipt_url));
    const struct header headers[] = {
        { "Content-Type", "text/plain; charset=UTF-8" },
        { "X-Kannel-Username", sms->user },
        { "X-Kannel-Password", sms->password },
        { "X-Kannel-From", sms->from },
        { "X-Kannel-To", message->to },
        { "X-Kannel-Coding", sms_length(message->text).alphabet == SMS_GSM7 ? "0" : "2" },
        { "X-Kannel-DLR-Mask", has_receipt ? "19" : "" },   /* delivered, not delivered, refused by the operator */
        { "X-Kannel-DLR-Url", receipt_url },
        { "Idempotency-Key", message->event_id },
        { "Expect", "" },            /* no "100-continue" and the second that curl would wait for it */
        { "Accept", "" },
    };
    struct curl_slist *list = list_of(headers, sizeof headers / sizeof *headers);

    (void)talloc_free(receipt_url);
    return list;
}

/* curl makes "Basic" of user and password itself. */
static struct curl_slist *json_headers(const struct sms_channel *sms, const struct message *message)
{
    const bool has_bearer = *sms->user == '\0' && *sms->password != '\0';
    char *bearer = mem_text(NULL, "%s%s", has_bearer ? "Bearer " : "", has_bearer ? sms->password : "");
    const struct header headers[] = {
        { "Content-Type", "application/json" },
        { has_bearer ? "Authorization" : "Expect", bearer },
        { "Idempotency-Key", message->event_id },
        { "Expect", "" },
        { "Accept", "" },
    };
    struct curl_slist *list = list_of(headers, sizeof headers / sizeof *headers);

    secret_wipe(bearer, strlen(bearer));
    (void)talloc_free(bearer);
    return list;
}

static char *json_body(const struct sms_channel *sms, const struct message *message)
{
    const struct header members[] = {
        { "id", message->event_id }, { "from", sms->from }, { "to", message->to }, { "text", message->text },
        { "receipt_url", or_empty(message->receipt_url) },
    };
    json_t *object = json_object();
    char *dumped, *body;

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (*members[i].value != '\0')
            (void)json_object_set_new(object, members[i].name, json_string(members[i].value));
    dumped = json_dumps(object, JSON_COMPACT);
    if (dumped == NULL)
        abort();
    body = mem_copy(NULL, dumped);
    secret_wipe(dumped, strlen(dumped));   /* it may hold a code */
    free(dumped);
    json_decref(object);
    return body;
}

static void free_wiped(struct curl_slist *list)
{
    for (struct curl_slist *line = list; line != NULL; line = line->next)
        secret_wipe(line->data, strlen(line->data));
    curl_slist_free_all(list);
}

/* --- what an answer means ------------------------------------------------------------------------------------------- */

/* The user, the credit, or the URL; Kannel's 404 is a number that it has no route for. */
static bool is_about_us(long status)
{
    return status == 401 || status == 402 || status == 403 || status == 404 || status == 405 || status == 407;
}

static void judge(CURLcode code, long status, const char *error, struct channel_result *result)
{
    if (code != CURLE_OK)
        result_set(result, curl_is_untrusted(code) ? CHANNEL_DENIED : CHANNEL_LATER, status, "curl %d, %s", (int)code,
                   *error != '\0' ? error : curl_easy_strerror(code));
    else if (status >= 200 && status <= 299)
        result_set(result, CHANNEL_DELIVERED, status, "accepted");
    else if (is_about_us(status))
        result_set(result, CHANNEL_DENIED, status, "the gateway refuses us with status %ld", status);
    else if (status >= 400 && status <= 499 && status != 408 && status != 429)
        result_set(result, CHANNEL_REFUSED, status, "the gateway refused it with status %ld", status);
    else
        result_set(result, CHANNEL_LATER, status, "the gateway answered with status %ld", status);
}

/* --- sending -------------------------------------------------------------------------------------------------------- */

/* The answer's body may hold the text; nobody reads it. */
static size_t drop(char *bytes, size_t size, size_t count, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * count;
}

#define SET(option, value) (is_set = is_set && curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

static bool set_options(CURL *curl, const struct sms_channel *sms, long timeout_ms, const char *text, struct curl_slist *headers,
                        char *error)
{
    bool is_set = true;

    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_URL, sms->url);
    SET(CURLOPT_PROXY, "");          /* none from the environment */
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, timeout_ms);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (sms->dialect == SMS_JSON && sms->user[0] != '\0') {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        SET(CURLOPT_USERNAME, sms->user);
        SET(CURLOPT_PASSWORD, sms->password);
    }
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(text));
    SET(CURLOPT_POSTFIELDS, text);
    SET(CURLOPT_WRITEFUNCTION, drop);
    SET(CURLOPT_ERRORBUFFER, error);
    return is_set;
}

static void transmit(const struct sms_channel *sms, const struct message *message, long timeout_ms, struct channel_result *result)
{
    const bool is_json = sms->dialect == SMS_JSON;
    struct curl_slist *headers = is_json ? json_headers(sms, message) : kannel_headers(sms, message);
    char *body = is_json ? json_body(sms, message) : mem_copy(NULL, message->text);
    CURL *curl = curl_easy_init();
    char error[CURL_ERROR_SIZE] = "";
    long status = 0;
    CURLcode code;

    if (curl == NULL || headers == NULL || !set_options(curl, sms, timeout_ms, body, headers, error)) {
        result_set(result, CHANNEL_LATER, 0, "curl does not take the settings");
    } else {
        code = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        judge(code, status, error, result);
    }
    curl_easy_cleanup(curl);
    free_wiped(headers);
    secret_wipe(body, strlen(body));
    (void)talloc_free(body);
}

static void sms_send(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    const struct sms_channel *sms = (const struct sms_channel *)channel;
    long timeout_ms = channel_time_left(message, sms->timeout_ms);

    if (!text_is_phone(message->to))
        result_set(result, CHANNEL_REFUSED, 0, "the recipient is not a number like +6591234567");
    else if (!text_is_utf8(message->text, strlen(message->text)))
        result_set(result, CHANNEL_REFUSED, 0, "the text is not UTF-8");
    else if (!value_is_clean(message->event_id) || !value_is_clean(or_empty(message->receipt_url)))
        result_set(result, CHANNEL_REFUSED, 0, "the event id or the address for receipts holds a control character");
    else if (!value_is_clean(sms->user) || !value_is_clean(sms->password) || !value_is_clean(sms->from))
        result_set(result, CHANNEL_LATER, 0, "a setting of the gateway holds a control character");
    else if (timeout_ms == 0)
        result_set(result, CHANNEL_LATER, 0, "its time is over");
    else
        transmit(sms, message, timeout_ms, result);
}

/* --- the channel ---------------------------------------------------------------------------------------------------- */

static int forget_password(struct sms_channel *sms)
{
    secret_wipe(sms->password, strlen(sms->password));
    return 0;
}

struct notify_channel *channel_sms_http(const void *ctx, const struct sms_settings *settings)
{
    struct sms_channel *sms = mem_new(ctx, struct sms_channel);

    (void)curl_global_init(CURL_GLOBAL_DEFAULT);   /* once in a process; without it curl_easy_init() would do it */
    sms->channel.send = sms_send;
    sms->dialect = settings->dialect;
    sms->url = mem_copy(sms, settings->url);
    sms->user = mem_copy(sms, or_empty(settings->user));
    sms->password = mem_copy(sms, or_empty(settings->password));
    sms->from = mem_copy(sms, or_empty(settings->from));
    sms->timeout_ms = (long)(settings->timeout_s > 0 ? settings->timeout_s : TIMEOUT_DEFAULT_S) * 1000;
    talloc_set_destructor(sms, forget_password);
    return &sms->channel;
}

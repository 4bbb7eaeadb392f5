#include <string.h>

#include <curl/curl.h>

#include "base/memory.h"
#include "base/secret.h"
#include "base/sms_text.h"
#include "base/text.h"

#include "notify/channel.h"
#include "notify/result.h"

#define TIMEOUT_DEFAULT_S 30

struct sms_channel {
    struct notify_channel channel;   /* first: the two addresses are the same */
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

/* NULL when curl is out of memory. */
static struct curl_slist *header_list(const struct sms_channel *sms, const struct message *message)
{
    const struct header headers[] = {
        { "Content-Type", "text/plain; charset=UTF-8" },
        { "X-Kannel-Username", sms->user },
        { "X-Kannel-Password", sms->password },
        { "X-Kannel-From", sms->from },
        { "X-Kannel-To", message->to },
        { "X-Kannel-Coding", sms_length(message->text).alphabet == SMS_GSM7 ? "0" : "2" },
        { "Idempotency-Key", message->event_id },
        { "Expect", "" },            /* no "100-continue" and the second that curl would wait for it */
        { "Accept", "" },
    };
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
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

static void free_wiped(struct curl_slist *list)
{
    for (struct curl_slist *line = list; line != NULL; line = line->next)
        secret_wipe(line->data, strlen(line->data));
    curl_slist_free_all(list);
}

/* --- what an answer means ------------------------------------------------------------------------------------------- */

static void judge(CURLcode code, long status, const char *error, struct channel_result *result)
{
    if (code != CURLE_OK)
        result_set(result, CHANNEL_LATER, status, "curl %d, %s", (int)code,
                   *error != '\0' ? error : curl_easy_strerror(code));
    else if (status >= 200 && status <= 299)
        result_set(result, CHANNEL_DELIVERED, status, "accepted");
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
    struct curl_slist *headers = header_list(sms, message);
    CURL *curl = curl_easy_init();
    char error[CURL_ERROR_SIZE] = "";
    long status = 0;
    CURLcode code;

    if (curl == NULL || headers == NULL || !set_options(curl, sms, timeout_ms, message->text, headers, error)) {
        result_set(result, CHANNEL_LATER, 0, "curl does not take the settings");
    } else {
        code = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        judge(code, status, error, result);
    }
    curl_easy_cleanup(curl);
    free_wiped(headers);
}

static void sms_send(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    const struct sms_channel *sms = (const struct sms_channel *)channel;
    long timeout_ms = channel_time_left(message, sms->timeout_ms);

    if (!text_is_phone(message->to))
        result_set(result, CHANNEL_REFUSED, 0, "the recipient is not a number like +6591234567");
    else if (!text_is_utf8(message->text, strlen(message->text)))
        result_set(result, CHANNEL_REFUSED, 0, "the text is not UTF-8");
    else if (!value_is_clean(message->event_id))
        result_set(result, CHANNEL_REFUSED, 0, "the event id holds a control character");
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

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

struct notify_channel *channel_sms_http(const void *ctx, const struct sms_settings *settings)
{
    struct sms_channel *sms = mem_new(ctx, struct sms_channel);

    (void)curl_global_init(CURL_GLOBAL_DEFAULT);   /* once in a process; without it curl_easy_init() would do it */
    sms->channel.send = sms_send;
    sms->url = mem_copy(sms, settings->url);
    sms->user = mem_copy(sms, or_empty(settings->user));
    sms->password = mem_copy(sms, or_empty(settings->password));
    sms->from = mem_copy(sms, or_empty(settings->from));
    sms->timeout_ms = (long)(settings->timeout_s > 0 ? settings->timeout_s : TIMEOUT_DEFAULT_S) * 1000;
    talloc_set_destructor(sms, forget_password);
    return &sms->channel;
}

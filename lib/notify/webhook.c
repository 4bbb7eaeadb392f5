#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/memory.h"

#include "notify/channel.h"
#include "notify/result.h"

#define TIMEOUT_DEFAULT_S 10

struct webhook_channel {
    struct notify_channel channel;   /* first: the two addresses are the same */
    const char *url, *ca_file;
    struct secret_key key;
    long timeout_ms;
};

char *webhook_signature(const void *ctx, const struct secret_key *key, int64_t timestamp_s, const char *body)
{
    char *text = mem_text(ctx, "%lld.%s", (long long)timestamp_s, body), *hex, *signature;
    unsigned char mac[SECRET_DIGEST_BYTES];

    secret_hmac(key, text, strlen(text), mac);
    hex = secret_hex(text, mac, sizeof mac);
    signature = mem_text(ctx, "sha256=%s", hex);
    (void)talloc_free(text);
    return signature;
}

/* NULL when curl is out of memory. */
static struct curl_slist *headers_of(const struct webhook_channel *webhook, const struct message *message)
{
    const int64_t timestamp_s = message->at / CLOCK_SECOND;
    void *ctx = mem_context(NULL, "webhook");
    const char *const lines[] = {
        "Content-Type: application/json",
        "User-Agent: mypartner",
        mem_text(ctx, "X-Mypartner-Event: %s", message->event_id),
        mem_text(ctx, "X-Mypartner-Timestamp: %lld", (long long)timestamp_s),
        mem_text(ctx, "X-Mypartner-Signature: %s", webhook_signature(ctx, &webhook->key, timestamp_s, message->text)),
        "Expect:",
        "Accept:",
    };
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct curl_slist *longer = curl_slist_append(list, lines[i]);

        if (longer == NULL) {
            curl_slist_free_all(list);
            list = NULL;
            break;
        }
        list = longer;
    }
    (void)talloc_free(ctx);
    return list;
}

/* Whatever is wrong at the other end may be put right; only "gone" says that nobody will ever want it. */
static void judge(CURLcode code, long status, const char *error, struct channel_result *result)
{
    if (code != CURLE_OK)
        result_set(result, CHANNEL_LATER, status, "curl %d, %s", (int)code, *error != '\0' ? error : curl_easy_strerror(code));
    else if (status >= 200 && status <= 299)
        result_set(result, CHANNEL_DELIVERED, status, "accepted");
    else
        result_set(result, status == 410 ? CHANNEL_REFUSED : CHANNEL_LATER, status, "the endpoint answered with status %ld", status);
}

/* Nobody reads the answer's body. */
static size_t drop(char *bytes, size_t size, size_t count, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * count;
}

#define SET(option, value) (is_set = is_set && curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

static bool set_options(CURL *curl, const struct webhook_channel *webhook, const struct message *message,
                        struct curl_slist *headers, char *error)
{
    bool is_set = true;

    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_URL, webhook->url);
    SET(CURLOPT_PROXY, "");          /* none from the environment */
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, webhook->timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, webhook->timeout_ms);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (webhook->ca_file[0] != '\0')
        SET(CURLOPT_CAINFO, webhook->ca_file);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(message->text));
    SET(CURLOPT_POSTFIELDS, message->text);
    SET(CURLOPT_WRITEFUNCTION, drop);
    SET(CURLOPT_ERRORBUFFER, error);
    return is_set;
}

static void webhook_send(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    const struct webhook_channel *webhook = (const struct webhook_channel *)channel;
    struct curl_slist *headers = headers_of(webhook, message);
    CURL *curl = curl_easy_init();
    char error[CURL_ERROR_SIZE] = "";
    long status = 0;

    if (curl == NULL || headers == NULL || !set_options(curl, webhook, message, headers, error)) {
        result_set(result, CHANNEL_LATER, 0, "curl does not take the settings");
    } else {
        CURLcode code = curl_easy_perform(curl);

        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        judge(code, status, error, result);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
}

static int forget_key(struct webhook_channel *webhook)
{
    secret_wipe(&webhook->key, sizeof webhook->key);
    return 0;
}

struct notify_channel *channel_webhook(const void *ctx, const struct webhook_settings *settings)
{
    struct webhook_channel *webhook = mem_new(ctx, struct webhook_channel);

    (void)curl_global_init(CURL_GLOBAL_DEFAULT);   /* once in a process; without it curl_easy_init() would do it */
    webhook->channel.send = webhook_send;
    webhook->url = mem_copy(webhook, settings->url);
    webhook->ca_file = mem_copy(webhook, settings->ca_file == NULL ? "" : settings->ca_file);
    webhook->key = settings->key;
    webhook->timeout_ms = (long)(settings->timeout_s > 0 ? settings->timeout_s : TIMEOUT_DEFAULT_S) * 1000;
    talloc_set_destructor(webhook, forget_key);
    return &webhook->channel;
}

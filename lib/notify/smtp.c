#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "base/memory.h"
#include "base/secret.h"

#include "notify/channel.h"
#include "notify/curl_code.h"
#include "notify/result.h"

#define TIMEOUT_DEFAULT_S 30

struct smtp_channel {
    struct notify_channel channel;   /* first: the two addresses are the same */
    const char *url, *user, *ca_file, *from, *from_name;
    char *password;
    bool starttls;
    long timeout_ms;
};

/* One message on its way. */
struct upload {
    const char *text;
    size_t n, sent;
    long timeout_ms;
    char refusal[120];               /* the server's last 4xx or 5xx line */
    char error[CURL_ERROR_SIZE];
};

static size_t read_text(char *out, size_t size, size_t count, void *arg)
{
    struct upload *upload = arg;
    size_t n = upload->n - upload->sent;

    if (n > size * count)
        n = size * count;
    memcpy(out, upload->text + upload->sent, n);
    upload->sent += n;
    return n;
}

/* curl takes leave with QUIT after a refusal too, whose answer is of no interest. */
static size_t keep_refusal(char *line, size_t size, size_t count, void *arg)
{
    struct upload *upload = arg;

    if (size * count > 0 && (line[0] == '4' || line[0] == '5'))
        (void)snprintf(upload->refusal, sizeof upload->refusal, "%.*s", (int)(size * count), line);
    return size * count;
}

/* --- what an answer means ------------------------------------------------------------------------------------------- */

/* Ours to put right, not the message's fault, although they are 5xx: RFC 4954 6 (credentials, encryption). */
static bool is_about_us(long code)
{
    return code == 530 || code == 534 || code == 535 || code == 538;
}

/* A 5xx is final only when the server refused sender, recipient or text. Before that (greeting, EHLO, sign-in) it refuses
 * us. curl reports the former as a send error with the server's code, and a refused text as a strange reply. A sign-in that is
 * refused for now only (454) is like any other 4xx. */
static enum channel_outcome outcome_of(CURLcode code, long response_code, const struct upload *upload)
{
    const bool is_5xx = response_code >= 500 && response_code <= 599;

    if (is_5xx && !is_about_us(response_code) &&
        (code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && upload->sent == upload->n)))
        return CHANNEL_REFUSED;
    return is_5xx || curl_is_untrusted(code) ? CHANNEL_DENIED : CHANNEL_LATER;
}

static void judge(CURLcode code, long response_code, const struct upload *upload, struct channel_result *result)
{
    const char *error = upload->error[0] != '\0' ? upload->error : curl_easy_strerror(code);
    const char *refusal = upload->refusal;

    if (code == CURLE_OK) {
        result_set(result, CHANNEL_DELIVERED, response_code, "accepted");
        return;
    }
    /* An answer to the text may quote it; only the code is kept then. */
    if (upload->sent > 0)
        refusal = "";
    result_set(result, outcome_of(code, response_code, upload), response_code, "curl %d, %s%s%s", (int)code, error,
               *refusal != '\0' ? "; the server said: " : "", refusal);
}

/* --- sending -------------------------------------------------------------------------------------------------------- */

#define SET(option, value) (is_set = is_set && curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

static bool set_options(CURL *curl, const struct smtp_channel *smtp, const char *from, const struct curl_slist *to,
                        struct upload *upload)
{
    bool is_set = true;

    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_URL, smtp->url);
    SET(CURLOPT_PROXY, "");          /* none from the environment */
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, upload->timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, upload->timeout_ms);
    SET(CURLOPT_USE_SSL, (long)(smtp->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (smtp->ca_file[0] != '\0')
        SET(CURLOPT_CAINFO, smtp->ca_file);
    if (smtp->user[0] != '\0') {
        SET(CURLOPT_USERNAME, smtp->user);
        SET(CURLOPT_PASSWORD, smtp->password);
    }
    SET(CURLOPT_MAIL_FROM, from);
    SET(CURLOPT_MAIL_RCPT, to);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, read_text);
    SET(CURLOPT_READDATA, upload);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)upload->n);
    SET(CURLOPT_HEADERFUNCTION, keep_refusal);
    SET(CURLOPT_HEADERDATA, upload);
    SET(CURLOPT_ERRORBUFFER, upload->error);
    return is_set;
}

/* A connection for each message: curl does not repeat an upload on a connection that turned out to be dead. */
static void transmit(const struct smtp_channel *smtp, const char *to, struct upload *upload, struct channel_result *result)
{
    void *ctx = mem_context(NULL, "smtp");
    struct curl_slist *recipients = curl_slist_append(NULL, mem_text(ctx, "<%s>", to));
    CURL *curl = curl_easy_init();
    long response_code = 0;
    CURLcode code;

    if (curl == NULL || recipients == NULL || !set_options(curl, smtp, mem_text(ctx, "<%s>", smtp->from), recipients, upload)) {
        result_set(result, CHANNEL_LATER, 0, "curl does not take the settings");
    } else {
        code = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response_code);
        judge(code, response_code, upload, result);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(recipients);
    (void)talloc_free(ctx);
}

static void smtp_send(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    const struct smtp_channel *smtp = (const struct smtp_channel *)channel;
    struct upload upload = { .timeout_ms = channel_time_left(message, smtp->timeout_ms) };
    char *text;
    /* It also checks both addresses, which curl would put into the dialogue as they are, line ends and all. */
    const struct err *err = message_build(channel, message, smtp->from, smtp->from_name, &text);

    if (err != NULL) {
        result_set(result, CHANNEL_REFUSED, 0, "%s", err->what);
        return;
    }
    upload.text = text;
    upload.n = strlen(text);
    if (upload.timeout_ms == 0)
        result_set(result, CHANNEL_LATER, 0, "its time is over");
    else
        transmit(smtp, message->to, &upload, result);
    (void)talloc_free(text);
}

/* --- the channel ---------------------------------------------------------------------------------------------------- */

static int forget_password(struct smtp_channel *smtp)
{
    secret_wipe(smtp->password, strlen(smtp->password));
    return 0;
}

/* curl takes the name for EHLO from the URL's path; one that is there already stays. */
static char *url_with_host_name(const void *ctx, const char *url, const char *host_name)
{
    const char *host = strstr(url, "://");

    if (host_name[0] == '\0' || (host != NULL && strchr(host + 3, '/') != NULL))
        return mem_copy(ctx, url);
    return mem_text(ctx, "%s/%s", url, host_name);
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

struct notify_channel *channel_smtp(const void *ctx, const struct smtp_settings *settings)
{
    struct smtp_channel *smtp = mem_new(ctx, struct smtp_channel);

    (void)curl_global_init(CURL_GLOBAL_DEFAULT);   /* once in a process; without it curl_easy_init() would do it */
    smtp->channel.send = smtp_send;
    smtp->url = url_with_host_name(smtp, settings->url, or_empty(settings->host_name));
    smtp->user = mem_copy(smtp, or_empty(settings->user));
    smtp->password = mem_copy(smtp, or_empty(settings->password));
    smtp->ca_file = mem_copy(smtp, or_empty(settings->ca_file));
    smtp->from = mem_copy(smtp, settings->from);
    smtp->from_name = mem_copy(smtp, or_empty(settings->from_name));
    smtp->starttls = settings->starttls;
    smtp->timeout_ms = (long)(settings->timeout_s > 0 ? settings->timeout_s : TIMEOUT_DEFAULT_S) * 1000;
    talloc_set_destructor(smtp, forget_password);
    return &smtp->channel;
}

#include "worker.h"

#include <string.h>

#define FROM_NAME "mypartner"

static bool is(const char *transport, const char *name)
{
    return strcmp(transport, name) == 0;
}

static const struct err *make_email(struct worker *worker)
{
    const struct config *config = worker->config;
    char *password = NULL;

    if (is(config->mail.transport, "file")) {
        worker->email = channel_file_email(worker->mem, config->mail.folder, config->mail.from, FROM_NAME);
        return NULL;
    }
    if (!is(config->mail.transport, "smtp")) {
        worker->email = channel_off(worker->mem);
        return NULL;
    }
    TRY(config_secret(worker->mem, config->mail.password_file, &password));
    worker->email = channel_smtp(worker->mem, &(struct smtp_settings){
        .url = config->mail.url, .user = config->mail.user, .password = password, .ca_file = config->mail.ca_file,
        .from = config->mail.from, .from_name = FROM_NAME, .host_name = "", .starttls = config->mail.starttls,
        .timeout_s = config->mail.timeout_s
    });
    return NULL;
}

static const struct err *make_sms(struct worker *worker)
{
    const struct config *config = worker->config;
    char *password = NULL;

    if (is(config->sms.transport, "file")) {
        worker->sms = channel_file_sms(worker->mem, config->sms.folder);
        return NULL;
    }
    if (!is(config->sms.transport, "http")) {
        worker->sms = channel_off(worker->mem);
        return NULL;
    }
    TRY(config_secret(worker->mem, config->sms.password_file, &password));
    worker->sms = channel_sms_http(worker->mem, &(struct sms_settings){
        .dialect = is(config->sms.dialect, "json") ? SMS_JSON : SMS_KANNEL, .url = config->sms.url, .user = config->sms.user, .password = password, .from = config->sms.from,
        .timeout_s = config->sms.timeout_s
    });
    return NULL;
}

static const struct err *make_webhook(struct worker *worker)
{
    const struct config *config = worker->config;
    struct webhook_settings settings = {
        .url = config->webhook.url, .ca_file = config->webhook.ca_file, .timeout_s = config->webhook.timeout_s
    };

    if (config->webhook.url[0] == '\0')
        return NULL;
    TRY(secret_key_load(config->webhook.key_file, &settings.key));
    worker->webhook = channel_webhook(worker->mem, &settings);
    secret_wipe(&settings.key, sizeof settings.key);
    return NULL;
}

const struct err *worker_channels(struct worker *worker)
{
    TRY(make_email(worker));
    TRY(make_sms(worker));
    return make_webhook(worker);
}

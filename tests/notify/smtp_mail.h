/* smtp_mail.h - what both programs that test the SMTP channel send, and how. */
#ifndef TESTS_NOTIFY_SMTP_MAIL_H
#define TESTS_NOTIFY_SMTP_MAIL_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "notify/channel.h"
#include "support/rows.h"

#define FROM "noreply@partner.example.com"
#define FROM_NAME "我的合作伙伴"

static const struct message mail = {
    .to = "pat@acme.example",
    .subject = "您的合作伙伴已同意您的申请，您已离开该合作伙伴；请添加付款方式 – Grüße",
    .text = "Grüße,\n\nyour partner agreed. It wasn’t you? Tell us.\n.\n..\n.x\n\nFrom here on\ntrailing \n",
    .html = "<p>您的合作伙伴已同意您的申请，您已离开该合作伙伴；请添加付款方式。</p>\n.\n",
    .lang = "zh-Hans",
    .preferences_url = "https://partner.example.com/notification-settings",
    .at = 1795356131 * CLOCK_SECOND,
};

static inline struct smtp_settings settings_for(const char *scheme, const char *port)
{
    static char url[64];

    (void)snprintf(url, sizeof url, "%s://127.0.0.1:%s", scheme, port);
    return (struct smtp_settings){ .url = url, .user = "", .password = "", .ca_file = "", .from = FROM, .from_name = FROM_NAME,
                                   .host_name = "worker.partner.example.com", .timeout_s = 20 };
}

static inline struct channel_result sent(const struct smtp_settings *settings, const struct message *message)
{
    struct notify_channel *channel = channel_smtp(NULL, settings);
    struct channel_result result = { .response_code = -1 };

    channel->send(channel, message, &result);
    talloc_free(channel);
    assert_null(strchr(result.detail, '\n'));
    assert_null(strchr(result.detail, '\r'));
    assert_null(strstr(result.detail, "your partner agreed"));
    return result;
}

static inline const char *fresh_event_id(void)
{
    static char id[64];
    static int count;

    (void)snprintf(id, sizeof id, "evt-%ld-%d", (long)getpid(), ++count);
    return id;
}

#endif

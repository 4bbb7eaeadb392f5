#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/memory.h"
#include "base/secret.h"

#include "domain/notice.h"

static const struct notice_info infos[NOTICE_KINDS] = {
    [NOTICE_REQUEST_SENT] = { "REQUEST_SENT", .in_inbox = true },
    [NOTICE_REQUEST_RECEIVED] = { "REQUEST_RECEIVED", .in_inbox = true, .by_sms = true },
    [NOTICE_REQUEST_AGREED] = { "REQUEST_AGREED", .in_inbox = true, .by_sms = true },
    [NOTICE_REQUEST_REJECTED] = { "REQUEST_REJECTED", .in_inbox = true },
    [NOTICE_REQUEST_WITHDRAWN] = { "REQUEST_WITHDRAWN", .in_inbox = true },
    [NOTICE_REQUEST_EXPIRED] = { "REQUEST_EXPIRED", .in_inbox = true },
    [NOTICE_REQUEST_CANCELLED] = { "REQUEST_CANCELLED", .in_inbox = true },
    [NOTICE_REQUEST_ESCALATED] = { "REQUEST_ESCALATED", .in_inbox = true },
    [NOTICE_REQUEST_REMINDER] = { "REQUEST_REMINDER", .in_inbox = true },
    [NOTICE_FROZEN] = { "FROZEN", .in_inbox = true, .by_sms = true },
    [NOTICE_UNFROZEN] = { "UNFROZEN", .in_inbox = true },
    [NOTICE_UNFREEZE_ASKED] = { "UNFREEZE_ASKED", .in_inbox = true },
    [NOTICE_PAYMENT_METHOD] = { "PAYMENT_METHOD", .in_inbox = true },
    [NOTICE_CODE] = { "CODE", .by_sms = true, .is_secret = true },
    [NOTICE_PASSWORD_RESET] = { "PASSWORD_RESET", .is_secret = true },
    [NOTICE_PASSWORD_CHANGED] = { "PASSWORD_CHANGED", .in_inbox = true, .by_sms = true, .is_security = true },
    [NOTICE_SMS_LOCKED] = { "SMS_LOCKED", .in_inbox = true, .by_sms = true, .is_security = true },
    [NOTICE_CONTACT] = { "CONTACT", .in_inbox = true, .by_sms = true, .is_security = true },
    [NOTICE_SECOND_FACTOR] = { "SECOND_FACTOR", .in_inbox = true, .by_sms = true, .is_security = true },
    [NOTICE_CHECKS_PASS] = { "CHECKS_PASS", .in_inbox = true },
    [NOTICE_CONTRACT_SETTLED] = { "CONTRACT_SETTLED", .in_inbox = true },
    [NOTICE_CODE_FUNCTION] = { "CODE_FUNCTION", .in_inbox = true },
    [NOTICE_TEAM_INVITATION] = { "TEAM_INVITATION", .is_secret = true },
    [NOTICE_INVITATION] = { "INVITATION", .is_secret = true },
    [NOTICE_INVITATION_ACCEPTED] = { "INVITATION_ACCEPTED", .in_inbox = true },
    [NOTICE_INVITATION_DECLINED] = { "INVITATION_DECLINED", .in_inbox = true },
    [NOTICE_QUOTA] = { "QUOTA", .in_inbox = true },
    [NOTICE_ACCOUNT_CLOSED] = { "ACCOUNT_CLOSED", .in_inbox = true, .by_sms = true, .is_security = true },
    [NOTICE_USER] = { "USER", .in_inbox = true, .by_sms = true, .is_security = true },
    [NOTICE_RESOURCE] = { "RESOURCE", .in_inbox = true },
    [NOTICE_BUDGET] = { "BUDGET", .in_inbox = true },
    [NOTICE_CHANNEL] = { "CHANNEL", .in_inbox = true }
};

/* The texts of struct notice_values, by name. */
static const struct { const char *name; size_t at; } texts[] = {
    { "customer", offsetof(struct notice_values, customer) },
    { "partner", offsetof(struct notice_values, partner) },
    { "request_no", offsetof(struct notice_values, request_no) },
    { "reason", offsetof(struct notice_values, reason) },
    { "until", offsetof(struct notice_values, until) },
    { "code", offsetof(struct notice_values, code) },
    { "action", offsetof(struct notice_values, action) },
    { "link", offsetof(struct notice_values, link) },
    { "host", offsetof(struct notice_values, host) },
    { "freeze_type", offsetof(struct notice_values, freeze_type) },
    { "object", offsetof(struct notice_values, object) }
};
#define TEXTS_N (sizeof texts / sizeof texts[0])

static const char *get_text(const struct notice_values *values, size_t i)
{
    return *(const char *const *)(const void *)((const char *)values + texts[i].at);
}

static void set_text(struct notice_values *values, size_t i, const char *text)
{
    *(const char **)(void *)((char *)values + texts[i].at) = text;
}

const struct notice_info *notice_info(enum notice_kind kind)
{
    static const struct notice_info none = { .code = "" };

    return kind < NOTICE_KINDS ? &infos[kind] : &none;
}

bool notice_kind_find(const char *code, enum notice_kind *kind)
{
    if (code == NULL)
        return false;
    for (int i = 0; i < NOTICE_KINDS; i++) {
        if (strcmp(infos[i].code, code) != 0)
            continue;
        *kind = (enum notice_kind)i;
        return true;
    }
    return false;
}

char *notice_pack(const void *ctx, const struct notice_values *values)
{
    json_t *object = json_object();
    char *dumped, *packed;

    if (object == NULL)
        abort();
    json_object_set_new(object, "to_partner", json_boolean(values->to_partner));
    json_object_set_new(object, "by_partner", json_boolean(values->by_partner));
    for (size_t i = 0; i < TEXTS_N; i++) {
        const char *text = get_text(values, i);

        if (text != NULL && text[0] != '\0')
            json_object_set_new(object, texts[i].name, json_string(text));
    }
    dumped = json_dumps(object, JSON_COMPACT);
    if (dumped == NULL)
        abort();
    packed = mem_copy(ctx, dumped);
    secret_wipe(dumped, strlen(dumped));   /* it may hold a code */
    free(dumped);
    json_decref(object);
    return packed;
}

/* A flag that is not there is false. */
static bool read_flag(const json_t *object, const char *name, bool *flag)
{
    const json_t *value = json_object_get(object, name);

    *flag = json_is_true(value);
    return value == NULL || json_is_boolean(value) || json_is_null(value);
}

static bool read_text(const void *ctx, const json_t *object, const char *name, const char **text)
{
    const json_t *value = json_object_get(object, name);

    *text = "";
    if (value == NULL || json_is_null(value))
        return true;
    if (!json_is_string(value))
        return false;
    *text = mem_copy(ctx, json_string_value(value));
    return true;
}

bool notice_unpack(const void *ctx, const char *json, struct notice_values *values)
{
    struct notice_values read = { .to_partner = false };
    json_t *object = json == NULL ? NULL : json_loads(json, JSON_REJECT_DUPLICATES, NULL);
    bool is_good = json_is_object(object) && read_flag(object, "to_partner", &read.to_partner) &&
        read_flag(object, "by_partner", &read.by_partner);

    for (size_t i = 0; is_good && i < TEXTS_N; i++) {
        const char *text;

        is_good = read_text(ctx, object, texts[i].name, &text);
        set_text(&read, i, text);
    }
    json_decref(object);
    if (is_good)
        *values = read;
    return is_good;
}

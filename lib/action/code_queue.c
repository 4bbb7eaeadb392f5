#include "action/code_queue.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "store/store_budget.h"
#include "store/store_code.h"
#include "store/store_notice.h"

/* Numbers are given out in blocks: those that differ in the last four digits only count together, so that whoever owns a block
 * cannot make money with it. */
#define BLOCK_DIGITS 4

struct code_policy code_rules(const struct config *config)
{
    return (struct code_policy){
        .digits = config->code.digits, .ttl_s = config->code.ttl_s, .resend_s = config->code.resend_s, .tries = config->code.tries,
        .sends_per_hour = config->code.sends_per_hour, .sends_per_day = config->code.sends_per_day,
        .failures_lock = config->code.failures_lock, .lock_s = config->code.lock_s, .grant_s = config->code.grant_s,
    };
}

void code_mac(const struct act *act, const struct code *code, const char *digits, unsigned char mac[SECRET_DIGEST_BYTES])
{
    char *text = mem_text(act->mem, "%s|%lld|%lld|%lld|%s|%s", code_purpose_name(code->purpose), (long long)code->account_id,
                          (long long)code->target_id, (long long)code->session_id, code->destination, digits);
    secret_hmac(&act->keys->code, text, strlen(text), mac);
    secret_wipe(text, strlen(text));
}

/* --- the budgets ------------------------------------------------------------------------------------------------------ */

struct budget_line { enum budget_scope scope; const char *subject; int64_t allowed; enum code_queued refusal; };
enum { LINES_MAX = 5 };

static const struct err *list_budgets(const struct act *act, const struct code *code, struct budget_line *lines, size_t *n)
{
    const struct config *config = act->config;
    const size_t length = strlen(code->destination);
    const bool is_sms = code->channel == CHANNEL_SMS;
    const char *prefix = "";
    int64_t per_hour = 0;

    *n = 0;
    lines[(*n)++] = (struct budget_line){BUDGET_ACCOUNT, mem_text(act->mem, "%lld", (long long)code->account_id),
                                         config->budget.account_per_hour, CODE_QUEUE_TOO_MANY};
    lines[(*n)++] = (struct budget_line){BUDGET_ADDRESS, code->destination, config->budget.address_per_hour, CODE_QUEUE_TOO_MANY};
    if (is_sms) {
        TRY(budget_prefix(act->db, act->mem, code->destination, &prefix, &per_hour));
        if (prefix[0] != '\0')
            lines[(*n)++] = (struct budget_line){BUDGET_PREFIX, prefix, per_hour, CODE_QUEUE_PAUSED};
        lines[(*n)++] = (struct budget_line){
            BUDGET_PREFIX, mem_copy_n(act->mem, code->destination, length > BLOCK_DIGITS ? length - BLOCK_DIGITS : length),
            config->budget.block_per_hour, CODE_QUEUE_PAUSED};
    }
    /* Last, so that the row which all share is held for the shortest time. */
    lines[(*n)++] = (struct budget_line){BUDGET_TOTAL, channel_name(code->channel),
                                         is_sms ? config->budget.sms_per_hour : config->budget.email_per_hour, CODE_QUEUE_PAUSED};
    return NULL;
}

static const struct err *take_budgets(const struct act *act, const struct code *code, enum code_queued *queued, int64_t *at)
{
    struct budget_line lines[LINES_MAX];
    size_t n = 0;

    *queued = CODE_QUEUED;
    TRY(list_budgets(act, code, lines, &n));
    for (size_t i = 0; i < n; i++) {
        TRY(budget_take(act->db, lines[i].scope, lines[i].subject, lines[i].allowed, act->now, at));
        if (*at == INSTANT_NONE)
            continue;
        *queued = lines[i].refusal;
        return NULL;
    }
    return NULL;
}

/* --- the message ------------------------------------------------------------------------------------------------------ */

static const struct err *queue_message(struct act *act, const struct code *code, const char *digits,
                                       const struct notice_values *about, const char *lang)
{
    const char *url = act->config->web.public_url, *host = strstr(url, "://");
    struct notice_values values = *about;
    values.code = digits;
    values.action = code_purpose_name(code->purpose);
    values.until = act_time(act, code->expires_at);
    values.host = host != NULL ? host + 3 : url;
    char *json = notice_pack(act->mem, &values);
    struct delivery_new delivery = {
        .event_id = mem_text(act->mem, "code-%lld-%s", (long long)code->id, rand_token(act->mem, 9)), .code_id = code->id,
        /* A registration has a stand-in below 0 and no account yet. */
        .account_id = code->account_id > 0 ? code->account_id : 0, .channel = code->channel, .address = code->destination,
        .lang = lang, .kind = NOTICE_CODE, .link = "", .at = act->now, .give_up_at = code->expires_at,
    };
    delivery.sealed = secret_seal(act->mem, &act->keys->outbox, delivery.event_id, json, strlen(json), &delivery.sealed_n);
    secret_wipe(json, strlen(json));
    return delivery_insert(act->db, &delivery);
}

const struct err *code_queue(struct act *act, struct code *code, const struct notice_values *about, const char *lang,
                             enum code_queued *queued, int64_t *at)
{
    char digits[16];
    TRY(take_budgets(act, code, queued, at));
    if (*queued != CODE_QUEUED)
        return NULL;
    rand_digits(digits, (size_t)act->config->code.digits);
    code_mac(act, code, digits, code->mac);
    const struct err *err = code_insert(act->db, code, &code->id);
    if (err == NULL)
        err = queue_message(act, code, digits, about, lang);
    secret_wipe(digits, sizeof digits);
    return err;
}

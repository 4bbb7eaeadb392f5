#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "action/create.h"
#include "action/factor_secret.h"
#include "action/security.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_security.h"

struct securing {
    struct act *act;
    enum security_outcome *outcome;
    struct recovery_codes *codes;
    const char *code;
};

static const struct err *refuse(const struct securing *s, enum security_outcome outcome)
{
    *s->outcome = outcome;
    return act_refuse();
}

static const struct err *run(struct securing *s, const struct err *(*work)(struct db *db, void *arg))
{
    s->act->may_enrol = true;
    TRY(act_run(s->act, work, s));
    if (s->act->is_replay)
        *s->outcome = SECURITY_DONE;
    return NULL;
}

static const struct err *load(struct act *act, struct second_factor *factor)
{
    return second_factor_load(act->db, act->mem, act->actor->user_id, act->now - SECOND_FACTOR_PENDING_S * CLOCK_SECOND, factor);
}

const struct err *second_factor_key(struct act *act, const struct second_factor *factor, char **base32)
{
    *base32 = NULL;
    return factor->pending == NULL ? NULL : factor_open(act->mem, act->keys, act->actor->login, factor->pending, base32);
}

/* --- recovery codes --- */

static bool is_recovery_code(const char *digits)
{
    return strlen(digits) == RECOVERY_DIGITS && strspn(digits, "0123456789") == RECOVERY_DIGITS;
}

bool recovery_digest(const struct act *act, int64_t user_id, const char *digits, unsigned char digest[SECRET_DIGEST_BYTES])
{
    if (!is_recovery_code(digits))
        return false;
    char *text = mem_text(act->mem, "recovery|%lld|%s", (long long)user_id, digits);
    secret_hmac(&act->keys->code, text, strlen(text), digest);
    secret_wipe(text, strlen(text));
    return true;
}

/* From the form's one-time key, which works once, and a key that nobody else has: a repeated form finds the same codes, and
 * nothing that could show them is stored. A remainder of 64 bits: no code is likelier than another by one in ten million. */
static void make_codes(const struct act *act, struct recovery_codes *codes)
{
    unsigned char seed[SECRET_DIGEST_BYTES], bytes[SECRET_DIGEST_BYTES];
    memcpy(seed, act->once_digest, sizeof seed);
    for (int i = 0; i < RECOVERY_CODES; i++) {
        char *text = mem_text(act->mem, "new-recovery-code|%lld|%d|%s", (long long)act->actor->user_id, i,
                              secret_hex(act->mem, seed, sizeof seed));
        uint64_t number = 0;
        secret_hmac(&act->keys->code, text, strlen(text), bytes);
        for (int k = 0; k < 8; k++)
            number = number << 8 | bytes[k];
        (void)snprintf(codes->digits[i], sizeof codes->digits[i], "%0*" PRIu64, RECOVERY_DIGITS, number % UINT64_C(1000000000000));
    }
    secret_wipe(bytes, sizeof bytes);
}

static const struct err *replace_codes(struct db *db, const struct securing *s)
{
    struct act *act = s->act;
    unsigned char digest[SECRET_DIGEST_BYTES];
    make_codes(act, s->codes);
    TRY(recovery_void(db, act->actor->user_id, act->now));
    for (int i = 0; i < RECOVERY_CODES; i++) {
        (void)recovery_digest(act, act->actor->user_id, s->codes->digits[i], digest);
        TRY(recovery_insert(db, act->actor->user_id, digest, act->now));
    }
    return NULL;
}

/* --- setting it up --- */

static const struct err *start_work(struct db *db, void *arg)
{
    const struct securing *s = arg;
    TRY(security_begin(s->act, s->outcome));
    const struct act *act = s->act;
    char *secret = create_totp_secret(act->mem);
    const char *sealed = factor_seal(act->mem, act->keys, act->actor->login, secret);
    const struct err *err = second_factor_begin(db, act->actor->user_id, sealed, act->now);
    secret_wipe(secret, strlen(secret));
    return err;
}

const struct err *second_factor_start(struct act *act, enum security_outcome *outcome)
{
    struct securing s = {.act = act, .outcome = outcome};
    return run(&s, start_work);
}

static const struct err *tell(struct act *act, const char *position)
{
    const struct notice_values values = {
        .to_partner = act->actor->kind == ACCOUNT_PARTNER, .action = position, .object = act->actor->user_name};
    return act_notify(act, act->actor->account_id, NOTICE_SECOND_FACTOR, &values, "", 0,
                      mem_text(act->mem, "FACTOR-%s-%lld-%lld", position, (long long)act->actor->user_id, (long long)act->now));
}

static const struct err *set_up_work(struct db *db, void *arg)
{
    const struct securing *s = arg;
    struct act *act = s->act;
    struct second_factor factor;
    int64_t step = 0;
    bool done = false;

    TRY(security_begin(act, s->outcome));
    TRY(load(act, &factor));
    if (factor.pending == NULL)
        return refuse(s, SECURITY_GONE);
    TRY(factor_check(act, act->actor->login, factor.pending, s->code, &step, &done));
    if (!done)
        return refuse(s, SECURITY_WRONG);
    TRY(second_factor_confirm(db, act->actor->user_id, factor.pending, step, &done));
    if (!done)
        return refuse(s, SECURITY_GONE);
    TRY(replace_codes(db, s));
    TRY(tell(act, "ON"));
    return security_log(act, OP_SECOND_FACTOR_ON, factor.is_on ? "in place of an earlier one" : "");
}

/* Codes are made from the form's key, so there must be one. */
static const struct err *run_with_codes(struct securing *s, const struct err *(*work)(struct db *db, void *arg))
{
    if (s->act->once_digest == NULL)
        return err_new(ERR_BUG, 0, "recovery codes are made for a form only");
    TRY(run(s, work));
    if (s->act->is_done)
        make_codes(s->act, s->codes);
    return NULL;
}

const struct err *second_factor_set_up(struct act *act, const char *code, enum security_outcome *outcome, struct recovery_codes *codes)
{
    struct securing s = {.act = act, .outcome = outcome, .codes = codes, .code = code};
    return run_with_codes(&s, set_up_work);
}

static const struct err *renew_work(struct db *db, void *arg)
{
    const struct securing *s = arg;
    struct second_factor factor;
    TRY(security_begin(s->act, s->outcome));
    TRY(load(s->act, &factor));
    if (!factor.is_on)
        return refuse(s, SECURITY_GONE);
    TRY(replace_codes(db, s));
    return security_log(s->act, OP_RECOVERY_CODES_MADE, "");
}

const struct err *second_factor_renew_codes(struct act *act, enum security_outcome *outcome, struct recovery_codes *codes)
{
    struct securing s = {.act = act, .outcome = outcome, .codes = codes};
    return run_with_codes(&s, renew_work);
}

/* --- switching it off --- */

static const struct err *off_work(struct db *db, void *arg)
{
    const struct securing *s = arg;
    struct act *act = s->act;
    bool done = false;

    if (act->actor->kind == ACCOUNT_PLATFORM)
        return refuse(s, SECURITY_REQUIRED);
    TRY(security_begin(act, s->outcome));
    TRY(second_factor_off(db, act->actor->user_id, &done));
    if (!done)
        return refuse(s, SECURITY_GONE);
    TRY(recovery_void(db, act->actor->user_id, act->now));
    TRY(tell(act, "OFF"));
    return security_log(act, OP_SECOND_FACTOR_OFF, "");
}

const struct err *second_factor_switch_off(struct act *act, enum security_outcome *outcome)
{
    struct securing s = {.act = act, .outcome = outcome};
    return run(&s, off_work);
}

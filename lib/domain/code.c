#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#include "domain/code.h"
#include "domain/names.h"

static const char *const purposes[CODE_PURPOSES] = { "SUBMIT", "AGREE", "REJECT", "CONTACT", "REGISTER" };
static const char *const states[CODE_STATES] = { "LIVE", "SUPERSEDED", "PROVEN", "USED", "DEAD" };

const char *code_purpose_name(enum code_purpose purpose)
{
    return names_at(purposes, CODE_PURPOSES, (int)purpose);
}

bool code_state_find(const char *name, enum code_state *state)
{
    int found;

    if (!names_find(states, CODE_STATES, name, &found))
        return false;
    *state = (enum code_state)found;
    return true;
}

/* The later of two instants, either of which may not be set; INSTANT_NONE is the smallest value. */
static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

enum code_send code_may_send(const struct code_policy *policy, const struct code_budget *budget, int64_t now, int64_t *at)
{
    int64_t frees_at = INSTANT_NONE;
    bool is_hour_used = budget->sends_hour >= policy->sends_per_hour;
    bool is_day_used = budget->sends_day >= policy->sends_per_day;

    if (now < budget->locked_until) {
        *at = budget->locked_until;
        return CODE_SEND_LOCKED;
    }
    /* Asked before the cool-down: whoever has no send left must not be told to come back in a minute. */
    if (is_hour_used || is_day_used) {
        if (is_hour_used)
            frees_at = later(frees_at, budget->hour_frees_at);
        if (is_day_used)
            frees_at = later(frees_at, budget->day_frees_at);
        *at = frees_at > now ? frees_at : now + CLOCK_HOUR;   /* a limit of 0 has no send that could fall out */
        return CODE_SEND_TOO_MANY;
    }
    if (budget->last_sent_at != INSTANT_NONE && now < budget->last_sent_at + policy->resend_s * CLOCK_SECOND) {
        *at = budget->last_sent_at + policy->resend_s * CLOCK_SECOND;
        return CODE_SEND_WAIT;
    }
    *at = now;
    return CODE_SEND_OK;
}

enum code_answer code_judge(const struct code_policy *policy, const struct code_budget *budget, const struct code *code,
                            int64_t session_id, int64_t now)
{
    if (now < budget->locked_until)
        return CODE_BUDGET_LOCKED;
    if (code == NULL || code->session_id != session_id)
        return CODE_NOT_LIVE;
    if (code->state == CODE_DEAD || (code->state == CODE_LIVE && code->tries >= policy->tries))
        return CODE_EXHAUSTED;
    if (code->state != CODE_LIVE)
        return CODE_NOT_LIVE;
    return now < code->expires_at ? CODE_RIGHT : CODE_EXPIRED;
}

bool code_is_well_formed(const char *cleaned, int64_t digits)
{
    return digits > 0 && strlen(cleaned) == (size_t)digits && strspn(cleaned, "0123456789") == (size_t)digits;
}

char *code_mask_email(const void *ctx, const char *address)
{
    const char *at = strrchr(address, '@');

    if (at == NULL || at == address)
        return mem_copy(ctx, "***");
    /* Three stars whatever the length, so that the mask does not tell it. Addresses are ASCII. */
    return mem_text(ctx, "%c***%s", address[0], at);
}

char *code_mask_phone(const void *ctx, const char *number)
{
    size_t n = strlen(number);

    return mem_copy(ctx, n > 4 ? number + n - 4 : number);
}

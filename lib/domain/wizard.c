#include <stddef.h>

#include "base/clock.h"

#include "domain/names.h"
#include "domain/wizard.h"

static const char *const purposes[WIZARD_PURPOSES] = { "SUBMIT", "ANSWER" };
static const char *const states[WIZARD_STATES] = { "OPEN", "DONE", "CLOSED" };

const char *wizard_purpose_name(enum wizard_purpose purpose)
{
    return names_at(purposes, WIZARD_PURPOSES, (int)purpose);
}

bool wizard_purpose_find(const char *name, enum wizard_purpose *purpose)
{
    int found;

    if (!names_find(purposes, WIZARD_PURPOSES, name, &found))
        return false;
    *purpose = (enum wizard_purpose)found;
    return true;
}

const char *wizard_state_name(enum wizard_state state)
{
    return names_at(states, WIZARD_STATES, (int)state);
}

bool wizard_state_find(const char *name, enum wizard_state *state)
{
    int found;

    if (!names_find(states, WIZARD_STATES, name, &found))
        return false;
    *state = (enum wizard_state)found;
    return true;
}

bool wizard_is_live(const struct wizard *wizard, int64_t now)
{
    return wizard != NULL && wizard->state == WIZARD_OPEN && now < wizard->expires_at;
}

enum wizard_grant wizard_grant(const struct wizard *wizard, int64_t session_id, int64_t now)
{
    if (wizard == NULL || wizard->grant_expires_at == INSTANT_NONE)
        return GRANT_NONE;
    if (now >= wizard->grant_expires_at)
        return GRANT_EXPIRED;
    /* 0 is nobody's session and must not match a row that names none. */
    if (session_id == 0 || wizard->grant_session_id != session_id)
        return GRANT_OTHER_SESSION;
    return GRANT_GOOD;
}

/* Rejecting a request needs no statement; agreeing to it and starting one do. */
static bool is_decided(const struct wizard *wizard)
{
    bool is_ticked = wizard->statement_at != INSTANT_NONE;

    if (wizard->purpose == WIZARD_SUBMIT)
        return is_ticked;
    return wizard->decision == REQUEST_REJECT || (wizard->decision == REQUEST_AGREE && is_ticked);
}

enum wizard_step wizard_step(const struct wizard *wizard, bool needs_code, int64_t session_id, int64_t now)
{
    if (wizard != NULL && wizard->state == WIZARD_DONE)
        return STEP_DONE;
    if (!wizard_is_live(wizard, now) || !is_decided(wizard))
        return STEP_CHECK;
    if (needs_code && wizard_grant(wizard, session_id, now) != GRANT_GOOD)
        return STEP_VERIFY;
    return wizard->purpose == WIZARD_SUBMIT ? STEP_REASON : STEP_DONE;
}

bool wizard_may_open(const struct wizard *wizard, enum wizard_step step, bool needs_code, int64_t session_id, int64_t now)
{
    if (step == STEP_CHECK)
        return true;
    if (wizard == NULL || step > wizard_step(wizard, needs_code, session_id, now))
        return false;
    if (step == STEP_DONE)
        return true;
    /* What is sent is not edited any more, and a step that this wizard does not have is never open. */
    if (wizard->state == WIZARD_DONE)
        return false;
    return step == STEP_VERIFY ? needs_code : wizard->purpose == WIZARD_SUBMIT;
}

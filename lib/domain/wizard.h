/* wizard.h - the steps of starting or answering a request, kept on the server: one row an (account, purpose, target).
 *
 * The URL names a step, the row decides what may be shown. Answers are kept 24 hours; the proven code only 10 minutes and
 * only in the session that proved it.
 */
#ifndef DOMAIN_WIZARD_H
#define DOMAIN_WIZARD_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/request.h"

enum wizard_purpose { WIZARD_SUBMIT, WIZARD_ANSWER, WIZARD_PURPOSES };
enum wizard_state { WIZARD_OPEN, WIZARD_DONE, WIZARD_CLOSED, WIZARD_STATES };   /* CLOSED: left, expired, overtaken */

enum wizard_step { STEP_CHECK, STEP_VERIFY, STEP_REASON, STEP_DONE };

struct wizard {
    int64_t id, account_id;
    enum wizard_purpose purpose;
    int64_t target_id;              /* association (SUBMIT) or request (ANSWER) */
    enum wizard_state state;
    int64_t revision;               /* grows with each change; a form carries the one it was made from */
    int64_t opened_at, updated_at, expires_at;
    int64_t opened_by_user_id;
    const char *opened_by_name;
    int64_t checked_at;             /* last explicit check; INSTANT_NONE */
    const char *checked_report;     /* packed; "" */
    int64_t statement_at;           /* ticked; INSTANT_NONE */
    const char *statement_version, *statement_lang;
    enum request_event decision;    /* ANSWER: REQUEST_AGREE or REQUEST_REJECT once chosen; REQUEST_EVENTS if not */
    const char *decision_text;
    enum channel channel;           /* chosen; CHANNEL_NONE */
    int64_t code_id;                /* the code out or proven; 0 */
    int64_t grant_session_id;       /* who proved it; 0 */
    int64_t grant_expires_at;       /* INSTANT_NONE: not proven */
    enum reason reason;
    const char *reason_text;
    int64_t request_id;             /* what came of it; 0 */
};

const char *wizard_purpose_name(enum wizard_purpose purpose);
bool wizard_purpose_find(const char *name, enum wizard_purpose *purpose);
const char *wizard_state_name(enum wizard_state state);
bool wizard_state_find(const char *name, enum wizard_state *state);

bool wizard_is_live(const struct wizard *wizard, int64_t now);   /* OPEN and not past expires_at; NULL is not */

enum wizard_grant {
    GRANT_NONE,          /* nothing proven */
    GRANT_GOOD,
    GRANT_EXPIRED,       /* it ran out */
    GRANT_OTHER_SESSION  /* proven before this sign-in, or by another person */
};
enum wizard_grant wizard_grant(const struct wizard *wizard, int64_t session_id, int64_t now);

/* First unfinished step. `needs_code`: this side proves a code. STEP_REASON for a submit whose code is proven; for an
 * answer the order is decide (CHECK) → verify → DONE, so STEP_DONE there means: nothing is missing, or it is done. A wizard
 * that is not live and not done, or NULL, is at STEP_CHECK. */
enum wizard_step wizard_step(const struct wizard *wizard, bool needs_code, int64_t session_id, int64_t now);

/* Steps up to and including the first unfinished one may be opened, of those this wizard has: no STEP_VERIFY without a code,
 * STEP_REASON only for a submit. Once it is done only STEP_DONE, and STEP_CHECK, which is always open. */
bool wizard_may_open(const struct wizard *wizard, enum wizard_step step, bool needs_code, int64_t session_id, int64_t now);

#endif

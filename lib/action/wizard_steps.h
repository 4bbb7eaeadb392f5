/* wizard_steps.h - what can be done on the way to a request (SUBMIT) or an answer (ANSWER), by either side.
 *
 * Each changes the one open row of (account, purpose, target) by compare-and-swap on the revision that the form carries;
 * an old revision is WIZARD_MOVED: the page leads to the current step and says so. Only users who may submit or answer
 * (owner, admin) get here; the route table sees to it and each function asks again.
 */
#ifndef ACTION_WIZARD_STEPS_H
#define ACTION_WIZARD_STEPS_H

#include "action/act.h"
#include "domain/code.h"
#include "domain/request.h"
#include "domain/wizard.h"

struct wizard_target {
    enum wizard_purpose purpose;
    int64_t target_id;               /* association or request */
    int64_t association_id;
    enum side side;                  /* whose wizard: SIDE_CUSTOMER or SIDE_PARTNER */
    bool needs_code;                 /* customer always; partner if its function is on */
    const char *other_name;          /* the other party, for the code's message */
    const char *request_no;          /* ANSWER; "" for SUBMIT */
};

enum wizard_outcome {
    WIZARD_OK,
    WIZARD_MOVED,            /* the revision is old: continued elsewhere */
    WIZARD_GONE,             /* no open row, or past its 24 hours */
    WIZARD_NOT_YET,          /* an earlier step is not finished */
    WIZARD_CHECKS_FAILED,    /* confirm: something fails now */
    WIZARD_QUOTA_USED
};

/* [Disassociate] on My Partner, or opening the review page: opens a row, or resumes the open one; a row past its time is
 * closed first. *wizard is the row. */
const struct err *wizard_begin(struct act *act, const struct wizard_target *target, struct wizard **wizard);
/* ‹Start again› and ‹Cancel›: closes the row; logged when it held answers. */
const struct err *wizard_leave(struct act *act, const struct wizard_target *target);

/* The statement was ticked: re-checks, records statement version and language, moves on. Opens a row when none is open.
 * `revision` 0: the form was made when no row was open. A grant stays good unless it is another text that is ticked. */
const struct err *wizard_confirm(struct act *act, const struct wizard_target *target, int64_t revision,
                                 enum wizard_outcome *outcome);
/* ANSWER: the decision (REQUEST_AGREE needs rules and statement; REQUEST_REJECT neither) with its message. *revision: in, the
 * form's; out, when WIZARD_OK, that of the row with this very decision: the one to give decide_request(), for a row read again
 * may hold a colleague's. */
const struct err *wizard_decide(struct act *act, const struct wizard_target *target, int64_t *revision,
                                enum request_event decision, const char *text, bool statement_ticked,
                                enum wizard_outcome *outcome);
/* SUBMIT: keeps the reason typed so far, whether it is complete or not. *revision: in, the form's; out, when WIZARD_OK, the
 * row's. Keeping what is kept already changes nothing and is never WIZARD_MOVED, so that a form sent twice at once is
 * answered twice alike. */
const struct err *wizard_keep_reason(struct act *act, const struct wizard_target *target, int64_t *revision,
                                     enum reason reason, const char *text, enum wizard_outcome *outcome);

/* --- the code step --- */

struct code_state_now {                  /* what the page of the code step shows; reads only */
    struct contact *email, *sms;         /* verified ones; NULL if none */
    struct code *code;                   /* the latest for this purpose and target; NULL if none */
    struct code_budget budget;
    enum code_send may_send;
    int64_t may_send_at;
    int64_t tries_left;
    bool is_enterable;                   /* a live, unexpired code of this session is out */
    enum wizard_grant grant;
};
const struct err *code_step_read(struct db *db, const void *ctx, const struct act *act, const struct wizard_target *target,
                                 const struct wizard *wizard, struct code_state_now **state);

enum send_outcome {
    SEND_OK, SEND_NO_CHANNEL, SEND_CHOOSE, SEND_WAIT, SEND_TOO_MANY, SEND_LOCKED, SEND_MOVED, SEND_GONE, SEND_NOT_YET,
    SEND_PAUSED              /* the channel's budget is used up, whoever asks */
};
struct send_result { enum send_outcome outcome; int64_t at; bool superseded; };   /* at: WAIT, TOO_MANY, LOCKED, PAUSED */
/* Sends a code by `channel` (CHANNEL_NONE: the only one there is; with two it is SEND_CHOOSE). */
const struct err *code_step_send(struct act *act, const struct wizard_target *target, int64_t revision, enum channel channel,
                                 struct send_result *result);

struct prove_result {
    enum code_answer answer;
    int64_t tries_left;
    bool moved_on;               /* RIGHT: the step is done */
    bool is_gone;                /* NOT_LIVE: there is no live draft */
    bool is_overtaken;           /* NOT_LIVE: the draft is not the one of `revision` any more */
    int64_t revision;            /* RIGHT: of the row with the grant in it */
};
/* Compares a cleaned, well-formed code. Right: the grant is in the wizard's row and the step is done. `revision` is that of the
 * draft which the person saw; 0: any. The form's one-time key is used up by a comparison, whatever comes of it: one form is
 * one try. The same form at the same time waits, and *result is what the first one came to (tries_left 0); act->is_replay
 * tells. act->location of a wrong code is "". */
const struct err *code_step_prove(struct act *act, const struct wizard_target *target, int64_t revision, const char *code,
                                  struct prove_result *result);

#endif

/* submit.h - sending a disassociation request: one transaction that holds under concurrency by unique keys and conditional
 * updates (open-request key, quota slots, account.version, single-use grant, one-time form key). */
#ifndef ACTION_SUBMIT_H
#define ACTION_SUBMIT_H

#include "action/act.h"
#include "action/check.h"
#include "action/wizard_steps.h"

enum submit_outcome {
    SUBMIT_DONE,
    SUBMIT_NOT_ASSOCIATED,     /* ended meanwhile, or another kind of model */
    SUBMIT_REFERRAL,
    SUBMIT_PARTNER_FROZEN,     /* a frozen partner cannot initiate */
    SUBMIT_ALREADY_OPEN,       /* the other side, a colleague or another tab was faster: open_no, open_by_other */
    SUBMIT_CHECKS_FAILED,      /* report tells */
    SUBMIT_QUOTA_USED,
    SUBMIT_NO_STATEMENT,
    SUBMIT_NO_GRANT,           /* no code proven, or it ran out, or in another session */
    SUBMIT_NO_REASON,
    SUBMIT_GONE,               /* the draft is older than 24 hours */
    SUBMIT_MOVED               /* continued in another tab */
};

struct submit_result {
    enum submit_outcome outcome;
    const char *request_no;    /* DONE; NULL when the form came before (act->is_replay) */
    struct check *check;       /* CHECKS_FAILED, QUOTA_USED */
    enum wizard_grant grant;   /* NO_GRANT */
    const char *open_no; bool open_by_other;   /* ALREADY_OPEN */
};

/* What the page of the last step has. Words: typed there, not yet in the wizard's row; as there, the same words as are kept already
 * are good whatever the revision, so that a form sent twice at once comes as far as its one-time key. Rows: read for this very
 * request, in this order, so that they need not be read again; both or neither. Whatever has changed in them since is noticed by the
 * versions of the accounts and the draft's revision; then, and before anything is refused, they are read anew. They are not changed. */
struct submit_page {
    enum reason reason;
    const char *text;
    const struct association *association;   /* the target's */
    const struct wizard *wizard;             /* live */
};

/* Everything else is in the wizard's row; page NULL: the reason too. Nothing of the words is kept unless it is DONE.
 * Effects of DONE: request PENDING with a slot of the quota, grant consumed, wizard DONE, other open drafts for the association
 * closed, account.version bumped, log row REQUEST_SUBMITTED, notices REQUEST_SENT to the initiator and REQUEST_RECEIVED to the other side. */
const struct err *submit_request(struct act *act, const struct wizard_target *target, int64_t revision,
                                 const struct submit_page *page, struct submit_result *result);

#endif

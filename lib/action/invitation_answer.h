/* invitation_answer.h - the one who holds an invitation reads it, accepts or declines.
 *
 * Accepting makes the association, in one transaction with everything that belongs to it. Whatever stops it is told gate by
 * gate, and the partner sees why in its list. */
#ifndef ACTION_INVITATION_ANSWER_H
#define ACTION_INVITATION_ANSWER_H

#include "action/act.h"
#include "domain/invitation.h"

/* What a token leads to, for this actor, now. */
struct invitation_found {
    struct invitation *invitation;      /* NULL: there is no such invitation, or a newer one was sent in its place */
    enum invitation_status status;      /* as of now */
    struct invitation_facts facts;      /* of the actor's account; of nobody signed in only the partner's part is filled */
    unsigned gates;                     /* 0 for nobody signed in, unless the partner is unable */
};

enum answer_outcome {
    ANSWER_DONE,
    ANSWER_MISSING,                     /* no such invitation */
    ANSWER_CLOSED,                      /* used, declined, revoked or over: found.status */
    ANSWER_GATES                        /* found.gates says what is in the way */
};

struct answer_result {
    enum answer_outcome outcome;
    struct invitation_found found;
    int64_t association_id;
};

/* Reads only. */
const struct err *invitation_answer_read(struct act *act, const char *token, struct invitation_found *found);

/* By an owner of a customer. ERR_DENIED for everybody else who is signed in as a customer. */
const struct err *invitation_answer_accept(struct act *act, const char *token, struct answer_result *result);
/* Whether this actor may end it for good: the owner whose login is the address it was mailed to. A link is for many hands, and
 * who merely holds one leaves it alone. */
bool invitation_answer_may_decline(const struct actor *actor, const struct invitation *invitation);
/* ERR_DENIED for whoever may not. */
const struct err *invitation_answer_decline(struct act *act, const char *token, struct answer_result *result);

#endif

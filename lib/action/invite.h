/* invite.h - a partner invites a customer, by mail or by a link that it hands over; sends again, revokes.
 *
 * The token of an invitation is in the mail or the link only. Here its hash is kept, and a link's also sealed, so that the
 * partner can show it again while it is open. */
#ifndef ACTION_INVITE_H
#define ACTION_INVITE_H

#include "action/act.h"
#include "domain/invitation.h"

#define INVITE_NAME_MAX_POINTS 120

enum invite_outcome {
    INVITE_DONE,
    INVITE_PARTNER_FROZEN,
    INVITE_ALREADY_OPEN,      /* this address has an open one: `invitation` */
    INVITE_HAS_PARTNER,       /* the address belongs to a customer that is associated: with another partner, or … */
    INVITE_OWN_CUSTOMER,      /* … with this one */
    INVITE_TOO_MANY,          /* no more today, or this one was sent too often */
    INVITE_WAIT,              /* sent a moment ago: again at `at` */
    INVITE_CLOSED             /* it is not open any more: `invitation` */
};

struct invite_result {
    enum invite_outcome outcome;
    int64_t id;
    int64_t at;
    struct invitation *invitation;
};

/* Both fill {no} of act->location with the invitation's id. name may be "" for a link. */
const struct err *invite_by_email(struct act *act, const char *name, const char *email, struct invite_result *result);
const struct err *invite_by_link(struct act *act, const char *name, struct invite_result *result);

/* Another mail with another link, good for the whole time again; the one before no longer works. */
const struct err *invite_again(struct act *act, int64_t id, struct invite_result *result);
const struct err *invite_revoke(struct act *act, int64_t id, struct invite_result *result);

/* The system's: marks one whose time is over. Nothing happens to one that is not. */
const struct err *invite_expire(struct act *act, int64_t id);

/* The invitation if it is the actor's partner's; NULL otherwise. Reads only. */
const struct err *invite_find(struct act *act, int64_t id, struct invitation **invitation);
/* The address of an open link, "https://…/invitation/…"; NULL for anything else, or one sealed with another key. */
const char *invite_url(const struct act *act, const struct invitation *invitation);

/* What an invitation is called in the log and in notices: address, name, or number. */
const char *invite_object(const void *ctx, const struct invitation *invitation);

#endif

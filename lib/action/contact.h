/* contact.h - the addresses by which an account is reached and proves itself: added, changed, removed by the one in charge.
 *
 * A new address becomes a contact when a code that was sent there comes back; until then the earlier one stays. Whatever
 * changes is told to the earlier address, and codes that are out to it no longer work. Beginning a change and removing need a
 * session that proved itself lately; entering the code does not, as it works only in the session that asked for it.
 */
#ifndef ACTION_CONTACT_H
#define ACTION_CONTACT_H

#include "action/act.h"
#include "domain/code.h"
#include "store/store_contact.h"

#define CONTACT_CHANGE_TTL_S 86400   /* one that was begun is forgotten after that */

/* May this actor change the contacts of its account? Owners of customers, administrators of partners. */
bool contact_may_change(const struct actor *actor);

enum contact_outcome {
    CONTACT_DONE,
    CONTACT_NO_STEP_UP,      /* the password was given too long ago */
    CONTACT_SAME,            /* begin: this address is a proven contact already */
    CONTACT_LAST             /* remove: no proven contact would be left, and that was not accepted */
};

/* Begins to add an address, or to change the one of this channel. `address` is cleaned and fine, return_to kept for the page.
 * In act->location "{no}" becomes the number of the change. */
const struct err *contact_begin(struct act *act, enum channel channel, const char *address, const char *return_to,
                                enum contact_outcome *outcome);
/* ERR_MISSING for a contact that is not the account's. */
const struct err *contact_remove(struct act *act, int64_t id, bool accepts_none, enum contact_outcome *outcome);

/* --- the code that proves it (contact_code.c) --- */

struct contact_state {
    const struct contact_change *change;   /* NULL: not the account's, closed, or too old */
    bool is_sent;                          /* a code was sent in this session */
    bool is_enterable;                     /* … and can be entered now */
    bool delivery_failed;
    int64_t expires_at;                    /* of the code, when enterable */
    int64_t may_send_at;                   /* when the next may be asked for */
    int64_t locked_until;
};
/* Reads only. */
const struct err *contact_read(struct act *act, int64_t change_id, struct contact_state *state);

enum contact_send { CONTACT_SENT, CONTACT_SEND_GONE, CONTACT_SEND_WAIT, CONTACT_SEND_TOO_MANY, CONTACT_SEND_LOCKED,
                    CONTACT_SEND_PAUSED };
struct contact_send_result { enum contact_send outcome; int64_t at; bool superseded; };
const struct err *contact_send_code(struct act *act, int64_t change_id, struct contact_send_result *result);

struct contact_proof {
    bool is_proven;           /* the address is a contact now */
    bool is_gone;             /* the change is */
    enum code_answer answer;  /* otherwise */
    int64_t tries_left;
};
/* digits: as cleaned. */
const struct err *contact_prove(struct act *act, int64_t change_id, const char *digits, struct contact_proof *proof);

/* For contact_code.c: the account's contacts are changed by one at a time from here on, until the commit. */
const struct err *contact_replace(struct act *act, const struct contact_change *change);

#endif

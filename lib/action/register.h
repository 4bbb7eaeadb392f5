/* register.h - opening a customer account on an invitation: what was typed is kept, the address is proven by a code, then the
 * account is there, with its owner, who is signed in. Accepting the invitation is a step of its own.
 *
 * All of it belongs to one browser, known by its visit cookie. An address that has an account already is told so only to
 * somebody who has proven that it is theirs. */
#ifndef ACTION_REGISTER_H
#define ACTION_REGISTER_H

#include "action/act.h"
#include "domain/code.h"
#include "domain/invitation.h"
#include "domain/sign_in.h"

#define REGISTER_NAME_MAX_POINTS 120

struct register_visit {
    const char *token;                    /* of the invitation */
    unsigned char visit_hash[32];         /* SHA-256 of the visit cookie */
};

/* --- what is typed --- */

struct register_form { const char *name, *company, *email, *password; };   /* email ignored when the invitation names one */

enum register_outcome {
    REGISTER_DONE,
    REGISTER_CLOSED,                      /* the invitation is not open: show what it says itself */
    REGISTER_PASSWORD                     /* see fault */
};
struct register_result { enum register_outcome outcome; enum password_fault fault; };
const struct err *register_keep(struct act *act, const struct register_visit *visit, const struct register_form *form,
                                struct register_result *result);

/* --- the code --- */

struct register_state {
    const char *email;                    /* NULL: nothing was typed yet in this browser, or its time is over */
    const char *name, *company;
    bool is_sent;                         /* a code was sent for it */
    bool is_enterable;                    /* … and can be entered now */
    bool delivery_failed;
    int64_t expires_at;                   /* of the code, when enterable */
    int64_t may_send_at;                  /* when the next may be asked for */
    int64_t locked_until;
};
/* Reads only. */
const struct err *register_read(struct act *act, const struct register_visit *visit, struct register_state *state);

enum register_send { REGISTER_SENT, REGISTER_SEND_GONE, REGISTER_SEND_CLOSED, REGISTER_SEND_WAIT, REGISTER_SEND_TOO_MANY,
                     REGISTER_SEND_LOCKED, REGISTER_SEND_PAUSED };
struct register_send_result { enum register_send outcome; int64_t at; bool superseded; };
const struct err *register_send(struct act *act, const struct register_visit *visit, struct register_send_result *result);

enum register_proof {
    REGISTER_PROVEN,                      /* the account is there; session_token is the new session's */
    REGISTER_GONE, REGISTER_INVITATION_CLOSED,
    REGISTER_CODE,                        /* see answer */
    REGISTER_LOGIN_TAKEN                  /* the code was right, and the address has an account already */
};
struct register_proof_result {
    enum register_proof outcome;
    enum code_answer answer;
    int64_t tries_left;
    const char *session_token;            /* not filled when the form came before */
};
/* digits: as cleaned; agent: the browser, as it calls itself. */
const struct err *register_prove(struct act *act, const struct register_visit *visit, const char *digits, const char *agent,
                                 struct register_proof_result *result);

#endif

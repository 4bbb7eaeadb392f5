/* team.h - who acts for an account: inviting by mail, joining, changing a role, removing. Each account keeps one who may.
 *
 * For the one in charge of an account: its owner, admin or ops. What is changed here needs the password of the last minutes
 * (step_up.h). Somebody removed, or given another role, is signed out everywhere.
 */
#ifndef ACTION_TEAM_H
#define ACTION_TEAM_H

#include "action/act.h"
#include "domain/sign_in.h"
#include "store/store_team.h"

#define TEAM_INVITATION_TTL_S (7 * 86400)
#define TEAM_INVITATIONS_PER_DAY 50    /* of one account: mail goes to whatever address is typed */

enum team_outcome {
    TEAM_DONE,
    TEAM_NO_STEP_UP,       /* the password was given too long ago */
    TEAM_IS_MEMBER,        /* invite: the address belongs to the team already */
    TEAM_TOO_MANY,         /* invite: not before tomorrow */
    TEAM_LAST,             /* nobody in charge would be left */
    TEAM_SAME              /* the role is that already, or the invitation is gone */
};

/* The role that is in charge of an account of this kind. */
enum role team_leader(enum account_kind kind);

/* Mails a link that works for seven days to an address in lower case; an earlier one to it becomes void. An address that is
 * somebody else's login is invited like any other: who has it is no news for the one who invites. */
const struct err *team_invite(struct act *act, const char *login, enum role role, enum team_outcome *outcome);
const struct err *team_take_back(struct act *act, int64_t invitation_id, enum team_outcome *outcome);

/* A user who is not of the actor's account is ERR_MISSING. */
const struct err *team_remove(struct act *act, int64_t user_id, enum team_outcome *outcome);
const struct err *team_change_role(struct act *act, int64_t user_id, enum role role, enum team_outcome *outcome);

/* --- joining, by whoever has the link --- */

/* NULL: used, taken back, replaced, or its time is over. Reads only. *totp_secret, when not NULL, is the second factor that
 * users of this kind of account must have: a function of the link, so that it is the same on each visit. */
const struct err *team_join_find(struct act *act, const char *token, struct team_invitation **invitation, const char **totp_secret);

enum team_join_outcome {
    JOIN_DONE,
    JOIN_GONE,             /* the link does not work any more */
    JOIN_TAKEN,            /* the address is the login of another account already */
    JOIN_PASSWORD,         /* see fault */
    JOIN_CODE              /* the one-time password is wrong */
};
struct team_join {
    const char *name, *password, *code;    /* code: cleaned; "" where none is needed */
    enum team_join_outcome outcome;
    enum password_fault fault;
};
/* Makes the user. Nobody is signed in by it. */
const struct err *team_join(struct act *act, const char *token, struct team_join *join);

#endif

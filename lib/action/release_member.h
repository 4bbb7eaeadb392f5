/* release_member.h - an enterprise master lets an independent accounting member go. */
#ifndef ACTION_RELEASE_MEMBER_H
#define ACTION_RELEASE_MEMBER_H

#include "action/act.h"

enum release_outcome {
    RELEASE_DONE,
    RELEASE_ENDED,           /* it was no longer linked */
    RELEASE_UNIFIED          /* the master pays for it: not ended here, and no reason to */
};

/* By an owner of the master; links of others are ERR_MISSING. Bumps the versions of both accounts, logs MEMBER_RELEASED. When
 * no independent one is left, act->location becomes `when_clear`, unless that is NULL. */
const struct err *release_member(struct act *act, int64_t link_id, const char *when_clear, enum release_outcome *outcome);

#endif

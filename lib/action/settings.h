/* settings.h - what a partner switches for itself: its verification-code function. Source: help centre, a partner's answers
 * need a code only where it has switched that on; off by default. */
#ifndef ACTION_SETTINGS_H
#define ACTION_SETTINGS_H

#include "action/act.h"

enum settings_outcome {
    SETTINGS_DONE,
    SETTINGS_SAME,            /* it was so before */
    SETTINGS_NO_STEP_UP,      /* the password was given too long ago */
    SETTINGS_NO_CONTACT       /* on: there is no verified address that a code could be sent to */
};
/* By an admin of a partner, for its own account; its users are told. */
const struct err *settings_set_code(struct act *act, bool is_on, enum settings_outcome *outcome);

#endif

/* show_names.h - full names of customers, where the operator has them masked: asked for, logged, and shown for the session. */
#ifndef ACTION_SHOW_NAMES_H
#define ACTION_SHOW_NAMES_H

#include "action/act.h"

/* For users of a partner. Once a session; asking again is logged again and changes nothing. */
const struct err *show_names(struct act *act);

#endif

/* import_freeze.h - the freezes of a facts file, one by one, as each is logged and told. Within the import's transaction. */
#ifndef ACTION_IMPORT_FREEZE_H
#define ACTION_IMPORT_FREEZE_H

#include "action/act.h"

const struct err *import_freezes(struct act *act);

#endif

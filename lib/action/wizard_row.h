/* wizard_row.h - what the steps of the wizard share, within a transaction: finding and writing the one row. */
#ifndef ACTION_WIZARD_ROW_H
#define ACTION_WIZARD_ROW_H

#include "action/wizard_steps.h"

/* The live row; NULL if none. One past its time is closed on the way. */
const struct err *wizard_row_find(struct act *act, const struct wizard_target *target, struct wizard **wizard);
/* Compare-and-swap on the revision; a row that changed meanwhile has the transaction run again. */
const struct err *wizard_row_write(struct act *act, struct wizard *wizard);
/* Forgets the code and what it proved, nothing else. */
void wizard_row_void_grant(struct wizard *wizard);
/* An event of this wizard in the association's log. */
const struct err *wizard_log(struct act *act, const struct wizard_target *target, enum operation operation,
                             const char *result, const char *remark);

#endif

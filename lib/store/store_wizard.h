/* store_wizard.h - the rows of the wizard: every change by compare-and-swap on revision. */
#ifndef STORE_WIZARD_H
#define STORE_WIZARD_H

#include "domain/wizard.h"
#include "store/db.h"

/* The OPEN row, past its time or not; NULL if none. */
const struct err *wizard_find(struct db *db, const void *ctx, int64_t account_id, enum wizard_purpose purpose,
                              int64_t target_id, struct wizard **wizard);
/* Opens one; when another request was faster its row is what the caller finds next (ERR_CONFLICT, key "wizard_open"). */
const struct err *wizard_insert(struct db *db, const struct wizard *wizard, int64_t *id);
/* Writes every changeable member of `wizard` and revision + 1, where id and revision are still these; *written tells, and
 * wizard->revision is the new one then. */
const struct err *wizard_write(struct db *db, struct wizard *wizard, bool *written);
/* Closes every open row for a target: a request was submitted or answered elsewhere. */
const struct err *wizard_close_target(struct db *db, enum wizard_purpose purpose, int64_t target_id, int64_t now);

#endif

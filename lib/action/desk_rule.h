/* desk_rule.h - the platform changes its account checks: one rule of a set, or which set is in force. What it says is what everybody
 * is checked by from the commit on. Two operators at once: the version that each has seen is compared and swapped, the second is
 * told what the first has done. */
#ifndef ACTION_DESK_RULE_H
#define ACTION_DESK_RULE_H

#include "action/desk.h"
#include "domain/rule.h"
#include "store/store_rule.h"

#define DESK_PREVIEW_MAX 300   /* customers that a preview looks at */
#define DESK_PREVIEW_NAMED 20

enum rule_edit_outcome {
    RULE_EDIT_DONE, RULE_EDIT_NO_STEP_UP, RULE_EDIT_NO_REASON,
    RULE_EDIT_SAME,        /* it is so already */
    RULE_EDIT_UNFIT,       /* numbers or operations that do not go with the rule */
    RULE_EDIT_CONFLICT     /* somebody changed the set since: see changes */
};
struct rule_edit_result {
    enum rule_edit_outcome outcome;
    struct rule_change *changes;      /* CONFLICT: what was done since the version that was seen, newest first */
    size_t changes_n;
};

/* row: severity, operations, limit and months as they are to be. ERR_MISSING when there is no such rule. */
struct rule_edit { int64_t rule_id, seen_version; struct rule_row row; const char *note; };
const struct err *desk_rule_edit(struct act *act, const struct rule_edit *edit, struct rule_edit_result *result);

/* Puts a set in force in place of the one that the operator has seen there. ERR_MISSING when there is none. */
struct rule_set_use { int64_t set_id, seen_version, seen_in_force; const char *note; };
const struct err *desk_rule_set_use(struct act *act, const struct rule_set_use *use, struct rule_edit_result *result);

/* What would come of `after` in place of `before`, over customers with an active association: how many could not do an operation
 * before and after. Capped, and says so: `all` there are, `looked_at` of them. Reads only. */
struct rule_preview {
    int64_t all, looked_at, more, fewer;               /* more: newly stopped in some operation; fewer: newly free in some */
    struct { int64_t before, after; } stopped[4];      /* in the order of the bits of rule_operation */
    struct rule_sample named[DESK_PREVIEW_NAMED];      /* of those newly stopped */
    size_t named_n;
};
const struct err *desk_rule_preview(struct db *db, const void *ctx, const struct rule_set *before, const struct rule_set *after,
                                    int64_t now, struct rule_preview *preview);

#endif

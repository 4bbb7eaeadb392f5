/* store_rule.h - rule sets: the one in force, the others, what operators change about them, and who did. */
#ifndef STORE_RULE_H
#define STORE_RULE_H

#include <stddef.h>

#include "domain/rule.h"
#include "store/db.h"

/* The active rule set. ERR_BUG when a rule's row is missing: nothing may be decided then. */
const struct err *rule_set_load(struct db *db, const void *ctx, struct rule_set **set);
/* Whichever; NULL: there is none. */
const struct err *rule_set_find(struct db *db, const void *ctx, int64_t id, struct rule_set **set);

struct rule_set_info { int64_t id, version; const char *name, *about; bool is_active; };
const struct err *rule_set_list(struct db *db, const void *ctx, struct rule_set_info **sets, size_t *n);   /* by name, at most 50 */
/* NULL: there is none. */
const struct err *rule_set_info(struct db *db, const void *ctx, int64_t id, struct rule_set_info **info);
/* The set a rule is in and its code; *set_id 0: there is no such rule. */
const struct err *rule_of(struct db *db, int64_t rule_id, int64_t *set_id, enum rule_code *code);

/* --- changing, within one transaction --- */

/* version + 1 if it still is `version`; *taken tells. */
const struct err *rule_set_take(struct db *db, int64_t id, int64_t version, bool *taken);
const struct err *rule_write(struct db *db, int64_t rule_id, const struct rule_row *row);
/* The one in force gives way; *done false: it was not in force any more. Then the other comes into force. */
const struct err *rule_set_switch(struct db *db, int64_t from_id, int64_t to_id, bool *done);

struct rule_change {
    int64_t rule_set_id, set_version, at;
    const char *set_name;                 /* out */
    const char *code;                     /* "" when the set came into force */
    int64_t user_id;
    const char *user_name, *before, *after, *note;
};
const struct err *rule_change_insert(struct db *db, const struct rule_change *change);
/* Newest first, at most `limit`: those of one set after a version (0: all of it), or of all sets when set_id is 0. */
const struct err *rule_change_list(struct db *db, const void *ctx, int64_t set_id, int64_t after_version, int64_t limit,
                                   struct rule_change **changes, size_t *n);

/* --- for a preview --- */

struct rule_sample { int64_t customer_id, partner_id; const char *customer_no, *customer_name; };
/* Customers with an active association in the reseller model, those associated first first; *all counts them all. */
const struct err *rule_sample(struct db *db, const void *ctx, int64_t limit, struct rule_sample **samples, size_t *n, int64_t *all);

#endif

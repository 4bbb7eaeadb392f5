/* check.h - running the account checks: for a page (reads only), or asked for (logged). */
#ifndef ACTION_CHECK_H
#define ACTION_CHECK_H

#include "action/act.h"
#include "domain/association.h"
#include "domain/wizard.h"
#include "domain/rule.h"

struct check {
    struct rule_set *set;
    struct facts *facts;
    struct rule_report report;
    int64_t unfreeze_asked_at;     /* the partner has been asked to unfreeze the customer and has not done so; INSTANT_NONE: no */
};

/* Reads rule set and facts and runs every rule. Writes nothing, so a GET may call it, and a transaction re-checks with it. */
const struct err *check_compute(struct db *db, const void *ctx, const struct association *association, enum side side,
                                enum rule_operation operation, int64_t now, struct check **check);

/* The same of what was read before, for a page. */
const struct err *check_known(struct db *db, const void *ctx, const struct association *association, struct rule_set *set,
                              struct facts *facts, enum rule_operation operation, int64_t now, struct check **check);

/* "Check again": runs it, logs CHECK_RUN with the packed outcome, and keeps time and outcome in the wizard's open row of
 * this account and target if there is one (so that the page can say what was fixed since). For SIDE_CUSTOMER and
 * SIDE_PARTNER; `target_id` is the association (SUBMIT) or the request (ANSWER). */
const struct err *check_again(struct act *act, const struct association *association, enum wizard_purpose purpose,
                              int64_t target_id, enum rule_operation operation, struct check **check);

#endif

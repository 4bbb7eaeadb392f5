/* rule.h - the account checks: may this customer leave its partner?
 *
 * The predicates are here, pure, over `struct facts`. Which of them count, for which operation, with which numbers, is
 * data: rule rows in the database, handed in as `struct rule_row`. Every rule is always run. A check costs no quota.
 * Source: guide of 2025-06-30, Precautions 1 and 3.
 */
#ifndef DOMAIN_RULE_H
#define DOMAIN_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/association.h"
#include "domain/quota.h"

enum rule_code {
    RULE_C1, RULE_C2, RULE_C3, RULE_C4, RULE_C5, RULE_C6,   /* the six conditions */
    RULE_Q,                                                  /* the quota; binds submit only */
    RULE_X1, RULE_X2, RULE_X3, RULE_X4, RULE_X5, RULE_X7,    /* good to know */
    RULES
};
enum severity { SEVERITY_OFF, SEVERITY_WARN, SEVERITY_BLOCK, SEVERITIES };

/* Operations a rule binds, one bit each. */
enum rule_operation {
    OPERATION_CUSTOMER_SUBMIT = 1 << 0,
    OPERATION_CUSTOMER_AGREE = 1 << 1,
    OPERATION_PARTNER_SUBMIT = 1 << 2,
    OPERATION_PARTNER_AGREE = 1 << 3
};

/* One row of the rule table. */
struct rule_row {
    int64_t id;               /* internal number, in addresses; 0 where nobody asks */
    enum rule_code code;
    enum severity severity;
    unsigned operations;      /* bits of rule_operation */
    int64_t limit;            /* Q: requests; otherwise 0 */
    int64_t months;           /* Q: window, calendar months; otherwise 0 */
    const char *source;       /* where the rule was read */
    const char *read_on;      /* ISO date */
};
struct rule_set { int64_t id; const char *name; struct rule_row rows[RULES]; };   /* one row a code, indexed by it */

/* What an operator may set. Limit and grants together fit into the slots of the quota. */
#define RULE_LIMIT_MAX 12
#define RULE_MONTHS_MAX 24
/* Whether severity, operations and numbers go with the code: only the quota has numbers, and an answer uses none of it. */
bool rule_row_is_fine(const struct rule_row *row);
bool rule_row_equal(const struct rule_row *a, const struct rule_row *b);   /* in severity, operations and numbers */
/* "BLOCK 1010 3/3": severity, a digit for each operation in the order of the enum, the quota's numbers; for history and log. */
char *rule_row_pack(const void *ctx, const struct rule_row *row);
bool rule_row_unpack(const char *packed, struct rule_row *row);            /* false: it is no such text */

/* Which parts of the facts are known; a part that could not be read leaves its rules UNKNOWN, which counts as not passed. */
enum facts_part {
    FACTS_MEMBERS = 1 << 0, FACTS_FREEZE = 1 << 1, FACTS_COMMITMENTS = 1 << 2, FACTS_CURRENCY = 1 << 3,
    FACTS_CONTRACTS = 1 << 4, FACTS_QUOTA = 1 << 5, FACTS_ORDERS = 1 << 6, FACTS_BALANCE = 1 << 7,
    FACTS_PAYMENT = 1 << 8,
    FACTS_ALL = (1 << 9) - 1
};

enum commitment_kind { COMMITMENT_RI, COMMITMENT_PARTNER_SUPPORT_PLAN, COMMITMENT_SERVICE_SUPPORT_PLAN, COMMITMENT_KINDS };
const char *commitment_kind_name(enum commitment_kind kind);
bool commitment_kind_find(const char *name, enum commitment_kind *kind);

struct facts_member { int64_t id; const char *name; bool is_independent; bool has_service_plan; };   /* active links only */
struct facts_commitment { int64_t id; enum commitment_kind kind; const char *name; int64_t valid_to; bool is_valid; };
struct facts_contract { int64_t id; const char *number; int64_t starts_at, ends_at; bool is_effective; };

/* Held at now: valid and valid_to later than now; in effect and now in [starts_at, ends_at). */
bool facts_commitment_holds(const struct facts_commitment *commitment, int64_t now);
bool facts_contract_holds(const struct facts_contract *contract, int64_t now);

#define FACTS_LIST_MAX 50   /* of each list, for showing; the counts are exact */

struct facts {
    unsigned known;                 /* bits of facts_part */
    int64_t customer_id, customer_version;
    const char *customer_name;
    const char *partner_name;       /* of the association asked about */
    bool partner_is_frozen;

    int64_t members_independent, members_unified_with_plan;   /* counts */
    struct facts_member *members; size_t members_n;
    const char *master_name;        /* this account is itself a member of …; "" if not */

    bool is_frozen;
    struct freeze freeze;           /* valid when is_frozen */

    int64_t reserved_instances, partner_support_plans, service_support_plans;   /* valid at now: counts */
    struct facts_commitment *commitments; size_t commitments_n;                 /* valid ones, any kind */

    const char *currency;           /* "USD"; "" if not set */

    int64_t special_contracts;      /* in effect at now: count */
    struct facts_contract *contracts; size_t contracts_n;

    struct quota quota;             /* of the side that asks */

    int64_t orders_waiting;         /* for the partner's payment */
    int64_t arrears_minor;          /* owed, in minor units of arrears_currency */
    const char *arrears_currency;
    bool has_payment_method;        /* one that is valid at now */
};

enum rule_outcome {
    RULE_PASSED, RULE_FAILED,
    RULE_COVERED,       /* C2 when C3 stands for the freeze: "Covered by the next item", counts as passed */
    RULE_UNKNOWN        /* its facts could not be read: counts as not passed */
};

/* Who can clear a failed rule. */
enum fixer { FIXER_NOBODY, FIXER_CUSTOMER, FIXER_PARTNER, FIXER_BOTH, FIXER_PLATFORM, FIXER_TIME };

struct rule_result {
    enum rule_code code;
    enum severity severity;
    enum rule_outcome outcome;
    bool binds;              /* the row's operations include the one asked about */
    enum fixer fixer;        /* FIXER_NOBODY when passed; FIXER_TIME when unknown: check again later */
};

struct rule_report {
    int64_t at;
    struct rule_result results[RULES];   /* in table order */
    int conditions;                      /* BLOCK rules among C1 … C6 that bind: the "6" of "2 of 6 checks failed" */
    int conditions_failed;               /* of those, not passed */
    int blocking;                        /* all results that stop the operation, Q included */
    int warnings;                        /* failed WARN results that bind */
};

/* Runs every rule. facts complete or with `known` saying what is not; set from the database. Cannot fail. */
void rule_check(const struct rule_set *set, const struct facts *facts, enum rule_operation operation, int64_t now,
                struct rule_report *report);

bool rule_blocks(const struct rule_result *result);   /* this result stops the operation */
bool rule_is_condition(enum rule_code code);          /* C1 … C6 */

const char *rule_code_name(enum rule_code code);      /* "C1" */
bool rule_code_find(const char *name, enum rule_code *code);
const char *rule_slug(enum rule_code code);           /* for anchors and logs: "members", "account-freeze", … */
const char *severity_name(enum severity severity);
bool severity_find(const char *name, enum severity *severity);
enum rule_operation rule_operation_of(bool by_partner, bool is_agree);

/* A report as a short text for the database and back: "C1=P C2=F …" (P F C U). Unknown codes are ignored, a code
 * that is not there is RULE_UNKNOWN. False, and *report untouched, for anything else, "" included. */
char *rule_report_pack(const void *ctx, const struct rule_report *report);
bool rule_report_unpack(const char *packed, struct rule_report *report);   /* outcomes only */

#endif

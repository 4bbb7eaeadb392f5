/* rule_facts.h - facts and a rule set to start from, for the tests of rules. */
#ifndef TESTS_DOMAIN_RULE_FACTS_H
#define TESTS_DOMAIN_RULE_FACTS_H

#include "base/clock.h"
#include "domain/rule.h"

#define NOW (INT64_C(1750000000) * CLOCK_SECOND)
#define ALL_OPERATIONS \
    (OPERATION_CUSTOMER_SUBMIT | OPERATION_CUSTOMER_AGREE | OPERATION_PARTNER_SUBMIT | OPERATION_PARTNER_AGREE)
#define SUBMITS (OPERATION_CUSTOMER_SUBMIT | OPERATION_PARTNER_SUBMIT)

static inline struct rule_set default_set(void)
{
    struct rule_set set = { .id = 1, .name = "test" };

    for (int i = 0; i < RULES; i++) {
        set.rows[i].code = (enum rule_code)i;
        set.rows[i].severity = i <= RULE_Q ? SEVERITY_BLOCK : SEVERITY_WARN;
        set.rows[i].operations = i == RULE_Q ? SUBMITS : ALL_OPERATIONS;
    }
    return set;
}

/* A customer with whom nothing is wrong. */
static inline struct facts good_facts(void)
{
    return (struct facts){
        .known = FACTS_ALL, .customer_name = "Customer", .partner_name = "Partner", .master_name = "", .currency = "USD",
        .quota = { .limit = 3 }, .arrears_currency = "", .has_payment_method = true
    };
}

static inline struct rule_report check(const struct facts *facts, enum rule_operation operation)
{
    struct rule_set set = default_set();
    struct rule_report report;

    rule_check(&set, facts, operation, NOW, &report);
    return report;
}

static inline void use_up_quota(struct facts *facts, int64_t frees_at)
{
    facts->quota.n = 3;
    for (int i = 0; i < 3; i++)
        facts->quota.slots[i] = (struct quota_slot){ NOW - CLOCK_DAY, frees_at };
}

#endif

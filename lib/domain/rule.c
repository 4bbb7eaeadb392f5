#include <stddef.h>

#include "domain/rule.h"

static bool is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

bool facts_commitment_holds(const struct facts_commitment *commitment, int64_t now)
{
    return commitment->is_valid && commitment->valid_to > now;
}

bool facts_contract_holds(const struct facts_contract *contract, int64_t now)
{
    return contract->is_effective && contract->starts_at <= now && now < contract->ends_at;
}

/* --- predicates: true when the rule fails -------------------------------------------------------------------------- */

static bool members_independent(const struct facts *facts, int64_t now)
{
    (void)now;
    return facts->members_independent > 0;
}

static bool account_frozen(const struct facts *facts, int64_t now)
{
    (void)now;
    return facts->is_frozen && facts->freeze.type == FREEZE_ACCOUNT;
}

static bool resources_frozen(const struct facts *facts, int64_t now)
{
    (void)now;
    return facts->is_frozen && facts->freeze.type == FREEZE_ACCOUNT_AND_RESOURCES;
}

/* The counts are of the instant the facts were read. The list is shorter when it was cut, and then what is beyond it is
 * taken to hold; what is listed is judged at now, so that a term that ends in between does not stop anybody. */
static bool commitment_holds(const struct facts *facts, unsigned kinds, int64_t count, int64_t now)
{
    int64_t listed = 0;

    for (size_t i = 0; i < facts->commitments_n; i++) {
        const struct facts_commitment *commitment = &facts->commitments[i];

        if ((kinds & (1u << commitment->kind)) == 0)
            continue;
        if (facts_commitment_holds(commitment, now))
            return true;
        listed++;
    }
    return count > listed;
}

static bool committed(const struct facts *facts, int64_t now)
{
    return commitment_holds(facts, 1u << COMMITMENT_RI | 1u << COMMITMENT_PARTNER_SUPPORT_PLAN,
                            facts->reserved_instances + facts->partner_support_plans, now);
}

static bool currency_missing(const struct facts *facts, int64_t now)
{
    (void)now;
    return is_empty(facts->currency);
}

static bool contract_in_effect(const struct facts *facts, int64_t now)
{
    for (size_t i = 0; i < facts->contracts_n; i++)
        if (facts_contract_holds(&facts->contracts[i], now))
            return true;
    return facts->special_contracts > (int64_t)facts->contracts_n;
}

static bool quota_used_up(const struct facts *facts, int64_t now)
{
    return !quota_is_free(&facts->quota, now);
}

static bool orders_waiting(const struct facts *facts, int64_t now)
{
    (void)now;
    return facts->orders_waiting > 0;
}

static bool in_arrears(const struct facts *facts, int64_t now)
{
    (void)now;
    return facts->arrears_minor > 0;
}

static bool service_plan(const struct facts *facts, int64_t now)
{
    return commitment_holds(facts, 1u << COMMITMENT_SERVICE_SUPPORT_PLAN, facts->service_support_plans, now);
}

static bool members_unified_with_plan(const struct facts *facts, int64_t now)
{
    (void)now;
    return facts->members_unified_with_plan > 0;
}

static bool is_member(const struct facts *facts, int64_t now)
{
    (void)now;
    return !is_empty(facts->master_name);
}

static bool payment_method_missing(const struct facts *facts, int64_t now)
{
    (void)now;
    return !facts->has_payment_method;
}

/* What each code means. FIXER_NOBODY: it depends on the freeze. */
static const struct {
    unsigned parts;                                             /* of the facts, that it reads */
    bool (*fails)(const struct facts *facts, int64_t now);
    enum fixer fixer;
} predicates[RULES] = {
    [RULE_C1] = { FACTS_MEMBERS, members_independent, FIXER_CUSTOMER },
    [RULE_C2] = { FACTS_FREEZE, account_frozen, FIXER_NOBODY },
    [RULE_C3] = { FACTS_FREEZE, resources_frozen, FIXER_NOBODY },
    [RULE_C4] = { FACTS_COMMITMENTS, committed, FIXER_CUSTOMER },
    [RULE_C5] = { FACTS_CURRENCY, currency_missing, FIXER_CUSTOMER },
    [RULE_C6] = { FACTS_CONTRACTS, contract_in_effect, FIXER_BOTH },
    [RULE_Q] = { FACTS_QUOTA, quota_used_up, FIXER_TIME },
    [RULE_X1] = { FACTS_ORDERS, orders_waiting, FIXER_PARTNER },
    [RULE_X2] = { FACTS_BALANCE, in_arrears, FIXER_CUSTOMER },
    [RULE_X3] = { FACTS_COMMITMENTS, service_plan, FIXER_CUSTOMER },
    [RULE_X4] = { FACTS_MEMBERS, members_unified_with_plan, FIXER_CUSTOMER },
    [RULE_X5] = { FACTS_MEMBERS, is_member, FIXER_CUSTOMER },
    [RULE_X7] = { FACTS_PAYMENT, payment_method_missing, FIXER_CUSTOMER }
};

/* A partner lifts what it and the association's start imposed, unless it is frozen itself; the platform lifts the rest. */
static enum fixer freeze_fixer(const struct facts *facts)
{
    bool is_partners = facts->freeze.source == FREEZE_BY_PARTNER || facts->freeze.source == FREEZE_BY_ASSOCIATION_DEFAULT;

    return is_partners && !facts->partner_is_frozen ? FIXER_PARTNER : FIXER_PLATFORM;
}

static bool is_submit(enum rule_operation operation)
{
    return operation == OPERATION_CUSTOMER_SUBMIT || operation == OPERATION_PARTNER_SUBMIT;
}

static struct rule_result check_one(enum rule_code code, const struct rule_row *row, const struct facts *facts,
                                    enum rule_operation operation, int64_t now)
{
    struct rule_result result = { .code = code, .severity = row->severity, .outcome = RULE_PASSED, .fixer = FIXER_NOBODY };

    result.binds = (row->operations & (unsigned)operation) != 0;
    /* Answering uses no quota, whatever the row says. */
    if (code == RULE_Q && !is_submit(operation))
        result.binds = false;

    if ((facts->known & predicates[code].parts) != predicates[code].parts) {
        result.outcome = RULE_UNKNOWN;
        result.fixer = FIXER_TIME;
        return result;
    }
    if (predicates[code].fails(facts, now)) {
        result.outcome = RULE_FAILED;
        result.fixer = predicates[code].fixer != FIXER_NOBODY ? predicates[code].fixer : freeze_fixer(facts);
        return result;
    }
    if (code == RULE_C2 && resources_frozen(facts, now))
        result.outcome = RULE_COVERED;
    return result;
}

static bool is_passed(const struct rule_result *result)
{
    return result->outcome == RULE_PASSED || result->outcome == RULE_COVERED;
}

void rule_check(const struct rule_set *set, const struct facts *facts, enum rule_operation operation, int64_t now,
                struct rule_report *report)
{
    *report = (struct rule_report){ .at = now };
    for (int i = 0; i < RULES; i++) {
        struct rule_result *result = &report->results[i];

        *result = check_one((enum rule_code)i, &set->rows[i], facts, operation, now);
        if (rule_is_condition(result->code) && result->severity == SEVERITY_BLOCK && result->binds) {
            report->conditions++;
            report->conditions_failed += !is_passed(result);
        }
        report->blocking += rule_blocks(result);
        report->warnings += result->severity == SEVERITY_WARN && result->binds && result->outcome == RULE_FAILED;
    }
}

bool rule_blocks(const struct rule_result *result)
{
    return result->severity == SEVERITY_BLOCK && result->binds && !is_passed(result);
}

bool rule_is_condition(enum rule_code code)
{
    return code <= RULE_C6;
}

enum rule_operation rule_operation_of(bool by_partner, bool is_agree)
{
    if (by_partner)
        return is_agree ? OPERATION_PARTNER_AGREE : OPERATION_PARTNER_SUBMIT;
    return is_agree ? OPERATION_CUSTOMER_AGREE : OPERATION_CUSTOMER_SUBMIT;
}

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"

#include "domain/names.h"
#include "domain/rule.h"

static const char *const codes[RULES] = {
    "C1", "C2", "C3", "C4", "C5", "C6", "Q", "X1", "X2", "X3", "X4", "X5", "X7"
};
static const char *const slugs[RULES] = {
    "members", "account-freeze", "resource-freeze", "commitments", "currency", "contract", "quota",
    "orders", "arrears", "service-plan", "unified-members", "member-account", "payment-method"
};
static const char *const severities[SEVERITIES] = { "OFF", "WARN", "BLOCK" };
static const char *const commitment_kinds[COMMITMENT_KINDS] = {
    "RI", "PARTNER_SUPPORT_PLAN", "SERVICE_SUPPORT_PLAN"
};
static const char outcomes[] = "PFCU";   /* in the order of enum rule_outcome */

const char *rule_code_name(enum rule_code code)
{
    return names_at(codes, RULES, (int)code);
}

bool rule_code_find(const char *name, enum rule_code *code)
{
    int found;

    if (!names_find(codes, RULES, name, &found))
        return false;
    *code = (enum rule_code)found;
    return true;
}

const char *rule_slug(enum rule_code code)
{
    return names_at(slugs, RULES, (int)code);
}

const char *severity_name(enum severity severity)
{
    return names_at(severities, SEVERITIES, (int)severity);
}

bool severity_find(const char *name, enum severity *severity)
{
    int found;

    if (!names_find(severities, SEVERITIES, name, &found))
        return false;
    *severity = (enum severity)found;
    return true;
}

const char *commitment_kind_name(enum commitment_kind kind)
{
    return names_at(commitment_kinds, COMMITMENT_KINDS, (int)kind);
}

bool commitment_kind_find(const char *name, enum commitment_kind *kind)
{
    int found;

    if (!names_find(commitment_kinds, COMMITMENT_KINDS, name, &found))
        return false;
    *kind = (enum commitment_kind)found;
    return true;
}

char *rule_report_pack(const void *ctx, const struct rule_report *report)
{
    struct buf *buf = buf_new(ctx, (size_t)RULES * 5);

    for (int i = 0; i < RULES; i++)
        buf_format(buf, "%s%s=%c", i > 0 ? " " : "", codes[i], outcomes[report->results[i].outcome]);
    return buf->bytes;
}

/* One "C1=P" of n bytes; false if it is not of that shape. */
static bool unpack_one(const char *item, size_t n, struct rule_report *report)
{
    const char *equals = memchr(item, '=', n);
    const char *outcome;
    size_t name_n;

    if (equals == NULL || equals == item || equals + 2 != item + n)
        return false;
    outcome = strchr(outcomes, equals[1]);
    if (outcome == NULL)
        return false;
    name_n = (size_t)(equals - item);
    for (int i = 0; i < RULES; i++)
        if (strlen(codes[i]) == name_n && memcmp(codes[i], item, name_n) == 0)
            report->results[i].outcome = (enum rule_outcome)(outcome - outcomes);
    return true;
}

bool rule_report_unpack(const char *packed, struct rule_report *report)
{
    struct rule_report read = { .at = INSTANT_NONE };
    size_t items = 0;

    if (packed == NULL)
        return false;
    for (int i = 0; i < RULES; i++) {
        read.results[i].code = (enum rule_code)i;
        read.results[i].outcome = RULE_UNKNOWN;
    }
    for (const char *at = packed; *at != '\0'; items++) {
        size_t n = strcspn(at, " ");

        if (!unpack_one(at, n, &read))
            return false;
        at += n;
        at += strspn(at, " ");
    }
    if (items == 0)
        return false;
    *report = read;
    return true;
}

/* --- rows -------------------------------------------------------------------------------------------------------------- */

#define ALL_OPERATIONS \
    ((unsigned)(OPERATION_CUSTOMER_SUBMIT | OPERATION_CUSTOMER_AGREE | OPERATION_PARTNER_SUBMIT | OPERATION_PARTNER_AGREE))
#define ANSWERS ((unsigned)(OPERATION_CUSTOMER_AGREE | OPERATION_PARTNER_AGREE))

bool rule_row_is_fine(const struct rule_row *row)
{
    const bool is_quota = row->code == RULE_Q;

    if (row->severity >= SEVERITIES || (row->operations & ~ALL_OPERATIONS) != 0)
        return false;
    if (!is_quota)
        return row->limit == 0 && row->months == 0;
    return (row->operations & ANSWERS) == 0 && row->limit >= 1 && row->limit <= RULE_LIMIT_MAX && row->months >= 1 &&
        row->months <= RULE_MONTHS_MAX;
}

bool rule_row_equal(const struct rule_row *a, const struct rule_row *b)
{
    return a->severity == b->severity && a->operations == b->operations && a->limit == b->limit && a->months == b->months;
}

char *rule_row_pack(const void *ctx, const struct rule_row *row)
{
    return mem_text(ctx, "%s %d%d%d%d %lld/%lld", severity_name(row->severity),
                    (row->operations & OPERATION_CUSTOMER_SUBMIT) != 0, (row->operations & OPERATION_CUSTOMER_AGREE) != 0,
                    (row->operations & OPERATION_PARTNER_SUBMIT) != 0, (row->operations & OPERATION_PARTNER_AGREE) != 0,
                    (long long)row->limit, (long long)row->months);
}

bool rule_row_unpack(const char *packed, struct rule_row *row)
{
    char severity[8] = "", bits[8] = "";
    long long limit = 0, months = 0;
    struct rule_row read = { .code = row->code };
    int end = 0;

    if (sscanf(packed, "%7[A-Z] %7[01] %lld/%lld%n", severity, bits, &limit, &months, &end) != 4 || packed[end] != '\0' ||
        strlen(bits) != 4 || !severity_find(severity, &read.severity))
        return false;
    for (unsigned i = 0; i < 4; i++)
        if (bits[i] == '1')
            read.operations |= 1u << i;
    read.limit = limit;
    read.months = months;
    *row = read;
    return true;
}

#include "view/view_rule.h"

#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"
#include "view/format.h"

static const char *const severities[SEVERITIES] = {
    [SEVERITY_OFF] = N_("Off"), [SEVERITY_WARN] = N_("Good to know"), [SEVERITY_BLOCK] = N_("Stops")};

static const struct { enum rule_operation operation; const char *text; } operations[] = {
    {OPERATION_CUSTOMER_SUBMIT, N_("Customer asks")}, {OPERATION_CUSTOMER_AGREE, N_("Customer agrees")},
    {OPERATION_PARTNER_SUBMIT, N_("Partner asks")}, {OPERATION_PARTNER_AGREE, N_("Partner agrees")}};
#define OPERATIONS_N (sizeof operations / sizeof operations[0])

const char *view_severity(enum severity severity) { return severity < SEVERITIES ? _(severities[severity]) : ""; }

const char *view_rule_operation(enum rule_operation operation)
{
    for (size_t i = 0; i < OPERATIONS_N; i++)
        if (operations[i].operation == operation)
            return _(operations[i].text);
    return "";
}

char *view_rule_row(const void *ctx, const struct rule_row *row)
{
    const char *bound[OPERATIONS_N];
    int n = 0;
    for (size_t i = 0; i < OPERATIONS_N; i++)
        if ((row->operations & (unsigned)operations[i].operation) != 0)
            bound[n++] = _(operations[i].text);
    char *text = row->severity == SEVERITY_OFF || n == 0
        ? mem_copy(ctx, n == 0 && row->severity != SEVERITY_OFF ? _("Binds nothing") : view_severity(row->severity))
        : text_fill(ctx, _("{severity}: {operations}"), "severity", view_severity(row->severity), "operations",
                    format_list(ctx, bound, n), NULL);
    if (row->limit == 0)
        return text;
    return text_fill(ctx, _("{what}; {n} requests in {k} months"), "what", text, "n", mem_text(ctx, "%lld", (long long)row->limit),
                     "k", mem_text(ctx, "%lld", (long long)row->months), NULL);
}

char *view_rule_packed(const void *ctx, const char *code, const char *packed)
{
    struct rule_row row = {.code = RULE_C1};
    if (!rule_code_find(code, &row.code) || !rule_row_unpack(packed, &row))
        return mem_copy(ctx, packed);
    return view_rule_row(ctx, &row);
}

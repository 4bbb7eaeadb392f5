#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#include "store/statements.h"
#include "store/store_facts.h"

/* --- statements ---------------------------------------------------------------------------------------------------- */

/* One round trip, as each costs more than all else a page does. Every branch gives rows of one kind; what a column means is
 * told beside it, and 0, '' or NULL stand where a kind has no use for one. Counts are rows of their own, because lists are cut
 * at FACTS_LIST_MAX. */
static const struct db_statement facts_all = {
    "facts_load",
    /* ACCOUNT: id, name, currency, version, whether the partner is frozen. */
    "SELECT 'ACCOUNT' AS kind, c.id AS id, c.name AS words, COALESCE(c.currency, '') AS code, c.version AS n1,\n"
    "  EXISTS (SELECT 1 FROM freeze f WHERE f.open_account = ?) AS n2, CAST(NULL AS DATETIME(6)) AS at1,\n"
    "  CAST(NULL AS DATETIME(6)) AS at2\n"
    "FROM account c\n"
    "WHERE c.id = ?\n"
    "UNION ALL\n"
    "SELECT 'PARTNER', p.id, p.name, '', 0, 0, NULL, NULL\n"
    "FROM account p\n"
    "WHERE p.id = ?\n"
    "UNION ALL\n"
    "SELECT 'MASTER', m.id, m.name, l.accounting, 0, 0, NULL, NULL\n"
    "FROM enterprise_link l\n"
    "JOIN account m ON m.id = l.master_id\n"
    "WHERE l.active_member = ?\n"
    "UNION ALL\n"
    /* FREEZE: id, reason, type; source stands in a row of its own. */
    "SELECT 'FREEZE', f.id, f.reason, f.type, 0, 0, f.at, NULL\n"
    "FROM freeze f\n"
    "WHERE f.open_account = ?\n"
    "UNION ALL\n"
    "SELECT 'FREEZE_SOURCE', f.id, '', f.source, 0, 0, NULL, NULL\n"
    "FROM freeze f\n"
    "WHERE f.open_account = ?\n"
    "UNION ALL\n"
    /* MEMBERS: independent ones, unified ones that hold a service support plan. */
    "SELECT 'MEMBERS', 0, '', '', CAST(COALESCE(SUM(l.accounting = 'INDEPENDENT'), 0) AS SIGNED),\n"
    "  CAST(COALESCE(SUM(l.accounting = 'UNIFIED' AND EXISTS (SELECT 1 FROM commitment s WHERE s.customer_id = l.member_id\n"
    "    AND s.status = 'VALID' AND s.valid_to > ? AND s.kind = 'SERVICE_SUPPORT_PLAN')), 0) AS SIGNED), NULL, NULL\n"
    "FROM enterprise_link l\n"
    "WHERE l.master_id = ? AND l.status = 'ACTIVE'\n"
    "UNION ALL\n"
    /* MEMBER: id, name, accounting, whether it holds a service support plan. */
    "(SELECT 'MEMBER', m.id, m.name, l.accounting, 0, EXISTS (SELECT 1 FROM commitment s WHERE s.customer_id = l.member_id\n"
    "    AND s.status = 'VALID' AND s.valid_to > ? AND s.kind = 'SERVICE_SUPPORT_PLAN'), NULL, NULL\n"
    "FROM enterprise_link l\n"
    "JOIN account m ON m.id = l.member_id\n"
    "WHERE l.master_id = ? AND l.status = 'ACTIVE'\n"
    "ORDER BY l.accounting, m.name, m.id\n"
    "LIMIT ?)\n"
    "UNION ALL\n"
    /* COMMITMENTS: how many of a kind hold now. */
    "SELECT 'COMMITMENTS', 0, '', c.kind, COUNT(*), 0, NULL, NULL\n"
    "FROM commitment c\n"
    "WHERE c.customer_id = ? AND c.status = 'VALID' AND c.valid_to > ?\n"
    "GROUP BY c.kind\n"
    "UNION ALL\n"
    "(SELECT 'COMMITMENT', c.id, c.name, c.kind, 0, 0, c.valid_to, NULL\n"
    "FROM commitment c\n"
    "WHERE c.customer_id = ? AND c.status = 'VALID' AND c.valid_to > ?\n"
    "ORDER BY c.valid_to, c.id\n"
    "LIMIT ?)\n"
    "UNION ALL\n"
    "SELECT 'CONTRACTS', 0, '', '', COUNT(*), 0, NULL, NULL\n"
    "FROM contract t\n"
    "WHERE t.customer_id = ? AND t.status = 'EFFECTIVE' AND t.starts_at <= ? AND t.ends_at > ?\n"
    "UNION ALL\n"
    "(SELECT 'CONTRACT', t.id, t.number, '', 0, 0, t.starts_at, t.ends_at\n"
    "FROM contract t\n"
    "WHERE t.customer_id = ? AND t.status = 'EFFECTIVE' AND t.starts_at <= ? AND t.ends_at > ?\n"
    "ORDER BY t.ends_at, t.id\n"
    "LIMIT ?)\n"
    "UNION ALL\n"
    /* GRANTS: requests more than the rule allows. */
    "SELECT 'GRANTS', 0, '', '', CAST(COALESCE(SUM(g.extra), 0) AS SIGNED), 0, NULL, NULL\n"
    "FROM quota_grant g\n"
    "WHERE g.customer_id = ? AND g.side = ? AND g.partner_id = ? AND g.granted_at <= ? AND g.until_at > ? AND g.revoked_at IS NULL\n"
    "UNION ALL\n"
    /* SLOT: a request that counts. */
    "(SELECT 'SLOT', q.request_id, '', '', 0, 0, q.submitted_at, q.frees_at\n"
    "FROM quota_slot q\n"
    "WHERE q.side = ? AND q.customer_id = ? AND q.partner_id = ? AND q.frees_at > ?\n"
    "ORDER BY q.frees_at DESC, q.slot_no\n"
    "LIMIT ?)\n"
    "UNION ALL\n"
    "SELECT 'ORDERS', 0, '', '', COUNT(*), 0, NULL, NULL\n"
    "FROM partner_order o\n"
    "WHERE o.customer_id = ? AND o.status = 'WAITING_FOR_PARTNER'\n"
    "UNION ALL\n"
    /* BALANCE: owed, in a currency; no row where nothing was ever owed. */
    "SELECT 'BALANCE', 0, '', b.currency, b.owed_minor, 0, NULL, NULL\n"
    "FROM balance b\n"
    "WHERE b.customer_id = ?\n"
    "UNION ALL\n"
    "SELECT 'PAYMENT', 0, '', '', EXISTS (SELECT 1 FROM payment_method m WHERE m.customer_id = ? AND m.removed_at IS NULL\n"
    "  AND (m.valid_to IS NULL OR m.valid_to > ?)), 0, NULL, NULL\n"
    "LIMIT 1000",
    "iiiiii" "ti" "tii" "it" "iti" "itt" "itti" "isitt" "siiti" "i" "i" "it", "sissiitt"
};

const struct db_statement *const store_facts_statements[] = { &facts_all, NULL };

/* --- facts ------------------------------------------------------------------------------------------------------------ */

static const char *words(const struct db_rows *rows, size_t r) { return db_text(rows, r, 2); }
static const char *code(const struct db_rows *rows, size_t r) { return db_text(rows, r, 3); }
static int64_t n1(const struct db_rows *rows, size_t r) { return db_int(rows, r, 4); }
static int64_t n2(const struct db_rows *rows, size_t r) { return db_int(rows, r, 5); }
static int64_t at1(const struct db_rows *rows, size_t r) { return db_time(rows, r, 6); }
static int64_t at2(const struct db_rows *rows, size_t r) { return db_time(rows, r, 7); }

/* Each answers whether the row makes sense. */

static bool read_account(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->customer_id = db_int(rows, r, 1);
    facts->customer_name = words(rows, r);
    facts->currency = code(rows, r);
    facts->customer_version = n1(rows, r);
    facts->partner_is_frozen = n2(rows, r) != 0;
    return true;
}

static bool read_partner(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->partner_name = words(rows, r);
    return true;
}

static bool read_master(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->master_name = words(rows, r);
    return true;
}

static bool read_freeze(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->is_frozen = true;
    facts->freeze.id = db_int(rows, r, 1);
    facts->freeze.reason = words(rows, r);
    facts->freeze.at = at1(rows, r);
    return freeze_type_find(code(rows, r), &facts->freeze.type);
}

static bool read_freeze_source(struct facts *facts, const struct db_rows *rows, size_t r)
{
    return freeze_source_find(code(rows, r), &facts->freeze.source);
}

static bool read_members(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->members_independent = n1(rows, r);
    facts->members_unified_with_plan = n2(rows, r);
    return true;
}

static bool read_member(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->members[facts->members_n++] = (struct facts_member){
        .id = db_int(rows, r, 1), .name = words(rows, r), .is_independent = strcmp(code(rows, r), "INDEPENDENT") == 0,
        .has_service_plan = n2(rows, r) != 0
    };
    return true;
}

static bool read_commitments(struct facts *facts, const struct db_rows *rows, size_t r)
{
    enum commitment_kind kind;

    if (!commitment_kind_find(code(rows, r), &kind))
        return false;
    if (kind == COMMITMENT_RI)
        facts->reserved_instances = n1(rows, r);
    else if (kind == COMMITMENT_PARTNER_SUPPORT_PLAN)
        facts->partner_support_plans = n1(rows, r);
    else
        facts->service_support_plans = n1(rows, r);
    return true;
}

static bool read_commitment(struct facts *facts, const struct db_rows *rows, size_t r)
{
    struct facts_commitment *commitment = &facts->commitments[facts->commitments_n++];

    *commitment = (struct facts_commitment){
        .id = db_int(rows, r, 1), .name = words(rows, r), .valid_to = at1(rows, r), .is_valid = true
    };
    return commitment_kind_find(code(rows, r), &commitment->kind);
}

static bool read_contracts(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->special_contracts = n1(rows, r);
    return true;
}

static bool read_contract(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->contracts[facts->contracts_n++] = (struct facts_contract){
        .id = db_int(rows, r, 1), .number = words(rows, r), .starts_at = at1(rows, r), .ends_at = at2(rows, r), .is_effective = true
    };
    return true;
}

static bool read_grants(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->quota.limit += n1(rows, r);
    if (facts->quota.limit > QUOTA_SLOTS_MAX)
        facts->quota.limit = QUOTA_SLOTS_MAX;
    return true;
}

static bool read_slot(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->quota.slots[facts->quota.n++] = (struct quota_slot){ .submitted_at = at1(rows, r), .frees_at = at2(rows, r) };
    return true;
}

static bool read_orders(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->orders_waiting = n1(rows, r);
    return true;
}

static bool read_balance(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->arrears_minor = n1(rows, r);
    facts->arrears_currency = code(rows, r);
    return true;
}

static bool read_payment(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->has_payment_method = n1(rows, r) != 0;
    return true;
}

static const struct {
    const char *kind;
    bool (*read)(struct facts *facts, const struct db_rows *rows, size_t r);
} kinds[] = {
    { "ACCOUNT", read_account }, { "PARTNER", read_partner }, { "MASTER", read_master }, { "FREEZE", read_freeze },
    { "FREEZE_SOURCE", read_freeze_source }, { "MEMBERS", read_members }, { "MEMBER", read_member },
    { "COMMITMENTS", read_commitments }, { "COMMITMENT", read_commitment }, { "CONTRACTS", read_contracts },
    { "CONTRACT", read_contract }, { "GRANTS", read_grants }, { "SLOT", read_slot }, { "ORDERS", read_orders },
    { "BALANCE", read_balance }, { "PAYMENT", read_payment }
};

static const struct err *read_row(struct facts *facts, const struct db_rows *rows, size_t r)
{
    const char *kind = db_text(rows, r, 0);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].read(facts, rows, r) ? NULL : err_new(ERR_BUG, 0, "facts: a row %s is malformed", kind);
    return err_new(ERR_BUG, 0, "facts: a row of an unknown kind");
}

const struct err *facts_load(struct db *db, const void *ctx, int64_t customer_id, int64_t partner_id, enum side side,
                             const struct rule_set *set, int64_t now, struct facts **facts)
{
    /* The customer's quota is one across partners, the partner's one for each customer. */
    int64_t pair = side == SIDE_PARTNER ? partner_id : 0, c = customer_id, most = FACTS_LIST_MAX;
    const char *whose = side_name(side);
    struct facts *read = mem_new(ctx, struct facts);
    struct db_rows *rows;

    TRY(db_query(db, ctx, &facts_all, &rows, partner_id, c, partner_id, c, c, c, now, c, now, c, most, c, now, c, now, most,
                 c, now, now, c, now, now, most, c, whose, pair, now, now, whose, c, pair, now, (int64_t)QUOTA_SLOTS_MAX,
                 c, c, c, now));
    read->members = mem_array(ctx, struct facts_member, FACTS_LIST_MAX);
    read->commitments = mem_array(ctx, struct facts_commitment, FACTS_LIST_MAX);
    read->contracts = mem_array(ctx, struct facts_contract, FACTS_LIST_MAX);
    read->partner_name = read->master_name = read->currency = read->arrears_currency = read->freeze.reason = "";
    read->freeze.account_id = customer_id;
    read->freeze.lifted_at = INSTANT_NONE;
    read->quota.limit = set->rows[RULE_Q].limit;
    for (size_t r = 0; r < rows->n; r++)
        TRY(read_row(read, rows, r));
    if (read->customer_id != customer_id)
        return err_new(ERR_MISSING, 0, "there is no account %lld", (long long)customer_id);
    read->known = FACTS_ALL;
    *facts = read;
    return NULL;
}

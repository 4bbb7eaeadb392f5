#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#include "store/statements.h"
#include "store/store_facts.h"

/* --- statements ---------------------------------------------------------------------------------------------------- */

/* Two round trips, as each costs more than all else a page does: what there is one of, by joins of unique keys, which cost a fraction
 * of a branch of a union; and the lists, whose branches give rows of one kind each. What a column means is told beside it, and
 * 0, '' or NULL stand where a kind has no use for one. */
static const struct db_statement facts_account = {
    "facts_account",
    /* Customer, partner, master, freeze, what is owed, whether the customer is a master. */
    "SELECT c.id, c.name, COALESCE(c.currency, ''), c.version, COALESCE(p.name, ''), pf.id IS NOT NULL, COALESCE(m.name, ''),\n"
    "  f.id, f.type, f.source, f.reason, f.at, b.owed_minor, COALESCE(b.currency, ''), e.id IS NOT NULL\n"
    "FROM account c\n"
    "LEFT JOIN account p ON p.id = ?\n"
    "LEFT JOIN freeze pf ON pf.open_account = ?\n"
    "LEFT JOIN freeze f ON f.open_account = c.id\n"
    "LEFT JOIN balance b ON b.customer_id = c.id\n"
    "LEFT JOIN enterprise_link l ON l.active_member = c.id\n"
    "LEFT JOIN account m ON m.id = l.master_id\n"
    "LEFT JOIN enterprise_link e ON e.master_id = c.id AND e.status = 'ACTIVE'\n"
    "WHERE c.id = ?\n"
    "LIMIT 1",
    "iii", "issisis" "issst" "isi"
};

static const struct db_statement facts_lists = {
    "facts_lists",
    /* GRANTS: requests more than the rule allows. */
    "SELECT 'GRANTS' AS kind, 0 AS id, '' AS words, '' AS code, CAST(COALESCE(SUM(g.extra), 0) AS SIGNED) AS n1,\n"
    "  CAST(NULL AS DATETIME(6)) AS at1, CAST(NULL AS DATETIME(6)) AS at2\n"
    "FROM quota_grant g\n"
    "WHERE g.customer_id = ? AND g.side = ? AND g.partner_id = ? AND g.granted_at <= ? AND g.until_at > ? AND g.revoked_at IS NULL\n"
    "UNION ALL\n"
    /* SLOT: a request that counts. */
    "(SELECT 'SLOT', q.request_id, '', '', 0, q.submitted_at, q.frees_at\n"
    "FROM quota_slot q\n"
    "WHERE q.side = ? AND q.customer_id = ? AND q.partner_id = ? AND q.frees_at > ?\n"
    "ORDER BY q.frees_at DESC, q.slot_no\n"
    "LIMIT ?)\n"
    "UNION ALL\n"
    "(SELECT 'COMMITMENT', c.id, c.name, c.kind, 0, c.valid_to, NULL\n"
    "FROM commitment c\n"
    "WHERE c.customer_id = ? AND c.status = 'VALID' AND c.valid_to > ?\n"
    "ORDER BY c.valid_to, c.id\n"
    "LIMIT ?)\n"
    "UNION ALL\n"
    "(SELECT 'CONTRACT', t.id, t.number, '', 0, t.starts_at, t.ends_at\n"
    "FROM contract t\n"
    "WHERE t.customer_id = ? AND t.status = 'EFFECTIVE' AND t.starts_at <= ? AND t.ends_at > ?\n"
    "ORDER BY t.ends_at, t.id\n"
    "LIMIT ?)\n"
    "UNION ALL\n"
    "SELECT 'ORDERS', 0, '', '', COUNT(*), NULL, NULL\n"
    "FROM partner_order o\n"
    "WHERE o.customer_id = ? AND o.status = 'WAITING_FOR_PARTNER'\n"
    "UNION ALL\n"
    /* PAYMENT: there is a method. */
    "(SELECT 'PAYMENT', m.id, '', '', 1, NULL, NULL\n"
    "FROM payment_method m\n"
    "WHERE m.customer_id = ? AND m.removed_at IS NULL AND (m.valid_to IS NULL OR m.valid_to > ?)\n"
    "LIMIT 1)\n"
    "LIMIT 1000",
    "isitt" "siiti" "iti" "itti" "i" "it", "sissitt"
};

/* A third, of a master, and where a list is cut: what a cut list holds in all. */
static const struct db_statement facts_counts = {
    "facts_counts",
    /* COMMITMENTS: how many of a kind hold now. */
    "SELECT 'COMMITMENTS' AS kind, 0 AS id, '' AS words, c.kind AS code, COUNT(*) AS n1, 0 AS n2\n"
    "FROM commitment c\n"
    "WHERE c.customer_id = ? AND c.status = 'VALID' AND c.valid_to > ?\n"
    "GROUP BY c.kind\n"
    "UNION ALL\n"
    "SELECT 'CONTRACTS', 0, '', '', COUNT(*), 0\n"
    "FROM contract t\n"
    "WHERE t.customer_id = ? AND t.status = 'EFFECTIVE' AND t.starts_at <= ? AND t.ends_at > ?\n"
    "UNION ALL\n"
    /* MEMBERS: independent ones, unified ones that hold a service support plan. */
    "SELECT 'MEMBERS', 0, '', '', CAST(COALESCE(SUM(l.accounting = 'INDEPENDENT'), 0) AS SIGNED),\n"
    "  CAST(COALESCE(SUM(l.accounting = 'UNIFIED' AND EXISTS (SELECT 1 FROM commitment s WHERE s.customer_id = l.member_id\n"
    "    AND s.status = 'VALID' AND s.valid_to > ? AND s.kind = 'SERVICE_SUPPORT_PLAN')), 0) AS SIGNED)\n"
    "FROM enterprise_link l\n"
    "WHERE l.master_id = ? AND l.status = 'ACTIVE'\n"
    "UNION ALL\n"
    /* MEMBER: id, name, accounting, whether it holds a service support plan. */
    "(SELECT 'MEMBER', m.id, m.name, l.accounting, 0, EXISTS (SELECT 1 FROM commitment s WHERE s.customer_id = l.member_id\n"
    "    AND s.status = 'VALID' AND s.valid_to > ? AND s.kind = 'SERVICE_SUPPORT_PLAN')\n"
    "FROM enterprise_link l\n"
    "JOIN account m ON m.id = l.member_id\n"
    "WHERE l.master_id = ? AND l.status = 'ACTIVE'\n"
    "ORDER BY l.accounting, m.name, m.id\n"
    "LIMIT ?)\n"
    "LIMIT 1000",
    "it" "itt" "ti" "tii", "sissii"
};

const struct db_statement *const store_facts_statements[] = { &facts_account, &facts_lists, &facts_counts, NULL };

/* --- facts ------------------------------------------------------------------------------------------------------------ */

static const struct err *malformed(const char *kind)
{
    return err_new(ERR_BUG, 0, "facts: a row %s is malformed", kind);
}

static const struct err *read_account(const struct db_rows *rows, struct facts *facts)
{
    facts->customer_id = db_int(rows, 0, 0);
    facts->customer_name = db_text(rows, 0, 1);
    facts->currency = db_text(rows, 0, 2);
    facts->customer_version = db_int(rows, 0, 3);
    facts->partner_name = db_text(rows, 0, 4);
    facts->partner_is_frozen = db_int(rows, 0, 5) != 0;
    facts->master_name = db_text(rows, 0, 6);
    facts->freeze = (struct freeze){
        .id = db_int(rows, 0, 7), .account_id = facts->customer_id, .reason = db_text(rows, 0, 10), .at = db_time(rows, 0, 11),
        .lifted_at = INSTANT_NONE
    };
    facts->is_frozen = facts->freeze.id != 0;
    facts->arrears_minor = db_int(rows, 0, 12);
    facts->arrears_currency = db_text(rows, 0, 13);
    if (facts->is_frozen && (!freeze_type_find(db_text(rows, 0, 8), &facts->freeze.type) ||
                             !freeze_source_find(db_text(rows, 0, 9), &facts->freeze.source)))
        return malformed("FREEZE");
    return NULL;
}

static const char *words(const struct db_rows *rows, size_t r) { return db_text(rows, r, 2); }
static const char *code(const struct db_rows *rows, size_t r) { return db_text(rows, r, 3); }
static int64_t n1(const struct db_rows *rows, size_t r) { return db_int(rows, r, 4); }
/* Of the lists. */
static int64_t at1(const struct db_rows *rows, size_t r) { return db_time(rows, r, 5); }
static int64_t at2(const struct db_rows *rows, size_t r) { return db_time(rows, r, 6); }
/* Of the counts. */
static int64_t n2(const struct db_rows *rows, size_t r) { return db_int(rows, r, 5); }

static int64_t *commitments_of(struct facts *facts, enum commitment_kind kind)
{
    if (kind == COMMITMENT_RI)
        return &facts->reserved_instances;
    return kind == COMMITMENT_PARTNER_SUPPORT_PLAN ? &facts->partner_support_plans : &facts->service_support_plans;
}

/* Each answers whether the row makes sense. */

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

static bool read_commitment(struct facts *facts, const struct db_rows *rows, size_t r)
{
    struct facts_commitment commitment = {
        .id = db_int(rows, r, 1), .name = words(rows, r), .valid_to = at1(rows, r), .is_valid = true
    };

    if (!commitment_kind_find(code(rows, r), &commitment.kind))
        return false;
    ++*commitments_of(facts, commitment.kind);
    if (facts->commitments_n < FACTS_LIST_MAX)
        facts->commitments[facts->commitments_n++] = commitment;
    return true;
}

static bool read_contract(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->special_contracts++;
    if (facts->contracts_n < FACTS_LIST_MAX)
        facts->contracts[facts->contracts_n++] = (struct facts_contract){
            .id = db_int(rows, r, 1), .number = words(rows, r), .starts_at = at1(rows, r), .ends_at = at2(rows, r), .is_effective = true
        };
    return true;
}

static bool read_orders(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->orders_waiting = n1(rows, r);
    return true;
}

static bool read_payment(struct facts *facts, const struct db_rows *rows, size_t r)
{
    (void)rows, (void)r;
    facts->has_payment_method = true;
    return true;
}

static bool read_commitments(struct facts *facts, const struct db_rows *rows, size_t r)
{
    enum commitment_kind kind;

    if (!commitment_kind_find(code(rows, r), &kind))
        return false;
    *commitments_of(facts, kind) = n1(rows, r);
    return true;
}

static bool read_contracts(struct facts *facts, const struct db_rows *rows, size_t r)
{
    facts->special_contracts = n1(rows, r);
    return true;
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

static const struct {
    const char *kind;
    bool (*read)(struct facts *facts, const struct db_rows *rows, size_t r);
} kinds[] = {
    { "GRANTS", read_grants }, { "SLOT", read_slot }, { "COMMITMENT", read_commitment }, { "CONTRACT", read_contract },
    { "ORDERS", read_orders }, { "PAYMENT", read_payment }, { "COMMITMENTS", read_commitments }, { "CONTRACTS", read_contracts },
    { "MEMBERS", read_members }, { "MEMBER", read_member }
};

static const struct err *read_row(struct facts *facts, const struct db_rows *rows, size_t r)
{
    const char *kind = db_text(rows, r, 0);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].read(facts, rows, r) ? NULL : malformed(kind);
    return err_new(ERR_BUG, 0, "facts: a row of an unknown kind");
}

static const struct err *read_rows(struct facts *facts, const struct db_rows *rows)
{
    for (size_t r = 0; r < rows->n; r++)
        TRY(read_row(facts, rows, r));
    return NULL;
}

static const struct err *load_counts(struct db *db, const void *ctx, int64_t c, int64_t now, struct facts *facts)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &facts_counts, &rows, c, now, c, now, now, now, c, now, c, (int64_t)FACTS_LIST_MAX));
    facts->reserved_instances = facts->partner_support_plans = facts->service_support_plans = 0;
    facts->members = mem_array(ctx, struct facts_member, rows->n);
    return read_rows(facts, rows);
}

const struct err *facts_load(struct db *db, const void *ctx, int64_t customer_id, int64_t partner_id, enum side side,
                             const struct rule_set *set, int64_t now, struct facts **facts)
{
    /* The customer's quota is one across partners, the partner's one for each customer. */
    int64_t pair = side == SIDE_PARTNER ? partner_id : 0, c = customer_id, enough = FACTS_LIST_MAX + 1;
    const char *whose = side_name(side);
    struct facts *read = mem_new(ctx, struct facts);
    struct db_rows *account, *lists;

    /* The account first: with its version, a change that falls between the two is found by whoever compares that. */
    TRY(db_query(db, ctx, &facts_account, &account, partner_id, partner_id, c));
    if (account->n == 0)
        return err_new(ERR_MISSING, 0, "there is no account %lld", (long long)customer_id);
    TRY(read_account(account, read));
    read->quota.limit = set->rows[RULE_Q].limit;
    TRY(db_query(db, ctx, &facts_lists, &lists, c, whose, pair, now, now, whose, c, pair, now, (int64_t)QUOTA_SLOTS_MAX,
                 c, now, enough, c, now, now, enough, c, c, now));
    read->commitments = mem_array(ctx, struct facts_commitment, lists->n);
    read->contracts = mem_array(ctx, struct facts_contract, lists->n);
    TRY(read_rows(read, lists));
    if (db_int(account, 0, 14) != 0 || read->commitments_n == FACTS_LIST_MAX || read->contracts_n == FACTS_LIST_MAX)
        TRY(load_counts(db, ctx, c, now, read));
    read->known = FACTS_ALL;
    *facts = read;
    return NULL;
}

#include "store/store_import.h"

#include "base/memory.h"
#include "store/statements.h"

#define STAGE_COLUMNS 16

/* --- the waiting room ------------------------------------------------------------------------------------------------- */

static const struct db_statement lock = {
    "import_lock", "SELECT COALESCE(GET_LOCK(" IMPORT_LOCK ", 0), 0)\nLIMIT 1", "", "i",
};
static const struct db_statement unlock = {
    "import_unlock", "SELECT COALESCE(RELEASE_LOCK(" IMPORT_LOCK "), 0)\nLIMIT 1", "", "i",
};
static const struct db_statement empty_lines = {"import_empty_lines", "TRUNCATE TABLE import_line", "", ""};
static const struct db_statement empty_touched = {"import_empty_touched", "TRUNCATE TABLE import_touched", "", ""};
static const struct db_statement empty_moved = {"import_empty_moved", "TRUNCATE TABLE import_moved", "", ""};
static const struct db_statement stage = {
    "import_stage",
    "INSERT INTO import_line (kind, id, line, account, other, type, status, name, note, reference, currency, at, until_at,\n"
    "  next_at, amount, months)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, -1), NULLIF(?, -1))\n"
    "ON DUPLICATE KEY UPDATE again_line = VALUES(line)",
    "ssissssssss" "ttt" "ii", "",
};

/* --- what does not fit ------------------------------------------------------------------------------------------------ */

#define MISFIT_RESULTS "iss"
#define MISFIT(name, text) static const struct db_statement name = {"import_" #name, text "\nLIMIT ?", "i", MISFIT_RESULTS}

MISFIT(check_again,
    "SELECT GREATEST(l.line, l.again_line), CASE l.kind WHEN 'user' THEN 'login' WHEN 'association' THEN 'customer' WHEN 'balance' THEN 'account' ELSE 'id' END,\n"
    "  CONCAT('is the same as in line ', LEAST(l.line, l.again_line))\n"
    "FROM import_line l\n"
    "WHERE l.again_line IS NOT NULL");
MISFIT(check_account,
    "SELECT STRAIGHT_JOIN l.line, CASE l.kind WHEN 'association' THEN 'customer' WHEN 'member' THEN 'master' ELSE 'account' END,\n"
    "  CASE WHEN a.id IS NULL OR a.kind = 'PLATFORM' THEN 'is no account, neither here nor in the file'\n"
    "    WHEN a.status <> 'OPEN' THEN 'is a closed account' ELSE 'is no customer' END\n"
    "FROM import_line l\n"
    "LEFT JOIN account a ON a.no = l.account\n"
    "WHERE l.account IS NOT NULL AND (a.id IS NULL OR a.status <> 'OPEN' OR a.kind = 'PLATFORM'\n"
    "  OR (a.kind <> 'CUSTOMER' AND l.kind NOT IN ('user', 'freeze')))");
MISFIT(check_known,
    "SELECT STRAIGHT_JOIN l.line, IF(a.kind <> l.type, 'type', IF(a.status <> 'OPEN', 'id', 'currency')),\n"
    "  IF(a.kind <> l.type, CONCAT('differs: the account is a ', a.kind), IF(a.status <> 'OPEN', 'is a closed account', CONCAT('differs: the account has ', a.currency)))\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.id\n"
    "WHERE l.kind = 'account' AND (a.kind <> l.type OR a.status <> 'OPEN' OR a.currency <> l.currency)");
MISFIT(check_user,
    "SELECT STRAIGHT_JOIN l.line, IF(u.id IS NOT NULL, 'login', 'role'),\n"
    "  IF(u.id IS NOT NULL, 'is a user of another account', CONCAT('does not fit: the account is a ', a.kind))\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "LEFT JOIN user u ON u.login = l.id AND u.account_id <> a.id\n"
    "WHERE l.kind = 'user' AND (u.id IS NOT NULL OR (a.kind = 'CUSTOMER') <> (l.type IN ('owner', 'viewer')))");
MISFIT(check_other,
    "SELECT STRAIGHT_JOIN l.line, IF(l.kind = 'member', 'member', 'partner'),\n"
    "  IF(o.id IS NULL, 'is no account, neither here nor in the file', IF(o.status <> 'OPEN', 'is a closed account',\n"
    "    IF(l.kind = 'member', 'is no customer', 'is no partner')))\n"
    "FROM import_line l\n"
    "LEFT JOIN account o ON o.no = l.other\n"
    "WHERE l.kind IN ('member', 'association')\n"
    "  AND (o.id IS NULL OR o.status <> 'OPEN' OR o.kind <> IF(l.kind = 'member', 'CUSTOMER', 'PARTNER'))");
/* An association that is told here already is none of the file's business, whatever became of it. */
MISFIT(check_association,
    "SELECT STRAIGHT_JOIN l.line, IF(x.partner_id = p.id, 'model', IF(x.status = 'ACTIVE', 'partner', 'since')),\n"
    "  IF(x.partner_id = p.id, CONCAT('differs: the association is ', x.model),\n"
    "    IF(x.status = 'ACTIVE', 'differs: the customer is associated with another partner', 'lies in the time of another association'))\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "JOIN account p ON p.no = l.other\n"
    "JOIN association x ON x.customer_id = a.id\n"
    "WHERE l.kind = 'association'\n"
    "  AND ((x.partner_id = p.id AND x.status = 'ACTIVE' AND x.model <> l.type)\n"
    "    OR (x.partner_id <> p.id AND (x.status = 'ACTIVE' OR x.ended_at > l.at) AND NOT EXISTS (SELECT 1 FROM association y\n"
    "      WHERE y.customer_id = a.id AND y.partner_id = p.id AND (y.status = 'ACTIVE' OR y.associated_at >= l.at OR y.ended_at > l.at))))");

#define MOVED(name, kind, table) \
    MISFIT(name, "SELECT STRAIGHT_JOIN l.line, 'id', 'belongs to another account'\nFROM import_line l\nJOIN account a ON a.no = l.account\n" \
           "JOIN " table " f ON f.import_key = l.id\nWHERE l.kind = '" kind "' AND f.customer_id <> a.id")
MOVED(check_commitment, "commitment", "commitment");
MOVED(check_contract, "contract", "contract");
MOVED(check_resource, "resource", "resource");
MOVED(check_order, "order", "partner_order");
MOVED(check_payment_method, "payment_method", "payment_method");

MISFIT(check_member,
    "SELECT STRAIGHT_JOIN l.line, IF(f.id IS NOT NULL, 'id', 'member'),\n"
    "  IF(f.id IS NOT NULL, 'belongs to another master or member', 'is a member of another master, or by another line')\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "JOIN account m ON m.no = l.other\n"
    "LEFT JOIN enterprise_link f ON f.import_key = l.id\n"
    "LEFT JOIN enterprise_link o ON o.active_member = m.id AND NOT o.import_key <=> l.id\n"
    "LEFT JOIN import_line e ON e.kind = 'member' AND e.id = o.import_key AND e.until_at IS NOT NULL\n"
    "WHERE l.kind = 'member'\n"
    "  AND (f.master_id <> a.id OR f.member_id <> m.id OR (f.id IS NULL AND l.until_at IS NULL AND o.id IS NOT NULL AND e.id IS NULL))");
MISFIT(check_member_twice,
    "SELECT t.line, 'member', 'is a member by another line too'\n"
    "FROM (SELECT STRAIGHT_JOIN l.line, ROW_NUMBER() OVER (PARTITION BY l.other ORDER BY l.line) AS nth\n"
    "  FROM import_line l\n"
    "  LEFT JOIN enterprise_link f ON f.import_key = l.id\n"
    "  WHERE l.kind = 'member' AND l.until_at IS NULL AND (f.id IS NULL OR f.status = 'ACTIVE')) t\n"
    "WHERE t.nth > 1");
MISFIT(check_freeze,
    "SELECT STRAIGHT_JOIN l.line, IF(f.id IS NOT NULL, 'id', IF(o.id IS NOT NULL, 'account', 'source')),\n"
    "  IF(f.id IS NOT NULL, 'is a freeze of another account or type', IF(o.id IS NOT NULL, 'is frozen already', 'cannot be PARTNER: the account has no partner'))\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "LEFT JOIN freeze f ON f.import_key = l.id\n"
    "LEFT JOIN freeze o ON o.open_account = a.id AND NOT o.import_key <=> l.id\n"
    "  AND NOT EXISTS (SELECT 1 FROM import_line e WHERE e.kind = 'freeze' AND e.id = o.import_key AND e.until_at IS NOT NULL)\n"
    "LEFT JOIN association x ON x.active_customer = a.id\n"
    "LEFT JOIN import_line n ON n.kind = 'association' AND n.id = l.account\n"
    "WHERE l.kind = 'freeze'\n"
    "  AND (f.account_id <> a.id OR f.type <> l.type\n"
    "    OR (f.id IS NULL AND l.until_at IS NULL AND (o.id IS NOT NULL OR (l.status = 'PARTNER' AND x.id IS NULL AND n.id IS NULL))))");
MISFIT(check_freeze_twice,
    "SELECT t.line, 'account', 'is frozen by another line too'\n"
    "FROM (SELECT STRAIGHT_JOIN l.line, ROW_NUMBER() OVER (PARTITION BY l.account ORDER BY l.line) AS nth\n"
    "  FROM import_line l\n"
    "  LEFT JOIN freeze f ON f.import_key = l.id\n"
    "  WHERE l.kind = 'freeze' AND l.until_at IS NULL AND (f.id IS NULL OR f.lifted_at IS NULL)) t\n"
    "WHERE t.nth > 1");
MISFIT(check_payment,
    "SELECT STRAIGHT_JOIN l.line, 'resource', IF(r.id IS NULL AND n.id IS NULL, 'is no resource, neither here nor in the file', 'belongs to another account')\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "LEFT JOIN resource r ON r.import_key = l.other\n"
    "LEFT JOIN import_line n ON n.kind = 'resource' AND n.id = l.other\n"
    "WHERE l.kind = 'payment' AND ((r.id IS NULL AND n.id IS NULL) OR r.customer_id <> a.id OR n.account <> l.account)");

MISFIT(check_payment_twice,
    "SELECT t.line, 'due_at', 'is paid by another line too'\n"
    "FROM (SELECT STRAIGHT_JOIN l.line, ROW_NUMBER() OVER (PARTITION BY l.other, l.until_at ORDER BY l.line) AS nth\n"
    "  FROM import_line l\n"
    "  WHERE l.kind = 'payment' AND l.type = 'PAID') t\n"
    "WHERE t.nth > 1");
MISFIT(check_currency,
    "SELECT STRAIGHT_JOIN l.line, 'currency', 'is no settlement currency of this site'\n"
    "FROM import_line l\n"
    "LEFT JOIN settlement_currency s ON s.code = l.currency\n"
    "WHERE l.kind = 'account' AND l.currency IS NOT NULL AND s.code IS NULL");
MISFIT(check_reference,
    "SELECT STRAIGHT_JOIN l.line, 'provider_reference', 'is that of another payment method'\n"
    "FROM import_line l\n"
    "JOIN payment_method f ON f.provider_reference = l.reference\n"
    "WHERE l.kind = 'payment_method' AND NOT f.import_key <=> l.id");
MISFIT(check_reference_twice,
    "SELECT t.line, 'provider_reference', 'is that of another line too'\n"
    "FROM (SELECT STRAIGHT_JOIN l.line, ROW_NUMBER() OVER (PARTITION BY l.reference ORDER BY l.line) AS nth\n"
    "  FROM import_line l\n"
    "  WHERE l.kind = 'payment_method') t\n"
    "WHERE t.nth > 1");

/* A new one whose retention is over already would be deleted at once, before anybody was warned. Whoever has a partner, here or by
 * the file, has it paid. Most are due later than now: of those nothing else is looked at. */
static const struct db_statement check_late = {
    "import_check_late",
    "SELECT STRAIGHT_JOIN l.line, 'next_charge_at', 'is so long ago that the resource would be deleted at once'\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account AND a.billing_mode <> 'PARTNER'\n"
    "LEFT JOIN resource f ON f.import_key = l.id\n"
    "LEFT JOIN import_line s ON s.kind = 'association' AND s.id = l.account\n"
    "WHERE l.kind = 'resource' AND l.until_at <= ? AND f.id IS NULL AND s.line IS NULL AND COALESCE(l.status, '') <> 'RELEASED'\n"
    "  AND l.until_at + INTERVAL COALESCE((SELECT d.grace_days + d.retention_days FROM lifecycle_days d\n"
    "    WHERE d.site IN (COALESCE(l.other, 'main'), '*') AND d.tier IN (COALESCE(l.type, 'standard'), '*')\n"
    "    ORDER BY d.site = '*', d.tier = '*' LIMIT 1), ?) DAY <= ?\n"
    "LIMIT ?", "titi", MISFIT_RESULTS};

static const struct db_statement *const checks[] = {
    &check_again, &check_payment_twice, &check_currency, &check_reference, &check_reference_twice, &check_account, &check_known, &check_user, &check_other, &check_association, &check_commitment, &check_contract,
    &check_resource, &check_order, &check_payment_method, &check_member, &check_member_twice, &check_freeze, &check_freeze_twice,
    &check_payment,
};

const struct db_statement *const store_import_statements[] = {
    &lock, &unlock, &empty_lines, &empty_touched, &empty_moved, &stage, &check_again, &check_account, &check_known, &check_user, &check_other,
    &check_association, &check_commitment, &check_contract, &check_resource, &check_order, &check_payment_method, &check_member,
    &check_member_twice, &check_freeze, &check_freeze_twice, &check_payment, &check_payment_twice, &check_currency, &check_reference,
    &check_reference_twice, &check_late, NULL,
};

/* --- functions -------------------------------------------------------------------------------------------------------- */

static const struct err *ask(struct db *db, const struct db_statement *statement, bool *answer)
{
    void *mem = mem_context(NULL, "import");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, mem, statement, &rows);
    if (err == NULL)
        *answer = db_int(rows, 0, 0) == 1;
    talloc_free(mem);
    return err;
}

static const struct err *empty(struct db *db)
{
    TRY(db_exec(db, &empty_lines, NULL));
    TRY(db_exec(db, &empty_touched, NULL));
    return db_exec(db, &empty_moved, NULL);
}

const struct err *import_begin(struct db *db, bool *is_mine)
{
    TRY(ask(db, &lock, is_mine));
    return *is_mine ? empty(db) : NULL;
}

const struct err *import_end(struct db *db)
{
    bool was_mine;
    TRY(empty(db));
    return ask(db, &unlock, &was_mine);
}

const struct err *import_stage(struct db *db, const struct import_line *lines, const int64_t *numbers, size_t n)
{
    struct db_value *values = mem_array(NULL, struct db_value, n * STAGE_COLUMNS), *value = values;
    for (size_t i = 0; i < n; i++) {
        const struct import_line *line = &lines[i];
        *value++ = db_value_text(import_kind_info(line->kind)->name);
        *value++ = db_value_text(line->texts[IMPORT_ID]);
        *value++ = db_value_int(numbers[i]);
        for (size_t slot = IMPORT_OF_ACCOUNT; slot < IMPORT_TEXTS; slot++)
            *value++ = db_value_text(line->texts[slot]);
        *value++ = db_value_int(line->at);
        *value++ = db_value_int(line->until_at);
        *value++ = db_value_int(line->next_at);
        *value++ = db_value_int(line->amount);
        *value++ = db_value_int(line->months);
    }
    const struct err *err = db_exec_rows(db, &stage, values, n);
    talloc_free(values);
    return err;
}

static void add_misfits(const void *ctx, const struct db_rows *rows, struct import_misfit **misfits, size_t *n)
{
    if (rows->n == 0)
        return;
    *misfits = mem_grow(ctx, *misfits, sizeof **misfits, *n, *n + rows->n);
    for (size_t r = 0; r < rows->n; r++)
        (*misfits)[(*n)++] = (struct import_misfit){db_int(rows, r, 0), db_text(rows, r, 1), db_text(rows, r, 2)};
}

const struct err *import_check(struct db *db, const void *ctx, int64_t now, int64_t kept_days, int limit,
                               struct import_misfit **misfits, size_t *n)
{
    struct db_rows *rows;
    *misfits = NULL;
    *n = 0;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        TRY(db_query(db, ctx, checks[i], &rows, (int64_t)limit));
        add_misfits(ctx, rows, misfits, n);
    }
    TRY(db_query(db, ctx, &check_late, &rows, now, kept_days, now, (int64_t)limit));
    add_misfits(ctx, rows, misfits, n);
    return NULL;
}

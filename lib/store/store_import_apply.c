/* What a facts file changes: found first, so that accounts are bumped and the log tells numbers, then applied. Each statement
 * takes a whole kind of lines. What has ended stays ended: a line never takes back UNSUBSCRIBED, SETTLED, PAID, RELEASED, a
 * removal or a lift, as a file may be older than what was done here. */
#include "store/statements.h"
#include "store/store_import.h"

/* --- accounts and people ---------------------------------------------------------------------------------------------- */

static const struct db_statement account_insert = {
    "import_account_insert",
    "INSERT INTO account (kind, no, name, currency, public_email, public_phone, created_at, version)\n"
    "SELECT STRAIGHT_JOIN l.type, l.id, l.name, l.currency, IF(l.type = 'PARTNER', COALESCE(l.note, ''), ''),\n"
    "  IF(l.type = 'PARTNER', COALESCE(l.reference, ''), ''), ?, 0\n"
    "FROM import_line l\n"
    "LEFT JOIN account a ON a.no = l.id\n"
    "WHERE l.kind = 'account' AND a.id IS NULL",
    "t", "",
};
static const struct db_statement account_update = {
    "import_account_update",
    "UPDATE import_line l\n"
    "STRAIGHT_JOIN account a ON a.no = l.id\n"
    "SET a.name = l.name, a.currency = COALESCE(a.currency, l.currency)\n"
    "WHERE l.kind = 'account'",
    "", "",
};
/* An address that the account has removed does not come back. */
#define CONTACT(channel, column) \
    "INSERT INTO contact (account_id, channel, address, verified_at)\n" \
    "SELECT STRAIGHT_JOIN a.id, '" channel "', l." column ", ?\n" \
    "FROM import_line l\n" \
    "JOIN account a ON a.no = l.id\n" \
    "WHERE l.kind = 'account' AND l." column " IS NOT NULL\n" \
    "  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.account_id = a.id AND c.channel = '" channel "')"
static const struct db_statement email_insert = {"import_email_insert", CONTACT("EMAIL", "note"), "t", ""};
static const struct db_statement phone_insert = {"import_phone_insert", CONTACT("SMS", "reference"), "t", ""};
static const struct db_statement user_insert = {
    "import_user_insert",
    "INSERT INTO user (account_id, login, name, role, created_at)\n"
    "SELECT STRAIGHT_JOIN a.id, l.id, l.name, l.type, ?\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "LEFT JOIN user u ON u.login = l.id\n"
    "WHERE l.kind = 'user' AND u.id IS NULL",
    "t", "",
};
static const struct db_statement team_bump = {
    "import_team_bump",
    "UPDATE import_touched t\nSTRAIGHT_JOIN account a ON a.id = t.account_id AND t.kind = 'user'\nSET a.team_version = a.team_version + 1",
    "", "",
};

/* --- what will change ------------------------------------------------------------------------------------------------- */

/* Names compare byte by byte: those of the file have a binary collation. */
#define TOUCH(name, of, kind, table, differs) \
    static const struct db_statement name = { \
        "import_" #name, \
        "INSERT INTO import_touched (account_id, kind, n)\n" \
        "SELECT STRAIGHT_JOIN a.id, l.kind, COUNT(*)\n" \
        "FROM import_line l\n" \
        "JOIN account a ON a.no = l." of "\n" \
        table \
        "WHERE l.kind = '" kind "' AND (" differs ")\n" \
        "GROUP BY a.id\n" \
        "ON DUPLICATE KEY UPDATE n = n + VALUES(n)", \
        "", ""}
#define KEYED(table) "LEFT JOIN " table " f ON f.import_key = l.id\n"
#define NEW_ASSOCIATION \
    "NOT EXISTS (SELECT 1 FROM association x WHERE x.customer_id = a.id AND x.partner_id = p.id\n" \
    "  AND (x.status = 'ACTIVE' OR x.associated_at >= l.at OR x.ended_at > l.at))"
#define MEMBER_DIFFERS \
    "f.id IS NULL OR f.accounting <> l.type OR f.linked_at <> l.at OR (f.status = 'ACTIVE' AND l.until_at IS NOT NULL)"
#define NEW_PAYMENT \
    "NOT EXISTS (SELECT 1 FROM charge f WHERE f.import_key = l.id)\n" \
    "  AND NOT EXISTS (SELECT 1 FROM charge f WHERE f.resource_id = r.id AND f.due_at = l.until_at AND f.paid_key = 1)"

TOUCH(touch_account, "id", "account", "",
    "a.version = 0 OR a.name <> l.name OR (a.currency IS NULL AND l.currency IS NOT NULL)\n"
    "  OR (l.note IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.account_id = a.id AND c.channel = 'EMAIL'))\n"
    "  OR (l.reference IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.account_id = a.id AND c.channel = 'SMS'))");
TOUCH(touch_user, "account", "user", "LEFT JOIN user u ON u.login = l.id\n", "u.id IS NULL");
TOUCH(touch_association, "account", "association", "JOIN account p ON p.no = l.other\n", NEW_ASSOCIATION);
TOUCH(touch_commitment, "account", "commitment", KEYED("commitment"),
    "f.id IS NULL OR f.kind <> l.type OR f.name <> l.name OR f.valid_from <> l.at OR f.valid_to <> l.until_at\n"
    "  OR (f.status <> 'UNSUBSCRIBED' AND f.status <> l.status)");
TOUCH(touch_contract, "account", "contract", KEYED("contract"),
    "f.id IS NULL OR (f.status <> 'SETTLED' AND (f.status <> l.status OR f.note <> COALESCE(l.note, '')))\n"
    "  OR f.number <> l.name OR f.starts_at <> l.at OR f.ends_at <> l.until_at");
TOUCH(touch_member, "account", "member", KEYED("enterprise_link"), MEMBER_DIFFERS);
TOUCH(touch_member_other, "other", "member", KEYED("enterprise_link"), MEMBER_DIFFERS);
TOUCH(touch_resource, "account", "resource", KEYED("resource"),
    "f.id IS NULL OR (f.state <> 'RELEASED' AND (f.name <> l.name OR f.amount_minor <> l.amount OR f.currency <> l.currency\n"
    "  OR f.period_months <> COALESCE(l.months, 1) OR f.site <> COALESCE(l.other, 'main') OR f.tier <> COALESCE(l.type, 'standard')\n"
    "  OR (f.state = 'ACTIVE' AND f.next_charge_at < l.until_at) OR l.status = 'RELEASED'))");
TOUCH(touch_freeze, "account", "freeze", KEYED("freeze"), "f.id IS NULL OR (f.lifted_at IS NULL AND l.until_at IS NOT NULL)");
TOUCH(touch_order, "account", "order", KEYED("partner_order"),
    "f.id IS NULL OR f.name <> l.name OR f.at <> l.at OR (f.status = 'WAITING_FOR_PARTNER' AND f.status <> l.status)");
TOUCH(touch_balance, "account", "balance", "LEFT JOIN balance f ON f.customer_id = a.id\n",
    "f.customer_id IS NULL OR f.currency <> l.currency OR f.owed_minor <> l.amount");
TOUCH(touch_payment_method, "account", "payment_method", KEYED("payment_method"),
    "f.id IS NULL OR (f.removed_at IS NULL AND (f.kind <> l.type OR f.last_four <> l.other OR f.provider_reference <> l.reference\n"
    "  OR NOT f.valid_to <=> l.until_at OR f.added_at <> l.at OR l.status = 'REMOVED'))");
TOUCH(touch_payment, "account", "payment", "LEFT JOIN resource r ON r.import_key = l.other\n", NEW_PAYMENT);

static const struct db_statement bump = {
    "import_bump",
    "UPDATE (SELECT DISTINCT t.account_id FROM import_touched t) t\n"
    "STRAIGHT_JOIN account a ON a.id = t.account_id\n"
    "SET a.version = a.version + 1",
    "", "",
};

/* --- facts ------------------------------------------------------------------------------------------------------------ */

#define FROM(kind) "FROM import_line l\nJOIN account a ON a.no = l.account\nWHERE l.kind = '" kind "'\n"

static const struct db_statement association_insert = {
    "import_association_insert",
    "INSERT INTO association (customer_id, partner_id, model, associated_at)\n"
    "SELECT STRAIGHT_JOIN a.id, p.id, l.type, l.at\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "JOIN account p ON p.no = l.other\n"
    "WHERE l.kind = 'association' AND " NEW_ASSOCIATION,
    "", "",
};
static const struct db_statement billing = {
    "import_billing",
    "UPDATE import_touched t\n"
    "STRAIGHT_JOIN account a ON a.id = t.account_id AND t.kind = 'association'\n"
    "STRAIGHT_JOIN association x ON x.active_customer = a.id\n"
    "SET a.billing_mode = IF(x.model = 'RESELLER', 'PARTNER', 'DIRECT')",
    "", "",
};
static const struct db_statement commitment = {
    "import_commitment",
    "INSERT INTO commitment (customer_id, kind, name, valid_from, valid_to, status, import_key)\n"
    "SELECT STRAIGHT_JOIN a.id, l.type, l.name, l.at, l.until_at, l.status, l.id\n" FROM("commitment")
    "ON DUPLICATE KEY UPDATE kind = VALUES(kind), name = VALUES(name), valid_from = VALUES(valid_from), valid_to = VALUES(valid_to),\n"
    "  status = IF(commitment.status = 'UNSUBSCRIBED', commitment.status, VALUES(status))",
    "", "",
};
static const struct db_statement contract = {
    "import_contract",
    "INSERT INTO contract (customer_id, number, starts_at, ends_at, status, note, settled_at, import_key)\n"
    "SELECT STRAIGHT_JOIN a.id, l.name, l.at, l.until_at, l.status, COALESCE(l.note, ''), IF(l.status = 'SETTLED', ?, NULL), l.id\n" FROM("contract")
    "ON DUPLICATE KEY UPDATE number = VALUES(number), starts_at = VALUES(starts_at), ends_at = VALUES(ends_at),\n"
    "  note = IF(contract.status = 'SETTLED', contract.note, VALUES(note)), settled_at = COALESCE(contract.settled_at, VALUES(settled_at)),\n"
    "  status = IF(contract.status = 'SETTLED', contract.status, VALUES(status))",
    "t", "",
};
/* Ends come first: the member may have a new master in the same file. */
static const struct db_statement member_end = {
    "import_member_end",
    "UPDATE import_line l\n"
    "STRAIGHT_JOIN enterprise_link f ON f.import_key = l.id\n"
    "SET f.status = 'ENDED', f.ended_at = l.until_at\n"
    "WHERE l.kind = 'member' AND f.status = 'ACTIVE' AND l.until_at IS NOT NULL",
    "", "",
};
static const struct db_statement member = {
    "import_member",
    "INSERT INTO enterprise_link (master_id, member_id, accounting, status, linked_at, ended_at, import_key)\n"
    "SELECT STRAIGHT_JOIN a.id, m.id, l.type, IF(l.until_at IS NULL, 'ACTIVE', 'ENDED'), l.at, l.until_at, l.id\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "JOIN account m ON m.no = l.other\n"
    "WHERE l.kind = 'member'\n"
    "ON DUPLICATE KEY UPDATE accounting = VALUES(accounting), linked_at = VALUES(linked_at)",
    "", "",
};
/* A new due time is where later ones are counted from. Once in grace, the worker reckons. */
static const struct db_statement resource = {
    "import_resource",
    "INSERT INTO resource (customer_id, name, next_charge_at, amount_minor, currency, period_months, site, tier, state, import_key)\n"
    "SELECT STRAIGHT_JOIN a.id, l.name, l.until_at, l.amount, l.currency, COALESCE(l.months, 1), COALESCE(l.other, 'main'), COALESCE(l.type, 'standard'),\n"
    "  l.status, l.id\n" FROM("resource")
    "ON DUPLICATE KEY UPDATE\n"
    "  name = IF(resource.state = 'RELEASED', resource.name, VALUES(name)),\n"
    "  amount_minor = IF(resource.state = 'RELEASED', resource.amount_minor, VALUES(amount_minor)),\n"
    "  currency = IF(resource.state = 'RELEASED', resource.currency, VALUES(currency)),\n"
    "  period_months = IF(resource.state = 'RELEASED', resource.period_months, VALUES(period_months)),\n"
    "  site = IF(resource.state = 'RELEASED', resource.site, VALUES(site)),\n"
    "  tier = IF(resource.state = 'RELEASED', resource.tier, VALUES(tier)),\n"
    "  version = resource.version + (resource.state = 'ACTIVE' AND (resource.next_charge_at < VALUES(next_charge_at) OR VALUES(state) = 'RELEASED')),\n"
    "  anchor_at = IF(resource.state = 'ACTIVE' AND resource.next_charge_at < VALUES(next_charge_at), NULL, resource.anchor_at),\n"
    "  next_charge_at = IF(resource.state = 'ACTIVE', GREATEST(resource.next_charge_at, VALUES(next_charge_at)), resource.next_charge_at),\n"
    "  state_until = IF(VALUES(state) = 'RELEASED', NULL, resource.state_until),\n"
    "  state = IF(VALUES(state) = 'RELEASED', VALUES(state), resource.state)",
    "", "",
};
static const struct db_statement moved_released = {
    "import_moved_released",
    "INSERT INTO import_moved (resource_id, from_state, due_at)\n"
    "SELECT STRAIGHT_JOIN f.id, f.state, f.next_charge_at\n"
    "FROM import_line l\n"
    "JOIN resource f ON f.import_key = l.id\n"
    "WHERE l.kind = 'resource' AND l.status = 'RELEASED' AND f.state <> 'RELEASED'",
    "", "",
};
static const struct db_statement order = {
    "import_order",
    "INSERT INTO partner_order (customer_id, name, status, at, import_key)\n"
    "SELECT STRAIGHT_JOIN a.id, l.name, l.status, l.at, l.id\n" FROM("order")
    "ON DUPLICATE KEY UPDATE name = VALUES(name), at = VALUES(at),\n"
    "  status = IF(partner_order.status = 'WAITING_FOR_PARTNER', VALUES(status), partner_order.status)",
    "", "",
};
static const struct db_statement balance = {
    "import_balance",
    "INSERT INTO balance (customer_id, currency, owed_minor)\n"
    "SELECT STRAIGHT_JOIN a.id, l.currency, l.amount\n" FROM("balance")
    "ON DUPLICATE KEY UPDATE currency = VALUES(currency), owed_minor = VALUES(owed_minor)",
    "", "",
};
static const struct db_statement payment_method = {
    "import_payment_method",
    "INSERT INTO payment_method (customer_id, kind, last_four, provider_reference, valid_to, added_at, removed_at, import_key)\n"
    "SELECT STRAIGHT_JOIN a.id, l.type, l.other, l.reference, l.until_at, l.at, IF(l.status = 'REMOVED', ?, NULL), l.id\n" FROM("payment_method")
    "ON DUPLICATE KEY UPDATE\n"
    "  kind = IF(payment_method.removed_at IS NULL, VALUES(kind), payment_method.kind),\n"
    "  last_four = IF(payment_method.removed_at IS NULL, VALUES(last_four), payment_method.last_four),\n"
    "  provider_reference = IF(payment_method.removed_at IS NULL, VALUES(provider_reference), payment_method.provider_reference),\n"
    "  valid_to = IF(payment_method.removed_at IS NULL, VALUES(valid_to), payment_method.valid_to),\n"
    "  added_at = IF(payment_method.removed_at IS NULL, VALUES(added_at), payment_method.added_at),\n"
    "  removed_at = COALESCE(payment_method.removed_at, VALUES(removed_at))",
    "t", "",
};
/* Who has payment methods has one that is charged first. */
static const struct db_statement payment_default = {
    "import_payment_default",
    "UPDATE (SELECT STRAIGHT_JOIN MIN(f.id) AS id\n"
    "  FROM import_touched t\n"
    "  JOIN payment_method f ON f.customer_id = t.account_id AND f.removed_at IS NULL\n"
    "  WHERE t.kind = 'payment_method'\n"
    "  GROUP BY f.customer_id\n"
    "  HAVING MAX(f.is_default) = 0) first\n"
    "STRAIGHT_JOIN payment_method m ON m.id = first.id\n"
    "SET m.is_default = 1",
    "", "",
};
/* Only the latest new payment of a resource moves it, and only if nothing later is known. */
#define PAYMENT_THAT_COUNTS \
    "(SELECT STRAIGHT_JOIN l.other, l.type, l.at, l.until_at, l.next_at, ROW_NUMBER() OVER (PARTITION BY l.other ORDER BY l.at DESC, l.line DESC) AS nth\n" \
    "  FROM import_line l\n" \
    "  JOIN resource r ON r.import_key = l.other\n" \
    "  WHERE l.kind = 'payment' AND " NEW_PAYMENT ") y\n"
#define NOTHING_LATER "NOT EXISTS (SELECT 1 FROM charge q WHERE q.resource_id = r.id AND q.at > y.at)"
static const struct db_statement moved_restored = {
    "import_moved_restored",
    "INSERT INTO import_moved (resource_id, from_state, due_at)\n"
    "SELECT STRAIGHT_JOIN r.id, r.state, r.next_charge_at\n"
    "FROM " PAYMENT_THAT_COUNTS
    "JOIN resource r ON r.import_key = y.other AND y.nth = 1\n"
    "WHERE y.type = 'PAID' AND r.state IN ('GRACE', 'RETENTION') AND " NOTHING_LATER,
    "", "",
};
static const struct db_statement payment_effect = {
    "import_payment_effect",
    "UPDATE " PAYMENT_THAT_COUNTS
    "STRAIGHT_JOIN resource r ON r.import_key = y.other AND y.nth = 1\n"
    "SET r.anchor_at = IF(y.type = 'PAID' OR (r.state = 'ACTIVE' AND r.next_charge_at > y.until_at), NULL, r.anchor_at),\n"
    "  r.next_charge_at = IF(y.type = 'PAID', y.next_at, IF(r.state = 'ACTIVE', LEAST(r.next_charge_at, y.until_at), r.next_charge_at)),\n"
    "  r.state = IF(y.type = 'PAID', 'ACTIVE', r.state), r.state_until = IF(y.type = 'PAID', NULL, r.state_until),\n"
    "  r.told = IF(y.type = 'PAID', 0, r.told), r.version = r.version + 1\n"
    "WHERE r.state <> 'RELEASED' AND " NOTHING_LATER,
    "", "",
};
static const struct db_statement payment_insert = {
    "import_payment_insert",
    "INSERT INTO charge (resource_id, customer_id, due_at, amount_minor, currency, payer, result, at, import_key)\n"
    "SELECT STRAIGHT_JOIN r.id, r.customer_id, l.until_at, l.amount, l.currency, IF(a.billing_mode = 'PARTNER', 'PARTNER', 'CUSTOMER'),\n"
    "  IF(l.type = 'PAID', 'PAID', 'DECLINED'), l.at, l.id\n"
    "FROM import_line l\n"
    "JOIN account a ON a.no = l.account\n"
    "JOIN resource r ON r.import_key = l.other\n"
    "WHERE l.kind = 'payment' AND " NEW_PAYMENT,
    "", "",
};

const struct db_statement *const store_import_apply_statements[] = {
    &account_insert, &account_update, &email_insert, &phone_insert, &user_insert, &team_bump, &touch_account, &touch_user,
    &touch_association, &touch_commitment, &touch_contract, &touch_member, &touch_member_other, &touch_resource, &touch_freeze,
    &touch_order, &touch_balance, &touch_payment_method, &touch_payment, &bump, &association_insert, &billing, &commitment, &contract,
    &member_end, &member, &moved_released, &resource, &order, &balance, &payment_method, &payment_default, &moved_restored,
    &payment_effect, &payment_insert, NULL,
};

/* --- functions -------------------------------------------------------------------------------------------------------- */

const struct err *import_accounts(struct db *db, int64_t now) { return db_exec(db, &account_insert, NULL, now); }

const struct err *import_touch(struct db *db)
{
    static const struct db_statement *const touches[] = {
        &touch_account, &touch_user, &touch_association, &touch_commitment, &touch_contract, &touch_member, &touch_member_other,
        &touch_resource, &touch_freeze, &touch_order, &touch_balance, &touch_payment_method, &touch_payment,
    };
    for (size_t i = 0; i < sizeof touches / sizeof *touches; i++)
        TRY(db_exec(db, touches[i], NULL));
    return db_exec(db, &bump, NULL);
}

const struct err *import_apply(struct db *db, const int64_t changed[IMPORT_KINDS], int64_t now)
{
    static const struct {
        enum import_kind kind;
        bool has_now;
        const struct db_statement *statement;
    } steps[] = {
        {IMPORT_ACCOUNT, false, &account_update}, {IMPORT_ACCOUNT, true, &email_insert}, {IMPORT_ACCOUNT, true, &phone_insert},
        {IMPORT_USER, true, &user_insert}, {IMPORT_USER, false, &team_bump}, {IMPORT_ASSOCIATION, false, &association_insert},
        {IMPORT_ASSOCIATION, false, &billing}, {IMPORT_COMMITMENT, false, &commitment}, {IMPORT_CONTRACT, true, &contract},
        {IMPORT_MEMBER, false, &member_end}, {IMPORT_MEMBER, false, &member}, {IMPORT_RESOURCE, false, &moved_released}, {IMPORT_RESOURCE, false, &resource},
        {IMPORT_ORDER, false, &order}, {IMPORT_BALANCE, false, &balance}, {IMPORT_PAYMENT_METHOD, true, &payment_method},
        {IMPORT_PAYMENT_METHOD, false, &payment_default}, {IMPORT_PAYMENT, false, &moved_restored}, {IMPORT_PAYMENT, false, &payment_effect},
        {IMPORT_PAYMENT, false, &payment_insert},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (changed[steps[i].kind] == 0)
            continue;
        TRY(steps[i].has_now ? db_exec(db, steps[i].statement, NULL, now) : db_exec(db, steps[i].statement, NULL));
    }
    return NULL;
}

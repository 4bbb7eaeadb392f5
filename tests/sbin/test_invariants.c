#include "support/rows.h"

#include "demo_data.h"
#include "invariants.h"

#define FOLDER TEST_SOURCE_ROOT "/db/invariants"

/* For each file what it must catch: a change to the demo data that breaks it. Run in a transaction, with keys and checks that
 * would refuse it taken away. */
static const struct violation { const char *file, *sql; } violations[] = {
    { "010_one_open_request",
      "UPDATE disassociation_request SET state = 'PENDING', decided_at = NULL WHERE state = 'REJECTED'" },
    { "020_one_active_association",
      "UPDATE association SET customer_id = (SELECT MIN(id) FROM account WHERE kind = 'CUSTOMER')\n"
      "WHERE status = 'ACTIVE' ORDER BY id LIMIT 2" },
    { "030_ended_by_its_request", "UPDATE association SET ended_by_request = NULL WHERE status = 'ENDED'" },
    { "030_ended_by_its_request",
      "UPDATE association SET status = 'ENDED', ended_at = UTC_TIMESTAMP(6) WHERE status = 'ACTIVE' LIMIT 1" },
    { "040_completed_ends_association",
      "UPDATE association SET status = 'ACTIVE', ended_at = NULL, ended_by_request = NULL WHERE status = 'ENDED'" },
    { "050_decided_fields", "UPDATE disassociation_request SET decided_by_side = 'PARTNER' WHERE state = 'PENDING' LIMIT 1" },
    { "050_decided_fields", "UPDATE disassociation_request SET decided_at = NULL WHERE state = 'REJECTED' LIMIT 1" },
    { "060_right_side_decided", "UPDATE disassociation_request SET decided_by_side = initiator WHERE state = 'REJECTED' LIMIT 1" },
    { "060_right_side_decided",
      "UPDATE disassociation_request SET decided_by_side = 'PLATFORM' WHERE state = 'COMPLETED' AND escalated_at IS NULL" },
    { "070_version_counts_transitions", "UPDATE disassociation_request SET version = version + 1 LIMIT 1" },
    { "080_last_transition_is_state", "UPDATE disassociation_request SET state = 'WITHDRAWN' WHERE state = 'REJECTED' LIMIT 1" },
    { "090_legal_transitions", "UPDATE operation_log SET initiated_by = 'CUSTOMER' WHERE operation = 'REQUEST_AGREED'" },
    { "090_legal_transitions", "UPDATE operation_log SET to_state = 'EXPIRED' WHERE operation = 'REQUEST_REJECTED' LIMIT 1" },
    { "100_transitions_join", "UPDATE operation_log SET from_state = '' WHERE operation = 'REQUEST_ESCALATED' LIMIT 1" },
    { "110_chain_links", "DELETE FROM operation_log WHERE chain_id = 0 AND seq = 2" },
    { "110_chain_links", "UPDATE operation_log SET prev_hash = REPEAT('x', 32) WHERE chain_id > 0 AND seq = 2 LIMIT 1" },
    { "120_chain_heads", "UPDATE log_chain SET seq = seq + 1 WHERE chain_id = 0" },
    { "120_chain_heads", "UPDATE log_chain SET hash = REPEAT('x', 32) WHERE chain_id = 0" },
    { "120_chain_heads", "DELETE FROM log_chain WHERE chain_id = 0" },
    { "130_code_lets_one_act_through",
      "UPDATE disassociation_request SET submit_code_id = 1 WHERE submit_code_id IS NOT NULL LIMIT 2" },
    { "140_acts_were_proven", "UPDATE verification_code SET account_id = 1 WHERE state = 'USED' LIMIT 1" },
    { "140_acts_were_proven", "UPDATE verification_code SET target_id = 999 WHERE state = 'USED' LIMIT 1" },
    { "140_acts_were_proven", "UPDATE verification_code SET state = 'PROVEN', used_at = NULL WHERE state = 'USED' LIMIT 1" },
    { "140_acts_were_proven", "UPDATE disassociation_request SET submit_code_id = NULL WHERE initiator = 'CUSTOMER' LIMIT 1" },
    { "150_used_codes_have_an_act", "UPDATE verification_code SET used_by_request = NULL WHERE state = 'USED' LIMIT 1" },
    { "160_code_life", "UPDATE verification_code SET tries = 99 LIMIT 1" },
    { "160_code_life", "UPDATE verification_code SET used_at = grant_expires_at WHERE state = 'USED' LIMIT 1" },
    { "160_code_life", "UPDATE verification_code SET proven_at = NULL WHERE state = 'USED' LIMIT 1" },
    { "170_one_live_code", "UPDATE verification_code SET state = 'LIVE', used_at = NULL" },
    { "180_quota",
      "UPDATE disassociation_request SET customer_id = (SELECT id FROM account WHERE name = 'Quota Testing')\n"
      "WHERE initiator = 'CUSTOMER'" },
    { "190_quota_slots",
      "UPDATE quota_slot SET submitted_at = submitted_at - INTERVAL 1 DAY WHERE request_id IS NOT NULL LIMIT 1" },
    { "190_quota_slots", "UPDATE quota_slot SET request_id = 999 WHERE request_id IS NOT NULL LIMIT 1" },
    { "200_transitions_were_told", "DELETE FROM notification WHERE kind = 'REQUEST_SENT' LIMIT 1" },
    { "200_transitions_were_told", "UPDATE notification SET account_id = 1 WHERE kind = 'REQUEST_AGREED' LIMIT 1" },
    { "210_told_once", "UPDATE notification SET kind = 'REQUEST_RECEIVED' WHERE kind = 'REQUEST_ESCALATED'" },
    { "220_no_stranger_was_told",
      "UPDATE notification SET account_id = (SELECT id FROM account WHERE name = 'Other Cloud') WHERE request_id IS NOT NULL LIMIT 1" },
    { "230_messages_go_to_their_account", "UPDATE delivery SET account_id = 1 WHERE notification_id IS NOT NULL LIMIT 1" },
    { "230_messages_go_to_their_account", "UPDATE delivery SET address = 'else@x.test' WHERE code_id IS NOT NULL LIMIT 1" },
    { "230_messages_go_to_their_account", "UPDATE delivery SET address = 'else@x.test' WHERE notification_id IS NOT NULL LIMIT 1" },
    { "240_secrets_are_wiped", "UPDATE delivery SET sealed = 'x' WHERE state = 'SENT' LIMIT 1" },
    { "240_secrets_are_wiped", "UPDATE delivery SET details = '{\"code\":\"1\"}' WHERE code_id IS NOT NULL LIMIT 1" },
    { "250_sessions_are_bounded", "UPDATE session SET expires_at = created_at + INTERVAL 31 DAY LIMIT 1" },
    { "250_sessions_are_bounded", "UPDATE session SET seen_at = expires_at + INTERVAL 1 SECOND LIMIT 1" },
    { "260_no_session_of_the_disabled",
      "UPDATE session s JOIN user u ON u.id = s.user_id SET u.status = 'DISABLED', s.ended_at = NULL,\n"
      "  s.seen_at = UTC_TIMESTAMP(6), s.expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE u.login = 'partner@demo.test'" },
    { "270_resource_dates", "UPDATE resource SET state_until = next_charge_at - INTERVAL 1 DAY WHERE state = 'GRACE'" },
    { "270_resource_dates", "UPDATE resource SET state_until = NULL WHERE state = 'RETENTION'" },
    { "280_nothing_from_the_future", "UPDATE operation_log SET at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY LIMIT 1" },
    { "280_nothing_from_the_future", "UPDATE verification_code SET used_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY LIMIT 1" },
    { "290_form_key_once",
      "INSERT INTO form_key (digest, user_id, route, at, location, http_id) VALUES\n"
      "(REPEAT('a', 32), 1, '/x', UTC_TIMESTAMP(6), '/', 'same'), (REPEAT('b', 32), 1, '/x', UTC_TIMESTAMP(6), '/', 'same')" },
    { "290_form_key_once",
      "INSERT INTO form_key (digest, user_id, route, at, location, http_id) VALUES\n"
      "(REPEAT('a', 32), 1, '/x', UTC_TIMESTAMP(6), '5', 'same'), (REPEAT('b', 32), 1, '/x', UTC_TIMESTAMP(6), '/', 'same')" },
    { "290_form_key_once",
      "INSERT INTO form_key (digest, user_id, route, at, location, http_id) VALUES\n"
      "(REPEAT('a', 32), 1, '/requests/{no}/verify', UTC_TIMESTAMP(6), '/', 'same'),\n"
      "(REPEAT('b', 32), 1, '/requests/{no}/verify', UTC_TIMESTAMP(6), '/', 'same')" },
    { "470_codes_to_live_contacts",
      "UPDATE verification_code v JOIN contact c ON c.id = v.contact_id\n"
      "SET v.state = 'LIVE', v.used_at = NULL, c.removed_at = UTC_TIMESTAMP(6)" },
    { "480_contact_changes_were_proven",
      "INSERT INTO contact_change (account_id, user_id, channel, address, started_at, closed_at, outcome)\n"
      "SELECT account_id, id, 'SMS', '+4915100000188', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 'PROVEN' FROM user ORDER BY id LIMIT 1" },
    { "490_recovery_codes_have_a_factor",
      "INSERT INTO recovery_code (user_id, digest, created_at)\n"
      "SELECT id, REPEAT('x', 32), UTC_TIMESTAMP(6) FROM user WHERE totp_secret IS NULL ORDER BY id LIMIT 1" },
    { "560_closed_accounts",
      "UPDATE account SET status = 'CLOSED', closed_at = UTC_TIMESTAMP(6) WHERE kind = 'PARTNER' LIMIT 1" },
    { "560_closed_accounts",
      "INSERT INTO account (kind, no, name, status, created_at, closed_at) VALUES ('CUSTOMER', 'C-1', 'Unlogged', 'CLOSED', '2026-01-01',\n"
      "  '2026-01-02')" },
    { "570_rule_history", "UPDATE rule_set SET version = version + 1 WHERE id = 1" },
    { "570_rule_history", "UPDATE rule_set SET is_active = 0" },
    { "570_rule_history",
      "INSERT INTO rule_change (rule_set_id, set_version, code, at, user_id, user_name, before_text, after_text, note)\n"
      "VALUES (1, 2, 'C1', UTC_TIMESTAMP(6), 1, '', '', '', '')" },
    { "580_grants_were_logged",
      "INSERT INTO quota_grant (side, customer_id, extra, granted_at, until_at, granted_by, note)\n"
      "SELECT 'CUSTOMER', MIN(id), 1, '2026-01-01', '2026-12-01', 1, 'x' FROM account WHERE kind = 'CUSTOMER'" },
    { "590_second_factors",
      "UPDATE user u JOIN session s ON s.user_id = u.id SET u.role = 'ops', s.ended_at = NULL, s.created_at = '2020-01-01'\n"
      "WHERE u.login = 'partner@demo.test'" },
    { "300_request_of_its_association", "UPDATE disassociation_request SET partner_id = partner_id + 1 LIMIT 1" },
    { "300_request_of_its_association",
      "UPDATE association SET associated_at = UTC_TIMESTAMP(6) WHERE id = (SELECT MIN(association_id) FROM disassociation_request)" },
    { "310_log_of_its_association", "UPDATE operation_log SET customer_id = 1 WHERE chain_id > 0 LIMIT 1" },
    { "310_log_of_its_association", "UPDATE operation_log SET association_id = NULL WHERE chain_id > 0 LIMIT 1" },
    { "320_wizards", "UPDATE wizard SET request_id = NULL WHERE state = 'DONE' LIMIT 1" },
    { "320_wizards", "UPDATE wizard SET state = 'OPEN', target_id = 1, account_id = 1, purpose = 'SUBMIT' LIMIT 2" },
    { "330_role_fits_account", "UPDATE user SET role = 'ops' WHERE role = 'owner' LIMIT 1" },
    { "340_association_was_logged", "UPDATE operation_log SET operation = 'CHECK_RUN' WHERE operation = 'ASSOCIATED' LIMIT 1" },
    { "340_association_was_logged", "UPDATE operation_log SET operation = 'CHECK_RUN' WHERE operation = 'DISASSOCIATED'" },
    { "350_escalation_was_logged",
      "UPDATE disassociation_request SET escalated_at = NULL WHERE escalated_at IS NOT NULL LIMIT 1" },
    { "350_escalation_was_logged",
      "UPDATE disassociation_request SET escalated_at = submitted_at WHERE initiator = 'PARTNER' LIMIT 1" },
    { "360_expired_after_deadline", "UPDATE disassociation_request SET state = 'EXPIRED' WHERE state = 'REJECTED' LIMIT 1" },
    { "370_one_open_freeze", "UPDATE freeze SET account_id = 6 LIMIT 2" },
    { "370_one_open_freeze", "UPDATE freeze SET lifted_at = at - INTERVAL 1 DAY LIMIT 1" },
    { "380_billing_follows_association", "UPDATE account SET billing_mode = 'DIRECT' WHERE billing_mode = 'PARTNER' LIMIT 1" },
    { "380_billing_follows_association", "UPDATE account SET billing_mode = 'PARTNER' WHERE name = 'Alone Astronomy'" },
    { "390_no_orphans", "UPDATE notification SET request_id = 999 LIMIT 1" },
    { "390_no_orphans", "UPDATE notification_read SET user_id = 999 LIMIT 1" },
    { "390_no_orphans", "UPDATE delivery SET code_id = 999 WHERE code_id IS NOT NULL LIMIT 1" },
    { "390_no_orphans", "UPDATE disassociation_request SET submitted_by = 999 LIMIT 1" },
    { "400_one_contact_a_channel", "UPDATE contact SET channel = 'EMAIL'" },
    { "430_reminders", "UPDATE notification SET kind = 'REQUEST_REMINDER' WHERE kind = 'REQUEST_SENT' LIMIT 1" },
    { "430_reminders", "UPDATE notification SET kind = 'REQUEST_REMINDER' WHERE kind = 'REQUEST_ESCALATED'" },
    { "440_log_in_time", "UPDATE operation_log SET at = at - INTERVAL 999 DAY WHERE chain_id > 0 AND seq = 2 LIMIT 1" },
    { "440_log_in_time", "UPDATE log_chain SET at = at + INTERVAL 1 SECOND WHERE chain_id > 0 LIMIT 1" },
    { "440_log_in_time", "UPDATE log_chain SET at = NULL WHERE chain_id = 0" },
    { "410_operator_of_its_account", "UPDATE operation_log SET account_id = 1 WHERE user_id IS NOT NULL LIMIT 1" },
    { "420_accepted_invitations",
      "INSERT INTO invitation (partner_id, kind, name, token_hash, status, created_at, created_by, sent_at, decided_at, customer_id,\n"
      "  association_id) SELECT a.partner_id, 'LINK', '', REPEAT('a', 32), 'ACCEPTED', a.associated_at, 1, a.associated_at,\n"
      "  a.associated_at, a.partner_id, a.id FROM association a ORDER BY a.id LIMIT 1" },
    { "420_accepted_invitations",
      "INSERT INTO invitation (partner_id, kind, name, token_hash, sealed_token, status, created_at, created_by, sent_at, decided_at)\n"
      "SELECT a.partner_id, 'LINK', '', REPEAT('a', 32), 'x', 'REVOKED', a.associated_at, 1, a.associated_at, a.associated_at\n"
      "FROM association a LIMIT 1" },
    { "500_currency_set_once", "UPDATE operation_log SET operation = 'CURRENCY_SET', object = 'XXX' WHERE operation = 'ASSOCIATED' LIMIT 1" },
    { "500_currency_set_once",
      "UPDATE operation_log SET operation = 'CURRENCY_SET', object = 'USD'\n"
      "WHERE customer_id = (SELECT id FROM account WHERE name = 'Quota Testing')" },
    { "510_unsubscribed_was_logged",
      "UPDATE commitment SET status = 'UNSUBSCRIBED', unsubscribed_at = valid_from WHERE kind = 'RI' LIMIT 1" },
    { "520_watches_were_told",
      "INSERT INTO check_watch (account_id, association_id, user_id, created_at, seen_version, look_at, told_at)\n"
      "SELECT a.customer_id, a.id, u.id, a.associated_at, 0, a.associated_at, a.associated_at FROM association a\n"
      "JOIN user u ON u.account_id = a.customer_id LIMIT 1" },
    { "530_paid_once",
      "INSERT INTO charge (resource_id, customer_id, due_at, amount_minor, currency, payer, result, at)\n"
      "SELECT id, customer_id, next_charge_at, 1, 'USD', 'CUSTOMER', 'PAID', next_charge_at FROM resource WHERE state = 'GRACE'" },
    { "540_no_card_numbers", "UPDATE payment_method SET removed_at = added_at WHERE is_default = 1 LIMIT 1" },
    { "550_resource_steps_logged",
      "INSERT INTO charge (resource_id, customer_id, due_at, amount_minor, currency, payer, result, at)\n"
      "SELECT id, customer_id, next_charge_at, 1, 'USD', 'CUSTOMER', 'NO_METHOD', next_charge_at FROM resource WHERE state = 'GRACE'" },
    { "520_watches_were_told", "UPDATE notification SET kind = 'CHECKS_PASS' WHERE kind = 'REQUEST_SENT' LIMIT 1" },
    { "600_notice_counts", "UPDATE account SET notices = notices + 1 WHERE kind = 'CUSTOMER' LIMIT 1" },
    { "600_notice_counts", "UPDATE user SET notices_read = notices_read + 1 LIMIT 1" },
    { "600_notice_counts", "DELETE FROM notification_read ORDER BY user_id LIMIT 1" }
};
enum { VIOLATIONS = sizeof violations / sizeof violations[0] };

/* What would keep the violations out. */
static const char *const guards[] = {
    "disassociation_request DROP KEY request_open", "association DROP KEY association_active", "freeze DROP KEY freeze_open",
    "verification_code DROP KEY verification_code_live", "wizard DROP KEY wizard_open", "contact DROP KEY contact_live",
    "contact ADD KEY contact_account (account_id)"
};

static struct db *db;
static void *mem;
static struct invariant *invariants;
static size_t invariants_n;

static const struct invariant *named(const char *name)
{
    for (size_t i = 0; i < invariants_n; i++)
        if (strcmp(invariants[i].name, name) == 0)
            return &invariants[i];
    fail_msg("there is no %s", name);
    return NULL;
}

static size_t rows_of(const struct invariant *invariant)
{
    struct db_rows *rows;
    const struct err *err = invariant_run(db, mem, invariant, &rows);

    if (err != NULL)
        fail_msg("%s: %s", invariant->name, err->what);
    return rows->n;
}

static void a_clean_history_breaks_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < invariants_n; i++) {
        struct db_rows *rows;
        const struct err *err = invariant_run(db, mem, &invariants[i], &rows);

        if (err != NULL)
            fail_msg("%s: %s", invariants[i].name, err->what);
        if (rows->n > 0)
            fail_msg("%s: %s", invariants[i].name, db_text(rows, 0, 0));
    }
}

static void an_empty_database_breaks_nothing(void **state)
{
    (void)state;
    test_db_clear(db);
    a_clean_history_breaks_nothing(NULL);
    demo_data_load(db);
}

static void every_file_has_a_violation_that_it_catches(void **state)
{
    (void)state;
    for (size_t i = 0; i < invariants_n; i++) {
        size_t n = 0;

        for (size_t v = 0; v < VIOLATIONS; v++)
            n += strcmp(violations[v].file, invariants[i].name) == 0;
        if (n == 0)
            fail_msg("%s has no violation in this test", invariants[i].name);
    }
}

static void every_query_is_bounded_and_says_what_holds(void **state)
{
    (void)state;
    assert_true(invariants_n > 30);
    for (size_t i = 0; i < invariants_n; i++) {
        const char *sentence = invariants[i].sentence;

        assert_non_null(strstr(invariants[i].statement.text, "\nLIMIT "));
        assert_true(strlen(sentence) > 20 && sentence[strlen(sentence) - 1] == '.');
    }
}

static void the_violation_is_caught(void **state)
{
    const struct violation *row = &violations[(size_t)(uintptr_t)*state];
    size_t n;

    test_db_sql(db, "START TRANSACTION");
    test_db_sql(db, "%s", row->sql);
    n = rows_of(named(row->file));
    test_db_sql(db, "ROLLBACK");
    if (n == 0)
        fail_msg("%s does not catch: %s", row->file, row->sql);
    assert_int_equal(rows_of(named(row->file)), 0);
}

/* What is much like a violation and is none. */
static void a_try_of_a_code_has_a_key_of_its_own(void **state)
{
    size_t n;

    (void)state;
    test_db_sql(db, "START TRANSACTION");
    test_db_sql(db, "INSERT INTO form_key (digest, user_id, route, at, location, http_id) VALUES\n"
                    "(REPEAT('a', 32), 1, '/x', UTC_TIMESTAMP(6), '/', 'same'),\n"
                    "(UNHEX(SHA2(CONCAT(REPEAT('a', 32), 'try'), 256)), 1, '/x', UTC_TIMESTAMP(6), '/', 'same')");
    n = rows_of(named("290_form_key_once"));
    test_db_sql(db, "ROLLBACK");
    assert_int_equal(n, 0);
}

static const struct err *check(const char *folder)
{
    const char *const args[] = { "--invariants", folder, NULL };
    struct ctl ctl = demo_data_ctl(mem, db, args);
    const struct err *err = demo_data_quietly(ctl_check, &ctl);

    /* It closed the connection; the settings of its session are gone with it. */
    assert_null(db_ready(db, clock_now()));
    return err;
}

static void the_command_tells_by_its_end(void **state)
{
    const struct err *err;

    (void)state;
    err = check(FOLDER);
    if (err != NULL)
        fail_msg("%s", err->what);
    test_db_sql(db, "UPDATE disassociation_request SET version = version + 1 ORDER BY id LIMIT 1");
    err = check(FOLDER);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_CONFLICT);
    test_db_sql(db, "UPDATE disassociation_request SET version = version - 1 ORDER BY id LIMIT 1");
}

static void a_folder_without_queries_is_refused(void **state)
{
    const struct err *err = check(TEST_SOURCE_ROOT "/sbin");

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_INPUT);
}

static int prepare(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    assert_null(invariants_load(NULL, FOLDER, &invariants, &invariants_n));
    db = test_db_open(NULL);
    demo_data_load(db);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    talloc_free(db);
    talloc_free(invariants);
    talloc_free(mem);
    return 0;
}

/* The last of the tests on the whole schema. */
static void the_guards_come_off(void **state)
{
    (void)state;
    for (size_t i = sizeof guards / sizeof guards[0]; i > 0; i--)
        test_db_sql(db, "ALTER TABLE %s", guards[i - 1]);
    test_db_sql(db, "SET SESSION check_constraint_checks = 0, foreign_key_checks = 0");
    a_clean_history_breaks_nothing(NULL);
}

int main(void)
{
    static struct rows rows;

    ROWS_TEST(&rows, a_clean_history_breaks_nothing);
    ROWS_TEST(&rows, an_empty_database_breaks_nothing);
    ROWS_TEST(&rows, a_try_of_a_code_has_a_key_of_its_own);
    ROWS_TEST(&rows, every_file_has_a_violation_that_it_catches);
    ROWS_TEST(&rows, every_query_is_bounded_and_says_what_holds);
    ROWS_TEST(&rows, the_command_tells_by_its_end);
    ROWS_TEST(&rows, a_folder_without_queries_is_refused);
    ROWS_TEST(&rows, the_guards_come_off);
    for (size_t i = 0; i < VIOLATIONS; i++)
        rows.tests[rows.n++] = (struct CMUnitTest){ violations[i].file, the_violation_is_caught, NULL, NULL, (void *)(uintptr_t)i };
    return _cmocka_run_group_tests("invariants", rows.tests, rows.n, prepare, finish);
}

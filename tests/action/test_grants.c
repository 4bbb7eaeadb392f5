/* The web program's database account can do what its actions need, and cannot touch what is written in the log. */
#include <stdio.h>
#include <unistd.h>

#include "support/rows.h"
#include "support/sent_code.h"
#include "support/test_db.h"
#include "support/test_world.h"

#include "base/clock.h"
#include "base/memory.h"

#include "action/check.h"
#include "action/check_watch.h"
#include "action/contact.h"
#include "action/contract.h"
#include "action/currency.h"
#include "action/decide.h"
#include "action/desk_close.h"
#include "action/desk_contact.h"
#include "action/desk_events.h"
#include "action/desk_grant.h"
#include "action/desk_notices.h"
#include "action/desk_rule.h"
#include "action/desk_user.h"
#include "action/factor_secret.h"
#include "action/export_log.h"
#include "action/freeze.h"
#include "action/release_member.h"
#include "action/save_information.h"
#include "action/preferences.h"
#include "action/security.h"
#include "action/payment.h"
#include "action/payment_method.h"
#include "action/resource_life.h"
#include "action/settings.h"
#include "action/show_names.h"
#include "action/submit.h"
#include "action/team.h"
#include "action/unsubscribe.h"
#include "store/store_association.h"
#include "store/store_notice.h"

static struct db *owner, *web;
static void *mem;          /* of the whole program */
static struct world world;

static char *read_file(const char *path)
{
    char *text = talloc_zero_array(mem, char, 65536);
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_true(fread(text, 1, 65535, file) > 0);
    (void)fclose(file);
    return text;
}

/* db/grants.sql with the name of this test's database, and one user that only this test has. */
static void grant(const char *user)
{
    char *text = read_file(TEST_SOURCE_ROOT "/db/grants.sql"), *line, *rest = text;

    test_db_sql(owner, "CREATE USER '%s'@'localhost'", user);
    while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
        char *here = strstr(line, "TO 'mypartner_web'@'localhost';"), *table = strstr(line, "ON `mypartner`.");

        if (here == NULL || table == NULL)
            continue;
        *here = '\0';
        *table = '\0';
        test_db_sql(owner, "%sON `%s`.%sTO '%s'@'localhost'", line, test_db_config()->database.name, table + strlen("ON `mypartner`."),
                    user);
    }
    talloc_free(text);
}

static int begin_all(void **state)
{
    static struct config config;
    const char *user;

    (void)state;
    mem = mem_context(NULL, "grants");
    user = mem_text(mem, "web_%ld", (long)getpid());
    owner = test_db_open(mem);
    grant(user);
    config = *test_db_config();
    config.database.user = user;
    web = db_new(mem, &config, "");
    return db_ready(web, clock_now()) == NULL ? 0 : -1;
}

static int end_all(void **state)
{
    (void)state;
    test_db_sql(owner, "DROP USER 'web_%ld'@'localhost'", (long)getpid());
    talloc_free(mem);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    world_begin(&world, owner);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(world_faults(&world), 0);
    world_end(&world);
    return 0;
}

/* As the web program would: over its own connection. */
static struct act web_form(const struct actor *actor, int key)
{
    struct act act = world_form(&world, actor, key, "/x");

    act.db = web;
    return act;
}

static void web_can_submit_and_agree(void **state)
{
    struct wizard_target target = world_submit_target(&world, world.owner);
    int64_t revision = world_ready_to_submit(&world, world.owner), request_id;
    struct act act = web_form(world.owner, 1);
    struct submit_result submitted;
    struct decide_result decided;

    (void)state;
    db_test_fail_commit(web, 1);
    assert_null(submit_request(&act, &target, revision, NULL, &submitted));
    assert_true(act.is_done);
    request_id = test_db_number(owner, "SELECT MAX(id) FROM disassociation_request");
    target = world_answer_target(&world, world.admin, request_id);
    revision = world_ready_to_answer(&world, world.admin, request_id, REQUEST_AGREE, "");
    act = web_form(world.admin, 2);
    assert_null(decide_request(&act, &target, revision, REQUEST_AGREE, &decided));
    assert_true(act.is_done);
}

static void web_can_withdraw_and_mark_the_result(void **state)
{
    int64_t request_id = world_request(&world, world.owner);
    struct act act = web_form(world.owner, 1), seen = web_form(world.owner, 2);
    struct decide_result decided;

    (void)state;
    assert_null(withdraw_request(&act, request_id, &decided));
    assert_true(act.is_done);
    assert_null(see_result(&seen, request_id));
    assert_true(seen.is_done);
}

static void web_can_ask_to_unfreeze(void **state)
{
    struct act act = web_form(world.owner, 1);
    bool asked;

    (void)state;
    world_freeze(&world, world.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_null(ask_unfreeze(&act, world.association, &asked));
    assert_true(asked);
}

/* Each must be refused by the server itself: 1142 is "command denied". */
static const struct forbidden { const char *claim, *sql; } forbidden_rows[] = {
    { "web_cannot_change_the_log", "UPDATE operation_log SET remark = 'x'" },
    { "web_cannot_cut_the_log", "DELETE FROM operation_log" },
    { "web_cannot_remove_a_chain", "DELETE FROM log_chain" },
    { "web_cannot_remove_a_request", "DELETE FROM disassociation_request" },
    { "web_cannot_say_that_a_rule_has_another_source", "UPDATE rule SET source = 'me'" },
    { "web_cannot_remove_a_rule", "DELETE FROM rule" },
    { "web_cannot_make_a_rule_set", "INSERT INTO rule_set (name) VALUES ('mine')" },
    { "web_cannot_change_the_history_of_rules", "UPDATE rule_change SET note = ''" },
    { "web_cannot_make_a_grant_larger", "UPDATE quota_grant SET extra = 20" },
    { "web_cannot_change_the_words_of_a_message", "UPDATE delivery SET details = '{}'" },
    { "web_cannot_make_an_event_tell_of_something_else", "UPDATE webhook_event SET seq = 1" },
    { "web_cannot_remove_an_account", "DELETE FROM account" },
    { "web_cannot_forget_a_form", "DELETE FROM form_key" },
    { "web_cannot_take_notices_back", "DELETE FROM notification" },
    { "web_cannot_shorten_grace", "UPDATE lifecycle_days SET grace_days = 0" },
    { "web_cannot_take_a_charge_back", "UPDATE charge SET result = 'DECLINED'" },
    { "web_cannot_drop_a_table", "DROP TABLE task" }
};

static void server_forbids(void **state)
{
    const struct forbidden *row = *state;
    const struct err *err = db_run_text(web, mem_text(mem, "%s;\n", row->sql), "forbidden");

    assert_non_null(err);
    assert_true(err->code == 1142 || err->code == 1143);   /* of the table, or of that column */
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static void web_can_work_at_the_desk(void **state)
{
    struct act freeze = web_form(world.admin, 1), lift = web_form(world.admin, 2), names = web_form(world.admin, 3);
    struct act settle = web_form(world.ops, 4), set = web_form(world.admin, 5);
    struct freeze_result frozen;
    enum contract_outcome contract;
    enum settings_outcome settings;

    (void)state;
    world_contract(&world, world.customer, world.now - 1, world.now + CLOCK_DAY);
    assert_null(freeze_customer(&freeze, world.association, FREEZE_ACCOUNT, "unpaid", &frozen));
    assert_null(unfreeze_customer(&lift, world.association, FREEZE_ACCOUNT, "paid", &frozen));
    assert_null(show_names(&names));
    assert_null(settle_contract(&settle, test_db_number(owner, "SELECT MAX(id) FROM contract LIMIT 1"), "note", &contract));
    assert_null(settings_set_code(&set, true, &settings));
    assert_true(freeze.is_done && lift.is_done && names.is_done && settle.is_done && set.is_done);
}

static void web_can_ask_for_an_export_of_the_log(void **state)
{
    const struct operation_filter all = { .side = SIDES, .result = "", .from_at = INSTANT_NONE, .until_at = INSTANT_NONE };
    const struct export_ask asked = { .format = EXPORT_CSV, .filter = &all, .words = "all", .zone = "UTC" };
    struct act ask = web_form(world.ops, 1), fetch = web_form(world.ops, 2);
    enum export_outcome outcome;

    (void)state;
    assert_null(export_log_ask(&ask, &asked, &outcome));
    test_db_sql(owner, "UPDATE log_export SET state = 'READY', done_at = created_at, expires_at = created_at + INTERVAL 1 DAY");
    assert_null(export_log_fetch(&fetch, test_db_number(owner, "SELECT MAX(id) FROM log_export LIMIT 1"), &outcome));
    assert_true(ask.is_done && fetch.is_done);
}

static void web_can_change_a_team(void **state)
{
    struct act invite = web_form(world.admin, 1), back = web_form(world.admin, 2), role = web_form(world.admin, 3);
    struct act out = web_form(world.admin, 4);
    enum team_outcome outcome;

    (void)state;
    assert_null(team_invite(&invite, "new@example.com", ROLE_MANAGER, &outcome));
    assert_null(team_take_back(&back, test_db_number(owner, "SELECT MAX(id) FROM team_invitation LIMIT 1"), &outcome));
    assert_null(team_change_role(&role, world.manager->user_id, ROLE_ADMIN, &outcome));
    assert_null(team_remove(&out, world.manager->user_id, &outcome));
    assert_true(invite.is_done && back.is_done && role.is_done && out.is_done);
}

static void web_can_change_an_account(void **state)
{
    struct act watch = web_form(world.owner, 1), set = web_form(world.owner, 2), end = web_form(world.owner, 3);
    struct act release = web_form(world.owner, 4), save = web_form(world.owner, 5), again = web_form(world.owner, 6);
    struct account_information information = {"Acme", "Street 1", "", "", "Berlin", "Germany", "", "a@example.com", 0, 0};
    enum watch_outcome watching;
    enum currency_outcome currency;
    enum unsubscribe_outcome ending;
    enum release_outcome releasing;
    enum information_outcome saving;
    bool is_new = false;

    (void)state;
    world_currency(&world, world.customer, NULL);
    world_commitment(&world, world.customer, COMMITMENT_RI, world.now + CLOCK_DAY);
    (void)world_member(&world, world.customer, "North", true);
    assert_null(task_ask(owner, world.customer, "ACCOUNT_INFORMATION", world.association, world.now, &is_new));
    assert_null(watch_checks(&watch, &watching));
    assert_null(set_currency(&set, "USD", &currency));
    assert_null(unsubscribe(&end, test_db_number(owner, "SELECT MAX(id) FROM commitment"), NULL, &ending));
    assert_null(release_member(&release, test_db_number(owner, "SELECT MAX(id) FROM enterprise_link"), NULL, &releasing));
    assert_null(save_information(&save, &information, &saving));
    information.version = 1;
    assert_null(save_information(&again, &information, &saving));
    assert_true(watch.is_done && set.is_done && end.is_done && release.is_done && save.is_done && again.is_done);
}

static void web_can_change_contacts(void **state)
{
    struct act begin = web_form(world.owner, 1), send = web_form(world.owner, 2), prove = web_form(world.owner, 3);
    struct act out = web_form(world.owner, 4);
    enum contact_outcome outcome;
    struct contact_send_result sent;
    struct contact_proof proof;

    (void)state;
    assert_null(contact_begin(&begin, CHANNEL_EMAIL, "new@acme.example", "", &outcome));
    const int64_t id = test_db_number(owner, "SELECT MAX(id) FROM contact_change LIMIT 1");
    assert_null(contact_send_code(&send, id, &sent));
    assert_null(contact_prove(&prove, id, sent_code(owner, mem, &world.keys.outbox), &proof));
    assert_true(proof.is_proven);
    assert_null(contact_remove(&out, test_db_number(owner, "SELECT MAX(id) FROM contact WHERE is_live = 1 AND account_id = %lld LIMIT 1",
                                                    (long long)world.customer), true, &outcome));
    assert_true(out.is_done);
}

static void web_can_secure_a_user(void **state)
{
    const struct preferences wanted = {.lang = "en", .zone = "", .theme = "", .with_channels = true, .channels = {true, false}};
    static const struct db_statement pending = {
        "test_pending", "SELECT totp_pending FROM user WHERE totp_pending IS NOT NULL LIMIT 1", "", "s"};
    struct act prefer = web_form(world.owner, 1), end = web_form(world.owner, 2), start = web_form(world.owner, 3);
    struct act set_up = web_form(world.owner, 4), renew = web_form(world.owner, 5), off = web_form(world.owner, 6);
    enum preferences_outcome preferred;
    enum security_outcome outcome;
    struct recovery_codes codes;
    struct db_rows *rows = NULL;
    char *secret = NULL, code[7];

    (void)state;
    assert_null(preferences_set(&prefer, &wanted, &preferred));
    assert_null(security_end_others(&end, &outcome));
    assert_null(second_factor_start(&start, &outcome));
    assert_null(db_query(owner, mem, &pending, &rows));
    assert_null(factor_open(world.mem, &world.keys, world.owner->login, db_text(rows, 0, 0), &secret));
    assert_true(totp_now(secret, world.now, code));
    assert_null(second_factor_set_up(&set_up, code, &outcome, &codes));
    assert_null(second_factor_renew_codes(&renew, &outcome, &codes));
    assert_null(second_factor_switch_off(&off, &outcome));
    assert_true(prefer.is_done && end.is_done && start.is_done && set_up.is_done && renew.is_done && off.is_done);
}

static void web_can_run_the_platforms_desk(void **state)
{
    struct act acts[11];
    const struct desk_grant grant = {
        .customer_no = "C-100000", .side = SIDE_PARTNER, .extra = 2, .until_at = world.now + 30 * CLOCK_DAY, .note = "asked for"};
    const struct desk_contact contact = {
        .account_no = "C-100000", .channel = CHANNEL_EMAIL, .address = "new@example.com", .proof = "passport seen"};
    const struct rule_set_use use = {.set_id = 2, .seen_version = 1, .seen_in_force = 1, .note = "as agreed"};
    struct rule_edit edit = {.seen_version = 1, .row = {.severity = SEVERITY_OFF}, .note = "as agreed"};
    const struct desk_closing closing = {"C-100000", "P-100001.", "Acme GmbH", "asked for"};
    struct rule_edit_result edited;
    enum desk_outcome outcome;
    size_t ended = 0, n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        acts[i] = web_form(world.ops, (int)i + 1);
    edit.rule_id = test_db_number(owner, "SELECT id FROM rule WHERE rule_set_id = 1 AND code = 'X1' LIMIT 1");
    assert_null(desk_grant_give(&acts[n++], &grant, &outcome));
    assert_null(desk_grant_revoke(&acts[n++], test_db_number(owner, "SELECT MAX(id) FROM quota_grant LIMIT 1"), "enough", &outcome));
    assert_null(desk_contact_replace(&acts[n++], &contact, &outcome));
    assert_null(desk_user(&acts[n++], world.owner->user_id, DESK_USER_DISABLE, "left", &outcome));
    assert_null(desk_rule_edit(&acts[n++], &edit, &edited));
    assert_null(desk_rule_set_use(&acts[n++], &use, &edited));
    test_db_sql(owner, "UPDATE delivery SET state = 'DEAD', done_at = created_at");
    assert_null(desk_notice_retry(&acts[n++], test_db_number(owner, "SELECT MIN(d.id) FROM delivery d WHERE d.address = "
                                                             "'new@example.com' LIMIT 1"), &outcome));
    assert_null(desk_notices_retry_all(&acts[n++], &outcome));
    test_db_sql(owner, "INSERT INTO webhook_event (chain_id, seq, state, next_at, created_at, done_at)\n"
                "VALUES (%lld, 900, 'DEAD', '2026-01-01', '2026-01-01', '2026-01-02')", (long long)world.association);
    assert_null(desk_event_retry(&acts[n++], test_db_number(owner, "SELECT MIN(id) FROM webhook_event LIMIT 1"), &outcome));
    test_db_sql(owner, "UPDATE webhook_event SET state = 'DEAD', done_at = created_at");
    assert_null(desk_events_retry_all(&acts[n++], &outcome));
    assert_null(desk_close(&acts[n++], &closing, &outcome, &ended));
    for (size_t i = 0; i < n; i++)
        if (!acts[i].is_done)
            fail_msg("act %zu was not done", i);
}

static void web_can_write_down_what_a_gateway_reports(void **state)
{
    (void)state;
    test_db_sql(owner, "INSERT INTO delivery (id, event_id, channel, address, lang, kind, link, state, next_at, created_at, give_up_at, done_at)\n"
                "VALUES (7, 'e7', 'SMS', '+6591000001', 'en', 'FROZEN', '', 'SENT', '2026-01-01', '2026-01-01', '2026-01-02', '2026-01-01')");
    assert_null(delivery_receipt(web, 7, "FAILED", world.now));
    assert_int_equal(world_count(&world, "delivery", "id = 7 AND state = 'DEAD' AND receipt = 'FAILED'"), 1);
}

static void web_can_add_a_payment_method_and_pay(void **state)
{
    struct act add = web_form(world.owner, 1), again = web_form(world.owner, 2), out = web_form(world.owner, 3), pay = web_form(world.owner, 4);
    const struct payment_method_new method = {
        .last_four = "4242", .reference = payment_demo_reference(mem, false), .valid_to = INSTANT_NONE};
    enum payment_outcome outcome;
    enum pay_outcome paid;

    (void)state;
    test_db_sql(owner, "UPDATE account SET billing_mode = 'DIRECT' WHERE id = %lld", (long long)world.customer);
    test_db_sql(owner, "INSERT INTO resource (customer_id, name, next_charge_at) VALUES (%lld, 'Disk', '2026-07-01')",
                (long long)world.customer);
    assert_null(payment_method_add(&add, &method, &outcome));
    const int64_t id = test_db_number(owner, "SELECT MAX(id) FROM payment_method LIMIT 1");
    assert_null(payment_method_make_default(&again, id, &outcome));
    assert_null(resource_pay(&pay, test_db_number(owner, "SELECT MAX(id) FROM resource LIMIT 1"),
                             test_db_number(owner, "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', '2026-07-01') LIMIT 1"), &paid));
    assert_null(payment_method_take_out(&out, id, &outcome));
    assert_true(add.is_done && again.is_done && pay.is_done && out.is_done);
    test_db_sql(owner, "UPDATE account SET billing_mode = 'PARTNER' WHERE id = %lld", (long long)world.customer);
}

int main(void)
{
    static struct rows rows;

    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_submit_and_agree);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_withdraw_and_mark_the_result);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_ask_to_unfreeze);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_work_at_the_desk);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_ask_for_an_export_of_the_log);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_change_a_team);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_change_contacts);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_secure_a_user);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_run_the_platforms_desk);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_write_down_what_a_gateway_reports);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_change_an_account);
    rows.tests[rows.n++] = (struct CMUnitTest)TEST(web_can_add_a_payment_method_and_pay);
    ROWS_TABLE(&rows, server_forbids, forbidden_rows);
    return _cmocka_run_group_tests(__FILE__, rows.tests, rows.n, begin_all, end_all);
}

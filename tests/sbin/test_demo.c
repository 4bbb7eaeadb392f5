#include "support/rows.h"

#include "action/check.h"
#include "demo_data.h"
#include "demo.h"
#include "domain/side.h"
#include "invariants.h"
#include "log_verify.h"
#include "store/store_association.h"
#include "store/store_code.h"
#include "store/store_request.h"
#include "store/store_user.h"

static struct db *db;
static void *mem;

static struct user *somebody(const char *login)
{
    struct user *user;

    assert_null(user_find(db, mem, mem_text(mem, "%s@demo.test", login), &user));
    if (user == NULL)
        fail_msg("there is no %s", login);
    return user;
}

static struct association *association_of(const char *login)
{
    struct association *association;

    assert_null(association_active(db, mem, somebody(login)->account_id, &association));
    return association;
}

/* "C1 C4" of the rules with this severity that fail for a customer that would ask. */
static const char *failing(const char *login, enum severity severity)
{
    struct association *association = association_of(login);
    char *codes = mem_copy(mem, "");
    struct check *check;

    if (association == NULL)
        fail_msg("%s has no partner", login);
    assert_null(check_compute(db, mem, association, SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT, clock_now(), &check));
    for (int i = 0; i < RULES; i++) {
        const struct rule_result *result = &check->report.results[i];

        if (result->severity == severity && result->outcome == RULE_FAILED)
            codes = mem_text(mem, "%s%s%s", codes, codes[0] != '\0' ? " " : "", rule_code_name(result->code));
    }
    return codes;
}

/* What each account shows: the checks that stop it, the good-to-knows, the open request and who made it. */
static const struct account_row {
    const char *login, *stops, *warns, *open;
} customers[] = {
    { "clean", "", "", "" }, { "clean2", "", "", "" }, { "clean3", "", "", "" }, { "clean4", "", "", "" },
    { "clean5", "", "", "" }, { "clean6", "", "", "" }, { "clean7", "", "", "" }, { "clean8", "", "", "" },
    { "clean9", "", "", "" }, { "viewer", "", "", "" }, { "second", "", "", "" }, { "zhang", "", "", "" },
    { "mailonly", "", "", "" }, { "mobileonly", "", "", "" }, { "nocontact", "", "", "" }, { "referral", "", "", "" },
    { "master", "C1", "", "" }, { "frozen", "C2", "", "" }, { "frozenall", "C3", "", "" }, { "reserved", "C4", "", "" },
    { "supported", "C4", "", "" }, { "nocurrency", "C5", "", "" }, { "contract", "C6", "", "" },
    { "everything", "C1 C3 C4 C5 C6", "", "" }, { "quota", "Q", "", "" }, { "quotaedge", "", "", "" },
    { "asked", "", "", "PARTNER" }, { "asked2", "", "", "PARTNER" }, { "askedfrozen", "C2", "", "PARTNER" },
    { "waiting", "", "", "CUSTOMER" }, { "declined", "", "", "" }, { "escalated", "", "", "CUSTOMER" },
    { "warned", "", "X1 X2 X3 X4 X5 X7", "" }, { "budget", "C2", "", "" }, { "carefulone", "", "", "CUSTOMER" },
    { "carefultwo", "", "", "PARTNER" }, { "icyone", "", "", "CUSTOMER" }
};

static void shows_what_its_row_says(void **state)
{
    const struct account_row *row = *state;
    struct request *open;

    assert_string_equal(failing(row->login, SEVERITY_BLOCK), row->stops);
    assert_string_equal(failing(row->login, SEVERITY_WARN), row->warns);
    assert_null(request_open_of(db, mem, association_of(row->login)->id, &open));
    assert_string_equal(open != NULL ? side_name(open->initiator) : "", row->open);
}

static const struct person_row { const char *login; enum role role; const char *account; } people[] = {
    { "viewer", ROLE_VIEWER, "clean" }, { "second", ROLE_OWNER, "clean2" }, { "clean", ROLE_OWNER, "clean" },
    { "partner", ROLE_ADMIN, "partner" }, { "manager", ROLE_MANAGER, "partner" }, { "careful", ROLE_ADMIN, "careful" },
    { "icy", ROLE_ADMIN, "icy" }, { "stranger", ROLE_ADMIN, "stranger" }, { "ops", ROLE_OPS, "ops" },
    { "auditor", ROLE_AUDITOR, "ops" }, { "alone", ROLE_OWNER, "alone" }, { "former", ROLE_OWNER, "former" },
    { "zhang", ROLE_OWNER, "zhang" }
};

static void can_sign_in_as_its_row_says(void **state)
{
    const struct person_row *row = *state;
    struct user *user = somebody(row->login);
    bool is_right, is_stale;

    assert_int_equal(user->role, row->role);
    assert_int_equal(user->account_id, somebody(row->account)->account_id);
    assert_true(user->is_active);
    assert_null(password_check(DEMO_PASSWORD, strlen(DEMO_PASSWORD), user->password_hash,
                               (struct password_cost){ 10, 1, 1 }, &is_right, &is_stale));
    assert_true(is_right);
    if (row->role & ROLES_PLATFORM)
        assert_string_equal(user->totp_secret, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    else
        assert_null(user->totp_secret);
}

static const struct channels_row { const char *login; bool email, sms; } channels[] = {
    { "clean", true, true }, { "mailonly", true, false }, { "mobileonly", false, true }, { "nocontact", false, false },
    { "partner", true, true }
};

static void is_reached_as_its_row_says(void **state)
{
    const struct channels_row *row = *state;
    bool email = false, sms = false;
    struct contact *contacts;
    size_t n;

    assert_null(contact_list(db, mem, somebody(row->login)->account_id, &contacts, &n));
    for (size_t i = 0; i < n; i++) {
        assert_true(contacts[i].verified_at != INSTANT_NONE);
        email |= contacts[i].channel == CHANNEL_EMAIL;
        sms |= contacts[i].channel == CHANNEL_SMS;
    }
    assert_int_equal(email, row->email);
    assert_int_equal(sms, row->sms);
}

/* --- what the tables do not say --- */

static struct quota quota_of(const char *login)
{
    struct check *check;

    assert_null(check_compute(db, mem, association_of(login), SIDE_CUSTOMER, OPERATION_CUSTOMER_SUBMIT, clock_now(), &check));
    return check->facts->quota;
}

static void quota_has_three_rejected_ones_and_quotaedge_one_free(void **state)
{
    struct quota used = quota_of("quota"), edge = quota_of("quotaedge");

    (void)state;
    assert_int_equal(quota_used(&used, clock_now()), 3);
    assert_int_equal(quota_used(&edge, clock_now()), 2);
    /* Its oldest request ran out of its three months a minute before the load. */
    assert_int_equal(quota_used(&edge, clock_now() - 2 * CLOCK_MINUTE), 2);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM disassociation_request WHERE customer_id = %lld AND state = 'REJECTED'",
                                    (long long)somebody("quota")->account_id), 3);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM quota_slot WHERE customer_id = %lld AND frees_at > UTC_TIMESTAMP(6) - INTERVAL 2 MINUTE\n"
                                        "AND frees_at <= UTC_TIMESTAMP(6)", (long long)somebody("quotaedge")->account_id), 1);
}

static void declined_has_a_result_that_was_not_read(void **state)
{
    struct request *result;

    (void)state;
    assert_null(request_unseen_result(db, mem, association_of("declined")->id, SIDE_CUSTOMER, &result));
    assert_non_null(result);
    assert_int_equal(result->state, REQUEST_REJECTED);
    assert_true(result->decision_text[0] != '\0');
    assert_true(result->decided_at > clock_now() - 2 * CLOCK_DAY && result->decided_at < clock_now() - 20 * CLOCK_HOUR);
    assert_null(request_unseen_result(db, mem, association_of("quota")->id, SIDE_CUSTOMER, &result));
    assert_null(result);
}

static void escalated_waits_for_the_platform(void **state)
{
    struct request *request;

    (void)state;
    assert_null(request_open_of(db, mem, association_of("escalated")->id, &request));
    assert_true(request->escalated_at != INSTANT_NONE);
    assert_true(request->submitted_at < clock_now() - 10 * CLOCK_DAY);
    assert_true(request->deadline_at > clock_now());
}

static void former_left_twenty_days_ago_without_a_payment_method(void **state)
{
    int64_t id = somebody("former")->account_id;
    struct association *last;

    (void)state;
    assert_null(association_of("former"));
    assert_null(association_last_ended(db, mem, id, &last));
    assert_true(last->ended_at > clock_now() - 21 * CLOCK_DAY && last->ended_at < clock_now() - 19 * CLOCK_DAY);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM payment_method WHERE customer_id = %lld", (long long)id), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(DISTINCT state) FROM resource WHERE customer_id = %lld", (long long)id), 3);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM resource WHERE state_until <= UTC_TIMESTAMP(6)"), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM task WHERE account_id = %lld AND done_at IS NULL", (long long)id), 3);
}

static void alone_never_had_a_partner(void **state)
{
    struct association *last;

    (void)state;
    assert_null(association_of("alone"));
    assert_null(association_last_ended(db, mem, somebody("alone")->account_id, &last));
    assert_null(last);
}

static void partners_are_as_their_rows_say(void **state)
{
    (void)state;
    assert_false(association_of("clean")->partner_code_on);
    assert_string_equal(association_of("clean")->partner_name, "Northwind Cloud Reseller");
    assert_string_equal(association_of("clean")->partner_email, "care@northwind.example");
    assert_string_equal(association_of("clean")->partner_phone, "+6560000100");
    assert_true(association_of("carefulone")->partner_code_on);
    assert_true(association_of("icyone")->partner_is_frozen);
    assert_false(association_of("clean")->partner_is_frozen);
    assert_int_equal(association_of("referral")->model, MODEL_REFERRAL);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM association WHERE partner_id = %lld",
                                    (long long)somebody("stranger")->account_id), 0);
}

static void freezes_have_the_sources_their_rows_say(void **state)
{
    struct freeze *freeze;

    (void)state;
    assert_null(freeze_open(db, mem, somebody("frozen")->account_id, &freeze));
    assert_int_equal(freeze->source, FREEZE_BY_PARTNER);
    assert_null(freeze_open(db, mem, somebody("frozenall")->account_id, &freeze));
    assert_int_equal(freeze->source, FREEZE_BY_PARTNER);
    assert_true(freeze->at > clock_now() - 14 * CLOCK_DAY);   /* days are left before its data is deleted, for some time */
    assert_null(freeze_open(db, mem, somebody("budget")->account_id, &freeze));
    assert_int_equal(freeze->source, FREEZE_BY_BUDGET);
}

static void zhang_reads_chinese(void **state)
{
    (void)state;
    assert_string_equal(somebody("zhang")->lang, "zh-Hans");
}

static void nothing_of_the_past_is_sent_or_left_sealed(void **state)
{
    (void)state;
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state <> 'SENT' OR sealed IS NOT NULL"), 0);
    assert_true(test_db_number(db, "SELECT COUNT(*) FROM delivery") > 30);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM verification_code WHERE state <> 'USED'"), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM session WHERE ended_at IS NULL"), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM wizard WHERE state = 'OPEN'"), 0);
}

static void its_invariants_hold(void **state)
{
    struct invariant *invariants;
    size_t n;

    (void)state;
    assert_null(invariants_load(db, TEST_SOURCE_ROOT "/db/invariants", &invariants, &n));
    for (size_t i = 0; i < n; i++) {
        struct db_rows *rows;

        assert_null(invariant_run(db, mem, &invariants[i], &rows));
        if (rows->n > 0)
            fail_msg("%s: %s", invariants[i].name, db_text(rows, 0, 0));
    }
}

static void its_log_verifies(void **state)
{
    struct log_verify verify = { .checkpoints = NULL };

    (void)state;
    assert_null(log_verify(db, &verify));
    assert_int_equal(verify.faults, 0);
    assert_true(verify.rows > 100);
}

static void a_second_load_changes_nothing(void **state)
{
    static const char *const none[] = { NULL };
    struct ctl ctl = demo_data_ctl(mem, db, none);
    int64_t rows = test_db_number(db, "SELECT COUNT(*) FROM operation_log");

    (void)state;
    assert_null(demo_data_quietly(ctl_demo, &ctl));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM operation_log"), rows);
}

static int prepare(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    db = test_db_open(NULL);
    demo_data_load(db);
    return 0;
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, shows_what_its_row_says, customers);
    ROWS_TABLE(&rows, can_sign_in_as_its_row_says, people);
    ROWS_TABLE(&rows, is_reached_as_its_row_says, channels);
    ROWS_TEST(&rows, quota_has_three_rejected_ones_and_quotaedge_one_free);
    ROWS_TEST(&rows, declined_has_a_result_that_was_not_read);
    ROWS_TEST(&rows, escalated_waits_for_the_platform);
    ROWS_TEST(&rows, former_left_twenty_days_ago_without_a_payment_method);
    ROWS_TEST(&rows, alone_never_had_a_partner);
    ROWS_TEST(&rows, partners_are_as_their_rows_say);
    ROWS_TEST(&rows, freezes_have_the_sources_their_rows_say);
    ROWS_TEST(&rows, zhang_reads_chinese);
    ROWS_TEST(&rows, nothing_of_the_past_is_sent_or_left_sealed);
    ROWS_TEST(&rows, its_invariants_hold);
    ROWS_TEST(&rows, its_log_verifies);
    ROWS_TEST(&rows, a_second_load_changes_nothing);
    return _cmocka_run_group_tests("demo", rows.tests, rows.n, prepare, NULL);
}

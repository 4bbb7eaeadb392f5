#include "support/rows.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_deadline.h"
#include "store/store_request.h"
#include "support/test_db.h"

#define L(value) ((long long)(value))
#define AT "TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01')"

static struct db *db;
static void *mem;
static int64_t now;

static int begin(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    assert_null(clock_parse_date("2026-06-15", "UTC", &now));
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (1, 'CUSTOMER', 'C-1', 'Acme', '2026-01-01'),\n"
                    "  (2, 'PARTNER', 'P-2', 'Nimbus', '2026-01-01')");
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

/* One that was submitted `ago` before now; each is of an association of its own, as only one may be open. */
static int64_t request(enum side initiator, int64_t ago)
{
    struct request_new request = {
        .customer_id = 1, .partner_id = 2, .initiator = initiator, .reason = REASON_PRICE, .reason_text = "",
        .statement_version = "1", .statement_lang = "en", .checks = "", .submitted_at = now - ago,
        .deadline_at = now - ago + 10 * CLOCK_DAY, .submitted_by = 1,
    };
    int64_t id;
    const char *no;
    test_db_sql(db, "INSERT INTO association (customer_id, partner_id, model, status, associated_at, ended_at) VALUES (1, 2, "
                    "'RESELLER', 'ENDED', '2026-01-01', '2026-01-02')");
    request.association_id = test_db_number(db, "SELECT MAX(id) FROM association");
    assert_null(request_insert(db, mem, &request, &id, &no));
    return id;
}

static size_t found(deadline_list *list, int64_t at, struct deadline_due **due)
{
    size_t n = 0;
    assert_null(list(db, mem, at, DEADLINE_FIRST, 100, due, &n));
    return n;
}

static void deadline_is_passed_at_the_very_instant(void **state)
{
    (void)state;
    struct deadline_due *due = NULL;
    const int64_t id = request(SIDE_CUSTOMER, 0);
    assert_int_equal(found(deadline_passed, now + 10 * CLOCK_DAY - 1, &due), 0);
    assert_int_equal(found(deadline_passed, now + 10 * CLOCK_DAY, &due), 1);
    assert_int_equal(due[0].id, id);
    assert_true(due[0].at == now + 10 * CLOCK_DAY);
}

static void what_is_decided_is_not_due(void **state)
{
    (void)state;
    struct deadline_due *due = NULL;
    const int64_t id = request(SIDE_PARTNER, 20 * CLOCK_DAY);
    test_db_sql(db, "UPDATE disassociation_request SET state = 'WITHDRAWN', decided_at = " AT ", decided_by_side = 'PARTNER' "
                    "WHERE id = %lld", L(now), L(id));
    assert_int_equal(found(deadline_passed, now, &due), 0);
    assert_int_equal(found(deadline_to_remind, now, &due), 0);
}

static void first_reminder_is_set_when_it_is_sent(void **state)
{
    (void)state;
    struct deadline_due *due = NULL;
    int64_t at = 0;
    const int64_t id = request(SIDE_CUSTOMER, 0);
    assert_null(deadline_remind_at(db, id, &at));
    assert_true(at == now + 5 * CLOCK_DAY);
    assert_int_equal(found(deadline_to_remind, now + 5 * CLOCK_DAY - 1, &due), 0);
    assert_int_equal(found(deadline_to_remind, now + 5 * CLOCK_DAY, &due), 1);
    assert_int_equal(found(deadline_to_remind, now + 10 * CLOCK_DAY, &due), 0);   /* then it is the deadline's */
}

static void reminder_moves_on_once(void **state)
{
    (void)state;
    bool moved = false;
    int64_t at = 0;
    const int64_t id = request(SIDE_CUSTOMER, 0), first_at = now + 5 * CLOCK_DAY;
    assert_null(deadline_reminded(db, id, 1, first_at, now + 7 * CLOCK_DAY, &moved));
    assert_true(moved);
    assert_null(deadline_reminded(db, id, 1, first_at, now + 7 * CLOCK_DAY, &moved));
    assert_false(moved);
    assert_null(deadline_reminded(db, id, 2, now + 7 * CLOCK_DAY, INSTANT_NONE, &moved));
    assert_false(moved);
    assert_null(deadline_reminded(db, id, 1, now + 7 * CLOCK_DAY, INSTANT_NONE, &moved));
    assert_true(moved);
    assert_null(deadline_remind_at(db, id, &at));
    assert_true(at == INSTANT_NONE);
}

static void escalating_ends_reminders(void **state)
{
    (void)state;
    bool moved = false;
    int64_t at = 0;
    const int64_t id = request(SIDE_CUSTOMER, 0);
    const struct request_change change = {
        .id = id, .version = 1, .side = SIDE_SYSTEM, .text = "", .at = now + 10 * CLOCK_DAY, .deadline_at = now + 20 * CLOCK_DAY,
        .move = request_move(REQUEST_PENDING, REQUEST_ESCALATE, MOVER_WORKER, SIDE_CUSTOMER, false),
    };
    assert_null(request_write(db, &change, &moved));
    assert_true(moved);
    assert_null(deadline_remind_at(db, id, &at));
    assert_true(at == INSTANT_NONE);
}

static void frozen_partners_calm_requests_of_customers_are_stuck(void **state)
{
    (void)state;
    struct deadline_due *due = NULL;
    const int64_t own = request(SIDE_CUSTOMER, CLOCK_DAY), with_platform = request(SIDE_CUSTOMER, CLOCK_DAY);
    (void)request(SIDE_PARTNER, CLOCK_DAY);
    test_db_sql(db, "UPDATE disassociation_request SET escalated_at = " AT " WHERE id = %lld", L(now), L(with_platform));
    assert_int_equal(found(deadline_stuck, now, &due), 0);
    test_db_sql(db, "INSERT INTO freeze (account_id, type, source, reason, at) VALUES (2, 'ACCOUNT', 'PLATFORM', 'x', " AT ")", L(now));
    assert_int_equal(found(deadline_stuck, now, &due), 1);
    assert_int_equal(due[0].id, own);
    test_db_sql(db, "UPDATE freeze SET lifted_at = at");
    assert_int_equal(found(deadline_stuck, now, &due), 0);
}

static void a_frozen_customer_makes_nothing_stuck(void **state)
{
    (void)state;
    struct deadline_due *due = NULL;
    (void)request(SIDE_CUSTOMER, CLOCK_DAY);
    test_db_sql(db, "INSERT INTO freeze (account_id, type, source, reason, at) VALUES (1, 'ACCOUNT', 'PARTNER', 'x', " AT ")", L(now));
    assert_int_equal(found(deadline_stuck, now, &due), 0);
}

static void many_come_in_batches_that_leave_out_none(void **state)
{
    (void)state;
    struct deadline_due after = DEADLINE_FIRST, *due = NULL;
    size_t n = 2, total = 0;
    for (int i = 0; i < 7; i++)
        (void)request(SIDE_PARTNER, (20 - i / 3) * CLOCK_DAY);   /* three at a time have the same deadline */
    while (n == 2) {
        assert_null(deadline_passed(db, mem, now, after, 2, &due, &n));
        for (size_t i = 0; i < n; i++) {
            assert_true(due[i].at > after.at || due[i].id > after.id);
            after = due[i];
            total++;
        }
    }
    assert_int_equal(total, 7);
}

static void what_waits_for_the_platform_is_listed_longest_first(void **state)
{
    (void)state;
    struct request *list = NULL;
    size_t n = 0;
    bool has_more = false;
    const int64_t young = request(SIDE_CUSTOMER, 11 * CLOCK_DAY), old = request(SIDE_CUSTOMER, 15 * CLOCK_DAY);
    (void)request(SIDE_CUSTOMER, CLOCK_DAY);
    test_db_sql(db, "UPDATE disassociation_request SET escalated_at = " AT " WHERE id = %lld", L(now - CLOCK_DAY), L(young));
    test_db_sql(db, "UPDATE disassociation_request SET escalated_at = " AT " WHERE id = %lld", L(now - 5 * CLOCK_DAY), L(old));
    assert_null(request_list_escalated(db, mem, INSTANT_NONE, 0, 1, &list, &n, &has_more));
    assert_int_equal(n, 1);
    assert_true(has_more);
    assert_int_equal(list[0].id, old);
    assert_null(request_list_escalated(db, mem, list[0].escalated_at, list[0].id, 1, &list, &n, &has_more));
    assert_int_equal(n, 1);
    assert_false(has_more);
    assert_int_equal(list[0].id, young);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(deadline_is_passed_at_the_very_instant),
        TEST(what_is_decided_is_not_due),
        TEST(first_reminder_is_set_when_it_is_sent),
        TEST(reminder_moves_on_once),
        TEST(escalating_ends_reminders),
        TEST(frozen_partners_calm_requests_of_customers_are_stuck),
        TEST(a_frozen_customer_makes_nothing_stuck),
        TEST(many_come_in_batches_that_leave_out_none),
        TEST(what_waits_for_the_platform_is_listed_longest_first),
    };
    db = test_db_open(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

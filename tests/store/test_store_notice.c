#include "support/rows.h"

#include "base/clock.h"
#include "base/memory.h"
#include "domain/notice.h"
#include "store/store_notice.h"
#include "support/test_db.h"

#define NOW INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */
#define DETAILS "{\"customer\":\"Acme\"}"

static struct db *db;
static void *mem;

static int begin(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES\n"
                    " (1, 'CUSTOMER', 'C-1', 'Acme', '2026-01-01'), (2, 'PARTNER', 'P-1', 'Northwind', '2026-01-01')");
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, status, lang, created_at) VALUES\n"
                    " (11, 1, 'a@x.test', 'A', 'owner', 'DISABLED', 'en', '2026-01-01'),\n"
                    " (12, 1, 'b@x.test', 'B', 'owner', 'ACTIVE', 'zh-Hans', '2026-01-02'),\n"
                    " (13, 1, 'c@x.test', 'C', 'viewer', 'ACTIVE', 'en', '2026-01-03'),\n"
                    " (21, 2, 'd@x.test', 'D', 'admin', 'ACTIVE', '', '2026-01-01')");
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static int64_t tell(int64_t account_id, const char *key, int64_t at)
{
    int64_t id;

    assert_null(notice_insert(db, account_id, NOTICE_REQUEST_RECEIVED, DETAILS, "/requests/DR1", 0, key, at, &id));
    return id;
}

static int64_t queue(const char *event_id, int64_t at)
{
    const struct delivery_new delivery = {
        .event_id = event_id, .account_id = 1, .channel = CHANNEL_EMAIL, .address = "a@x.test", .lang = "en",
        .kind = NOTICE_REQUEST_RECEIVED, .details = DETAILS, .link = "/x", .at = at, .give_up_at = at + CLOCK_DAY
    };

    assert_null(delivery_insert(db, &delivery));
    return db_insert_id(db);
}

static size_t claim(const char *worker, int64_t now, int limit, struct delivery **deliveries)
{
    size_t n = 0;

    assert_null(outbox_take_back(db, &outbox_deliveries, now));
    for (int i = 0; n == 0 && i < 4; i++) {
        const struct delivery_queue one = { i % 2 == 0 ? CHANNEL_EMAIL : CHANNEL_SMS, i < 2 };

        assert_null(delivery_claim(db, mem, &one, worker, now, now + CLOCK_MINUTE, limit, deliveries, &n));
    }
    return n;
}

/* --- the inbox --- */

static void the_same_event_is_told_once(void **state)
{
    (void)state;
    assert_int_not_equal(tell(1, "R1-SENT-A1", NOW), 0);
    assert_int_equal(tell(1, "R1-SENT-A1", NOW + CLOCK_HOUR), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM notification"), 1);
}

static void a_list_is_newest_first_with_values_and_read_marks(void **state)
{
    struct notice *notices;
    int64_t old_id;
    bool more, found;
    size_t n;

    (void)state;
    old_id = tell(1, "a", NOW);
    (void)tell(1, "b", NOW + CLOCK_SECOND);
    (void)tell(2, "c", NOW);
    assert_null(notice_mark_read(db, 1, 12, old_id, NOW, &found));
    assert_true(found);
    assert_null(notice_list(db, mem, 1, 12, INSTANT_NONE, 0, 20, &notices, &n, &more));
    assert_int_equal(n, 2);
    assert_false(more);
    assert_int_equal(notices[0].at, NOW + CLOCK_SECOND);
    assert_false(notices[0].is_read);
    assert_true(notices[1].is_read);
    assert_int_equal(notices[1].kind, NOTICE_REQUEST_RECEIVED);
    assert_string_equal(notices[1].values.customer, "Acme");
    assert_string_equal(notices[1].link, "/requests/DR1");
}

static void pages_meet_without_gap_or_overlap(void **state)
{
    int64_t before_at = INSTANT_NONE, before_id = 0, seen = 0, last = INT64_MAX;
    bool more = true;

    (void)state;
    /* Pairs of the same instant lie across the ends of pages. */
    for (int i = 0; i < 7; i++)
        (void)tell(1, mem_text(mem, "k%d", i), NOW + i / 2 * CLOCK_SECOND);
    while (more) {
        struct notice *notices;
        size_t n;

        assert_null(notice_list(db, mem, 1, 12, before_at, before_id, 2, &notices, &n, &more));
        for (size_t i = 0; i < n; i++, seen++) {
            assert_true(notices[i].at <= last);
            last = notices[i].at;
        }
        assert_true(n > 0);
        before_at = notices[n - 1].at;
        before_id = notices[n - 1].id;
    }
    assert_int_equal(seen, 7);
}

static void another_accounts_notice_cannot_be_marked(void **state)
{
    bool found = true;

    (void)state;
    assert_null(notice_mark_read(db, 1, 12, tell(2, "a", NOW), NOW, &found));
    assert_false(found);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM notification_read"), 0);
}

static void read_marks_are_each_users_own(void **state)
{
    int64_t mine, others;

    (void)state;
    (void)tell(1, "a", NOW);
    (void)tell(1, "b", NOW);
    (void)tell(2, "c", NOW);
    assert_null(notice_mark_all_read(db, 1, 12, NOW));
    assert_null(notice_mark_all_read(db, 1, 12, NOW));
    assert_null(notice_unread(db, 1, 12, &mine));
    assert_null(notice_unread(db, 1, 13, &others));
    assert_int_equal(mine, 0);
    assert_int_equal(others, 2);
}

/* What is left when a customer's notices and what a user has read are taken from each other. */
static int64_t left_by_counts(int64_t account_id, int64_t user_id)
{
    return test_db_number(db, "SELECT a.notices - u.notices_read FROM account a, user u WHERE a.id = %lld AND u.id = %lld",
                          (long long)account_id, (long long)user_id);
}

static void what_is_read_is_counted_once(void **state)
{
    int64_t first;
    bool found;

    (void)state;
    first = tell(1, "a", NOW);
    assert_null(notice_count(db, 1));
    (void)tell(1, "b", NOW);
    assert_null(notice_count(db, 1));
    assert_int_equal(left_by_counts(1, 12), 2);
    for (int twice = 0; twice < 2; twice++) {
        assert_null(notice_mark_read(db, 1, 12, first, NOW, &found));
        assert_int_equal(left_by_counts(1, 12), 1);
    }
    for (int twice = 0; twice < 2; twice++) {
        assert_null(notice_mark_all_read(db, 1, 12, NOW));
        assert_int_equal(left_by_counts(1, 12), 0);
    }
    assert_int_equal(left_by_counts(1, 13), 2);
}

static void a_partners_notices_are_not_counted(void **state)
{
    (void)state;
    (void)tell(2, "c", NOW);
    assert_null(notice_count(db, 2));
    assert_null(notice_recount(db));
    assert_int_equal(test_db_number(db, "SELECT notices FROM account WHERE id = 2"), 0);
}

static void counting_anew_puts_right_what_is_counted_wrong(void **state)
{
    bool found;

    (void)state;
    int64_t first = tell(1, "a", NOW);
    (void)tell(1, "b", NOW);
    assert_null(notice_mark_read(db, 1, 12, first, NOW, &found));
    test_db_sql(db, "UPDATE user SET notices_read = 7 WHERE id = 13");
    assert_null(notice_recount(db));
    assert_int_equal(left_by_counts(1, 12), 1);
    assert_int_equal(left_by_counts(1, 13), 2);
}

static void unread_ones_are_counted_up_to_a_hundred(void **state)
{
    int64_t n;

    (void)state;
    for (int i = 0; i < 120; i++)
        (void)tell(1, mem_text(mem, "k%d", i), NOW);
    assert_null(notice_unread(db, 1, 12, &n));
    assert_int_equal(n, 100);
}

static void the_language_is_the_first_active_users(void **state)
{
    const char *lang;

    (void)state;
    assert_null(notice_lang(db, mem, 1, &lang));
    assert_string_equal(lang, "zh-Hans");
    assert_null(notice_lang(db, mem, 2, &lang));
    assert_string_equal(lang, "en");
    assert_null(notice_lang(db, mem, 99, &lang));
    assert_string_equal(lang, "en");
}

static void who_has_chosen_no_language_has_the_one_last_seen(void **state)
{
    static const struct { const char *lang, *seen, *told; } rows[] = {
        { "", "zh-Hans", "zh-Hans" }, { "en", "zh-Hans", "en" }, { "zh-Hans", "en", "zh-Hans" }, { "", "", "en" }
    };
    const int64_t accounts[] = { 1, 2 };
    struct notice_recipient found[2];
    const char *lang;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        test_db_sql(db, "UPDATE user SET lang = '%s', seen_lang = '%s' WHERE account_id = 1", rows[i].lang, rows[i].seen);
        assert_null(notice_lang(db, mem, 1, &lang));
        assert_string_equal(lang, rows[i].told);
        assert_null(notice_recipients_load(db, mem, accounts, 2, found));
        assert_string_equal(found[0].lang, rows[i].told);
        assert_string_equal(found[1].lang, "en");
    }
}

/* --- the outbox --- */

static void what_is_due_is_claimed_in_order_with_all_its_parts(void **state)
{
    struct delivery *deliveries;

    (void)state;
    (void)queue("later", NOW + CLOCK_HOUR);
    (void)queue("second", NOW);
    (void)queue("first", NOW - CLOCK_SECOND);
    assert_int_equal(claim("w1", NOW, 10, &deliveries), 2);
    assert_string_equal(deliveries[0].event_id, "first");
    assert_string_equal(deliveries[1].event_id, "second");
    assert_int_equal(deliveries[0].channel, CHANNEL_EMAIL);
    assert_int_equal(deliveries[0].kind, NOTICE_REQUEST_RECEIVED);
    assert_string_equal(deliveries[0].details, DETAILS);
    assert_string_equal(deliveries[0].address, "a@x.test");
    assert_int_equal(deliveries[0].tries, 1);
    assert_int_equal(deliveries[0].give_up_at, NOW - CLOCK_SECOND + CLOCK_DAY);
    assert_false(deliveries[0].is_malformed);
}

static void a_claim_takes_no_more_than_its_limit(void **state)
{
    struct delivery *deliveries;

    (void)state;
    for (int i = 0; i < 5; i++)
        (void)queue(mem_text(mem, "e%d", i), NOW);
    assert_int_equal(claim("w1", NOW, 3, &deliveries), 3);
    assert_int_equal(claim("w2", NOW, 3, &deliveries), 2);
    assert_int_equal(claim("w3", NOW, 3, &deliveries), 0);
}

static void a_lease_that_ran_out_is_claimed_by_another(void **state)
{
    struct delivery *deliveries;
    int64_t id;
    bool held = true;

    (void)state;
    id = queue("e", NOW);
    assert_int_equal(claim("w1", NOW, 10, &deliveries), 1);
    assert_int_equal(claim("w2", NOW + CLOCK_SECOND, 10, &deliveries), 0);
    assert_int_equal(claim("w2", NOW + CLOCK_MINUTE, 10, &deliveries), 1);
    assert_int_equal(deliveries[0].tries, 2);
    assert_null(outbox_sent(db, &outbox_deliveries, id, "w1", NOW, "", &held));
    assert_false(held);
    assert_null(outbox_sent(db, &outbox_deliveries, id, "w2", NOW, "fine", &held));
    assert_true(held);
}

static void a_postponed_one_comes_back_when_it_is_due(void **state)
{
    struct delivery *deliveries;
    bool held;

    (void)state;
    (void)queue("e", NOW);
    assert_int_equal(claim("w1", NOW, 10, &deliveries), 1);
    assert_null(outbox_later(db, &outbox_deliveries, deliveries[0].id, "w1", NOW + CLOCK_HOUR, "451 later", &held));
    assert_true(held);
    assert_int_equal(claim("w1", NOW + CLOCK_MINUTE, 10, &deliveries), 0);
    assert_int_equal(claim("w1", NOW + CLOCK_HOUR, 10, &deliveries), 1);
    assert_int_equal(deliveries[0].tries, 2);
}

/* --- what gateways report --- */

/* A text message that a worker is just sending. */
static int64_t text_on_its_way(void)
{
    static const struct delivery_queue texts = { CHANNEL_SMS, false };
    struct delivery *deliveries;
    size_t n;

    assert_null(delivery_insert(db, &(struct delivery_new){
        .event_id = "text", .account_id = 1, .channel = CHANNEL_SMS, .address = "+6591000001", .lang = "en", .kind = NOTICE_FROZEN,
        .details = "{}", .link = "", .at = NOW, .give_up_at = NOW + CLOCK_HOUR }));
    assert_null(delivery_claim(db, mem, &texts, "w1", NOW, NOW + CLOCK_MINUTE, 1, &deliveries, &n));
    assert_int_equal(n, 1);
    return deliveries[0].id;
}

static void accept(int64_t id)
{
    bool held;

    assert_null(outbox_sent(db, &outbox_deliveries, id, "w1", NOW, "fine", &held));
    assert_true(held);
}

static int64_t dead_of(int64_t id)
{
    return test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE id = %lld AND state = 'DEAD' AND receipt = 'FAILED' AND done_at IS NOT NULL",
                          (long long)id);
}

static void a_text_that_is_reported_as_failed_is_dead(void **state)
{
    const int64_t id = text_on_its_way();

    (void)state;
    accept(id);
    assert_null(delivery_receipt(db, id, "BUFFERED", NOW));
    assert_int_equal(dead_of(id), 0);
    assert_null(delivery_receipt(db, id, "FAILED", NOW));
    assert_int_equal(dead_of(id), 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE detail = 'the gateway reported that it did not arrive'"), 1);
}

static void a_report_that_comes_before_we_wrote_down_the_acceptance_counts(void **state)
{
    const int64_t id = text_on_its_way();

    (void)state;
    assert_null(delivery_receipt(db, id, "FAILED", NOW));
    assert_int_equal(dead_of(id), 0);
    accept(id);
    assert_int_equal(dead_of(id), 1);
}

struct ending {
    const char *claim;
    const struct err *(*end)(struct db *db, const struct outbox *outbox, int64_t id, const char *worker, int64_t now, const char *detail, bool *held);
    const char *state;
};

static const struct ending endings[] = {
    { "a_sent_secret_is_wiped", outbox_sent, "SENT" },
    { "a_dead_secret_is_wiped", outbox_dead, "DEAD" }
};

static void a_secret_is_wiped(void **state)
{
    const struct ending *row = *state;
    struct delivery *deliveries;
    bool held;

    (void)begin(NULL);
    assert_null(delivery_insert(db, &(struct delivery_new){
        .event_id = "code", .code_id = 5, .account_id = 1, .channel = CHANNEL_SMS, .address = "+6591000001", .lang = "en",
        .kind = NOTICE_CODE, .sealed = (const unsigned char *)"secret\0bytes", .sealed_n = 12, .link = "", .at = NOW,
        .give_up_at = NOW + CLOCK_MINUTE }));
    assert_int_equal(claim("w1", NOW, 10, &deliveries), 1);
    assert_int_equal(deliveries[0].sealed_n, 12);
    assert_memory_equal(deliveries[0].sealed, "secret\0bytes", 12);
    assert_string_equal(deliveries[0].details, "");
    assert_int_equal(deliveries[0].code_id, 5);
    assert_null(row->end(db, &outbox_deliveries, deliveries[0].id, "w1", NOW, "answer", &held));
    assert_true(held);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE state = '%s' AND sealed IS NULL AND done_at IS NOT NULL\n"
                                    "AND detail = 'answer'", row->state), 1);
    assert_int_equal(claim("w1", NOW + CLOCK_DAY, 10, &deliveries), 0);
    (void)end(NULL);
}

static void an_unknown_kind_is_told_and_not_in_the_way(void **state)
{
    struct delivery *deliveries;

    (void)state;
    (void)queue("odd", NOW - CLOCK_SECOND);
    test_db_sql(db, "UPDATE delivery SET kind = 'FROM_THE_FUTURE'");
    (void)queue("even", NOW);
    assert_int_equal(claim("w1", NOW, 10, &deliveries), 2);
    assert_true(deliveries[0].is_malformed);
    assert_false(deliveries[1].is_malformed);
}

int main(void)
{
    static struct rows rows;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_event_is_told_once, begin, end),
        cmocka_unit_test_setup_teardown(a_text_that_is_reported_as_failed_is_dead, begin, end),
        cmocka_unit_test_setup_teardown(a_report_that_comes_before_we_wrote_down_the_acceptance_counts, begin, end),
        cmocka_unit_test_setup_teardown(a_list_is_newest_first_with_values_and_read_marks, begin, end),
        cmocka_unit_test_setup_teardown(pages_meet_without_gap_or_overlap, begin, end),
        cmocka_unit_test_setup_teardown(another_accounts_notice_cannot_be_marked, begin, end),
        cmocka_unit_test_setup_teardown(what_is_read_is_counted_once, begin, end),
        cmocka_unit_test_setup_teardown(a_partners_notices_are_not_counted, begin, end),
        cmocka_unit_test_setup_teardown(counting_anew_puts_right_what_is_counted_wrong, begin, end),
        cmocka_unit_test_setup_teardown(read_marks_are_each_users_own, begin, end),
        cmocka_unit_test_setup_teardown(unread_ones_are_counted_up_to_a_hundred, begin, end),
        cmocka_unit_test_setup_teardown(the_language_is_the_first_active_users, begin, end),
        cmocka_unit_test_setup_teardown(who_has_chosen_no_language_has_the_one_last_seen, begin, end),
        cmocka_unit_test_setup_teardown(what_is_due_is_claimed_in_order_with_all_its_parts, begin, end),
        cmocka_unit_test_setup_teardown(a_claim_takes_no_more_than_its_limit, begin, end),
        cmocka_unit_test_setup_teardown(a_lease_that_ran_out_is_claimed_by_another, begin, end),
        cmocka_unit_test_setup_teardown(a_postponed_one_comes_back_when_it_is_due, begin, end),
        cmocka_unit_test_setup_teardown(an_unknown_kind_is_told_and_not_in_the_way, begin, end)
    };

    memcpy(rows.tests, tests, sizeof tests);
    rows.n = sizeof tests / sizeof tests[0];
    ROWS_TABLE(&rows, a_secret_is_wiped, endings);
    return ROWS_RUN(&rows);
}

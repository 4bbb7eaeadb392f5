#include "store/empty_db.h"

#include <stdio.h>

#include "store/store_request.h"

#define NOON INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */

static int setup(void **state)
{
    (void)empty(state);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (1, 'CUSTOMER', 'C-1', 'Acme', NOW(6)), "
                "(2, 'PARTNER', 'P-2', 'Nimbus', NOW(6))");
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES (11, 1, 'o@x.example', 'Olga', 'owner', "
                "NOW(6)), (12, 2, 'a@x.example', 'Ada', 'admin', NOW(6))");
    test_db_sql(db, "INSERT INTO association (id, customer_id, partner_id, model, associated_at) VALUES (5, 1, 2, 'RESELLER', NOW(6))");
    return 0;
}

static const struct err *insert(enum side initiator, int64_t at, int64_t *id, const char **no)
{
    const struct request_new new = {
        .association_id = 5, .customer_id = 1, .partner_id = 2, .initiator = initiator, .reason = REASON_OTHER,
        .reason_text = "because", .statement_version = "v", .statement_lang = "en", .checks = "C1=P", .submitted_at = at,
        .deadline_at = at + 10 * CLOCK_DAY, .submitted_by = initiator == SIDE_CUSTOMER ? 11 : 12
    };

    return request_insert(db, mem, &new, id, no);
}

static struct request *load(int64_t id)
{
    struct request *request;

    assert_null(request_load(db, mem, id, &request));
    assert_non_null(request);
    return request;
}

static int64_t make(enum side initiator, int64_t at)
{
    const char *no;
    int64_t id;

    assert_null(insert(initiator, at, &id, &no));
    return id;
}

static bool move(int64_t id, int64_t version, enum request_event event, enum request_mover mover, enum side side, int64_t user_id,
                 int64_t at)
{
    const struct request *request = load(id);
    const struct request_move *found =
        request_move(REQUEST_PENDING, event, mover, request->initiator, request->escalated_at != INSTANT_NONE);
    const struct request_change change = {
        .id = id, .version = version, .move = found, .side = side, .user_id = user_id, .text = "text", .at = at,
        .deadline_at = event == REQUEST_ESCALATE ? at + CLOCK_DAY : 0
    };
    bool moved;

    assert_non_null(found);
    assert_null(request_write(db, &change, &moved));
    return moved;
}

/* --- inserting -------------------------------------------------------------------------------------------------------- */

static void inserted_request_is_read_back(void **state)
{
    const char *no, *checks;
    struct request *request;
    int64_t id;

    (void)state;
    assert_null(insert(SIDE_CUSTOMER, NOON, &id, &no));
    assert_string_equal(no, mem_text(mem, "DR20260615-%06lld", (long long)id));
    assert_null(request_load_no(db, mem, no, &request));
    assert_non_null(request);
    assert_int_equal(request->id, id);
    assert_string_equal(request->no, no);
    assert_int_equal(request->state, REQUEST_PENDING);
    assert_int_equal(request->version, 1);
    assert_string_equal(request->reason_text, "because");
    assert_string_equal(request->submitted_by_name, "Olga");
    assert_string_equal(request->customer_name, "Acme");
    assert_string_equal(request->partner_no, "P-2");
    assert_true(request->decided_at == INSTANT_NONE);
    assert_string_equal(request->decided_by_name, "");
    assert_null(request_checks(db, mem, id, &checks));
    assert_string_equal(checks, "C1=P");
}

static void number_has_the_utc_day(void **state)
{
    const char *no;
    int64_t id;

    (void)state;
    assert_null(insert(SIDE_CUSTOMER, NOON + 12 * CLOCK_HOUR - 1, &id, &no));
    assert_memory_equal(no, "DR20260615-", 11);
}

static void second_open_request_is_a_conflict(void **state)
{
    const struct err *err;
    const char *no;
    int64_t id;

    (void)state;
    (void)make(SIDE_CUSTOMER, NOON);
    err = insert(SIDE_PARTNER, NOON, &id, &no);
    assert_true(db_is_duplicate(err, "request_open"));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM disassociation_request"), 1);
}

static void closed_request_makes_room_for_another(void **state)
{
    int64_t id = make(SIDE_CUSTOMER, NOON);
    struct request *open;

    (void)state;
    assert_null(request_open_of(db, mem, 5, &open));
    assert_int_equal(open->id, id);
    assert_true(move(id, 1, REQUEST_WITHDRAW, MOVER_INITIATOR, SIDE_CUSTOMER, 11, NOON + 1));
    assert_null(request_open_of(db, mem, 5, &open));
    assert_null(open);
    assert_true(make(SIDE_PARTNER, NOON + 2) != id);
}

static void unknown_ones_are_null(void **state)
{
    struct request *request;

    (void)state;
    assert_null(request_load(db, mem, 999, &request));
    assert_null(request);
    assert_null(request_load_no(db, mem, "DR20260615-000999", &request));
    assert_null(request);
}

/* --- moving ----------------------------------------------------------------------------------------------------------- */

static void state_is_written_once(void **state)
{
    int64_t id = make(SIDE_CUSTOMER, NOON);

    (void)state;
    assert_true(move(id, 1, REQUEST_REJECT, MOVER_OTHER, SIDE_PARTNER, 12, NOON + 1));
    assert_false(move(id, 1, REQUEST_AGREE, MOVER_OTHER, SIDE_PARTNER, 12, NOON + 2));
    assert_false(move(id, 2, REQUEST_AGREE, MOVER_OTHER, SIDE_PARTNER, 12, NOON + 2));
    assert_int_equal(load(id)->state, REQUEST_REJECTED);
    assert_int_equal(load(id)->version, 2);
    assert_string_equal(load(id)->decided_by_name, "Ada");
    assert_string_equal(load(id)->decision_text, "text");
    assert_true(load(id)->decided_at == NOON + 1);
}

static void old_version_moves_nothing(void **state)
{
    int64_t id = make(SIDE_CUSTOMER, NOON);

    (void)state;
    assert_false(move(id, 0, REQUEST_REJECT, MOVER_OTHER, SIDE_PARTNER, 12, NOON + 1));
    assert_int_equal(load(id)->state, REQUEST_PENDING);
}

static void escalation_keeps_it_pending_with_a_new_deadline(void **state)
{
    int64_t id = make(SIDE_CUSTOMER, NOON);

    (void)state;
    assert_true(move(id, 1, REQUEST_ESCALATE, MOVER_WORKER, SIDE_SYSTEM, 0, NOON + 1));
    assert_int_equal(load(id)->state, REQUEST_PENDING);
    assert_int_equal(load(id)->version, 2);
    assert_true(load(id)->escalated_at == NOON + 1);
    assert_true(load(id)->deadline_at == NOON + 1 + CLOCK_DAY);
    assert_true(move(id, 2, REQUEST_EXPIRE, MOVER_WORKER, SIDE_SYSTEM, 0, NOON + 2));
    assert_int_equal(load(id)->state, REQUEST_EXPIRED);
    assert_string_equal(load(id)->decided_by_name, "mypartner");
}

static void moving_from_nothing_is_a_fault(void **state)
{
    const struct request_change change = {
        .id = make(SIDE_CUSTOMER, NOON), .version = 1, .side = SIDE_CUSTOMER, .at = NOON,
        .move = request_move(REQUEST_NONE, REQUEST_SUBMIT, MOVER_INITIATOR, SIDE_CUSTOMER, false)
    };
    bool moved = false;

    (void)state;
    assert_non_null(request_write(db, &change, &moved));
    assert_false(moved);
}

static void newest_result_is_unseen_until_marked(void **state)
{
    int64_t first = make(SIDE_CUSTOMER, NOON), second;
    struct request *request;

    (void)state;
    assert_true(move(first, 1, REQUEST_REJECT, MOVER_OTHER, SIDE_PARTNER, 12, NOON + 1));
    second = make(SIDE_CUSTOMER, NOON + 2);
    assert_true(move(second, 1, REQUEST_REJECT, MOVER_OTHER, SIDE_PARTNER, 12, NOON + 3));
    assert_null(request_unseen_result(db, mem, 5, SIDE_CUSTOMER, &request));
    assert_int_equal(request->id, second);
    assert_null(request_mark_seen(db, second, NOON + 4));
    /* What was never looked at before it is not brought up again. */
    assert_null(request_unseen_result(db, mem, 5, SIDE_CUSTOMER, &request));
    assert_null(request);
    assert_null(request_unseen_result(db, mem, 5, SIDE_PARTNER, &request));
    assert_null(request);
}

/* --- quota ------------------------------------------------------------------------------------------------------------ */

static bool take(enum side side, int64_t limit, int64_t request_id, int64_t now, int64_t frees_at)
{
    bool taken;

    assert_null(quota_take(db, side, 1, 2, limit, request_id, now, frees_at, &taken));
    return taken;
}

static void slots_are_taken_up_to_the_limit(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(take(SIDE_CUSTOMER, 3, 100 + i, NOON, NOON + CLOCK_DAY));
    assert_false(take(SIDE_CUSTOMER, 3, 103, NOON, NOON + CLOCK_DAY));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM quota_slot"), 3);
}

static void slot_frees_at_its_very_instant(void **state)
{
    (void)state;
    assert_true(take(SIDE_CUSTOMER, 1, 100, NOON, NOON + CLOCK_DAY));
    assert_false(take(SIDE_CUSTOMER, 1, 101, NOON + CLOCK_DAY - 1, NOON + 2 * CLOCK_DAY));
    assert_true(take(SIDE_CUSTOMER, 1, 101, NOON + CLOCK_DAY, NOON + 2 * CLOCK_DAY));
    assert_int_equal(test_db_number(db, "SELECT request_id FROM quota_slot"), 101);
}

static void limit_that_grows_makes_more_slots(void **state)
{
    (void)state;
    assert_true(take(SIDE_CUSTOMER, 1, 100, NOON, NOON + CLOCK_DAY));
    assert_false(take(SIDE_CUSTOMER, 1, 101, NOON, NOON + CLOCK_DAY));
    assert_true(take(SIDE_CUSTOMER, 2, 101, NOON, NOON + CLOCK_DAY));
}

static void limit_that_shrinks_leaves_higher_slots_alone(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(take(SIDE_CUSTOMER, 3, 100 + i, NOON, NOON + CLOCK_DAY + i));
    assert_false(take(SIDE_CUSTOMER, 2, 103, NOON, NOON + CLOCK_DAY));
    assert_int_equal(test_db_number(db, "SELECT request_id FROM quota_slot WHERE slot_no = 3"), 102);
}

static void no_limit_no_slot(void **state)
{
    (void)state;
    assert_false(take(SIDE_CUSTOMER, 0, 100, NOON, NOON + CLOCK_DAY));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM quota_slot"), 0);
}

static void sides_do_not_share_slots(void **state)
{
    (void)state;
    assert_true(take(SIDE_CUSTOMER, 1, 100, NOON, NOON + CLOCK_DAY));
    assert_true(take(SIDE_PARTNER, 1, 101, NOON, NOON + CLOCK_DAY));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM quota_slot WHERE side = 'PARTNER' AND partner_id = 2"), 1);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM quota_slot WHERE side = 'CUSTOMER' AND partner_id = 0"), 1);
}

static void slot_given_back_is_free(void **state)
{
    (void)state;
    assert_true(take(SIDE_CUSTOMER, 1, 100, NOON, NOON + CLOCK_DAY));
    assert_null(quota_give_back(db, 100));
    assert_true(take(SIDE_CUSTOMER, 1, 101, NOON, NOON + CLOCK_DAY));
}

/* --- the desk --------------------------------------------------------------------------------------------------------- */

/* More customers of the same partner, each with an association of its own. */
static int64_t make_for(int64_t customer, enum side initiator, int64_t at)
{
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (%lld, 'CUSTOMER', 'C-%lld', 'Customer', NOW(6))",
                (long long)customer, (long long)customer);
    test_db_sql(db, "INSERT INTO association (id, customer_id, partner_id, model, associated_at) VALUES (%lld, %lld, 2, 'RESELLER', "
                "NOW(6))", (long long)customer, (long long)customer);
    test_db_sql(db, "INSERT INTO disassociation_request (no, association_id, customer_id, partner_id, initiator, state, version, "
                "reason, statement_version, statement_lang, checks, submitted_at, submitted_by, deadline_at) VALUES ('DR%lld', %lld, "
                "%lld, 2, '%s', 'PENDING', 1, 'PRICE', '', '', '', TIMESTAMPADD(MICROSECOND, %lld, '1970-01-01'), 11, '2030-01-01')",
                (long long)customer, (long long)customer, (long long)customer, side_name(initiator), (long long)at);
    return test_db_number(db, "SELECT MAX(id) FROM disassociation_request");
}

static void desk_has_three_tabs(void **state)
{
    int64_t mine = make_for(101, SIDE_CUSTOMER, NOON), theirs = make_for(102, SIDE_PARTNER, NOON), done = make_for(103, SIDE_CUSTOMER, NOON);
    const int64_t expected[] = { mine, theirs, done };
    int64_t waiting;

    (void)state;
    assert_true(move(done, 1, REQUEST_REJECT, MOVER_OTHER, SIDE_PARTNER, 12, NOON + 1));
    for (int tab = TAB_WAITING_FOR_PARTNER; tab <= TAB_CLOSED; tab++) {
        struct request *requests;
        bool has_more;
        size_t n;

        assert_null(request_list(db, mem, 2, (enum request_tab)tab, INSTANT_NONE, 0, 10, &requests, &n, &has_more));
        assert_int_equal(n, 1);
        assert_int_equal(requests[0].id, expected[tab]);
        assert_false(has_more);
        assert_null(request_list(db, mem, 1, (enum request_tab)tab, INSTANT_NONE, 0, 10, &requests, &n, &has_more));
        assert_int_equal(n, 0);
    }
    assert_null(request_count_waiting(db, 2, &waiting));
    assert_int_equal(waiting, 1);
}

static void desk_pages_by_key(void **state)
{
    struct request *requests;
    int64_t ids[5], at = INSTANT_NONE, id = 0;
    bool has_more = true;
    size_t n, seen = 0;

    (void)state;
    for (int i = 0; i < 5; i++)
        ids[i] = make_for(101 + i, SIDE_CUSTOMER, NOON + i / 2);
    while (has_more) {
        assert_null(request_list(db, mem, 2, TAB_WAITING_FOR_PARTNER, at, id, 2, &requests, &n, &has_more));
        for (size_t i = 0; i < n; i++)
            assert_int_equal(requests[i].id, ids[4 - seen++]);
        at = requests[n - 1].submitted_at;
        id = requests[n - 1].id;
    }
    assert_int_equal(seen, 5);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(inserted_request_is_read_back), TEST(number_has_the_utc_day), TEST(second_open_request_is_a_conflict),
        TEST(closed_request_makes_room_for_another), TEST(unknown_ones_are_null), TEST(state_is_written_once),
        TEST(old_version_moves_nothing), TEST(escalation_keeps_it_pending_with_a_new_deadline), TEST(moving_from_nothing_is_a_fault),
        TEST(newest_result_is_unseen_until_marked), TEST(slots_are_taken_up_to_the_limit), TEST(slot_frees_at_its_very_instant),
        TEST(limit_that_grows_makes_more_slots), TEST(limit_that_shrinks_leaves_higher_slots_alone), TEST(no_limit_no_slot),
        TEST(sides_do_not_share_slots), TEST(slot_given_back_is_free), TEST(desk_has_three_tabs), TEST(desk_pages_by_key)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

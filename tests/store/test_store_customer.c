#include "store/empty_db.h"

#include "store/store_customer.h"

#define NOON INT64_C(1781524800000000)   /* 2026-06-15T12:00:00Z */
#define MINE 100
#define OTHER 101

static struct customer *customers;
static size_t n;
static bool has_more;

static int setup(void **state)
{
    (void)empty(state);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (100, 'PARTNER', 'P-100', 'Nimbus', NOW(6)), "
                "(101, 'PARTNER', 'P-101', 'Other', NOW(6)), (1, 'CUSTOMER', 'C-1001', 'Acme GmbH', NOW(6)), "
                "(2, 'CUSTOMER', 'C-1002', '晨星科技有限公司', NOW(6)), (3, 'CUSTOMER', 'C-2003', '100%% Wool_Works', NOW(6)), "
                "(4, 'CUSTOMER', 'C-2004', 'Foreign', NOW(6)), (5, 'CUSTOMER', 'C-2005', 'Left', NOW(6))");
    /* The same instant for all, so that the second part of the key decides. */
    test_db_sql(db, "INSERT INTO association (id, customer_id, partner_id, model, status, associated_at, ended_at) VALUES "
                "(11, 1, 100, 'RESELLER', 'ACTIVE', '2026-01-01', NULL), (12, 2, 100, 'RESELLER', 'ACTIVE', '2026-01-01', NULL), "
                "(13, 3, 100, 'REFERRAL', 'ACTIVE', '2026-01-01', NULL), (14, 4, 101, 'RESELLER', 'ACTIVE', '2026-01-01', NULL), "
                "(15, 5, 100, 'RESELLER', 'ENDED', '2025-01-01', '2025-06-01'), "
                "(16, 5, 100, 'RESELLER', 'ENDED', '2025-07-01', '2025-08-01')");
    test_db_sql(db, "INSERT INTO freeze (account_id, type, source, reason, at) VALUES (2, 'ACCOUNT_AND_RESOURCES', 'BUDGET', 'r', "
                "'2026-02-01')");
    return 0;
}

static void ask(int64_t association_id, int64_t customer_id, const char *initiator)
{
    test_db_sql(db, "INSERT INTO disassociation_request (no, association_id, customer_id, partner_id, initiator, state, version, "
                "reason, statement_version, statement_lang, checks, submitted_at, submitted_by, deadline_at) VALUES "
                "('DR20260615-%06lld', %lld, %lld, 100, '%s', 'PENDING', 1, 'PRICE', '1', 'en', '', '2026-06-01', 1, '2026-07-01')",
                (long long)association_id, (long long)association_id, (long long)customer_id, initiator);
}

/* The ids of those found, as "3 2 1". */
static const char *found(struct customer_filter filter, int64_t before_at, int64_t before_id, int limit)
{
    char *ids = mem_copy(mem, "");
    assert_null(customer_list(db, mem, &filter, before_at, before_id, limit, &customers, &n, &has_more));
    for (size_t i = 0; i < n; i++)
        ids = mem_text(mem, "%s%s%lld", ids, i > 0 ? " " : "", (long long)customers[i].id);
    return ids;
}

static const char *all(struct customer_filter filter)
{
    filter.partner_id = MINE;
    if (filter.text == NULL)
        filter.text = "";
    return found(filter, INSTANT_NONE, 0, 20);
}

static void only_its_own_active_customers_are_listed(void **state)
{
    (void)state;
    assert_string_equal(all((struct customer_filter){.text = ""}), "3 2 1");
    assert_string_equal(found((struct customer_filter){.partner_id = OTHER, .text = ""}, INSTANT_NONE, 0, 20), "4");
    assert_false(has_more);
}

static void a_row_says_what_is_frozen_and_asked(void **state)
{
    (void)state;
    ask(12, 2, "CUSTOMER");
    test_db_sql(db, "INSERT INTO task (account_id, kind, association_id, created_at) VALUES (100, 'UNFREEZE', 12, NOW(6))");
    (void)all((struct customer_filter){.text = ""});
    assert_true(customers[1].is_frozen);
    assert_int_equal(customers[1].freeze_type, FREEZE_ACCOUNT_AND_RESOURCES);
    assert_int_equal(customers[1].freeze_source, FREEZE_BY_BUDGET);
    assert_string_equal(customers[1].request_no, "DR20260615-000012");
    assert_int_equal(customers[1].request_initiator, SIDE_CUSTOMER);
    assert_true(customers[1].asks_unfreeze);
    assert_string_equal(customers[1].name, "晨星科技有限公司");
    assert_false(customers[2].is_frozen);
    assert_false(customers[2].asks_unfreeze);
    assert_string_equal(customers[2].request_no, "");
    assert_int_equal(customers[0].model, MODEL_REFERRAL);
    assert_int_equal(customers[2].model, MODEL_RESELLER);
}

static void pages_follow_the_key_without_gaps(void **state)
{
    (void)state;
    struct customer_filter filter = {.partner_id = MINE, .text = ""};
    assert_string_equal(found(filter, INSTANT_NONE, 0, 2), "3 2");
    assert_true(has_more);
    assert_string_equal(found(filter, customers[1].associated_at, customers[1].association_id, 2), "1");
    assert_false(has_more);
    assert_string_equal(found(filter, customers[0].associated_at, customers[0].association_id, 2), "");
}

static const struct { const char *claim, *text, *ids; } searches[] = {
    {"part_of_a_name_finds", "cme", "1"},
    {"case_does_not_matter", "ACME", "1"},
    {"han_characters_are_found_exactly", "星科", "2"},
    {"other_han_characters_are_not", "科星", ""},
    {"beginning_of_a_number_finds", "c-100", "2 1"},
    {"middle_of_a_number_does_not", "1002", ""},
    {"percent_is_itself", "100% W", "3"},
    {"percent_is_no_wildcard", "A%H", ""},
    {"underscore_is_no_wildcard", "Acme_GmbH", ""},
    {"backslash_is_itself", "\\", ""},
    {"quote_is_itself", "' OR '1'='1", ""},
    {"foreign_name_is_not_found", "Foreign", ""},
    {"name_of_one_that_left_is_not_found", "Left", ""},
};

static void search_finds(void **state)
{
    const char *const *row = *state;   /* claim, text, ids */
    (void)setup(NULL);
    assert_string_equal(all((struct customer_filter){.text = row[1]}), row[2]);
    (void)teardown(NULL);
}

static void status_filters(void **state)
{
    (void)state;
    assert_string_equal(all((struct customer_filter){.status = CUSTOMER_NOT_FROZEN}), "3 1");
    assert_string_equal(all((struct customer_filter){.status = CUSTOMER_ALL_FROZEN}), "2");
    assert_string_equal(all((struct customer_filter){.status = CUSTOMER_ACCOUNT_FROZEN}), "");
}

static void request_filters(void **state)
{
    (void)state;
    ask(11, 1, "CUSTOMER");
    ask(12, 2, "PARTNER");
    assert_string_equal(all((struct customer_filter){.request = CUSTOMER_WAITS_FOR_PARTNER}), "1");
    assert_string_equal(all((struct customer_filter){.request = CUSTOMER_IS_ASKED}), "2");
    assert_string_equal(all((struct customer_filter){.request = CUSTOMER_NO_REQUEST}), "3");
    assert_string_equal(all((struct customer_filter){.request = CUSTOMER_ANY_REQUEST}), "3 2 1");
    assert_string_equal(all((struct customer_filter){.request = CUSTOMER_IS_ASKED, .status = CUSTOMER_NOT_FROZEN}), "");
    assert_string_equal(all((struct customer_filter){.request = CUSTOMER_WAITS_FOR_PARTNER, .text = "Acme"}), "1");
}

static int64_t association_with(int64_t partner_id, const char *no)
{
    int64_t id = -1;
    assert_null(customer_association(db, partner_id, no, &id));
    return id;
}

static void a_customer_is_found_by_its_number(void **state)
{
    (void)state;
    assert_int_equal(association_with(MINE, "C-1001"), 11);
    assert_int_equal(association_with(MINE, "C-2005"), 16);   /* the one that ended last */
    assert_int_equal(association_with(MINE, "C-2004"), 0);    /* somebody else's */
    assert_int_equal(association_with(MINE, "c-1001"), 0);
    assert_int_equal(association_with(MINE, "P-100"), 0);
    test_db_sql(db, "INSERT INTO association (id, customer_id, partner_id, model, associated_at) VALUES (17, 5, 100, 'RESELLER', "
                "'2025-05-01')");
    assert_int_equal(association_with(MINE, "C-2005"), 17);   /* the active one, however old */
}

static void an_open_wish_is_found_with_its_time(void **state)
{
    int64_t since = 0;
    (void)state;
    assert_null(customer_asks_unfreeze(db, MINE, 12, &since));
    assert_true(since == INSTANT_NONE);
    test_db_sql(db, "INSERT INTO task (account_id, kind, association_id, created_at) VALUES (100, 'UNFREEZE', 12, "
                "'2026-06-15 12:00:00')");
    assert_null(customer_asks_unfreeze(db, MINE, 12, &since));
    assert_true(since == NOON);
    assert_null(customer_asks_unfreeze(db, OTHER, 12, &since));
    assert_true(since == INSTANT_NONE);
    test_db_sql(db, "UPDATE task SET done_at = NOW(6)");
    assert_null(customer_asks_unfreeze(db, MINE, 12, &since));
    assert_true(since == INSTANT_NONE);
}

static void those_who_ask_are_listed_while_they_are_frozen(void **state)
{
    (void)state;
    test_db_sql(db, "INSERT INTO task (account_id, kind, association_id, created_at) VALUES (100, 'UNFREEZE', 12, NOW(6)), "
                "(100, 'UNFREEZE', 11, NOW(6)), (100, 'UNFREEZE', 16, NOW(6)), (101, 'UNFREEZE', 14, NOW(6))");
    assert_null(customer_list_asking(db, mem, MINE, &customers, &n));
    assert_int_equal(n, 1);   /* 11 is not frozen, 16 has ended, 14 is somebody else's */
    assert_int_equal(customers[0].id, 2);
    assert_true(customers[0].asks_unfreeze);
    test_db_sql(db, "UPDATE task SET done_at = NOW(6)");
    assert_null(customer_list_asking(db, mem, MINE, &customers, &n));
    assert_int_equal(n, 0);
}

static void names_are_shown_for_one_session(void **state)
{
    bool shown = true;
    (void)state;
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES (1, 100, 'a@n.example', 'A', 'admin', NOW(6))");
    test_db_sql(db, "INSERT INTO session (id, token_hash, user_id, created_at, seen_at, expires_at, idle_s, step_up_at, ip, agent) "
                "VALUES (1, UNHEX(SHA2('1', 256)), 1, NOW(6), NOW(6), NOW(6), 1, NOW(6), '', ''), "
                "(2, UNHEX(SHA2('2', 256)), 1, NOW(6), NOW(6), NOW(6), 1, NOW(6), '', '')");
    assert_null(names_are_shown(db, 1, &shown));
    assert_false(shown);
    assert_null(names_show(db, 1, NOON));
    assert_null(names_show(db, 1, NOON + CLOCK_HOUR));
    assert_null(names_are_shown(db, 1, &shown));
    assert_true(shown);
    assert_int_equal(test_db_number(db, "SELECT names_shown_at = '2026-06-15 12:00:00' FROM session WHERE id = 1"), 1);
    assert_null(names_are_shown(db, 2, &shown));
    assert_false(shown);
}

#define TEST(function) rows.tests[rows.n++] = (struct CMUnitTest)cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    static struct rows rows;
    TEST(only_its_own_active_customers_are_listed);
    TEST(a_row_says_what_is_frozen_and_asked);
    TEST(pages_follow_the_key_without_gaps);
    ROWS_TABLE(&rows, search_finds, searches);
    TEST(status_filters);
    TEST(request_filters);
    TEST(a_customer_is_found_by_its_number);
    TEST(an_open_wish_is_found_with_its_time);
    TEST(those_who_ask_are_listed_while_they_are_frozen);
    TEST(names_are_shown_for_one_session);
    return ROWS_RUN(&rows);
}

/* What the platform's desk finds: accounts, users, grants, messages that were given up. */
#include "store/empty_db.h"

#include "base/buf.h"
#include "store/store_dead.h"
#include "store/store_desk.h"
#include "store/store_grant.h"

#define NOW (INT64_C(1781524800) * CLOCK_SECOND)   /* 2026-06-15T12:00:00Z */

static int setup(void **state)
{
    (void)empty(state);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (1, 'PLATFORM', 'S-100000', 'Acme platform', '2026-01-01'), "
                "(2, 'PARTNER', 'P-100001', 'Acme partner', '2026-01-02'), (3, 'CUSTOMER', 'C-100002', 'Acme 100%% AG', '2026-01-03'), "
                "(4, 'CUSTOMER', 'C-100003', 'Beta_1', '2026-01-03')");
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES (11, 1, 'ops@x.test', 'O', 'ops', '2026-01-01'), "
                "(12, 3, 'ann@x.test', 'A', 'owner', '2026-01-01'), (13, 3, 'anna@x.test', 'B', 'viewer', '2026-01-01')");
    test_db_sql(db, "INSERT INTO association (customer_id, partner_id, model, associated_at) VALUES (3, 2, 'REFERRAL', '2026-02-01')");
    return 0;
}

static const struct search { const char *claim, *text, *found; } account_searches[] = {
    {"nothing_finds_the_newest_and_no_platform", "", "C-100003 C-100002 P-100001 "},
    {"a_number_finds_its_account", "P-100001", "P-100001 "},
    {"a_beginning_finds_names_in_their_order", "acme", "C-100002 P-100001 "},
    {"a_login_finds_its_account", "anna@x.test", "C-100002 "},
    {"a_login_of_the_platform_finds_nothing", "ops@x.test", ""},
    {"a_percent_sign_is_meant", "%", ""},
    {"an_underscore_is_meant", "Beta__", ""},
    {"other_scripts_find_nothing_and_do_no_harm", "晨星", ""},
    {"part_of_a_number_finds_nothing", "C-1000", ""},
};

static void accounts_found(void **state)
{
    const struct search *row = *state;
    struct desk_account *list = NULL;
    size_t n = 0;
    bool has_more = true;
    struct buf *found = buf_new(mem, 64);
    assert_null(desk_account_list(db, mem, row->text, INSTANT_NONE, 0, &list, &n, &has_more));
    for (size_t i = 0; i < n; i++)
        buf_format(found, "%s ", list[i].no);
    assert_string_equal(found->bytes, row->found);
    assert_false(has_more);
}

static const struct search user_searches[] = {
    {"without_a_search_those_who_run_the_platform", "", "ops@x.test "},
    {"a_beginning_finds_logins", "ann", "ann@x.test anna@x.test "},
    {"a_number_finds_all_of_an_account", "C-100002", "ann@x.test anna@x.test "},
    {"a_name_of_nobody_finds_nobody", "晨", ""},
};

static void users_found(void **state)
{
    const struct search *row = *state;
    struct desk_user *list = NULL;
    size_t n = 0;
    bool has_more = true;
    struct buf *found = buf_new(mem, 64);
    assert_null(desk_user_list(db, mem, row->text, NOW, &list, &n, &has_more));
    for (size_t i = 0; i < n; i++)
        buf_format(found, "%s ", list[i].login);
    assert_string_equal(found->bytes, row->found);
}

static void the_newest_accounts_go_on_page_by_page(void **state)
{
    struct desk_account *list = NULL;
    size_t n = 0;
    bool has_more = true;
    (void)state;
    assert_null(desk_account_list(db, mem, "", INSTANT_NONE, 0, &list, &n, &has_more));
    assert_int_equal(list[0].id, 4);
    assert_null(desk_account_list(db, mem, "", list[0].created_at, list[0].id, &list, &n, &has_more));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].id, 3);   /* made at the same instant */
    assert_int_equal(list[0].partner_id, 2);
    assert_int_equal(list[0].model, MODEL_REFERRAL);
    assert_int_equal(list[1].customers, 1);
}

static void an_account_that_nobody_has_is_none(void **state)
{
    struct desk_account *account = NULL;
    (void)state;
    assert_null(desk_account_load(db, mem, "S-100000", &account));
    assert_null(account);
    assert_null(desk_account_load(db, mem, "C-100002 ", &account));
    assert_null(account);
    assert_null(desk_account_load(db, mem, "C-100002", &account));
    assert_non_null(account);
    assert_int_equal(account->closed_at, INSTANT_NONE);
}

static void an_account_closes_once_and_only_as_it_was_read(void **state)
{
    bool closed = true;
    (void)state;
    assert_null(desk_account_close(db, 3, 9, NOW, &closed));
    assert_false(closed);
    assert_null(desk_account_close(db, 3, 1, NOW, &closed));
    assert_true(closed);
    assert_null(desk_account_close(db, 3, 2, NOW, &closed));
    assert_false(closed);
}

static void sessions_alive_are_counted(void **state)
{
    struct desk_user *user = NULL;
    (void)state;
    test_db_sql(db, "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at, idle_s, step_up_at, ended_at, ip, agent) VALUES "
                "(REPEAT('a', 32), 12, '2026-06-15 11:00', '2026-06-15 11:50', '2026-06-15 20:00', 1800, '2026-06-15 11:00', NULL, '', ''), "
                "(REPEAT('b', 32), 12, '2026-06-15 10:00', '2026-06-15 10:10', '2026-06-15 20:00', 1800, '2026-06-15 10:00', NULL, '', ''), "
                "(REPEAT('c', 32), 12, '2026-06-15 11:00', '2026-06-15 11:55', '2026-06-15 20:00', 1800, '2026-06-15 11:00', "
                "'2026-06-15 11:56', '', '')");
    assert_null(desk_user_load(db, mem, 12, NOW, &user));
    assert_int_equal(user->sessions, 1);
    assert_int_equal(user->seen_at, NOW - 5 * CLOCK_MINUTE);
    assert_null(desk_user_load(db, mem, 999, NOW, &user));
    assert_null(user);
}

static void grants_add_up_while_they_are_in_force(void **state)
{
    struct grant grant = {
        .side = SIDE_CUSTOMER, .customer_id = 3, .extra = 2, .granted_at = NOW - CLOCK_DAY, .until_at = NOW + CLOCK_DAY, .note = "a"};
    int64_t first = 0, second = 0, extra = 0;
    bool done = false, has_more = false;
    struct grant *list = NULL;
    size_t n = 0;
    (void)state;
    assert_null(grant_insert(db, &grant, 11, &first));
    grant.granted_at = NOW;
    assert_null(grant_insert(db, &grant, 11, &second));
    assert_null(grant_sum(db, SIDE_CUSTOMER, 3, 0, NOW, &extra));
    assert_int_equal(extra, 4);
    assert_null(grant_sum(db, SIDE_CUSTOMER, 3, 0, NOW + CLOCK_DAY, &extra));
    assert_int_equal(extra, 0);
    assert_null(grant_sum(db, SIDE_PARTNER, 3, 2, NOW, &extra));
    assert_int_equal(extra, 0);
    assert_null(grant_revoke(db, first, 11, "b", NOW, &done));
    assert_true(done);
    assert_null(grant_revoke(db, first, 11, "b", NOW, &done));
    assert_false(done);
    assert_null(grant_sum(db, SIDE_CUSTOMER, 3, 0, NOW, &extra));
    assert_int_equal(extra, 2);
    assert_null(grant_list(db, mem, 0, INSTANT_NONE, 0, 1, &list, &n, &has_more));
    assert_true(n == 1 && has_more && list[0].id == second);
    assert_null(grant_list(db, mem, 3, list[0].granted_at, list[0].id, 1, &list, &n, &has_more));
    assert_true(n == 1 && !has_more && list[0].id == first);
    assert_int_equal(list[0].revoked_at, NOW);
    assert_string_equal(list[0].granted_by, "O");
}

static void dead_messages_are_listed_from_the_last_and_counted(void **state)
{
    struct dead_notice *list = NULL;
    size_t n = 0;
    bool has_more = false;
    int64_t all = 0, ready = 0;
    (void)state;
    test_db_sql(db, "INSERT INTO delivery (id, event_id, account_id, channel, address, lang, kind, details, link, state, tries, next_at, "
                "created_at, give_up_at, done_at, detail) VALUES (1, 'a', NULL, 'EMAIL', 'a@x.test', 'en', 'FROZEN', '{}', '', 'DEAD', 3, "
                "'2026-06-01', '2026-06-01', '2026-06-02', '2026-06-02', 'why'), (2, 'b', 3, 'EMAIL', 'b@x.test', 'en', 'NEW_KIND', '{}', '', "
                "'DEAD', 3, '2026-06-01', '2026-06-01', '2026-06-02', '2026-06-02', ''), (3, 'c', NULL, 'EMAIL', 'c@x.test', 'en', 'FROZEN', "
                "'{}', '', 'SENT', 1, '2026-06-01', '2026-06-01', '2026-06-02', '2026-06-02', '')");
    assert_null(dead_count(db, &all, &ready));
    assert_int_equal(all, 2);
    assert_int_equal(ready, 1);
    assert_null(dead_list(db, mem, INSTANT_NONE, 0, 1, &list, &n, &has_more));
    assert_true(n == 1 && has_more && list[0].id == 2 && !list[0].is_known);
    assert_string_equal(list[0].address_now, "");
    assert_null(dead_list(db, mem, list[0].done_at, list[0].id, 1, &list, &n, &has_more));
    assert_true(n == 1 && !has_more && list[0].id == 1 && list[0].is_known);
    assert_string_equal(list[0].address_now, "a@x.test");
}

int main(void)
{
    static struct rows rows;
    ROWS_TABLE(&rows, accounts_found, account_searches);
    ROWS_TABLE(&rows, users_found, user_searches);
    ROWS_TEST(&rows, the_newest_accounts_go_on_page_by_page);
    ROWS_TEST(&rows, an_account_that_nobody_has_is_none);
    ROWS_TEST(&rows, an_account_closes_once_and_only_as_it_was_read);
    ROWS_TEST(&rows, sessions_alive_are_counted);
    ROWS_TEST(&rows, grants_add_up_while_they_are_in_force);
    ROWS_TEST(&rows, dead_messages_are_listed_from_the_last_and_counted);
    for (size_t i = 0; i < rows.n; i++) {
        rows.tests[i].setup_func = setup;
        rows.tests[i].teardown_func = teardown;
    }
    return ROWS_RUN(&rows);
}

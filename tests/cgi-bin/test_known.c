/* What a worker keeps of a customer's association from one page to the next, and when it lets go of it. */
#include "cgi-bin/browser_world.h"

#include "known.h"

static int begin(void **state)
{
    (void)state;
    open_browser();
    site->known = known_new(w.mem);
    browser_become(b, w.owner->user_id);
    return 0;
}

static bool shows(const char *path, const char *text)
{
    browser_get(b, path);
    assert_int_equal(b->status, 200);
    return strstr(b->body, text) != NULL;
}

/* Behind everybody's back, as no part of the program does it. */
static void rename_partner(const char *name)
{
    test_db_sql(w.db, "UPDATE account SET name = '%s' WHERE id = %lld", name, L(w.partner));
}

static void bump(int64_t account_id)
{
    test_db_sql(w.db, "UPDATE account SET version = version + 1 WHERE id = %lld", L(account_id));
}

/* The page is shown, and the partner's name as it was then is kept. */
static void keep(void)
{
    rename_partner("Before");
    bump(w.customer);
    assert_true(shows("/my-partner", "Before"));
    rename_partner("Afterwards");
}

static void what_was_read_is_kept_while_nothing_has_changed(void **state)
{
    (void)state;
    keep();
    assert_true(shows("/my-partner", "Before"));
    assert_false(shows("/my-partner", "Afterwards"));
}

static void a_change_of_the_customers_version_lets_go_of_it(void **state)
{
    (void)state;
    keep();
    bump(w.customer);
    assert_true(shows("/my-partner", "Afterwards"));
}

static void a_change_of_the_partners_version_lets_go_of_it(void **state)
{
    (void)state;
    keep();
    bump(w.partner);
    assert_true(shows("/my-partner", "Afterwards"));
}

static void a_change_of_the_association_lets_go_of_it(void **state)
{
    (void)state;
    keep();
    test_db_sql(w.db, "UPDATE association SET version = version + 1 WHERE id = %lld", L(w.association));
    assert_true(shows("/my-partner", "Afterwards"));
}

static void after_five_seconds_it_is_read_anew(void **state)
{
    (void)state;
    keep();
    test_site_clock_at(w.now + KNOWN_MAX_AGE - CLOCK_SECOND);
    assert_true(shows("/my-partner", "Before"));
    test_site_clock_at(w.now + KNOWN_MAX_AGE);
    assert_true(shows("/my-partner", "Afterwards"));
}

static void a_clock_that_was_put_back_keeps_nothing_longer(void **state)
{
    (void)state;
    keep();
    test_site_clock_at(w.now - CLOCK_SECOND);
    assert_true(shows("/my-partner", "Afterwards"));
}

static void the_check_page_shows_a_freeze_at_once(void **state)
{
    (void)state;
    assert_true(shows("/disassociate/check", "name=\"understood\""));
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    assert_false(shows("/disassociate/check", "name=\"understood\""));
    world_unfreeze(&w, w.customer);
    assert_true(shows("/disassociate/check", "name=\"understood\""));
}

static void a_request_is_shown_as_soon_as_it_is_sent_and_gone_when_it_is_withdrawn(void **state)
{
    int64_t request;

    (void)state;
    assert_true(shows("/my-partner", "No open request"));
    request = world_request(&w, w.owner);
    assert_true(shows("/my-partner", "/my-partner/withdraw/"));
    test_db_sql(w.db, "UPDATE disassociation_request SET state = 'WITHDRAWN', version = version + 1, decided_at = submitted_at, "
                "decided_by_side = 'CUSTOMER' WHERE id = %lld", L(request));
    assert_false(shows("/my-partner", "/my-partner/withdraw/"));
    assert_true(shows("/my-partner", "Mark as read"));
}

static void an_escalation_is_shown_at_once(void **state)
{
    int64_t request;

    (void)state;
    request = world_request(&w, w.owner);
    assert_true(shows("/my-partner", "Your partner is reviewing your request"));
    test_db_sql(w.db, "UPDATE disassociation_request SET escalated_at = submitted_at, version = version + 1 WHERE id = %lld", L(request));
    assert_true(shows("/my-partner", "The platform now looks at your request"));
}

static void a_result_that_is_marked_as_read_is_not_shown_again(void **state)
{
    int64_t request;
    char path[80];

    (void)state;
    request = world_request(&w, w.owner);
    test_db_sql(w.db, "UPDATE disassociation_request SET state = 'REJECTED', version = version + 1, decided_at = submitted_at, "
                "decided_by_side = 'PARTNER' WHERE id = %lld", L(request));
    assert_true(shows("/my-partner", "Mark as read"));
    const char *at = strstr(b->body, "/my-partner/seen/");
    assert_non_null(at);
    (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(at, "\""), at);
    browser_post(b, path, NULL);
    assert_int_equal(b->status, 303);
    assert_false(shows("/my-partner", "Mark as read"));
}

/* A member's commitments are its own account's change, not its master's. */
static void of_an_account_with_members_nothing_is_kept(void **state)
{
    (void)state;
    (void)world_member(&w, w.customer, "Member", false);
    keep();
    assert_true(shows("/my-partner", "Afterwards"));
}

/* An owner of another customer, whose place is in the same set. */
static const struct actor *other_of_set(void)
{
    int64_t other = 0;

    do
        other = world_account(&w, ACCOUNT_CUSTOMER, "Other");
    while (other % KNOWN_SETS != w.customer % KNOWN_SETS);
    (void)world_associate(&w, other, world_account(&w, ACCOUNT_PARTNER, "Partner of the other"), MODEL_RESELLER);
    return world_user(&w, other, ROLE_OWNER, "Owner of the other");
}

static void accounts_of_one_set_are_kept_side_by_side_and_see_their_own(void **state)
{
    (void)state;
    const struct actor *owner = other_of_set();
    keep();
    for (int turn = 0; turn < 2; turn++) {
        browser_become(b, owner->user_id);
        assert_true(shows("/my-partner", "Partner of the other"));
        assert_false(shows("/my-partner", "Before"));
        browser_become(b, w.owner->user_id);
        assert_true(shows("/my-partner", "Before"));
        assert_false(shows("/my-partner", "Partner of the other"));
    }
}

static void of_a_full_set_the_entry_read_first_makes_room(void **state)
{
    const struct actor *owners[KNOWN_WAYS];

    (void)state;
    for (int i = 0; i < KNOWN_WAYS; i++)
        owners[i] = other_of_set();
    keep();
    for (int i = 0; i < KNOWN_WAYS; i++) {
        browser_become(b, owners[i]->user_id);
        assert_true(shows("/my-partner", "Partner of the other"));
        assert_false(shows("/my-partner", "Before"));
    }
    browser_become(b, w.owner->user_id);
    assert_true(shows("/my-partner", "Afterwards"));
    assert_false(shows("/my-partner", "Partner of the other"));
}

static void what_is_done_checks_everything_anew(void **state)
{
    int64_t revision = world_ready_to_submit(&w, w.owner);

    (void)state;
    (void)revision;
    assert_true(shows("/disassociate/check", "name=\"understood\""));
    /* No version tells of it. */
    test_db_sql(w.db, "INSERT INTO freeze (account_id, type, source, reason, at) VALUES (%lld, 'ACCOUNT', 'PARTNER', 'unpaid', "
                "'2026-06-01 00:00:00')", L(w.customer));
    assert_true(shows("/disassociate/check", "name=\"understood\""));
    browser_post(b, "/disassociate/confirm", "understood", "1", NULL);
    assert_int_not_equal(b->status, 303);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_read_is_kept_while_nothing_has_changed),
        TEST(a_change_of_the_customers_version_lets_go_of_it),
        TEST(a_change_of_the_partners_version_lets_go_of_it),
        TEST(a_change_of_the_association_lets_go_of_it),
        TEST(after_five_seconds_it_is_read_anew),
        TEST(a_clock_that_was_put_back_keeps_nothing_longer),
        TEST(the_check_page_shows_a_freeze_at_once),
        MADE_UP(a_request_is_shown_as_soon_as_it_is_sent_and_gone_when_it_is_withdrawn),
        MADE_UP(an_escalation_is_shown_at_once),
        MADE_UP(a_result_that_is_marked_as_read_is_not_shown_again),
        TEST(of_an_account_with_members_nothing_is_kept),
        TEST(accounts_of_one_set_are_kept_side_by_side_and_see_their_own),
        TEST(of_a_full_set_the_entry_read_first_makes_room),
        TEST(what_is_done_checks_everything_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

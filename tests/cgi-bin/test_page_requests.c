#include "cgi-bin/partner_desk.h"

static void desk_without_requests_says_so(void **state)
{
    (void)state;

    browser_get(b, "/requests");
    assert_int_equal(b->status, 200);
    page_golden(b, "requests_empty");
    browser_sees(b, "No requests are waiting for you");
    browser_get(b, "/requests?tab=customer");
    browser_sees(b, "No requests are waiting for a customer");
    browser_get(b, "/requests?tab=closed");
    browser_sees(b, "No closed requests yet");
}

static void customers_request_waits_for_the_partner(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);

    browser_get(b, "/requests");

    page_golden(b, "requests_waiting");
    browser_sees(b, "Acme GmbH");
    browser_sees(b, no_of(id));
    browser_get(b, "/requests?tab=customer");
    browser_does_not_see(b, no_of(id));
}

static void partners_request_waits_for_the_customer(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.admin);

    browser_get(b, "/requests?tab=customer");

    browser_sees(b, no_of(id));
    browser_get(b, "/requests?tab=waiting");
    browser_does_not_see(b, no_of(id));
}

static void answered_request_is_under_closed(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_REJECT, "no");

    browser_get(b, "/requests?tab=closed");

    browser_sees(b, no_of(id));
    browser_sees(b, "Rejected");
}

static void desk_shows_twenty_and_leads_to_the_older_ones(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, REQUEST_REJECT, "no");
    for (int i = 0; i < 24; i++)
        test_db_sql(w.db, "INSERT INTO disassociation_request (no, association_id, customer_id, partner_id, initiator, state, version, "
                    "reason, statement_version, statement_lang, checks, submitted_at, submitted_by, deadline_at, decided_at, "
                    "decided_by_side) SELECT 'DR20250101-9%05d', association_id, customer_id, partner_id, initiator, state, version, "
                    "reason, statement_version, statement_lang, checks, submitted_at - INTERVAL %d DAY, submitted_by, deadline_at, "
                    "decided_at, decided_by_side FROM disassociation_request WHERE id = %lld", i, i + 1, L(id));
    browser_get(b, "/requests?tab=closed");
    browser_sees(b, "DR20250101-900018");
    browser_does_not_see(b, "DR20250101-900019");
    const char *older = strstr(b->body, "/requests?tab=closed&amp;before=");
    assert_non_null(older);
    const char *key = mem_copy_n(w.mem, older + strlen("/requests?tab=closed&amp;"), strcspn(older, "\"") - strlen("/requests?tab=closed&amp;"));

    browser_get(b, mem_text(w.mem, "/requests?tab=closed&%s", key));

    browser_sees(b, "DR20250101-900019");
    browser_sees(b, "DR20250101-900023");
    browser_does_not_see(b, "DR20250101-900018");
    browser_sees(b, "Newest");
}

static void nonsense_in_the_address_shows_the_first_page(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);

    browser_get(b, "/requests?tab=nowhere&before=99999999999999999999.1");

    assert_int_equal(b->status, 200);
    browser_sees(b, no_of(id));
}

static void other_partners_see_nothing_of_it(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const int64_t other = world_account(&w, ACCOUNT_PARTNER, "Other Ltd");
    browser_become(b, world_user(&w, other, ROLE_ADMIN, "Otis Other")->user_id);

    browser_get(b, "/requests");
    browser_does_not_see(b, no_of(id));
    browser_get(b, path_of(id));
    assert_int_equal(b->status, 404);
    browser_get(b, mem_text(w.mem, "%s/done", path_of(id)));
    assert_int_equal(b->status, 404);
    browser_get(b, mem_text(w.mem, "%s/verify", path_of(id)));
    assert_int_equal(b->status, 404);
    browser_get(b, "/requests/nonsense");
    assert_int_equal(b->status, 404);
}

static void customers_have_no_desk(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_become(b, w.owner->user_id);

    browser_get(b, "/requests");
    assert_int_equal(b->status, 403);
    browser_get(b, path_of(id));
    assert_int_equal(b->status, 403);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(desk_without_requests_says_so),
        TEST(customers_request_waits_for_the_partner),
        TEST(partners_request_waits_for_the_customer),
        TEST(answered_request_is_under_closed),
        MADE_UP(desk_shows_twenty_and_leads_to_the_older_ones),
        TEST(nonsense_in_the_address_shows_the_first_page),
        TEST(other_partners_see_nothing_of_it),
        TEST(customers_have_no_desk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

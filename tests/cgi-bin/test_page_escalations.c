/* Requests that were passed to the platform. */
#include "cgi-bin/platform_desk.h"

#include "action/decide.h"

/* --- the list --- */

static void operator_starts_at_what_waits(void **state)
{
    (void)state;
    browser_get(b, "/");
    assert_string_equal(b->location, "/escalations");
    browser_follow(b);
    assert_int_equal(b->status, 200);
    page_golden(b, "escalations_empty");
    browser_sees(b, "No request waits for the platform");
}

static void auditor_starts_at_the_log(void **state)
{
    (void)state;
    browser_become(b, auditor->user_id);
    browser_get(b, "/");
    assert_string_equal(b->location, "/audit-log");
}

static void list_has_what_was_passed_on_and_nothing_else(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, "/escalations");
    browser_does_not_see(b, no_of(id));
    w.now += 10 * CLOCK_DAY;
    escalate(id, w.now);
    test_site_clock_at(w.now);
    browser_become(b, w.ops->user_id);
    browser_get(b, "/escalations");
    page_golden(b, "escalations");
    browser_sees(b, no_of(id));
    browser_sees(b, "Nimbus Ltd");
}

static void list_begins_with_the_longest_waiting_and_goes_on(void **state)
{
    (void)state;
    const int64_t id = escalated();
    for (int i = 0; i < 24; i++)
        test_db_sql(w.db, "INSERT INTO association (customer_id, partner_id, model, status, associated_at, ended_at) VALUES "
                    "(%lld, %lld, 'RESELLER', 'ENDED', '2026-01-01', '2026-01-02')", L(w.customer), L(w.partner));
    test_db_sql(w.db, "INSERT INTO disassociation_request (no, association_id, customer_id, partner_id, initiator, state, version, "
                "reason, statement_version, statement_lang, checks, submitted_at, submitted_by, deadline_at, escalated_at) "
                "SELECT CONCAT('DR20250101-9', LPAD(a.id - %lld, 5, '0')), a.id, r.customer_id, r.partner_id, r.initiator, r.state, "
                "r.version, r.reason, r.statement_version, r.statement_lang, r.checks, r.submitted_at, r.submitted_by, r.deadline_at, "
                "r.escalated_at - INTERVAL 100 - a.id + %lld MINUTE FROM disassociation_request r JOIN association a ON a.status = 'ENDED' "
                "WHERE r.id = %lld", L(w.association), L(w.association), L(id));
    browser_get(b, "/escalations");
    browser_sees(b, "DR20250101-900001");
    browser_sees(b, "DR20250101-900020");
    browser_does_not_see(b, "DR20250101-900021");
    browser_does_not_see(b, no_of(id));
    const char *more = strstr(b->body, "/escalations?after=");
    assert_non_null(more);
    browser_get(b, mem_copy_n(w.mem, more, strcspn(more, "\"")));
    browser_sees(b, "DR20250101-900021");
    browser_sees(b, "DR20250101-900024");
    browser_sees(b, no_of(id));
    browser_does_not_see(b, "DR20250101-900020");
    browser_sees(b, "Longest waiting");
    test_db_sql(w.db, "DELETE FROM disassociation_request WHERE no LIKE 'DR20250101%%'");
}

static void nonsense_in_the_address_shows_the_first_page(void **state)
{
    (void)state;
    const int64_t id = escalated();
    browser_get(b, "/escalations?after=99999999999999999999.1");
    assert_int_equal(b->status, 200);
    browser_sees(b, no_of(id));
}

/* --- one request --- */

static void page_shows_request_both_sides_checks_and_timeline(void **state)
{
    (void)state;
    const int64_t id = escalated();
    browser_get(b, escalation_of(id));
    assert_int_equal(b->status, 200);
    page_golden(b, "escalation");
    browser_sees(b, "Request of Acme GmbH");
    browser_sees(b, "Nimbus Ltd");
    browser_sees(b, "The price or discount doesn’t suit us: too dear");
    browser_sees(b, "Passed to the platform");
    browser_sees(b, "Waiting for the platform");
    browser_sees(b, "After that the request expires and the association goes on.");
    browser_sees(b, "All 6 checks passed");
}

static void failed_checks_show_their_evidence_and_who_can_mend_them(void **state)
{
    (void)state;
    const int64_t id = escalated();
    (void)world_member(&w, w.customer, "Acme Daughter", true);
    world_contract(&w, w.customer, w.now - CLOCK_DAY, w.now + CLOCK_DAY);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_get(b, escalation_of(id));
    page_golden(b, "escalation_failed");
    browser_sees(b, "Acme Daughter");
    browser_sees(b, "Special commerce contract SC-1 is in effect");
    browser_sees(b, "Only the partner can lift this freeze.");
    browser_sees(b, "Reason: “unpaid”");
    browser_sees(b, "Mark as settled");
    browser_does_not_see(b, "Lift freeze");
}

static void what_never_was_the_platforms_is_not_found(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, escalation_of(id));
    assert_int_equal(b->status, 404);
    browser_get(b, "/escalations/DR20260615-999999");
    assert_int_equal(b->status, 404);
    browser_get(b, "/escalations/nonsense");
    assert_int_equal(b->status, 404);
}

static void operator_completes_it(void **state)
{
    (void)state;
    const int64_t id = escalated();
    browser_get(b, escalation_of(id));
    browser_post(b, escalation_of(id), "decision", "COMPLETE", "note", "Both sides were called.", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, escalation_of(id));
    browser_follow(b);
    page_golden(b, "escalation_completed");
    browser_sees(b, "You agreed to the request");
    browser_sees(b, "Otto Ops agreed to the request");
    browser_sees(b, "Both sides were called.");
    browser_does_not_see(b, "Save decision");
    assert_int_equal(in_state("COMPLETED"), 1);
    assert_int_equal(world_faults(&w), 0);
}

static void operator_rejects_it(void **state)
{
    (void)state;
    const int64_t id = escalated();
    browser_get(b, escalation_of(id));
    browser_post(b, escalation_of(id), "decision", "REJECT", "note", "The contract\r\nruns on.", NULL);
    browser_follow(b);
    browser_sees(b, "You rejected the request");
    browser_sees(b, "Otto Ops rejected the request");
    assert_int_equal(world_count(&w, "disassociation_request", "state = 'REJECTED' AND decision_text = 'The contract\nruns on.'"), 1);
    assert_int_equal(world_faults(&w), 0);
}

static void customer_and_partner_read_who_decided(void **state)
{
    (void)state;
    const int64_t id = escalated();
    browser_get(b, escalation_of(id));
    browser_post(b, escalation_of(id), "decision", "REJECT", "note", "The contract runs on.", NULL);
    browser_become(b, w.owner->user_id);
    browser_get(b, "/my-partner");
    browser_sees(b, "The platform rejected your request");
    browser_sees(b, "The contract runs on.");
    browser_become(b, w.admin->user_id);
    browser_get(b, mem_text(w.mem, "/requests/%s", no_of(id)));
    browser_sees(b, "The platform rejected the request");
    browser_does_not_see(b, "Otto Ops");
}

static void decision_and_note_are_needed(void **state)
{
    (void)state;
    const int64_t id = escalated();
    browser_get(b, escalation_of(id));
    browser_post(b, escalation_of(id), "note", "  ", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select agree or reject");
    browser_sees(b, "Enter a note to both sides");
    browser_post(b, escalation_of(id), "decision", "REJECT", "note", "", NULL);
    browser_sees(b, "Enter a note to both sides");
    assert_non_null(strstr(b->body, "value=\"REJECT\" checked"));
    assert_int_equal(in_state("PENDING"), 1);
}

static void note_over_500_characters_is_shown_again(void **state)
{
    (void)state;
    const int64_t id = escalated();
    char text[502];
    memset(text, 'x', 501);
    text[501] = '\0';
    browser_get(b, escalation_of(id));
    browser_post(b, escalation_of(id), "decision", "REJECT", "note", text, NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "The note must be 500 characters or fewer");
    assert_non_null(strstr(b->body, text));
    assert_int_equal(in_state("PENDING"), 1);
}

static void completing_waits_for_the_checks_and_names_them(void **state)
{
    (void)state;
    const int64_t id = escalated();
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_BUDGET);
    browser_get(b, escalation_of(id));
    browser_post(b, escalation_of(id), "decision", "COMPLETE", "note", "so be it", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "1 of 6 checks failed");
    browser_sees(b, "You can’t agree yet: not all checks pass");
    assert_non_null(strstr(b->body, "so be it"));
    assert_int_equal(in_state("PENDING"), 1);
}

static void second_click_leads_to_the_same_page_and_changes_nothing(void **state)
{
    (void)state;
    const int64_t id = escalated();
    browser_get(b, escalation_of(id));
    const char *body = browser_body(b, escalation_of(id), "decision", "COMPLETE", "note", "Agreed.", NULL);
    browser_post_body(b, escalation_of(id), body);
    const int64_t before = world_fingerprint(&w);
    browser_post_body(b, escalation_of(id), body);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, escalation_of(id));
    assert_true(world_fingerprint(&w) == before);
}

static void who_comes_too_late_sees_who_was_faster(void **state)
{
    (void)state;
    const int64_t id = escalated();
    browser_get(b, escalation_of(id));
    struct act act = world_act(&w, w.owner);
    struct decide_result result;
    assert_null(withdraw_request(&act, id, &result));
    browser_post(b, escalation_of(id), "decision", "COMPLETE", "note", "Agreed.", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This request was already answered");
    browser_sees(b, "The customer withdrew the request");
    assert_int_equal(in_state("WITHDRAWN"), 1);
}

/* --- who else --- */

static void auditor_reads_and_changes_nothing(void **state)
{
    (void)state;
    const int64_t id = escalated();
    world_freeze(&w, w.partner, FREEZE_ACCOUNT, FREEZE_BY_PLATFORM);
    browser_get(b, escalation_of(id));
    const char *decision = browser_body(b, escalation_of(id), "decision", "REJECT", "note", "no", NULL);
    const char *path = lift_path(w.partner);
    browser_get(b, path);
    const char *lift = browser_body(b, path, "reason", "paid", NULL);
    browser_become(b, auditor->user_id);
    browser_get(b, "/escalations");
    browser_sees(b, no_of(id));
    browser_get(b, escalation_of(id));
    assert_int_equal(b->status, 200);
    browser_sees(b, "Only operators can decide on this request.");
    browser_does_not_see(b, "Save decision");
    browser_does_not_see(b, "Lift freeze");
    browser_get(b, "/freezes");
    browser_sees(b, "Nimbus Ltd");
    assert_null(strstr(b->body, "/lift"));
    assert_null(strstr(b->body, "/freezes/new"));
    const int64_t before = world_fingerprint(&w);
    browser_post_body(b, escalation_of(id), decision);
    assert_int_equal(b->status, 403);
    browser_post_body(b, path, lift);
    assert_int_equal(b->status, 403);
    browser_get(b, path);
    assert_int_equal(b->status, 403);
    browser_get(b, "/freezes/new");
    assert_int_equal(b->status, 403);
    assert_true(world_fingerprint(&w) == before);
}

static void customers_and_partners_have_no_business_there(void **state)
{
    (void)state;
    const int64_t id = escalated();
    const struct actor *const others[] = {w.owner, w.viewer, w.admin, w.manager};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        browser_become(b, others[i]->user_id);
        browser_get(b, "/escalations");
        assert_int_equal(b->status, 403);
        browser_get(b, escalation_of(id));
        assert_int_equal(b->status, 403);
        browser_get(b, "/freezes");
        assert_int_equal(b->status, 403);
        browser_get(b, "/freezes/new");
        assert_int_equal(b->status, 403);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(operator_starts_at_what_waits),
        TEST(auditor_starts_at_the_log),
        TEST(list_has_what_was_passed_on_and_nothing_else),
        MADE_UP(list_begins_with_the_longest_waiting_and_goes_on),
        TEST(nonsense_in_the_address_shows_the_first_page),
        TEST(page_shows_request_both_sides_checks_and_timeline),
        TEST(failed_checks_show_their_evidence_and_who_can_mend_them),
        TEST(what_never_was_the_platforms_is_not_found),
        TEST(operator_completes_it),
        TEST(operator_rejects_it),
        TEST(customer_and_partner_read_who_decided),
        TEST(decision_and_note_are_needed),
        TEST(note_over_500_characters_is_shown_again),
        TEST(completing_waits_for_the_checks_and_names_them),
        TEST(second_click_leads_to_the_same_page_and_changes_nothing),
        TEST(who_comes_too_late_sees_who_was_faster),
        TEST(auditor_reads_and_changes_nothing),
        TEST(customers_and_partners_have_no_business_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Payment methods, resources and what happens to them, and full card numbers wherever somebody types one. */
#include "cgi-bin/wizard_browser.h"

#include "action/decide.h"
#include "cgi-bin/page_golden.h"

#define world w
#define db (w.db)
#include "support/resources.h"
#undef db
#undef world

#define NUMBER "4111 1111 1111 1111"

static void provider_post(const char *digits, const char *expires)
{
    get("/payment-method/provider", 200);
    browser_post(b, "/payment-method/provider", "kind", "CARD", "last_four", digits, "expires", expires, NULL);
}

static int64_t methods(void) { return world_count(&w, "payment_method", "removed_at IS NULL"); }

static const char *method_path(const char *more)
{
    return mem_text(w.mem, "/payment-method/%lld%s", L(test_db_number(w.db, "SELECT MAX(id) FROM payment_method LIMIT 1")), more);
}

/* --- payment methods -------------------------------------------------------------------------------------------------- */

static void without_one_the_page_says_what_happens(void **state)
{
    (void)state;
    get("/payment-method", 200);
    browser_sees(b, "No payment method");
    browser_sees(b, "payments fail and a grace period starts");
    browser_sees(b, "Your partner pays for your resources.");
    assert_true(offers("/payment-method/provider"));
    page_golden(b, "payment_method_none");
}

static void one_is_added_at_the_providers_page(void **state)
{
    (void)state;
    provider_post("4242", "09/30");
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/payment-method");
    browser_follow(b);
    browser_sees(b, "Payment method added");
    browser_sees(b, "Card ending in 4242");
    browser_sees(b, "Valid until 30 Sep 2030");
    browser_sees(b, "Charged first");
    assert_int_equal(methods(), 1);
    page_golden(b, "payment_method");
}

static void it_leads_back_to_the_check(void **state)
{
    (void)state;
    get("/disassociate/check", 200);
    assert_true(offers("/payment-method?return=check"));
    get("/payment-method?return=check", 200);
    browser_sees(b, "You came from the account checks");
    assert_true(offers("/payment-method/provider?return=check"));
    get("/payment-method/provider?return=check", 200);
    browser_post(b, "/payment-method/provider", "kind", "BANK", "last_four", "0005", NULL);
    assert_string_equal(b->location, "/disassociate/check");
}

static const struct wrong { const char *digits, *expires, *says; } wrong_rows[] = {
    {"", "09/30", "Enter the last four digits"},
    {"42", "09/30", "Enter the last four digits"},
    {"42424", "09/30", "Enter the last four digits"},
    {"4242", "", "Enter the month and year like 09/28"},
    {"4242", "13/30", "Enter the month and year like 09/28"},
    {"4242", "00/30", "Enter the month and year like 09/28"},
    {"4242", "9/30", "Enter the month and year like 09/28"},
    {"4242", "05/26", "This card has expired"},
};

static void what_is_wrong_is_said_and_nothing_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_rows / sizeof wrong_rows[0]; i++) {
        provider_post(wrong_rows[i].digits, wrong_rows[i].expires);
        assert_int_equal(b->status, 400);
        browser_sees(b, wrong_rows[i].says);
        assert_int_equal(methods(), 0);
    }
    /* The month that is running now is still good. */
    provider_post("4242", "06/26");
    assert_int_equal(b->status, 303);
}

static void a_full_number_is_refused_and_not_shown_again(void **state)
{
    (void)state;
    provider_post(NUMBER, "09/30");
    assert_int_equal(b->status, 400);
    browser_sees(b, "Take the full card number out");
    assert_null(strstr(b->body, "1111"));
    assert_int_equal(methods(), 0);
}

static void the_default_changes_and_one_is_removed(void **state)
{
    (void)state;
    provider_post("4242", "09/30");
    w.now += CLOCK_SECOND;
    provider_post("1881", "09/30");
    get("/payment-method", 200);
    browser_post(b, method_path("/default"), NULL);
    assert_int_equal(b->status, 303);
    assert_int_equal(world_count(&w, "payment_method", "last_four = '1881' AND is_default = 1"), 1);
    get(method_path("/remove"), 200);
    browser_sees(b, "Remove Card ending in 1881?");
    browser_post(b, method_path("/remove"), NULL);
    browser_follow(b);
    browser_sees(b, "Payment method removed");
    assert_int_equal(methods(), 1);
    get(method_path("/remove"), 404);
}

static void others_methods_are_not_found(void **state)
{
    const struct actor *stranger = world_user(&w, world_account(&w, ACCOUNT_CUSTOMER, "Other"), ROLE_OWNER, "Stranger");
    (void)state;
    provider_post("4242", "09/30");
    get(method_path("/remove"), 200);
    browser_become(b, stranger->user_id);
    get(method_path("/remove"), 404);
}

static void a_viewer_reads_only(void **state)
{
    (void)state;
    provider_post("4242", "09/30");
    browser_become(b, w.viewer->user_id);
    get("/payment-method", 200);
    browser_sees(b, "Card ending in 4242");
    assert_false(offers("/payment-method/provider"));
    assert_false(offers(method_path("/remove")));
    get("/payment-method/provider", 403);
    get(method_path("/remove"), 403);
    get("/resources", 200);
    browser_become(b, w.admin->user_id);
    get("/payment-method", 403);
    get("/resources", 403);
}

static void without_a_provider_there_is_no_page_of_it(void **state)
{
    (void)state;
    test_db_config()->payment.provider = "off";
    get("/payment-method/provider", 404);
    get("/payment-method", 200);
    browser_sees(b, "in the account center of the cloud");
    assert_false(offers("/payment-method/provider"));
    test_db_config()->payment.provider = "demo";
}

/* --- resources -------------------------------------------------------------------------------------------------------- */

static void nothing_that_runs_is_said(void **state)
{
    (void)state;
    get("/resources", 200);
    browser_sees(b, "No resources");
}

static void the_impact_tells_who_pays_and_each_date(void **state)
{
    (void)state;
    (void)resource_of(w.customer, "Web server", w.now + 10 * CLOCK_DAY);
    get("/resources", 200);
    browser_sees(b, "Your partner pays for your resources now.");
    browser_sees(b, "USD 12.50 a month");
    browser_sees(b, "After you leave, you: no valid payment method then");
    browser_sees(b, "Grace period from 25 Jun 2026, 12:00");
    browser_sees(b, "Retention period from 10 Jul 2026, 12:00");
    browser_sees(b, "Data deleted on 25 Jul 2026, 12:00");
    page_golden(b, "resources");
    get("/disassociate/check", 200);
    browser_sees(b, "1 resource has no payment method that is valid then. First charge: 25 Jun 2026, 12:00");
    browser_sees(b, "Data deleted on 25 Jul 2026, 12:00");
    (void)card_of(w.customer, "demo-a", w.now + 1000 * CLOCK_DAY);
    get("/disassociate/check", 200);
    browser_sees(b, "1 resource will be charged to your payment method");
    browser_sees(b, "After you leave, you: Card ending in 4242");
}

static void a_card_that_expires_before_the_charge_does_not_help(void **state)
{
    (void)state;
    (void)resource_of(w.customer, "Web server", w.now + 10 * CLOCK_DAY);
    (void)card_of(w.customer, "demo-a", w.now + 9 * CLOCK_DAY);
    get("/resources", 200);
    browser_sees(b, "no valid payment method then");
}

static const char *pay_path(int64_t id) { return mem_text(w.mem, "/resources/%lld/pay", L(id)); }

static int64_t in_grace(void)
{
    const int64_t id = resource_of(w.customer, "Web server", w.now - 5 * CLOCK_DAY);
    test_db_sql(w.db, "UPDATE resource SET state = 'GRACE', state_until = next_charge_at + INTERVAL 15 DAY WHERE id = %lld", L(id));
    return id;
}

static void what_is_owed_is_shown_and_paid(void **state)
{
    (void)state;
    leave();
    const int64_t id = in_grace();
    get("/resources", 200);
    browser_sees(b, "You owe USD 12.50");
    browser_sees(b, "Grace period until 25 Jun 2026, 12:00");
    browser_sees(b, "No valid payment method");
    get(pay_path(id), 200);
    browser_sees(b, "You have no valid payment method. Add one, then pay.");
    (void)card_of(w.customer, "demo-a", w.now + 1000 * CLOCK_DAY);
    get(pay_path(id), 200);
    browser_sees(b, "Pay for Web server?");
    browser_post(b, pay_path(id), NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Payment received");
    browser_does_not_see(b, "You owe");
    get(pay_path(id), 200);
    browser_sees(b, "Renew Web server?");
    browser_post(b, pay_path(id), NULL);
    assert_int_equal(b->status, 303);
    assert_int_equal(world_count(&w, "charge", "result = 'PAID'"), 2);
}

static void a_declined_payment_is_said(void **state)
{
    (void)state;
    leave();
    const int64_t id = in_grace();
    (void)card_of(w.customer, "demo-declines-a", w.now + 1000 * CLOCK_DAY);
    get(pay_path(id), 200);
    browser_post(b, pay_path(id), NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "The payment was declined");
}

static void a_page_from_before_pays_nothing_twice(void **state)
{
    (void)state;
    leave();
    const int64_t id = in_grace();
    (void)card_of(w.customer, "demo-a", w.now + 1000 * CLOCK_DAY);
    get(pay_path(id), 200);
    const char *first = mem_copy(w.mem, browser_body(b, pay_path(id), NULL));
    get(pay_path(id), 200);
    browser_post(b, pay_path(id), NULL);
    assert_int_equal(b->status, 303);
    browser_post_body(b, pay_path(id), first);
    assert_int_equal(b->status, 409);
    browser_sees(b, "This charge was settled meanwhile");
    assert_int_equal(world_count(&w, "charge", "result = 'PAID'"), 1);
}

static void others_resources_are_not_found(void **state)
{
    const int64_t id = resource_of(world_account(&w, ACCOUNT_CUSTOMER, "Other"), "Theirs", w.now);
    (void)state;
    get(pay_path(id), 404);
    get("/resources", 200);
    browser_does_not_see(b, "Theirs");
}

/* --- after leaving ---------------------------------------------------------------------------------------------------- */

static void the_tasks_lead_on_and_the_bills_are_ticked_off(void **state)
{
    (void)state;
    leave();
    get("/my-partner", 200);
    assert_true(offers("/payment-method"));
    assert_true(offers("/resources"));
    browser_post(b, "/my-partner/bills-exported", NULL);
    assert_int_equal(b->status, 303);
    assert_int_equal(world_count(&w, "task", "kind = 'EXPORT_BILLS' AND done_at IS NOT NULL"), 1);
    provider_post("4242", "09/30");
    get("/my-partner", 200);
    browser_does_not_see(b, "I have the bills");
    assert_int_equal(world_count(&w, "task", "kind = 'PAYMENT_METHOD' AND done_at IS NOT NULL"), 1);
}

/* What was due before is not charged to a new card by itself, and a card that goes is asked for again. */
static void what_is_past_due_is_asked_for_until_it_is_paid(void **state)
{
    (void)state;
    leave();
    provider_post("4242", "09/30");
    const int64_t id = resource_of(w.customer, "Web server", w.now - CLOCK_HOUR);
    get("/my-partner", 200);
    browser_does_not_see(b, "Pay for your resources");
    test_db_sql(w.db, "UPDATE resource SET state = 'GRACE', state_until = next_charge_at + INTERVAL 15 DAY WHERE id = %lld", L(id));
    get("/my-partner", 200);
    browser_sees(b, "Pay for your resources");
    browser_does_not_see(b, "Your resources keep running only if they are paid for");
    get("/payment-method", 200);
    browser_sees(b, "You owe USD 12.50");
    assert_true(offers("/resources"));
    get("/resources", 200);
    browser_sees(b, "1 resource is not paid for. Pay before its data is deleted");
    browser_sees(b, "You: not paid yet");
    test_db_sql(w.db, "UPDATE payment_method SET removed_at = added_at, is_default = 0");
    get("/my-partner", 200);
    browser_sees(b, "Your resources keep running only if they are paid for");
    test_db_sql(w.db, "UPDATE resource SET state = 'ACTIVE', state_until = NULL, next_charge_at = NOW(6) + INTERVAL 5 DAY WHERE id = %lld", L(id));
    get("/resources", 200);
    browser_sees(b, "1 resource has no payment method that is valid then");
    browser_sees(b, "You: no valid payment method then");
}

/* --- card numbers anywhere -------------------------------------------------------------------------------------------- */

static int64_t stored(void)
{
    return world_count(&w, "wizard", "reason_text LIKE '%%1111%%' OR decision_text LIKE '%%1111%%'") +
           world_count(&w, "kept_form", "fields LIKE '%%1111%%'") + world_count(&w, "operation_log", "remark LIKE '%%1111%%'") +
           world_count(&w, "freeze", "reason LIKE '%%1111%%'") + world_count(&w, "disassociation_request", "reason_text LIKE '%%1111%%'");
}

static void a_card_number_for_a_reason_is_refused(void **state)
{
    (void)state;
    to_reason();
    get("/disassociate/reason", 200);
    browser_post(b, "/disassociate/reason", "reason", "OTHER", "details", "Charge " NUMBER " instead.", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Take the full card number out");
    browser_sees(b, "Charge **** **** **** **** instead.");
    assert_null(strstr(b->body, "1111"));
    assert_int_equal(stored(), 0);
    assert_int_equal(world_count(&w, "disassociation_request", "TRUE"), 0);
}

static void a_card_number_is_not_kept_for_who_is_signed_out(void **state)
{
    (void)state;
    to_reason();
    get("/disassociate/reason", 200);
    const char *body = browser_body(b, "/disassociate/reason", "reason", "OTHER", "details", NUMBER, NULL);
    test_db_sql(w.db, "UPDATE session SET expires_at = created_at + INTERVAL 1 SECOND");
    w.now += CLOCK_MINUTE;
    test_site_clock_at(w.now);
    browser_post_body(b, "/disassociate/reason", body);
    assert_int_equal(b->status, 303);
    assert_int_equal(stored(), 0);
}

static void a_card_number_for_a_freeze_is_refused(void **state)
{
    const char *no = mem_text(w.mem, "C-%lld", L(100000));
    const char *path = mem_text(w.mem, "/customers/%s/freeze", no);
    (void)state;
    browser_become(b, w.admin->user_id);
    get(path, 200);
    browser_post(b, path, "type", "ACCOUNT", "reason", "4111-1111-1111-1111", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Take the full card number out");
    assert_int_equal(world_count(&w, "freeze", "TRUE"), 0);
    assert_int_equal(stored(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_one_the_page_says_what_happens),
        TEST(one_is_added_at_the_providers_page),
        TEST(it_leads_back_to_the_check),
        TEST(what_is_wrong_is_said_and_nothing_is_kept),
        TEST(a_full_number_is_refused_and_not_shown_again),
        TEST(the_default_changes_and_one_is_removed),
        TEST(others_methods_are_not_found),
        TEST(a_viewer_reads_only),
        TEST(without_a_provider_there_is_no_page_of_it),
        TEST(nothing_that_runs_is_said),
        TEST(the_impact_tells_who_pays_and_each_date),
        TEST(a_card_that_expires_before_the_charge_does_not_help),
        TEST(what_is_owed_is_shown_and_paid),
        TEST(a_declined_payment_is_said),
        TEST(a_page_from_before_pays_nothing_twice),
        TEST(others_resources_are_not_found),
        TEST(the_tasks_lead_on_and_the_bills_are_ticked_off),
        TEST(what_is_past_due_is_asked_for_until_it_is_paid),
        TEST(a_card_number_for_a_reason_is_refused),
        TEST(a_card_number_is_not_kept_for_who_is_signed_out),
        TEST(a_card_number_for_a_freeze_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

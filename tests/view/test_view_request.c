#include "support/rows.h"

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "view/view_operation_log.h"
#include "view/view_request.h"

#define AT (INT64_C(1781524800) * CLOCK_SECOND)   /* 2026-06-15 12:00 UTC */

static struct request request(enum side initiator, enum request_state state, bool is_escalated, enum side decided_by)
{
    return (struct request){
        .no = "DR20260615-000001", .initiator = initiator, .state = state, .reason = REASON_PRICE, .reason_text = "",
        .submitted_at = AT, .deadline_at = AT + 10 * CLOCK_DAY, .escalated_at = is_escalated ? AT + CLOCK_DAY : INSTANT_NONE,
        .decided_at = request_is_final(state) ? AT + CLOCK_DAY : INSTANT_NONE, .decided_by = decided_by,
        .decided_by_name = decided_by == SIDE_SYSTEM ? "mypartner" : "Kim Lee", .decision_text = "", .submitted_by_name = "Olga Owner",
        .customer_name = "Acme Ltd.", .partner_name = "Nimbus Ltd."
    };
}

/* --- badges: what each reader is told ------------------------------------------------------------------------------------ */

static const struct badge_row {
    const char *claim;
    enum side initiator;
    enum request_state state;
    bool is_escalated;
    enum side reader;
    const char *text;
} badge_rows[] = {
    { "customer_waits_for_its_partner", SIDE_CUSTOMER, REQUEST_PENDING, false, SIDE_CUSTOMER, "Waiting for partner" },
    { "partner_reads_that_it_is_awaited", SIDE_CUSTOMER, REQUEST_PENDING, false, SIDE_PARTNER, "Waiting for you" },
    { "customer_reads_that_it_is_awaited", SIDE_PARTNER, REQUEST_PENDING, false, SIDE_CUSTOMER, "Waiting for you" },
    { "partner_waits_for_the_customer", SIDE_PARTNER, REQUEST_PENDING, false, SIDE_PARTNER, "Waiting for customer" },
    { "escalated_is_with_the_platform_for_the_customer", SIDE_CUSTOMER, REQUEST_PENDING, true, SIDE_CUSTOMER, "With the platform" },
    { "escalated_is_with_the_platform_for_the_partner", SIDE_CUSTOMER, REQUEST_PENDING, true, SIDE_PARTNER, "With the platform" },
    { "escalated_is_with_the_platform_for_itself", SIDE_CUSTOMER, REQUEST_PENDING, true, SIDE_PLATFORM, "With the platform" },
    { "platform_reads_that_the_partner_is_awaited", SIDE_CUSTOMER, REQUEST_PENDING, false, SIDE_PLATFORM, "Waiting for partner" },
    { "platform_reads_that_the_customer_is_awaited", SIDE_PARTNER, REQUEST_PENDING, false, SIDE_PLATFORM, "Waiting for customer" },
    { "completed_is_agreed", SIDE_CUSTOMER, REQUEST_COMPLETED, false, SIDE_CUSTOMER, "Agreed" },
    { "rejected_is_rejected", SIDE_CUSTOMER, REQUEST_REJECTED, false, SIDE_CUSTOMER, "Rejected" },
    { "withdrawn_is_withdrawn", SIDE_CUSTOMER, REQUEST_WITHDRAWN, false, SIDE_CUSTOMER, "Withdrawn" },
    { "expired_is_expired", SIDE_CUSTOMER, REQUEST_EXPIRED, true, SIDE_CUSTOMER, "Expired" },
    { "cancelled_is_cancelled", SIDE_CUSTOMER, REQUEST_CANCELLED, false, SIDE_CUSTOMER, "Cancelled" },
};

static void badge_says(void **state)
{
    const struct badge_row *row = *state;
    const struct request r = request(row->initiator, row->state, row->is_escalated, SIDE_PARTNER);

    assert_string_equal(view_request_badge(&r, row->reader).text, row->text);
}

/* --- who decided --------------------------------------------------------------------------------------------------------- */

static const struct decision_row {
    const char *claim;
    enum request_state state;
    enum side decided_by, reader;
    const char *text;
} decision_rows[] = {
    { "customer_reads_no_names_of_its_partners_people", REQUEST_REJECTED, SIDE_PARTNER, SIDE_CUSTOMER, "Your partner rejected the request" },
    { "partner_reads_the_name_of_its_colleague", REQUEST_REJECTED, SIDE_PARTNER, SIDE_PARTNER, "Kim Lee rejected the request" },
    { "partner_reads_no_names_of_the_customers_people", REQUEST_WITHDRAWN, SIDE_CUSTOMER, SIDE_PARTNER, "The customer withdrew the request" },
    { "customer_reads_the_name_of_its_colleague", REQUEST_WITHDRAWN, SIDE_CUSTOMER, SIDE_CUSTOMER, "Kim Lee withdrew the request" },
    { "platform_agreed", REQUEST_COMPLETED, SIDE_PLATFORM, SIDE_CUSTOMER, "The platform agreed to the request" },
    { "platform_rejected", REQUEST_REJECTED, SIDE_PLATFORM, SIDE_PARTNER, "The platform rejected the request" },
    { "platform_reads_the_name_of_its_colleague", REQUEST_COMPLETED, SIDE_PLATFORM, SIDE_PLATFORM, "Kim Lee agreed to the request" },
    { "platform_reads_that_the_partner_agreed", REQUEST_COMPLETED, SIDE_PARTNER, SIDE_PLATFORM, "The partner agreed to the request" },
    { "platform_reads_that_the_partner_rejected", REQUEST_REJECTED, SIDE_PARTNER, SIDE_PLATFORM, "The partner rejected the request" },
    { "platform_reads_that_the_customer_withdrew", REQUEST_WITHDRAWN, SIDE_CUSTOMER, SIDE_PLATFORM, "The customer withdrew the request" },
    { "platform_reads_that_time_ran_out", REQUEST_EXPIRED, SIDE_SYSTEM, SIDE_PLATFORM, "The request expired" },
    { "time_ran_out", REQUEST_EXPIRED, SIDE_SYSTEM, SIDE_CUSTOMER, "The request expired" },
    { "account_was_closed", REQUEST_CANCELLED, SIDE_PLATFORM, SIDE_PARTNER, "The request was cancelled because an account was closed" },
    { "pending_is_not_decided", REQUEST_PENDING, SIDE_SYSTEM, SIDE_PARTNER, "" },
};

static void decision_says(void **state)
{
    const struct decision_row *row = *state;
    const struct request r = request(SIDE_CUSTOMER, row->state, false, row->decided_by);
    void *mem = mem_context(NULL, "test");

    assert_string_equal(view_request_decision(mem, &r, row->reader), row->text);
    talloc_free(mem);
}

/* --- silence ------------------------------------------------------------------------------------------------------------- */

static const struct silence_row {
    const char *claim;
    enum side initiator, reader;
    bool is_escalated;
    const char *text;
} silence_rows[] = {
    { "partners_silence_leads_to_the_platform", SIDE_CUSTOMER, SIDE_CUSTOMER, false,
      "Your partner can answer until 25 Jun 2026, 12:00. After that the platform decides." },
    { "partner_is_told_its_deadline", SIDE_CUSTOMER, SIDE_PARTNER, false,
      "Answer by 25 Jun 2026, 12:00. After that the platform decides." },
    { "customers_silence_is_no_consent", SIDE_PARTNER, SIDE_CUSTOMER, false,
      "Answer by 25 Jun 2026, 12:00. After that the request expires and you stay associated." },
    { "partner_is_told_that_its_request_expires", SIDE_PARTNER, SIDE_PARTNER, false,
      "The customer can answer until 25 Jun 2026, 12:00. After that the request expires." },
    { "platforms_silence_ends_the_request", SIDE_CUSTOMER, SIDE_CUSTOMER, true,
      "The platform decides by 25 Jun 2026, 12:00. After that the request expires and you stay associated." },
    { "platform_is_told_its_deadline", SIDE_CUSTOMER, SIDE_PLATFORM, true,
      "Decide by 25 Jun 2026, 12:00. After that the request expires and the association goes on." },
    { "partner_can_still_answer_an_escalated_request", SIDE_CUSTOMER, SIDE_PARTNER, true,
      "The platform decides by 25 Jun 2026, 12:00. Until then you can still answer." },
};

static void silence_says(void **state)
{
    const struct silence_row *row = *state;
    const struct request r = request(row->initiator, REQUEST_PENDING, row->is_escalated, SIDE_SYSTEM);
    void *mem = mem_context(NULL, "test");

    assert_string_equal(view_request_silence(mem, &r, row->reader, "UTC"), row->text);
    talloc_free(mem);
}

static void final_request_waits_for_nobody(void **state)
{
    (void)state;
    const struct request r = request(SIDE_CUSTOMER, REQUEST_REJECTED, false, SIDE_PARTNER);
    void *mem = mem_context(NULL, "test");

    assert_string_equal(view_request_silence(mem, &r, SIDE_CUSTOMER, "UTC"), "");
    talloc_free(mem);
}

static void reason_is_followed_by_its_details(void **state)
{
    (void)state;
    struct request r = request(SIDE_CUSTOMER, REQUEST_PENDING, false, SIDE_SYSTEM);
    void *mem = mem_context(NULL, "test");

    assert_string_equal(view_request_reason(mem, &r), "The price or discount doesn’t suit us");
    r.reason_text = "{details} cost more";
    assert_string_equal(view_request_reason(mem, &r), "The price or discount doesn’t suit us: {details} cost more");
    talloc_free(mem);
}

/* --- operation log ------------------------------------------------------------------------------------------------------- */

static const struct initiator_row {
    const char *claim;
    enum side initiated_by, reader;
    const char *user_name, *text;
} initiator_rows[] = {
    { "own_account_is_you_with_the_persons_name", SIDE_CUSTOMER, SIDE_CUSTOMER, "Kim Lee", "You (Kim Lee)" },
    { "own_account_without_a_person_is_you", SIDE_PARTNER, SIDE_PARTNER, "", "You" },
    { "people_of_the_partner_are_not_named_to_the_customer", SIDE_PARTNER, SIDE_CUSTOMER, "Kim Lee", "Your partner" },
    { "people_of_the_customer_are_not_named_to_the_partner", SIDE_CUSTOMER, SIDE_PARTNER, "Kim Lee", "The customer" },
    { "people_of_the_platform_are_not_named_to_its_customers", SIDE_PLATFORM, SIDE_CUSTOMER, "Otto Ops", "Platform" },
    { "platform_reads_every_name", SIDE_PARTNER, SIDE_PLATFORM, "Kim Lee", "Partner (Kim Lee)" },
    { "platform_reads_its_own_names", SIDE_PLATFORM, SIDE_PLATFORM, "Otto Ops", "Platform (Otto Ops)" },
    { "worker_is_the_system", SIDE_SYSTEM, SIDE_CUSTOMER, "", "System" },
};

static void initiator_says(void **state)
{
    const struct initiator_row *row = *state;
    const struct operation_row operation = { .initiated_by = row->initiated_by, .user_name = row->user_name };
    void *mem = mem_context(NULL, "test");

    assert_string_equal(view_operation_initiator(mem, &operation, row->reader), row->text);
    talloc_free(mem);
}

static void unknown_result_is_shown_as_it_is(void **state)
{
    (void)state;
    const struct operation_row operation = { .result = "ODD" };

    assert_string_equal(view_operation_result(&operation).text, "ODD");
    assert_string_equal(view_operation_result(&operation).css, "");
}

int main(void)
{
    static struct rows rows;

    lang_use(lang_default());
    ROWS_TABLE(&rows, badge_says, badge_rows);
    ROWS_TABLE(&rows, decision_says, decision_rows);
    ROWS_TABLE(&rows, silence_says, silence_rows);
    ROWS_TEST(&rows, final_request_waits_for_nobody);
    ROWS_TEST(&rows, reason_is_followed_by_its_details);
    ROWS_TABLE(&rows, initiator_says, initiator_rows);
    ROWS_TEST(&rows, unknown_result_is_shown_as_it_is);
    return ROWS_RUN(&rows);
}

/* Step 3: the reason. */
#include "cgi-bin/wizard_browser.h"

static void reason_faults_say_what_to_do(void **state)
{
    (void)state;
    to_reason();
    browser_post(b, "/disassociate/reason", "details", "only words", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Select a reason");
    browser_sees(b, "only words");
    browser_post(b, "/disassociate/reason", "reason", "OTHER", NULL);
    browser_sees(b, "Enter details for “Another reason”");
    char *much = mem_zero(w.mem, 502, "char");
    memset(much, 'x', 501);
    browser_post(b, "/disassociate/reason", "reason", "PRICE", "details", much, NULL);
    browser_sees(b, "Details must be 500 characters or fewer");
    browser_sees(b, much);
    much[500] = '\0';
    browser_post(b, "/disassociate/reason", "reason", "OTHER", "details", much, NULL);
    assert_non_null(strstr(b->location, "/disassociate/submitted/"));
    assert_int_equal(world_count(&w, "disassociation_request", "CHAR_LENGTH(reason_text) = 500"), 1);
}

static void lines_of_the_details_stay(void **state)
{
    (void)state;
    to_reason();
    browser_post(b, "/disassociate/reason", "details", "one\ntwo <b>", NULL);
    assert_int_equal(b->status, 400);
    assert_non_null(strstr(b->body, "one\ntwo &lt;b&gt;</textarea>"));
}

/* Nobody knows whether it was sent: it was not, and what was typed is there. */
static void failed_submit_keeps_what_was_typed(void **state)
{
    (void)state;
    to_reason();
    db_test_fail_commit(w.db, 2);
    browser_post(b, "/disassociate/reason", "reason", "SERVICE", "details", "slow answers", NULL);
    assert_int_equal(b->status, 503);
    assert_int_equal(requests(), 0);
    assert_int_equal(world_count(&w, "wizard", "reason = 'SERVICE' AND reason_text = 'slow answers'"), 1);
    get("/disassociate/reason", 200);
    browser_sees(b, "slow answers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reason_faults_say_what_to_do), TEST(lines_of_the_details_stay), TEST(failed_submit_keeps_what_was_typed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

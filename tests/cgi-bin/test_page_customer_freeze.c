#include "cgi-bin/partner_desk.h"

static const char *path_to(const char *what)
{
    return mem_text(w.mem, "/customers/C-%s/%s", "100000", what);
}

/* The form was on its way when a colleague agreed that the customer leaves. */
static void form_that_loses_to_an_agreement_is_told_what_happened(void **state)
{
    static const char *const forms[] = {"freeze", "unfreeze"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const int64_t id = world_request(&w, w.owner);
        if (i == 1)
            world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
        browser_get(b, path_to(forms[i]));
        assert_int_equal(b->status, 200);
        const char *body = browser_body(b, path_to(forms[i]), "type", "ACCOUNT", "reason", "unpaid", NULL);
        if (i == 1)
            world_unfreeze(&w, w.customer);
        world_answer(&w, id, w.admin, REQUEST_AGREE, "");
        const int64_t before = world_fingerprint(&w);

        browser_post_body(b, path_to(forms[i]), body);

        assert_int_equal(b->status, 409);
        browser_sees(b, "This customer is no longer associated with you");
        browser_sees(b, "Ada Admin agreed to the request");
        assert_true(world_fingerprint(&w) == before);
        test_db_sql(w.db, "UPDATE association SET status = 'ACTIVE', ended_at = NULL, ended_by_request = NULL");
    }
}

static void page_of_a_customer_that_left_is_not_found(void **state)
{
    (void)state;
    world_answer(&w, world_request(&w, w.owner), w.admin, REQUEST_AGREE, "");

    browser_get(b, path_to("freeze"));

    assert_int_equal(b->status, 404);
}

static void strangers_form_is_not_found(void **state)
{
    (void)state;
    browser_get(b, path_to("freeze"));
    const char *body = browser_body(b, path_to("freeze"), "type", "ACCOUNT", "reason", "unpaid", NULL);
    world_answer(&w, world_request(&w, w.owner), w.admin, REQUEST_AGREE, "");
    test_db_sql(w.db, "UPDATE association SET partner_id = %lld",
                L(world_account(&w, ACCOUNT_PARTNER, "Other Cloud")));

    browser_post_body(b, path_to("freeze"), body);

    assert_int_equal(b->status, 404);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(form_that_loses_to_an_agreement_is_told_what_happened), TEST(page_of_a_customer_that_left_is_not_found),
        TEST(strangers_form_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

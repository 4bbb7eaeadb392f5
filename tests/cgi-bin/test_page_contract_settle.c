/* Settling a special contract, by its partner or the platform. */
#include "cgi-bin/partner_desk.h"

static const char *contract_path(void)
{
    return mem_text(w.mem, "/contracts/%lld/settle", L(test_db_number(w.db, "SELECT MAX(id) FROM contract LIMIT 1")));
}

static void a_contract_is_settled_with_a_note(void **state)
{
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    get(customer_page(w.customer, ""), 200);
    browser_sees(b, "SC-1");
    browser_sees(b, "In effect");
    assert_true(offers(contract_path()));
    get(contract_path(), 200);
    browser_post(b, contract_path(), "note", "", NULL);
    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter how the contract was settled");
    browser_post(b, contract_path(), "note", "Ended by letter", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, customer_page(w.customer, ""));
    browser_follow(b);
    browser_sees(b, "The contract is marked as settled");
    browser_sees(b, "Ended by letter");
    assert_false(offers(contract_path()));
}

static void ops_settles_it_and_is_back_at_the_account(void **state)
{
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    browser_become(b, w.ops->user_id);
    get(contract_path(), 200);
    browser_post(b, contract_path(), "note", "Told by phone", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, "/accounts/C-100000");
    browser_follow(b);
    browser_sees(b, "The contract is marked as settled");
    browser_sees(b, "Settled");
    browser_sees(b, "Told by phone");
}

static void a_contract_settled_by_somebody_else_is_told(void **state)
{
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    get(contract_path(), 200);
    test_db_sql(w.db, "UPDATE contract SET status = 'SETTLED'");
    browser_post(b, contract_path(), "note", "late", NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "no longer in effect");
}

static void contracts_are_for_admins_and_ops(void **state)
{
    const struct actor *others[] = {w.manager, w.owner, w.viewer};
    (void)state;
    world_contract(&w, w.customer, w.now - 1, w.now + CLOCK_DAY);
    for (size_t i = 0; i < 3; i++) {
        browser_become(b, others[i]->user_id);
        get(contract_path(), 403);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_contract_is_settled_with_a_note),
        TEST(ops_settles_it_and_is_back_at_the_account),
        TEST(a_contract_settled_by_somebody_else_is_told),
        TEST(contracts_are_for_admins_and_ops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

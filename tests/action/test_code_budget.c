/* Budgets of codes beyond those of one purpose: of an account, an address, a block of numbers, a country, a channel. */
#include "action/code_world.h"

static void fill_budget(const char *scope, const char *subject, int64_t used)
{
    test_db_sql(world.db, "INSERT INTO message_budget (scope, subject, since, used, allowed)\n"
                          "VALUES ('%s', '%s', FROM_UNIXTIME(%lld), %lld, %lld)", scope, subject,
                L(world.now / CLOCK_SECOND), L(used), L(used));
}

struct used_up { const char *scope, *subject; enum channel channel; int64_t used; enum send_outcome outcome; };

static void assert_used_up(const struct used_up *row)
{
    world_contact(&world, world.customer, CHANNEL_SMS, "+4915100000188");
    confirm();
    fill_budget(row->scope, row->subject, row->used - 1);
    assert_int_equal(send_as(world.owner, row->channel).outcome, SEND_OK);
    world.now += CLOCK_MINUTE;
    struct send_result result = send_as(world.owner, row->channel);
    assert_int_equal(result.outcome, row->outcome);
    assert_true(result.at > world.now && result.at <= world.now + CLOCK_HOUR);
    /* What was refused is neither counted nor stored. */
    assert_int_equal(world_count(&world, "verification_code", "1"), 1);
    assert_int_equal(world_count(&world, "delivery", "code_id IS NOT NULL"), 1);
    assert_int_equal(world_count(&world, "message_budget", "scope = '%s' AND subject = '%s' AND used = %lld", row->scope,
                                 row->subject, L(row->used)), 1);
    world.now += CLOCK_HOUR;
    assert_int_equal(send_as(world.owner, row->channel).outcome, SEND_OK);
}

static void an_account_has_a_budget_over_all_purposes(void **state)
{
    (void)state;
    assert_used_up(&(struct used_up){"ACCOUNT", mem_text(world.mem, "%lld", L(world.customer)), CHANNEL_SMS,
                                     world.config->budget.account_per_hour, SEND_TOO_MANY});
}

static void an_address_has_a_budget_whoever_asks(void **state)
{
    (void)state;
    assert_used_up(&(struct used_up){"ADDRESS", "+4915100000188", CHANNEL_SMS, world.config->budget.address_per_hour, SEND_TOO_MANY});
}

static void numbers_of_one_block_share_a_budget(void **state)
{
    (void)state;
    assert_used_up(&(struct used_up){"PREFIX", "+491510000", CHANNEL_SMS, world.config->budget.block_per_hour, SEND_PAUSED});
}

static void text_messages_have_a_budget_together(void **state)
{
    (void)state;
    assert_used_up(&(struct used_up){"TOTAL", "SMS", CHANNEL_SMS, world.config->budget.sms_per_hour, SEND_PAUSED});
}

static void emailed_codes_have_a_budget_together(void **state)
{
    (void)state;
    assert_used_up(&(struct used_up){"TOTAL", "EMAIL", CHANNEL_EMAIL, world.config->budget.email_per_hour, SEND_PAUSED});
}

static void a_used_up_channel_leaves_the_other_one(void **state)
{
    (void)state;
    world_contact(&world, world.customer, CHANNEL_SMS, "+4915100000188");
    confirm();
    fill_budget("TOTAL", "SMS", world.config->budget.sms_per_hour);
    assert_int_equal(send_as(world.owner, CHANNEL_SMS).outcome, SEND_PAUSED);
    assert_int_equal(send_as(world.owner, CHANNEL_EMAIL).outcome, SEND_OK);
}

static void a_country_that_is_not_served_gets_no_text_message(void **state)
{
    (void)state;
    test_db_sql(world.db, "INSERT INTO sms_prefix (prefix, per_hour, note) VALUES ('+49', 0, 'not served')");
    world_contact(&world, world.customer, CHANNEL_SMS, "+4915100000188");
    confirm();
    assert_int_equal(send_as(world.owner, CHANNEL_SMS).outcome, SEND_PAUSED);
    assert_int_equal(send_as(world.owner, CHANNEL_EMAIL).outcome, SEND_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_account_has_a_budget_over_all_purposes), TEST(an_address_has_a_budget_whoever_asks),
        TEST(numbers_of_one_block_share_a_budget), TEST(text_messages_have_a_budget_together),
        TEST(emailed_codes_have_a_budget_together), TEST(a_used_up_channel_leaves_the_other_one),
        TEST(a_country_that_is_not_served_gets_no_text_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

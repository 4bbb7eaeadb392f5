#include "cgi-bin/partner_desk.h"

#include "action/decide.h"
#include "base/secret.h"
#include "domain/notice.h"
#include "store/store_notice.h"

static void choose(int64_t id, const char *decision)
{
    browser_get(b, path_of(id));
    browser_post(b, path_of(id), "decision", decision, "message", "so be it", "understood", "1", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, mem_text(w.mem, "%s/verify", path_of(id)));
    browser_follow(b);
}

static void code_function_asks_for_a_code_before_anything_happens(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_partner_code(&w, true);

    choose(id, "AGREE");

    browser_sees(b, "You are about to agree that Acme GmbH leaves you.");
    browser_sees(b, "Send code");
    assert_int_equal(in_state("PENDING"), 1);
}

static void code_can_be_sent_and_a_wrong_one_is_refused(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_partner_code(&w, true);
    choose(id, "REJECT");
    browser_post(b, mem_text(w.mem, "%s/verify/send", path_of(id)), "channel", "EMAIL", NULL);
    assert_int_equal(b->status, 303);
    browser_follow(b);
    browser_sees(b, "Code sent");

    browser_post(b, mem_text(w.mem, "%s/verify", path_of(id)), "code", "12", NULL);

    assert_int_equal(b->status, 400);
    browser_sees(b, "Enter all 6 digits");
    assert_int_equal(in_state("PENDING"), 1);
}

/* The code that was sent, as the worker reads it. */
static const char *sent_code(void)
{
    struct delivery *deliveries;
    size_t n;

    assert_null(delivery_claim(w.db, w.mem, &(struct delivery_queue){CHANNEL_EMAIL, true}, "test", test_site_now(), test_site_now() + CLOCK_MINUTE, 10, &deliveries, &n));
    for (size_t i = 0; i < n; i++) {
        struct notice_values values;
        char *plain;
        size_t plain_n;

        if (deliveries[i].kind != NOTICE_CODE)
            continue;
        assert_null(secret_open(w.mem, &w.keys.outbox, deliveries[i].event_id, deliveries[i].sealed, deliveries[i].sealed_n, &plain,
                                &plain_n));
        assert_true(notice_unpack(w.mem, plain, &values));
        return values.code;
    }
    fail_msg("no code was sent");
    return NULL;
}

/* On the page that asks for the code. */
static const char *choose_and_send(int64_t id, const char *decision)
{
    world_partner_code(&w, true);
    choose(id, decision);
    browser_post(b, mem_text(w.mem, "%s/verify/send", path_of(id)), "channel", "EMAIL", NULL);
    browser_follow(b);
    return sent_code();
}

static void right_code_carries_the_decision_out_in_the_same_step(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *code = choose_and_send(id, "AGREE");
    const char *verify = mem_text(w.mem, "%s/verify", path_of(id));
    const char *body = browser_body(b, verify, "code", code, NULL);

    browser_post_body(b, verify, body);

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, mem_text(w.mem, "%s/done", path_of(id)));
    browser_follow(b);
    browser_sees(b, "Acme GmbH is no longer your customer.");
    assert_int_equal(in_state("COMPLETED"), 1);
    assert_int_equal(world_faults(&w), 0);
    const int64_t before = world_fingerprint(&w);
    browser_post_body(b, verify, body);
    assert_string_equal(b->location, mem_text(w.mem, "%s/done", path_of(id)));
    assert_true(world_fingerprint(&w) == before);
}

static void wrong_code_decides_nothing(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *code = choose_and_send(id, "REJECT");

    browser_post(b, mem_text(w.mem, "%s/verify", path_of(id)), "code", strcmp(code, "000000") == 0 ? "000001" : "000000", NULL);

    assert_int_equal(b->status, 400);
    browser_sees(b, "The code is not correct.");
    assert_int_equal(in_state("PENDING"), 1);
}

static int64_t tries(void)
{
    return test_db_number(w.db, "SELECT MAX(tries) FROM verification_code WHERE purpose IN ('AGREE', 'REJECT') LIMIT 1");
}

static void wrong_form_sent_twice_is_one_try(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *code = choose_and_send(id, "REJECT");
    const char *verify = mem_text(w.mem, "%s/verify", path_of(id));
    const char *body = browser_body(b, verify, "code", strcmp(code, "000000") == 0 ? "000001" : "000000", NULL);

    browser_post_body(b, verify, body);
    assert_int_equal(b->status, 400);
    assert_int_equal(tries(), 1);
    browser_post_body(b, verify, body);
    assert_int_equal(tries(), 1);
    browser_follow(b);
    browser_sees(b, "You have 4 attempts left.");
    assert_int_equal(in_state("PENDING"), 1);
    browser_post(b, verify, "code", code, NULL);
    assert_int_equal(b->status, 303);
    assert_int_equal(in_state("REJECTED"), 1);
}

/* The right form went half the way: compared, and then its decision was lost. The same form carries it out, without a try more. */
static void form_that_was_compared_carries_its_decision_out(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *code = choose_and_send(id, "AGREE");
    const char *verify = mem_text(w.mem, "%s/verify", path_of(id));
    const char *body = browser_body(b, verify, "code", code, NULL);
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);
    browser_post_body(b, verify, body);
    assert_int_equal(b->status, 409);
    world_unfreeze(&w, w.customer);

    browser_post_body(b, verify, body);

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, mem_text(w.mem, "%s/done", path_of(id)));
    assert_int_equal(tries(), 1);
    assert_int_equal(in_state("COMPLETED"), 1);
}

/* Between the page and its form a colleague kept something else in the draft of their account. */
static void code_decides_only_what_its_page_has_shown(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *code = choose_and_send(id, "REJECT");
    const char *verify = mem_text(w.mem, "%s/verify", path_of(id));
    const char *body = browser_body(b, verify, "code", code, NULL);
    const struct actor *colleague = world_user(&w, w.partner, ROLE_ADMIN, "Colleague");
    struct wizard_target target = world_answer_target(&w, colleague, id);
    struct act act = world_act(&w, colleague);
    enum wizard_outcome outcome;
    int64_t revision = test_db_number(w.db, "SELECT MAX(revision) FROM wizard WHERE purpose = 'ANSWER' LIMIT 1");
    assert_null(wizard_decide(&act, &target, &revision, REQUEST_REJECT, "words of another", false, &outcome));
    assert_int_equal(outcome, WIZARD_OK);

    browser_post_body(b, verify, body);

    assert_int_equal(b->status, 303);
    assert_int_equal(tries(), 0);
    assert_int_equal(in_state("PENDING"), 1);
    browser_get(b, verify);
    browser_post(b, verify, "code", code, NULL);
    assert_int_equal(in_state("REJECTED"), 1);
}

static void frozen_between_choice_and_code_is_shown_and_the_code_stays_good(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *code = choose_and_send(id, "AGREE");
    world_freeze(&w, w.customer, FREEZE_ACCOUNT, FREEZE_BY_PARTNER);

    browser_post(b, mem_text(w.mem, "%s/verify", path_of(id)), "code", code, NULL);
    assert_int_equal(b->status, 409);
    browser_sees(b, "You can’t agree yet: the account is frozen");
    assert_int_equal(in_state("PENDING"), 1);

    world_unfreeze(&w, w.customer);
    browser_post(b, path_of(id), "decision", "AGREE", "message", "so be it", "understood", "1", NULL);
    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, mem_text(w.mem, "%s/done", path_of(id)));
    assert_int_equal(in_state("COMPLETED"), 1);
}

static void withdrawn_before_the_code_is_shown_with_who_and_when(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    const char *code = choose_and_send(id, "AGREE");
    struct act act = world_act(&w, w.owner);
    struct decide_result result;
    const char *verify = mem_text(w.mem, "%s/verify", path_of(id));
    const char *body = browser_body(b, verify, "code", code, NULL);
    assert_null(withdraw_request(&act, id, &result));

    browser_post_body(b, verify, body);
    browser_follow(b);

    browser_sees(b, "The customer withdrew the request");
    assert_int_equal(in_state("WITHDRAWN"), 1);
}

static void code_page_before_a_decision_leads_back(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    world_partner_code(&w, true);

    browser_get(b, mem_text(w.mem, "%s/verify", path_of(id)));

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, path_of(id));
}

static void code_page_without_the_function_leads_back(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);

    browser_get(b, mem_text(w.mem, "%s/verify", path_of(id)));

    assert_int_equal(b->status, 303);
    assert_string_equal(b->location, path_of(id));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(code_function_asks_for_a_code_before_anything_happens),
        TEST(code_can_be_sent_and_a_wrong_one_is_refused),
        TEST(right_code_carries_the_decision_out_in_the_same_step),
        TEST(wrong_code_decides_nothing),
        TEST(wrong_form_sent_twice_is_one_try),
        TEST(form_that_was_compared_carries_its_decision_out),
        TEST(code_decides_only_what_its_page_has_shown),
        TEST(frozen_between_choice_and_code_is_shown_and_the_code_stays_good),
        TEST(withdrawn_before_the_code_is_shown_with_who_and_when),
        TEST(code_page_before_a_decision_leads_back),
        TEST(code_page_without_the_function_leads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

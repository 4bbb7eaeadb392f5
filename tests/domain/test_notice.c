#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "domain/notice.h"
#include "domain/notice_words.h"

static void *ctx;

static int make_ctx(void **state)
{
    (void)state;
    ctx = mem_context(NULL, "test");
    return 0;
}

static int free_ctx(void **state)
{
    (void)state;
    return talloc_free(ctx);
}

static struct notice_values all_values(void)
{
    return (struct notice_values){
        .customer = "CUSTOMER", .partner = "PARTNER", .request_no = "DR20250630-000123", .reason = "REASON",
        .until = "14:31", .code = "482913", .action = "SUBMIT", .link = "LINK", .host = "partner.example.com",
        .freeze_type = "ACCOUNT", .object = "OBJECT"
    };
}

/* Calls `look` for each text that a notice can have. */
static void for_each_text(void (*look)(enum notice_kind kind, const char *text))
{
    static const char *const details[] = {
        "", "SUBMIT", "AGREE", "REJECT", "CONTACT", "REGISTER", "COMPLETE", "DISMISS", "ADDED", "CHANGED", "REMOVED", "ACCOUNT", "ACCOUNT_AND_RESOURCES",
        "ON", "OFF", "FROZEN"
    };

    for (int kind = 0; kind < NOTICE_KINDS; kind++)
        for (int sides = 0; sides < 4; sides++)
            for (size_t i = 0; i < sizeof details / sizeof details[0]; i++)
                for (int has_customer = 0; has_customer < 2; has_customer++) {
                    struct notice_values values = all_values();

                    values.to_partner = (sides & 1) != 0;
                    values.by_partner = (sides & 2) != 0;
                    values.action = values.freeze_type = details[i];
                    values.customer = has_customer ? "CUSTOMER" : "";
                    /* Only a freeze of the partner itself is told without a customer. */
                    if (!has_customer && kind != NOTICE_FROZEN && kind != NOTICE_UNFROZEN)
                        continue;
                    look((enum notice_kind)kind, notice_subject(ctx, (enum notice_kind)kind, &values));
                    look((enum notice_kind)kind, notice_body(ctx, (enum notice_kind)kind, &values));
                    look((enum notice_kind)kind, notice_sms(ctx, (enum notice_kind)kind, &values));
                }
}

static void look_for_places(enum notice_kind kind, const char *text)
{
    if (strpbrk(text, "{}") != NULL)
        fail_msg("%s: “%s”", notice_info(kind)->code, text);
}

static void no_place_stays_unfilled(void **state)
{
    (void)state;
    for_each_text(look_for_places);
}

static void look_for_full_stops(enum notice_kind kind, const char *text)
{
    if (strstr(text, "PARTNER.") != NULL || strstr(text, "CUSTOMER.") != NULL)
        fail_msg("%s: “%s”", notice_info(kind)->code, text);
}

static void no_name_stands_before_a_full_stop(void **state)
{
    (void)state;
    for_each_text(look_for_full_stops);
}

static void look_for_words(enum notice_kind kind, const char *text)
{
    static const char *const unwanted[] = { "please", "Please", "invalid", "sorry", "Sorry", "  ", " ." };

    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        if (strstr(text, unwanted[i]) != NULL)
            fail_msg("%s: “%s”", notice_info(kind)->code, text);
}

static void no_text_says_please_or_sorry(void **state)
{
    (void)state;
    for_each_text(look_for_words);
}

static void look_for_long_sentences(enum notice_kind kind, const char *text)
{
    int words = 1;

    for (const char *at = text; *at != '\0'; at++) {
        if (*at == ' ' && at > text && (at[-1] == '.' || at[-1] == '?'))
            words = 1;
        else if (*at == '\n')
            words = 1;
        else if (*at == ' ')
            words++;
        if (words > 25)
            fail_msg("%s: “%s”", notice_info(kind)->code, text);
    }
}

static void no_sentence_has_more_than_25_words(void **state)
{
    (void)state;
    for_each_text(look_for_long_sentences);
}

static void each_kind_has_words_for_each_reader_and_actor(void **state)
{
    (void)state;
    for (int kind = 0; kind < NOTICE_KINDS; kind++)
        for (int sides = 0; sides < 4; sides++) {
            struct notice_values values = all_values();
            const struct notice_info *info = notice_info((enum notice_kind)kind);

            values.to_partner = (sides & 1) != 0;
            values.by_partner = (sides & 2) != 0;
            assert_true(strlen(notice_subject(ctx, (enum notice_kind)kind, &values)) > 10);
            assert_true(strlen(notice_body(ctx, (enum notice_kind)kind, &values)) > 20);
            assert_int_equal(strlen(notice_sms(ctx, (enum notice_kind)kind, &values)) > 20, info->by_sms);
        }
}

static void no_row_of_words_is_out_of_reach(void **state)
{
    (void)state;
    for (size_t i = 0; i < notice_words_n; i++)
        for (size_t j = 0; j < i; j++) {
            const struct notice_words *earlier = &notice_words[j], *later = &notice_words[i];
            bool covers = earlier->kind == later->kind && (later->readers & ~earlier->readers) == 0 &&
                (later->actors & ~earlier->actors) == 0 &&
                (earlier->detail == NULL || (later->detail != NULL && strcmp(earlier->detail, later->detail) == 0));

            if (covers)
                fail_msg("row %zu (%s) hides row %zu (%s)", j, earlier->subject, i, later->subject);
        }
}

static void assert_subject(enum notice_kind kind, bool to_partner, bool by_partner, const char *action, const char *subject)
{
    struct notice_values values = all_values();

    values.to_partner = to_partner;
    values.by_partner = by_partner;
    values.action = action;
    assert_string_equal(notice_subject(ctx, kind, &values), subject);
}

static void subjects_say_who_did_what(void **state)
{
    (void)state;
    assert_subject(NOTICE_REQUEST_SENT, false, false, NULL, "Your request was sent");
    assert_subject(NOTICE_REQUEST_RECEIVED, true, false, NULL, "CUSTOMER asks to leave");
    assert_subject(NOTICE_REQUEST_RECEIVED, false, true, NULL, "Your partner wants to end the association");
    assert_subject(NOTICE_REQUEST_AGREED, false, true, NULL, "Your partner agreed: you have left PARTNER");
    assert_subject(NOTICE_REQUEST_AGREED, false, false, NULL, "You agreed: you have left PARTNER");
    assert_subject(NOTICE_REQUEST_AGREED, true, true, NULL, "You agreed: CUSTOMER has left");
    assert_subject(NOTICE_REQUEST_AGREED, true, false, NULL, "CUSTOMER agreed to end the association");
    assert_subject(NOTICE_REQUEST_REJECTED, false, true, NULL, "Your partner rejected your request");
    assert_subject(NOTICE_REQUEST_REJECTED, true, false, NULL, "CUSTOMER rejected your request");
    assert_subject(NOTICE_REQUEST_WITHDRAWN, false, true, NULL, "Your partner withdrew its request");
    assert_subject(NOTICE_REQUEST_WITHDRAWN, true, false, NULL, "CUSTOMER withdrew its request");
    assert_subject(NOTICE_REQUEST_EXPIRED, false, false, NULL, "Your request has expired");
    assert_subject(NOTICE_REQUEST_REMINDER, true, false, NULL, "CUSTOMER is waiting for your answer");
    assert_subject(NOTICE_FROZEN, false, true, NULL, "Your account was frozen");
    assert_subject(NOTICE_UNFROZEN, false, true, NULL, "Your account was unfrozen");
    assert_subject(NOTICE_UNFREEZE_ASKED, true, false, NULL, "CUSTOMER asks you to unfreeze the account");
    assert_subject(NOTICE_PAYMENT_METHOD, false, false, NULL, "Add a payment method");
}

static void a_resource_tells_where_it_stands(void **state)
{
    static const char *const stages[][2] = {
        { "GRACE", "Grace period started: " }, { "GRACE_ENDS", "Grace period ends soon: " },
        { "RETENTION", "Retention period started: " }, { "RETENTION_ENDS", "Data will be deleted soon: " },
        { "RELEASED", "Resource released: " }, { "RESTORED", "Resource works again: " }
    };

    (void)state;
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        struct notice_values values = all_values();

        values.action = stages[i][0];
        values.object = "Disk";
        assert_string_equal(notice_subject(ctx, NOTICE_RESOURCE, &values), mem_text(ctx, "%sDisk", stages[i][1]));
        assert_string_equal(notice_sms(ctx, NOTICE_RESOURCE, &values), "");
        assert_true(strlen(notice_body(ctx, NOTICE_RESOURCE, &values)) > 40);
    }
}

static void a_decision_of_the_platform_says_so(void **state)
{
    (void)state;
    assert_subject(NOTICE_REQUEST_AGREED, false, false, "COMPLETE", "The platform agreed: you have left PARTNER");
    assert_subject(NOTICE_REQUEST_AGREED, true, false, "COMPLETE", "The platform agreed: CUSTOMER has left");
    assert_subject(NOTICE_REQUEST_REJECTED, false, false, "DISMISS", "The platform rejected your request");
    assert_subject(NOTICE_REQUEST_REJECTED, true, false, "DISMISS", "The platform rejected the request of CUSTOMER");
}

static void passed_on_for_a_freeze_tells_another_cause_than_silence(void **state)
{
    struct notice_values values = all_values();

    (void)state;
    values.action = NULL;
    assert_non_null(strstr(notice_body(ctx, NOTICE_REQUEST_ESCALATED, &values), "has not answered"));
    values.action = "FROZEN";
    assert_non_null(strstr(notice_body(ctx, NOTICE_REQUEST_ESCALATED, &values), "can’t answer your request DR20250630-000123 at present"));
    values.to_partner = true;
    assert_non_null(strstr(notice_body(ctx, NOTICE_REQUEST_ESCALATED, &values), "Your account is frozen"));
}

static void a_rejection_carries_its_reason(void **state)
{
    struct notice_values values = all_values();

    (void)state;
    values.by_partner = true;
    assert_string_equal(notice_body(ctx, NOTICE_REQUEST_REJECTED, &values),
                        "Your partner rejected your request DR20250630-000123.\n\n"
                        "Reason given: “REASON”\n\n"
                        "You and PARTNER stay associated.\n\n"
                        "You can send another request.");
}

static void a_sentence_without_its_value_is_left_out(void **state)
{
    struct notice_values values = all_values();

    (void)state;
    values.by_partner = true;
    values.reason = "";
    assert_null(strstr(notice_body(ctx, NOTICE_REQUEST_REJECTED, &values), "Reason"));
    values.reason = NULL;
    assert_null(strstr(notice_body(ctx, NOTICE_REQUEST_REJECTED, &values), "Reason"));
}

static void a_value_is_never_read_as_a_place(void **state)
{
    struct notice_values values = all_values();

    (void)state;
    values.by_partner = true;
    values.reason = "{code} {partner}";
    assert_non_null(strstr(notice_body(ctx, NOTICE_REQUEST_REJECTED, &values), "“{code} {partner}”"));
}

static void a_freeze_tells_what_is_frozen_and_by_whom(void **state)
{
    struct notice_values values = all_values();

    (void)state;
    values.by_partner = true;
    assert_non_null(strstr(notice_body(ctx, NOTICE_FROZEN, &values), "PARTNER froze your account.\n"));
    values.freeze_type = "ACCOUNT_AND_RESOURCES";
    assert_non_null(strstr(notice_body(ctx, NOTICE_FROZEN, &values), "PARTNER froze your account and resources."));
    values.by_partner = false;
    assert_non_null(strstr(notice_body(ctx, NOTICE_FROZEN, &values), "The platform froze your account and resources."));
    values.to_partner = true;
    assert_non_null(strstr(notice_body(ctx, NOTICE_FROZEN, &values), "The platform froze the account of CUSTOMER"));
    values.customer = "";
    assert_non_null(strstr(notice_body(ctx, NOTICE_FROZEN, &values), "The platform froze your account."));
}

static void a_code_names_action_other_party_and_request(void **state)
{
    static const struct { bool to_partner; const char *action, *mail, *sms; } rows[] = {
        { false, "SUBMIT", "to ask to leave PARTNER and works until 14:31.", "to ask to leave PARTNER, until 14:31." },
        { false, "AGREE", "to agree to leave PARTNER on request DR20250630-000123. It works until 14:31.",
          "to agree to leave PARTNER (DR20250630-000123), until 14:31." },
        { false, "REJECT", "to reject the request of PARTNER (DR20250630-000123). It works until 14:31.",
          "to reject PARTNER (DR20250630-000123), until 14:31." },
        { true, "SUBMIT", "to ask CUSTOMER to end the association. It works until 14:31.",
          "to ask CUSTOMER to end the association, until 14:31." },
        { true, "AGREE", "to agree that CUSTOMER leaves you on request DR20250630-000123. It works until 14:31.",
          "to let CUSTOMER leave (DR20250630-000123), until 14:31." },
        { true, "REJECT", "to reject the request of CUSTOMER (DR20250630-000123). It works until 14:31.",
          "to reject CUSTOMER (DR20250630-000123), until 14:31." },
        { false, "CONTACT", "to add this contact to your account. It works until 14:31.",
          "to add this contact to your account, until 14:31." },
        { false, "REGISTER", "to open an account. It works until 14:31.", "to open an account, until 14:31." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct notice_values values = all_values();

        values.to_partner = rows[i].to_partner;
        values.action = rows[i].action;
        assert_string_equal(notice_sms(ctx, NOTICE_CODE, &values),
                            mem_text(ctx, "482913 is your mypartner code %s\nNot you? Do not share it.\n@partner.example.com #482913",
                                     rows[i].sms));
        assert_string_equal(notice_body(ctx, NOTICE_CODE, &values),
                            mem_text(ctx, "482913 is your mypartner code %s\n\nIf this wasn’t you, don’t share it.", rows[i].mail));
        assert_null(strstr(notice_subject(ctx, NOTICE_CODE, &values), "482913"));
    }
}

static void a_code_without_a_host_has_no_last_line(void **state)
{
    struct notice_values values = all_values();

    (void)state;
    values.host = "";
    assert_null(strchr(notice_sms(ctx, NOTICE_CODE, &values), '#'));
}

static void a_reset_carries_its_link(void **state)
{
    struct notice_values values = all_values();

    (void)state;
    assert_non_null(strstr(notice_body(ctx, NOTICE_PASSWORD_RESET, &values), "\n\nLINK\n\n"));
}

static void an_invitation_names_the_account_and_carries_its_link(void **state)
{
    struct notice_values values = all_values();
    const char *body = notice_body(ctx, NOTICE_TEAM_INVITATION, &values);

    (void)state;
    assert_non_null(strstr(body, "OBJECT invites you"));
    assert_non_null(strstr(body, "\n\nLINK\n\n"));
}

static void a_settled_contract_is_told_with_its_number_and_who_settled_it(void **state)
{
    struct notice_values values = all_values();

    (void)state;
    values.by_partner = true;
    assert_non_null(strstr(notice_body(ctx, NOTICE_CONTRACT_SETTLED, &values), "PARTNER marked your special commerce contract OBJECT"));
    values.by_partner = false;
    assert_non_null(strstr(notice_body(ctx, NOTICE_CONTRACT_SETTLED, &values), "The platform marked"));
}

static void a_switch_tells_its_position(void **state)
{
    (void)state;
    assert_subject(NOTICE_CODE_FUNCTION, true, true, "ON", "Verification codes were switched on");
    assert_subject(NOTICE_CODE_FUNCTION, true, true, "OFF", "Verification codes were switched off");
}

static void secrets_are_never_in_the_inbox(void **state)
{
    (void)state;
    for (int kind = 0; kind < NOTICE_KINDS; kind++) {
        bool is_secret = kind == NOTICE_CODE || kind == NOTICE_PASSWORD_RESET || kind == NOTICE_TEAM_INVITATION ||
            kind == NOTICE_INVITATION;

        assert_int_equal(notice_info((enum notice_kind)kind)->is_secret, is_secret);
        assert_int_equal(notice_info((enum notice_kind)kind)->in_inbox, !is_secret);
    }
}

static void each_kind_is_found_by_its_code(void **state)
{
    enum notice_kind found = NOTICE_CODE;

    (void)state;
    for (int kind = 0; kind < NOTICE_KINDS; kind++) {
        assert_true(notice_kind_find(notice_info((enum notice_kind)kind)->code, &found));
        assert_int_equal(found, kind);
    }
    assert_false(notice_kind_find("", &found));
    assert_false(notice_kind_find("code", &found));
    assert_false(notice_kind_find(NULL, &found));
    assert_int_equal(found, NOTICE_KINDS - 1);
    assert_string_equal(notice_info(NOTICE_KINDS)->code, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_place_stays_unfilled),
        cmocka_unit_test(no_name_stands_before_a_full_stop),
        cmocka_unit_test(no_text_says_please_or_sorry),
        cmocka_unit_test(no_sentence_has_more_than_25_words),
        cmocka_unit_test(each_kind_has_words_for_each_reader_and_actor),
        cmocka_unit_test(no_row_of_words_is_out_of_reach),
        cmocka_unit_test(subjects_say_who_did_what),
        cmocka_unit_test(a_resource_tells_where_it_stands),
        cmocka_unit_test(a_decision_of_the_platform_says_so),
        cmocka_unit_test(passed_on_for_a_freeze_tells_another_cause_than_silence),
        cmocka_unit_test(a_rejection_carries_its_reason),
        cmocka_unit_test(a_sentence_without_its_value_is_left_out),
        cmocka_unit_test(a_value_is_never_read_as_a_place),
        cmocka_unit_test(a_freeze_tells_what_is_frozen_and_by_whom),
        cmocka_unit_test(a_code_names_action_other_party_and_request),
        cmocka_unit_test(a_code_without_a_host_has_no_last_line),
        cmocka_unit_test(a_reset_carries_its_link),
        cmocka_unit_test(an_invitation_names_the_account_and_carries_its_link),
        cmocka_unit_test(a_settled_contract_is_told_with_its_number_and_who_settled_it),
        cmocka_unit_test(a_switch_tells_its_position),
        cmocka_unit_test(secrets_are_never_in_the_inbox),
        cmocka_unit_test(each_kind_is_found_by_its_code)
    };

    return cmocka_run_group_tests(tests, make_ctx, free_ctx);
}

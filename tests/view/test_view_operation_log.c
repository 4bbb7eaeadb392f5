#include "support/rows.h"

#include "base/memory.h"
#include "view/view_operation_log.h"

static const struct telling {
    const char *claim;
    enum operation operation;
    const char *remark, *text;
} tellings[] = {
    { "a_model_has_words", OP_ASSOCIATED, "RESELLER", "Reseller" },
    { "the_other_model_has_words", OP_ASSOCIATED, "REFERRAL", "Referral" },
    { "an_invitation_went_by_email", OP_INVITED, "EMAIL", "By email" },
    { "an_invitation_went_by_link", OP_INVITATION_REVOKED, "LINK", "By link" },
    { "a_closed_gate_has_words", OP_INVITATION_REFUSED, "HAS_PARTNER", "This customer already has a partner" },
    { "a_default_freeze_has_words", OP_FROZEN, "ACCOUNT ASSOCIATION_DEFAULT", "Account only. Since its association began" },
    { "a_freeze_keeps_its_reason", OP_FROZEN, "ACCOUNT_AND_RESOURCES PARTNER: bills: two", "Account and resources. By its partner: bills: two" },
    { "a_reason_alone_stays", OP_FROZEN, "ACCOUNT is not ours", "ACCOUNT is not ours" },
    { "a_statement_has_version_and_language", OP_STATEMENT_ACCEPTED, "2025-06-30.1 en", "Version 2025-06-30.1, read in English" },
    { "a_role_has_words", OP_USER_CREATED, "owner", "Owner" },
    { "a_role_by_invitation_has_words", OP_USER_CREATED, "viewer, by invitation", "Viewer, by invitation" },
    { "a_change_of_role_has_words", OP_USER_ROLE_SET, "admin to manager", "Admin, now Manager" },
    { "a_wrong_password_is_called_so", OP_SIGN_IN_FAILED, "password", "Wrong password" },
    { "a_switch_has_words", OP_CODE_FUNCTION_SET, "ON", "Switched on" },
    { "checks_that_pass_are_counted", OP_CHECK_RUN, "C1=P", NULL },
    { "grace_is_told_in_the_readers_time", OP_RESOURCE_GRACE, "Web server, shop: due 2026-11-23T21:45:19Z, until 2026-12-08T21:45:19Z",
      "Web server, shop: due 24 Nov 2026, 05:45, until 9 Dec 2026, 05:45" },
    { "a_release_has_no_end", OP_RESOURCE_RELEASED, "Disk: due 2026-11-23T21:45:19Z", "Disk: due 24 Nov 2026, 05:45" },
    { "a_name_may_look_like_a_due_time", OP_RESOURCE_RESTORED, "a: due b: due 2026-11-23T21:45:19Z", "a: due b: due 24 Nov 2026, 05:45" },
    { "a_due_time_that_is_none_stays", OP_RESOURCE_GRACE, "Disk: due 2026-02-30T21:45:19Z", "Disk: due 2026-02-30T21:45:19Z" },
    { "what_follows_a_due_time_stays", OP_RESOURCE_GRACE, "Disk: due 2026-11-23T21:45:19Z, later", "Disk: due 2026-11-23T21:45:19Z, later" },
    { "a_payment_is_told_with_its_payer", OP_RESOURCE_PAID, "Disk: USD 33.00, due 2026-11-23T21:45:19Z, paid by customer",
      "Disk: USD 33.00, due 24 Nov 2026, 05:45, paid by the customer" },
    { "a_partners_payment_too", OP_RESOURCE_PAID, "Disk: USD 33.00, due 2026-11-23T21:45:19Z, paid by partner",
      "Disk: USD 33.00, due 24 Nov 2026, 05:45, paid by the partner" },
    { "a_card_has_words", OP_PAYMENT_METHOD_ADDED, "CARD 4242", "Card ending in 4242" },
    { "a_bank_account_has_words", OP_PAYMENT_METHOD_REMOVED, "BANK 0007", "Bank account ending in 0007" },
    { "words_of_a_person_stay", OP_REQUEST_REJECTED, "RESELLER", "RESELLER" },
    { "a_strange_remark_stays", OP_INVITED, "by pigeon", "by pigeon" },
    { "a_name_from_right_to_left_is_isolated", OP_RESOURCE_RELEASED, "שרת: due 2026-11-23T21:45:19Z", "\u2068שרת\u2069: due 24 Nov 2026, 05:45" },
    { "words_from_right_to_left_are_isolated", OP_REQUEST_REJECTED, "לא.", "\u2068לא.\u2069" },
    { "nothing_stays_nothing", OP_SIGNED_IN, "", "" },
};

static void tell_remark(void **state)
{
    const struct telling *telling = *state;
    void *mem = mem_context(NULL, "test");
    const struct operation_row row = { .operation = telling->operation, .remark = telling->remark };
    const char *text = view_operation_details(mem, &row, "Asia/Singapore", NULL);

    if (telling->text != NULL)
        assert_string_equal(text, telling->text);
    else
        assert_null(strstr(text, "C1="));
    talloc_free(mem);
}

static const struct badge_row {
    const char *claim;
    enum operation operation;
    const char *result, *css, *text;
} badges[] = {
    { "a_request_was_submitted", OP_REQUEST_SUBMITTED, "PENDING", "", "Submitted" },
    { "a_link_for_a_new_password_was_sent", OP_PASSWORD_RESET_ASKED, "PENDING", "", "Sent" },
    { "an_invitation_was_sent", OP_INVITED, "PENDING", "", "Sent" },
    { "what_the_platform_agreed_to_is_agreed", OP_REQUEST_COMPLETED, "COMPLETED", "ok", "Agreed" },
};

static void show_badge(void **state)
{
    const struct badge_row *badge = *state;
    const struct operation_row row = { .operation = badge->operation, .result = badge->result };
    const struct view_badge shown = view_operation_result(&row);

    assert_string_equal(shown.css, badge->css);
    assert_string_equal(shown.text, badge->text);
}

static const struct change_row {
    const char *claim;
    enum operation operation;
    const char *from_state, *to_state, *remark, *before, *after, *words;
} changes[] = {
    { "a_transition_has_its_states", OP_REQUEST_REJECTED, "PENDING", "REJECTED", "no -> yes", "PENDING", "REJECTED", "no -> yes" },
    { "a_first_state_follows_nothing", OP_REQUEST_SUBMITTED, "", "PENDING", "", "", "PENDING", "" },
    { "the_desks_words_stand_apart", OP_USER_DISABLED, "", "", "ACTIVE -> DISABLED: left: on -> off", "ACTIVE", "DISABLED", "left: on -> off" },
    { "a_grant_has_its_end", OP_QUOTA_GRANTED, "", "", "CUSTOMER 2 -> 4, until 2026-12-25T00:00:00Z: because", "CUSTOMER 2",
      "4, until 25 Dec 2026, 00:00", "because" },
    { "a_rule_set_may_have_dashes", OP_RULE_SET_USED, "", "", "seed-2025-06-30 -> earlier-guides: why", "seed-2025-06-30", "earlier-guides", "why" },
    { "sessions_that_a_person_ended_are_no_change", OP_SESSIONS_ENDED, "", "", "all others", NULL, NULL, "all others" },
    { "a_freeze_comes_to_what_was_not_frozen", OP_FROZEN, "", "", "ACCOUNT PLATFORM: unpaid", "Not frozen", "Frozen",
      "Account only. By the platform: unpaid" },
    { "lifting_undoes_it", OP_UNFROZEN, "", "", "ACCOUNT BUDGET: paid", "Frozen", "Not frozen", "Account only. By its budget, which is used up: paid" },
    { "a_contract_was_in_effect", OP_CONTRACT_SETTLED, "", "", "as agreed", "In effect", "Settled", "as agreed" },
    { "other_peoples_arrows_are_words", OP_CONTACT_ADDED, "", "", "a -> b: c", NULL, NULL, "a -> b: c" },
};

static void tell_change(void **state)
{
    const struct change_row *row = *state;
    const struct operation_row operation = {
        .operation = row->operation, .from_state = row->from_state, .to_state = row->to_state, .remark = row->remark };
    void *mem = mem_context(NULL, "test");
    const struct view_change change = view_operation_change(mem, &operation, "UTC");

    if (row->before == NULL)
        assert_null(change.before);
    else
        assert_string_equal(change.before, row->before);
    if (row->after != NULL)
        assert_string_equal(change.after, row->after);
    assert_string_equal(change.words, row->words);
    talloc_free(mem);
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, tell_remark, tellings);
    ROWS_TABLE(&rows, show_badge, badges);
    ROWS_TABLE(&rows, tell_change, changes);
    return ROWS_RUN(&rows);
}

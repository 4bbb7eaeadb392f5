#include "support/rows.h"

#include "base/clock.h"
#include "base/memory.h"

#include "domain/invitation.h"

#define NOW INT64_C(1750000000000000)

/* Everything is fine with this one. */
static struct invitation_facts fine(void)
{
    return (struct invitation_facts){
        .kind = ACCOUNT_CUSTOMER, .inviter_id = 7, .inviter_is_able = true, .inviter_name = "INVITER", .partner_name = "",
        .master_name = ""
    };
}

struct gate_row {
    const char *claim;
    enum invitation_gate gate;
    void (*change)(struct invitation_facts *facts);
};

static void unable(struct invitation_facts *facts) { facts->inviter_is_able = false; }
static void platform(struct invitation_facts *facts) { facts->kind = ACCOUNT_PLATFORM; }
static void partner(struct invitation_facts *facts) { facts->kind = ACCOUNT_PARTNER; }
static void same(struct invitation_facts *facts) { facts->partner_id = 7; facts->partner_name = "INVITER"; }
static void other(struct invitation_facts *facts) { facts->partner_id = 8; facts->partner_name = "OTHER"; }
static void member(struct invitation_facts *facts) { facts->master_name = "MASTER"; }
static void reserved(struct invitation_facts *facts) { facts->reserved_instances = 1; }
static void contract(struct invitation_facts *facts) { facts->special_contracts = 2; }

static const struct gate_row gate_rows[] = {
    { "a_frozen_or_closed_partner_takes_nobody", GATE_PARTNER_UNABLE, unable },
    { "the_platform_accepts_nothing", GATE_IS_PLATFORM, platform },
    { "a_partner_is_no_customer", GATE_IS_PARTNER, partner },
    { "an_own_customer_is_told_so", GATE_SAME_PARTNER, same },
    { "a_customer_of_another_partner_is_stopped", GATE_HAS_PARTNER, other },
    { "a_member_account_is_stopped", GATE_IS_MEMBER, member },
    { "valid_reserved_instances_stop", GATE_RESERVED_INSTANCES, reserved },
    { "a_special_contract_stops", GATE_SPECIAL_CONTRACT, contract }
};

static void one_gate_is_closed_and_says_why(void **state)
{
    const struct gate_row *row = *state;
    struct invitation_facts facts = fine();
    const struct invitation_gate_info *info = invitation_gate_info(row->gate);
    void *ctx = mem_context(NULL, "test");

    row->change(&facts);
    assert_int_equal(invitation_gates(&facts), 1u << row->gate);
    assert_int_equal(invitation_first_gate(1u << row->gate), row->gate);
    assert_true(strlen(info->title) > 10);
    assert_true(strlen(invitation_gate_text(ctx, info->cause, row->gate, &facts)) > 10);
    assert_true(strlen(invitation_gate_text(ctx, info->remedy, row->gate, &facts)) > 10);
    assert_true(strlen(info->for_inviter) > 10);
    assert_true((info->href == NULL) == (info->link == NULL));
    for (int i = 0; i < 2; i++) {
        const char *text = invitation_gate_text(ctx, i == 0 ? info->cause : info->remedy, row->gate, &facts);

        assert_null(strpbrk(text, "{}"));
        assert_null(strstr(text, "INVITER."));
        assert_null(strstr(text, "OTHER."));
        assert_null(strstr(text, "MASTER."));
    }
    talloc_free(ctx);
}

static void nothing_stops_a_customer_without_a_partner(void **state)
{
    struct invitation_facts facts = fine();

    (void)state;
    assert_int_equal(invitation_gates(&facts), 0);
    assert_int_equal(invitation_first_gate(0), GATE_NONE);
}

static void every_gate_is_asked(void **state)
{
    struct invitation_facts facts = fine();

    (void)state;
    other(&facts);
    member(&facts);
    reserved(&facts);
    contract(&facts);
    assert_int_equal(invitation_gates(&facts), 1u << GATE_HAS_PARTNER | 1u << GATE_IS_MEMBER | 1u << GATE_RESERVED_INSTANCES |
                     1u << GATE_SPECIAL_CONTRACT);
    assert_int_equal(invitation_first_gate(invitation_gates(&facts)), GATE_HAS_PARTNER);
}

static void counts_are_told(void **state)
{
    struct invitation_facts facts = fine();
    void *ctx = mem_context(NULL, "test");

    (void)state;
    facts.reserved_instances = 3;
    facts.special_contracts = 2;
    assert_non_null(strstr(invitation_gate_text(ctx, "{n}", GATE_RESERVED_INSTANCES, &facts), "3"));
    assert_non_null(strstr(invitation_gate_text(ctx, "{n}", GATE_SPECIAL_CONTRACT, &facts), "2"));
    talloc_free(ctx);
}

static void gates_are_found_by_their_codes(void **state)
{
    enum invitation_gate gate = GATE_NONE;

    (void)state;
    for (int i = 0; i < GATES; i++) {
        assert_true(invitation_gate_find(invitation_gate_info((enum invitation_gate)i)->code, &gate));
        assert_int_equal(gate, i);
    }
    assert_false(invitation_gate_find("", &gate));
    assert_false(invitation_gate_find("has_partner", &gate));
    assert_false(invitation_gate_find(NULL, &gate));
    assert_int_equal(gate, GATES - 1);
    assert_string_equal(invitation_gate_info(GATE_NONE)->code, "");
}

static void names_and_values_belong_together(void **state)
{
    static const char *const statuses[INVITATION_STATUSES] = { "OPEN", "ACCEPTED", "DECLINED", "REVOKED", "EXPIRED" };
    enum invitation_kind kind = INVITATION_LINK;
    enum invitation_status status = INVITATION_REVOKED;

    (void)state;
    for (int i = 0; i < INVITATION_KINDS; i++) {
        assert_true(invitation_kind_find(invitation_kind_name((enum invitation_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    for (int i = 0; i < INVITATION_STATUSES; i++) {
        assert_true(invitation_status_find(statuses[i], &status));
        assert_int_equal(status, i);
    }
    assert_false(invitation_kind_find("email", &kind));
    assert_false(invitation_status_find("", &status));
}

static void an_open_one_is_over_at_the_very_instant(void **state)
{
    struct invitation invitation = { .status = INVITATION_OPEN, .expires_at = NOW };

    (void)state;
    assert_int_equal(invitation_status_at(&invitation, NOW - 1), INVITATION_OPEN);
    assert_int_equal(invitation_status_at(&invitation, NOW), INVITATION_EXPIRED);
    invitation.status = INVITATION_ACCEPTED;
    assert_int_equal(invitation_status_at(&invitation, NOW + 1), INVITATION_ACCEPTED);
    invitation.status = INVITATION_OPEN;
    invitation.expires_at = INSTANT_NONE;
    assert_int_equal(invitation_status_at(&invitation, NOW), INVITATION_OPEN);
}

int main(void)
{
    static struct rows rows;

    ROWS_TABLE(&rows, one_gate_is_closed_and_says_why, gate_rows);
    ROWS_TEST(&rows, nothing_stops_a_customer_without_a_partner);
    ROWS_TEST(&rows, every_gate_is_asked);
    ROWS_TEST(&rows, counts_are_told);
    ROWS_TEST(&rows, gates_are_found_by_their_codes);
    ROWS_TEST(&rows, names_and_values_belong_together);
    ROWS_TEST(&rows, an_open_one_is_over_at_the_very_instant);
    return ROWS_RUN(&rows);
}

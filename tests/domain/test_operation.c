#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "domain/operation.h"
#include "domain/request.h"

static struct operation_row row(void)
{
    return (struct operation_row){
        .id = 9, .chain_id = 1, .seq = 2, .at = 1750000000000000, .operation = OP_REQUEST_SUBMITTED, .association_id = 1,
        .customer_id = 10, .partner_id = 20, .account_id = 10, .initiated_by = SIDE_CUSTOMER, .user_id = 100,
        .user_name = "Jane", .object = "Acme Ltd.", .request_id = 5, .request_no = "DR20250630-000123", .from_state = "",
        .to_state = "PENDING", .result = "PENDING", .remark = "", .ip = "127.0.0.1", .http_id = "abc"
    };
}

static void assert_hash_differs(const struct operation_row *changed)
{
    struct operation_row same = row();
    unsigned char hash[OPERATION_HASH_BYTES], other[OPERATION_HASH_BYTES];

    operation_hash(&same, hash);
    operation_hash(changed, other);
    assert_memory_not_equal(hash, other, sizeof hash);
}

static void the_same_row_has_the_same_hash(void **state)
{
    struct operation_row one = row(), two = row();
    unsigned char hash[OPERATION_HASH_BYTES], again[OPERATION_HASH_BYTES];

    (void)state;
    operation_hash(&one, hash);
    operation_hash(&two, again);
    assert_memory_equal(hash, again, sizeof hash);
}

static void neither_id_nor_own_hash_is_part_of_the_hash(void **state)
{
    struct operation_row one = row(), two = row();
    unsigned char hash[OPERATION_HASH_BYTES], again[OPERATION_HASH_BYTES];

    (void)state;
    two.id = 10;
    memset(two.hash, 0xff, sizeof two.hash);
    operation_hash(&one, hash);
    operation_hash(&two, again);
    assert_memory_equal(hash, again, sizeof hash);
}

#define CHANGE(member, value) do { struct operation_row changed = row(); changed.member = (value); \
                                   assert_hash_differs(&changed); } while (0)

static void every_field_changes_the_hash(void **state)
{
    (void)state;
    CHANGE(prev_hash[31], 1);
    CHANGE(chain_id, 0);
    CHANGE(seq, 3);
    CHANGE(at, 1750000000000001);
    CHANGE(operation, OP_REQUEST_AGREED);
    CHANGE(association_id, 2);
    CHANGE(customer_id, 11);
    CHANGE(partner_id, 21);
    CHANGE(account_id, 20);
    CHANGE(initiated_by, SIDE_PARTNER);
    CHANGE(user_id, 101);
    CHANGE(user_name, "Jan");
    CHANGE(object, "Acme Ltd");
    CHANGE(request_id, 6);
    CHANGE(request_no, "DR20250630-000124");
    CHANGE(from_state, "NONE");
    CHANGE(to_state, "COMPLETED");
    CHANGE(result, "DONE");
    CHANGE(remark, "x");
    CHANGE(ip, "127.0.0.2");
    CHANGE(http_id, "abd");
}

static void text_moved_to_the_next_field_changes_the_hash(void **state)
{
    struct operation_row one = row(), two = row();
    unsigned char hash[OPERATION_HASH_BYTES], other[OPERATION_HASH_BYTES];

    (void)state;
    one.user_name = "ab"; one.object = "c";
    two.user_name = "a"; two.object = "bc";
    operation_hash(&one, hash);
    operation_hash(&two, other);
    assert_memory_not_equal(hash, other, sizeof hash);
}

static void a_missing_text_hashes_like_an_empty_one(void **state)
{
    struct operation_row one = row(), two = row();
    unsigned char hash[OPERATION_HASH_BYTES], again[OPERATION_HASH_BYTES];

    (void)state;
    one.remark = one.ip = "";
    two.remark = two.ip = NULL;
    operation_hash(&one, hash);
    operation_hash(&two, again);
    assert_memory_equal(hash, again, sizeof hash);
}

/* The bytes that are hashed must never change, or every chain kept breaks. Written out here by hand. */
static void the_hash_is_over_the_documented_bytes(void **state)
{
    struct operation_row plain = { .operation = OP_SIGNED_IN, .initiated_by = SIDE_SYSTEM };
    unsigned char bytes[1024] = { 0 }, hash[OPERATION_HASH_BYTES], expected[OPERATION_HASH_BYTES];
    size_t n = 0;

    (void)state;
    bytes[n + 7] = 32; n += 8 + 32;                                                  /* prev_hash */
    for (int i = 0; i < 3; i++) { bytes[n + 7] = 8; n += 16; }                       /* chain_id, seq, at */
    bytes[n + 7] = 9; memcpy(bytes + n + 8, "SIGNED_IN", 9); n += 8 + 9;
    for (int i = 0; i < 4; i++) { bytes[n + 7] = 8; n += 16; }                       /* association … account */
    bytes[n + 7] = 6; memcpy(bytes + n + 8, "SYSTEM", 6); n += 8 + 6;
    bytes[n + 7] = 8; n += 16;                                                       /* user_id */
    n += 2 * 8;                                                                      /* user_name, object */
    bytes[n + 7] = 8; n += 16;                                                       /* request_id */
    n += 7 * 8;                                                                      /* request_no … http_id */
    secret_sha256(bytes, n, expected);
    operation_hash(&plain, hash);
    assert_memory_equal(hash, expected, sizeof hash);
}

static void each_operation_has_a_code_and_words(void **state)
{
    enum operation found;

    (void)state;
    for (int i = 0; i < OPERATIONS; i++)
{
        const struct operation_info *info = operation_info((enum operation)i);

        assert_non_null(info->code);
        assert_true(strlen(info->text) > 5);
        assert_true(operation_find(info->code, &found));
        assert_int_equal(found, i);
    }
}

static void the_transitions_are_the_first_eleven(void **state)
{
    (void)state;
    for (int i = 0; i < OPERATIONS; i++)
{
        const struct operation_info *info = operation_info((enum operation)i);

        assert_int_equal(info->is_transition, i <= OP_REQUEST_CANCELLED);
        assert_true(info->is_association || !info->is_transition);
    }
}

static void steps_before_a_request_is_sent_are_not_shown_to_the_other_side(void **state)
{
    static const enum operation hidden[] = {
        OP_CHECK_RUN, OP_STATEMENT_ACCEPTED, OP_CODE_SENT, OP_CODE_PROVEN, OP_CODE_FAILED, OP_DRAFT_CANCELLED, OP_SIGNED_IN
    };

    (void)state;
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        assert_false(operation_info(hidden[i])->is_association);
}

static void each_move_of_a_request_is_logged_as_a_transition(void **state)
{
    (void)state;
    for (size_t i = 0; i < request_moves_n; i++)
{
        enum operation operation;

        assert_true(operation_find(request_moves[i].verb, &operation));
        assert_true(operation_info(operation)->is_transition);
    }
}

static void an_unknown_operation_is_not_found(void **state)
{
    enum operation operation = OP_FROZEN;

    (void)state;
    assert_false(operation_find("", &operation));
    assert_false(operation_find("frozen", &operation));
    assert_false(operation_find(NULL, &operation));
    assert_int_equal(operation, OP_FROZEN);
    assert_string_equal(operation_info(OPERATIONS)->code, "");
}

static void results_have_words_and_unknown_ones_stay(void **state)
{
    (void)state;
    assert_string_equal(operation_result_text("DONE"), "Done");
    assert_string_equal(operation_result_text("PENDING"), "Waiting for an answer");
    assert_string_equal(operation_result_text("REJECTED"), "Rejected");
    assert_string_equal(operation_result_text("FAILED"), "Failed");
    assert_string_equal(operation_result_text("SOMETHING"), "SOMETHING");
    assert_string_equal(operation_result_text(""), "");
    assert_string_equal(operation_result_text(NULL), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_row_has_the_same_hash),
        cmocka_unit_test(neither_id_nor_own_hash_is_part_of_the_hash),
        cmocka_unit_test(every_field_changes_the_hash),
        cmocka_unit_test(text_moved_to_the_next_field_changes_the_hash),
        cmocka_unit_test(a_missing_text_hashes_like_an_empty_one),
        cmocka_unit_test(the_hash_is_over_the_documented_bytes),
        cmocka_unit_test(each_operation_has_a_code_and_words),
        cmocka_unit_test(the_transitions_are_the_first_eleven),
        cmocka_unit_test(steps_before_a_request_is_sent_are_not_shown_to_the_other_side),
        cmocka_unit_test(each_move_of_a_request_is_logged_as_a_transition),
        cmocka_unit_test(an_unknown_operation_is_not_found),
        cmocka_unit_test(results_have_words_and_unknown_ones_stay)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "domain/webhook.h"

#define NOW (INT64_C(1781524800) * CLOCK_SECOND + 250000)

static void a_transition_of_a_request_says_from_where_to_where(void **state)
{
    const struct webhook_event event = {
        .row = { .chain_id = 12, .seq = 7, .at = NOW, .operation = OP_REQUEST_AGREED, .initiated_by = SIDE_PARTNER, .object = "Acme",
                 .request_id = 3, .request_no = "DR20260615-000001", .from_state = "PENDING", .to_state = "COMPLETED",
                 .result = "AGREED", .remark = "All \"settled\"\n– thanks" },
        .customer_no = "C-000001", .partner_no = "P-000001", .resource_key = "",
    };
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_string_equal(webhook_body(ctx, &event),
        "{\"id\":\"log-12-7\",\"type\":\"request.agreed\",\"at\":\"2026-06-15T12:00:00.250000Z\",\"stream\":\"association-12\","
        "\"sequence\":7,\"customer\":\"C-000001\",\"partner\":\"P-000001\",\"request\":{\"no\":\"DR20260615-000001\","
        "\"from\":\"PENDING\",\"to\":\"COMPLETED\"},\"by\":\"PARTNER\",\"result\":\"AGREED\",\"remark\":\"All \\\"settled\\\"\\n– thanks\"}");
    talloc_free(ctx);
}

static void a_step_of_a_resource_says_which(void **state)
{
    const struct webhook_event event = {
        .row = { .seq = 9, .at = NOW, .operation = OP_RESOURCE_GRACE, .initiated_by = SIDE_SYSTEM, .object = "db-1",
                 .request_no = "", .from_state = "ACTIVE", .to_state = "GRACE", .result = "DONE", .remark = "" },
        .customer_no = "C-000001", .partner_no = "", .resource_id = 5, .resource_key = "billing:r-17",
    };
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_string_equal(webhook_body(ctx, &event),
        "{\"id\":\"log-0-9\",\"type\":\"resource.grace\",\"at\":\"2026-06-15T12:00:00.250000Z\",\"stream\":\"platform\",\"sequence\":9,"
        "\"customer\":\"C-000001\",\"resource\":{\"id\":5,\"key\":\"billing:r-17\",\"name\":\"db-1\",\"from\":\"ACTIVE\",\"to\":\"GRACE\"},"
        "\"by\":\"SYSTEM\",\"result\":\"DONE\"}");
    talloc_free(ctx);
}

/* Whatever changes a request's or an association's state is told. */
static void every_transition_has_a_type_of_its_own(void **state)
{
    int told = 0;

    (void)state;
    for (int i = 0; i < OPERATIONS; i++) {
        const char *type = webhook_type((enum operation)i);

        if (operation_info((enum operation)i)->is_transition && type == NULL)
            fail_msg("%s is not told", operation_info((enum operation)i)->code);
        for (int k = 0; type != NULL && k < i; k++)
            if (webhook_type((enum operation)k) != NULL && strcmp(webhook_type((enum operation)k), type) == 0)
                fail_msg("%s is two operations", type);
        told += type != NULL;
    }
    assert_int_equal(told, 18);
    assert_null(webhook_type(OP_CODE_SENT));
    assert_null(webhook_type(OP_SIGNED_IN));
    assert_null(webhook_type(OPERATIONS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transition_of_a_request_says_from_where_to_where),
        cmocka_unit_test(a_step_of_a_resource_says_which),
        cmocka_unit_test(every_transition_has_a_type_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The receipt of a finished request, on paper and as JSON. */
#include "cgi-bin/partner_desk.h"

#include <jansson.h>

#include "store/store_log.h"

static const char *receipt_of(int64_t id) { return mem_text(w.mem, "/receipt/%s", no_of(id)); }

static int64_t finished(enum request_event event)
{
    const int64_t id = world_request(&w, w.owner);
    world_answer(&w, id, w.admin, event, "as we said");
    return id;
}

static void both_sides_have_one(void **state)
{
    (void)state;
    const int64_t id = finished(REQUEST_REJECT);
    const struct actor *const readers[] = {w.owner, w.viewer, w.admin, w.manager};
    for (size_t i = 0; i < 4; i++) {
        browser_become(b, readers[i]->user_id);
        browser_get(b, receipt_of(id));
        assert_int_equal(b->status, 200);
        browser_sees(b, mem_text(w.mem, "Receipt for request %s", no_of(id)));
        browser_sees(b, "Acme GmbH");
        browser_sees(b, "Nimbus Ltd");
        browser_sees(b, "as we said");
        browser_sees(b, "Disassociation requested");
        browser_sees(b, "Disassociation request rejected");
    }
    /* People of the other side are not named. */
    browser_does_not_see(b, "Olga Owner");
}

static void the_chain_is_shown_as_it_is_in_the_log(void **state)
{
    (void)state;
    const int64_t id = finished(REQUEST_AGREE);
    browser_get(b, receipt_of(id));
    assert_int_equal(b->status, 200);
    struct log_head *heads = NULL;
    size_t n = 0;
    assert_null(log_heads(w.db, w.mem, w.association - 1, 1, &heads, &n));
    browser_sees(b, secret_hex(w.mem, heads[0].hash, sizeof heads[0].hash));
    browser_sees(b, "Association ended");
}

static void as_json_it_holds_request_transitions_and_chain(void **state)
{
    (void)state;
    const int64_t id = finished(REQUEST_AGREE);
    browser_get(b, mem_text(w.mem, "%s/json", receipt_of(id)));
    assert_int_equal(b->status, 200);
    json_t *json = json_loadb(b->body, b->body_n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    const json_t *request = json_object_get(json, "request"), *transitions = json_object_get(json, "transitions");
    assert_string_equal(json_string_value(json_object_get(request, "number")), no_of(id));
    assert_string_equal(json_string_value(json_object_get(request, "state")), "COMPLETED");
    assert_string_equal(json_string_value(json_object_get(request, "message")), "as we said");
    assert_int_equal(json_array_size(transitions), 3);
    /* Each is the row that the log holds. */
    for (size_t i = 0; i < 3; i++) {
        const json_t *step = json_array_get(transitions, i);
        assert_int_equal(test_db_number(w.db, "SELECT COUNT(*) FROM operation_log WHERE chain_id = %lld AND seq = %lld AND hash = X'%s'\n"
                                        "AND prev_hash = X'%s' AND operation = '%s' LIMIT 1", L(w.association),
                                        L(json_integer_value(json_object_get(step, "row"))), json_string_value(json_object_get(step, "hash")),
                                        json_string_value(json_object_get(step, "previous_hash")),
                                        json_string_value(json_object_get(step, "operation"))), 1);
    }
    const json_t *chain = json_object_get(json, "chain");
    assert_int_equal(json_integer_value(json_object_get(chain, "row")),
                     test_db_number(w.db, "SELECT seq FROM log_chain WHERE chain_id = %lld LIMIT 1", L(w.association)));
    json_decref(json);
}

static void a_request_that_waits_has_none_yet(void **state)
{
    (void)state;
    const int64_t id = world_request(&w, w.owner);
    browser_get(b, receipt_of(id));
    assert_string_equal(b->location, path_of(id));
    browser_become(b, w.owner->user_id);
    browser_get(b, mem_text(w.mem, "%s/json", receipt_of(id)));
    assert_string_equal(b->location, mem_text(w.mem, "/disassociate/submitted/%s", no_of(id)));
}

static void nobody_else_has_it(void **state)
{
    (void)state;
    const int64_t id = finished(REQUEST_REJECT);
    const int64_t other = world_account(&w, ACCOUNT_PARTNER, "Other Ltd");
    browser_become(b, world_user(&w, other, ROLE_ADMIN, "Anna Other")->user_id);
    browser_get(b, receipt_of(id));
    assert_int_equal(b->status, 404);
    browser_get(b, mem_text(w.mem, "%s/json", receipt_of(id)));
    assert_int_equal(b->status, 404);
    browser_become(b, w.ops->user_id);
    browser_get(b, receipt_of(id));
    assert_int_equal(b->status, 403);
}

static void pages_of_finished_requests_lead_to_it(void **state)
{
    (void)state;
    const int64_t id = finished(REQUEST_REJECT);
    browser_get(b, path_of(id));
    assert_non_null(strstr(b->body, mem_text(w.mem, "href=\"%s\"", receipt_of(id))));
    browser_get(b, mem_text(w.mem, "%s/done", path_of(id)));
    assert_non_null(strstr(b->body, mem_text(w.mem, "href=\"%s\"", receipt_of(id))));
    browser_become(b, w.owner->user_id);
    browser_get(b, mem_text(w.mem, "/disassociate/submitted/%s", no_of(id)));
    assert_non_null(strstr(b->body, mem_text(w.mem, "href=\"%s\"", receipt_of(id))));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(both_sides_have_one), TEST(the_chain_is_shown_as_it_is_in_the_log), TEST(as_json_it_holds_request_transitions_and_chain),
        TEST(a_request_that_waits_has_none_yet), TEST(nobody_else_has_it), TEST(pages_of_finished_requests_lead_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

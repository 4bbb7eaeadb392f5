#include "support/rows.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"

#include "domain/operation_export.h"

#define NOON INT64_C(1781524800123456)   /* 2026-06-15T12:00:00.123456Z */

static const struct export_accounts accounts = { "C-100001", "C-100001", "P-100001" };

static struct operation_row row_of(void)
{
    return (struct operation_row){
        .id = 5, .chain_id = 3, .seq = 2, .at = NOON, .operation = OP_REQUEST_REJECTED, .user_id = 9, .user_name = "Olga \"O\", Owner",
        .initiated_by = SIDE_CUSTOMER, .object = "=cmd", .request_no = "DR20260615-000001", .from_state = "PENDING",
        .to_state = "REJECTED", .result = "REJECTED", .remark = "line\nline", .ip = "192.0.2.1", .http_id = "abc",
        .prev_hash = { 0xab }, .hash = { 0x01, 0xff }
    };
}

static const char *line_of(struct buf *out, enum export_format format, int64_t at, const char *zone)
{
    struct operation_row row = row_of();

    row.at = at;
    buf_clear(out);
    export_row(out, format, &row, &accounts, zone);
    return out->bytes;
}

static void a_csv_begins_with_a_byte_order_mark_and_its_columns(void **state)
{
    struct buf *out = buf_new(NULL, 64);

    (void)state;
    export_head(out, EXPORT_CSV);
    assert_memory_equal(out->bytes, "\xef\xbb\xbfid,time,operation,", 21);
    assert_string_equal(out->bytes + out->n - 2, "\r\n");
    talloc_free(out);
}

static void json_lines_begin_at_once(void **state)
{
    struct buf *out = buf_new(NULL, 64);

    (void)state;
    export_head(out, EXPORT_JSONL);
    assert_int_equal(out->n, 0);
    talloc_free(out);
}

static void a_row_is_one_record_with_safe_cells(void **state)
{
    struct buf *out = buf_new(NULL, 64);
    const char *line = line_of(out, EXPORT_CSV, NOON, "Asia/Singapore");
    static const char begin[] =
        "5,2026-06-15T20:00:00.123456+08:00,REQUEST_REJECTED,CUSTOMER,C-100001,\"Olga \"\"O\"\", Owner\",9,C-100001,P-100001,'=cmd,"
        "DR20260615-000001,PENDING,REJECTED,REJECTED,\"line\nline\",192.0.2.1,abc,3,2,ab00000000";

    (void)state;
    assert_memory_equal(line, begin, sizeof begin - 1);
    assert_string_equal(line + out->n - 2, "\r\n");
    talloc_free(out);
}

static void a_row_is_one_object_with_all_it_holds(void **state)
{
    struct buf *out = buf_new(NULL, 64);
    json_t *json = json_loads(line_of(out, EXPORT_JSONL, NOON, "UTC"), JSON_REJECT_DUPLICATES, NULL);

    (void)state;
    assert_non_null(json);
    assert_int_equal(json_object_size(json), 21);
    assert_int_equal(json_integer_value(json_object_get(json, "id")), 5);
    assert_string_equal(json_string_value(json_object_get(json, "time")), "2026-06-15T12:00:00.123456+00:00");
    assert_string_equal(json_string_value(json_object_get(json, "object")), "=cmd");
    assert_string_equal(json_string_value(json_object_get(json, "remark")), "line\nline");
    assert_int_equal(strlen(json_string_value(json_object_get(json, "hash"))), 64);
    assert_string_equal(out->bytes + out->n - 2, "}\n");
    json_decref(json);
    talloc_free(out);
}

/* 2026-10-25 01:00 UTC: the clock in Berlin goes from 03:00 back to 02:00. */
struct instant { const char *claim; int64_t at; const char *zone, *text; };
static const struct instant instants[] = {
    { "before_the_clock_goes_back", INT64_C(1792889999999999), "Europe/Berlin", "2026-10-25T02:59:59.999999+02:00" },
    { "after_the_clock_went_back", INT64_C(1792890000000000), "Europe/Berlin", "2026-10-25T02:00:00.000000+01:00" },
    { "an_offset_of_three_quarters", INT64_C(1792890000000001), "Asia/Kathmandu", "2026-10-25T06:45:00.000001+05:45" },
    { "west_of_greenwich", INT64_C(1792890061000000), "America/St_Johns", "2026-10-24T22:31:01.000000-02:30" },
    { "the_beginning", 0, "UTC", "1970-01-01T00:00:00.000000+00:00" },
};

static void instant_is_told_with_its_offset(void **state)
{
    const struct instant *instant = *state;
    struct buf *out = buf_new(NULL, 64);
    json_t *json;

    /* The quarter of an hour before is asked first: what is remembered of it must not be told of the next. */
    (void)line_of(out, EXPORT_JSONL, instant->at >= CLOCK_HOUR ? instant->at - CLOCK_MINUTE : 0, instant->zone);
    json = json_loads(line_of(out, EXPORT_JSONL, instant->at, instant->zone), 0, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "time")), instant->text);
    json_decref(json);
    talloc_free(out);
}

int main(void)
{
    static struct rows rows;

    ROWS_TEST(&rows, a_csv_begins_with_a_byte_order_mark_and_its_columns);
    ROWS_TEST(&rows, json_lines_begin_at_once);
    ROWS_TEST(&rows, a_row_is_one_record_with_safe_cells);
    ROWS_TEST(&rows, a_row_is_one_object_with_all_it_holds);
    ROWS_TABLE(&rows, instant_is_told_with_its_offset, instants);
    return ROWS_RUN(&rows);
}

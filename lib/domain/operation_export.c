#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv.h"

#include "domain/names.h"
#include "domain/operation_export.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define QUARTER (15 * CLOCK_MINUTE)   /* no offset of a zone changes within one, from 1970 on */
#define HASH_TEXT (2 * OPERATION_HASH_BYTES)

static const char *const formats[EXPORT_FORMATS] = { "CSV", "JSONL" };
static const char *const endings[EXPORT_FORMATS] = { "csv", "jsonl" };

static const char *const states[EXPORT_STATES] = { "QUEUED", "WRITING", "READY", "FAILED", "DELETED" };

static const char *const columns[] = {
    "id", "time", "operation", "initiated_by", "account", "operator", "operator_id", "customer", "partner", "object", "request",
    "from_state", "to_state", "result", "remark", "ip", "visit", "chain", "seq", "previous_hash", "hash"
};
#define COLUMNS (sizeof columns / sizeof columns[0])

const char *export_format_name(enum export_format format)
{
    return names_at(formats, EXPORT_FORMATS, (int)format);
}

bool export_format_find(const char *name, enum export_format *format)
{
    int index;

    if (!names_find(formats, EXPORT_FORMATS, name, &index))
        return false;
    *format = (enum export_format)index;
    return true;
}

const char *export_format_ending(enum export_format format)
{
    return names_at(endings, EXPORT_FORMATS, (int)format);
}

const char *export_state_name(enum export_state state)
{
    return names_at(states, EXPORT_STATES, (int)state);
}

bool export_state_find(const char *name, enum export_state *state)
{
    int index;

    if (!names_find(states, EXPORT_STATES, name, &index))
        return false;
    *state = (enum export_state)index;
    return true;
}

static void two(char *at, int n)
{
    at[0] = (char)('0' + n / 10);
    at[1] = (char)('0' + n % 10);
}

/* "2026-11-22T14:02:11.123456+08:00". The calendar is asked once for a quarter of an hour: rows come in the order of time. */
static void format_instant(int64_t at, const char *zone, char out[40])
{
    static char quarter_text[40], quarter_zone[48];
    static int64_t quarter_at = INSTANT_NONE;
    const int64_t begin = at - at % QUARTER;
    int64_t rest;

    if (begin != quarter_at || strcmp(zone, quarter_zone) != 0) {
        const struct civil civil = clock_civil(begin, zone);
        const int offset = civil.offset_s / 60, east = offset < 0 ? -offset : offset;

        (void)snprintf(quarter_text, sizeof quarter_text, "%04d-%02d-%02dT%02d:%02d:%02d.000000%c%02d:%02d", civil.year % 10000,
                       civil.month % 100, civil.day % 100, civil.hour % 100, civil.minute % 100, civil.second % 100,
                       offset < 0 ? '-' : '+', east / 60 % 100, east % 60);
        (void)snprintf(quarter_zone, sizeof quarter_zone, "%s", zone);
        quarter_at = begin;
    }
    memcpy(out, quarter_text, sizeof quarter_text);
    rest = at - begin;
    two(out + 14, (out[14] - '0') * 10 + (out[15] - '0') + (int)(rest / CLOCK_MINUTE));
    two(out + 17, (out[17] - '0') * 10 + (out[18] - '0') + (int)(rest / CLOCK_SECOND % 60));
    for (int i = 25, micros = (int)(rest % CLOCK_SECOND); i > 19; i--, micros /= 10)
        out[i] = (char)('0' + micros % 10);
}

static void hex(const unsigned char hash[OPERATION_HASH_BYTES], char out[HASH_TEXT + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < OPERATION_HASH_BYTES; i++) {
        out[2 * i] = digits[hash[i] >> 4];
        out[2 * i + 1] = digits[hash[i] & 15];
    }
    out[HASH_TEXT] = '\0';
}

static const char *text(const char *value)
{
    return value == NULL ? "" : value;
}

/* Names of columns, and what of a row is a number. */
struct cell { bool is_number; int64_t number; const char *text; };
static struct cell number_cell(int64_t number) { return (struct cell){ true, number, NULL }; }
static struct cell text_cell(const char *value) { return (struct cell){ false, 0, text(value) }; }

static void put_csv(struct buf *out, const struct cell cells[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i > 0)
            buf_char(out, ',');
        if (cells[i].is_number)
            csv_number(out, cells[i].number);
        else
            csv_cell(out, cells[i].text);
    }
    buf_add(out, "\r\n", 2);
}

static void put_json(struct buf *out, const struct cell cells[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_text(out, i == 0 ? "{\"" : ",\"");
        buf_text(out, columns[i]);
        buf_add(out, "\":", 2);
        if (cells[i].is_number)
            csv_number(out, cells[i].number);
        else
            csv_json_text(out, cells[i].text);
    }
    buf_add(out, "}\n", 2);
}

void export_head(struct buf *out, enum export_format format)
{
    if (format != EXPORT_CSV)
        return;
    buf_text(out, BYTE_ORDER_MARK);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i > 0)
            buf_char(out, ',');
        buf_text(out, columns[i]);
    }
    buf_add(out, "\r\n", 2);
}

void export_row(struct buf *out, enum export_format format, const struct operation_row *row, const struct export_accounts *accounts,
                const char *zone)
{
    char time[40], prev_hash[HASH_TEXT + 1], hash[HASH_TEXT + 1];

    format_instant(row->at, zone, time);
    hex(row->prev_hash, prev_hash);
    hex(row->hash, hash);
    const struct cell cells[COLUMNS] = {
        number_cell(row->id), text_cell(time), text_cell(operation_info(row->operation)->code), text_cell(side_name(row->initiated_by)),
        text_cell(accounts->account), text_cell(row->user_name), number_cell(row->user_id), text_cell(accounts->customer),
        text_cell(accounts->partner), text_cell(row->object), text_cell(row->request_no), text_cell(row->from_state),
        text_cell(row->to_state), text_cell(row->result), text_cell(row->remark), text_cell(row->ip), text_cell(row->http_id),
        number_cell(row->chain_id), number_cell(row->seq), text_cell(prev_hash), text_cell(hash)
    };

    if (format == EXPORT_CSV)
        put_csv(out, cells);
    else
        put_json(out, cells);
}

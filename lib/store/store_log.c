#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#include "domain/webhook.h"

#include "store/log_row.h"
#include "store/statements.h"

#define OF_REQUEST_MAX 100

/* What is shown of a row, and no more: each column costs all the way to the page, and each further table a fifth of the statement. */
#define LISTED \
    "id, seq, at, operation, customer_id, initiated_by, user_name, request_no, result, remark\n" \
    "FROM operation_log\n"
#define LISTED_RESULTS "iitsisssss"

/* --- statements ---------------------------------------------------------------------------------------------------- */

static const struct db_statement head_lock = {
    "log_head_lock",
    "SELECT seq, hash, at\nFROM log_chain\nWHERE chain_id = ?\nLIMIT 1\nFOR UPDATE",
    "i", "ibt"
};
static const struct db_statement head_insert = {
    "log_head_insert",
    "INSERT INTO log_chain (chain_id, seq, hash, at)\nVALUES (?, ?, ?, ?)",
    "iibt", ""
};
/* The lock of the head makes others wait; this is what holds where locks do not reach (another node of a cluster). */
static const struct db_statement head_swap = {
    "log_head_swap",
    "UPDATE log_chain\nSET seq = ?, hash = ?, at = ?\nWHERE chain_id = ? AND seq = ?",
    "ibtii", ""
};
static const struct db_statement head_put = {
    "log_head_put",
    "INSERT INTO log_chain (chain_id, seq, hash, at)\nVALUES (?, ?, ?, ?)\n"
    "ON DUPLICATE KEY UPDATE seq = VALUES(seq), hash = VALUES(hash), at = VALUES(at)",
    "iibt", ""
};
static const struct db_statement rows_insert = {
    "log_rows_insert",
    "INSERT INTO operation_log (chain_id, seq, at, operation, is_transition, is_shown, association_id, customer_id, partner_id,\n"
    "  account_id, initiated_by, user_id, user_name, object, request_id, request_no, from_state, to_state, result, remark, ip,\n"
    "  http_id, prev_hash, hash)\n"
    "VALUES (?, ?, ?, ?, ?, ?, NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, 0), ?, NULLIF(?, 0), ?, ?, NULLIF(?, 0), ?, ?, ?, ?,\n"
    "  ?, ?, ?, ?, ?)",
    "iitsiiiiiisississsssss" "bb", ""
};
static const struct db_statement row_insert = {
    "log_row_insert",
    "INSERT INTO operation_log (chain_id, seq, at, operation, is_transition, is_shown, association_id, customer_id, partner_id,\n"
    "  account_id, initiated_by, user_id, user_name, object, request_id, request_no, from_state, to_state, result, remark, ip,\n"
    "  http_id, prev_hash, hash)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "iitsiiIIIIsIssIsssssss" "bb", ""
};

/* What the platform's systems are told, in the same transaction; the row itself says the rest. */
static const struct db_statement event_insert = {
    "log_event_insert",
    "INSERT INTO webhook_event (chain_id, seq, resource_id, next_at, created_at)\nVALUES (?, ?, ?, ?, ?)", "iiItt", ""
};
static const struct db_statement events_insert = {
    "log_events_insert",
    "INSERT INTO webhook_event (chain_id, seq, resource_id, next_at, created_at)\nVALUES (?, ?, NULLIF(?, 0), ?, ?)", "iiitt", ""
};

/* One statement a leading index and direction. A key is compared as `at <= ? AND (at < ? OR id < ?)`: MariaDB does not use a
 * row constructor, (at, id) < (?, ?), as a range.
 *
 * Customer and partner see association and disassociation operations only. A partner sees its customers' for the time of the
 * association: rows carry partner_id only when what they tell was done while the association lasted, so the partner's own
 * index is that time's boundary. */
#define OLDER(where) \
    "SELECT " LISTED "WHERE " where "at >= ? AND at <= ? AND (at < ? OR id < ?)\n" \
    "ORDER BY at DESC, id DESC\nLIMIT ?"
#define NEWER(where) \
    "SELECT " LISTED "WHERE " where "at < ? AND at >= ? AND (at > ? OR id > ?)\n" \
    "ORDER BY at ASC, id ASC\nLIMIT ?"
#define BOUNDS "tttii"

enum { ALL_OPERATIONS, ONE_OPERATION, OF_CUSTOMER, ONE_OPERATION_OF_CUSTOMER, SELECTIONS };
enum { TO_OLDER, TO_NEWER, DIRECTIONS };

static const struct db_statement
    customer_older = { "log_customer_older", OLDER("customer_id = ? AND is_shown = 1 AND "), "i" BOUNDS, LISTED_RESULTS },
    customer_newer = { "log_customer_newer", NEWER("customer_id = ? AND is_shown = 1 AND "), "i" BOUNDS, LISTED_RESULTS },
    customer_operation_older = { "log_customer_operation_older",
        OLDER("customer_id = ? AND operation = ? AND is_shown = 1 AND "), "is" BOUNDS, LISTED_RESULTS },
    customer_operation_newer = { "log_customer_operation_newer",
        NEWER("customer_id = ? AND operation = ? AND is_shown = 1 AND "), "is" BOUNDS, LISTED_RESULTS },
    partner_older = { "log_partner_older", OLDER("partner_id = ? AND is_shown = 1 AND "), "i" BOUNDS, LISTED_RESULTS },
    partner_newer = { "log_partner_newer", NEWER("partner_id = ? AND is_shown = 1 AND "), "i" BOUNDS, LISTED_RESULTS },
    partner_operation_older = { "log_partner_operation_older",
        OLDER("partner_id = ? AND operation = ? AND is_shown = 1 AND "), "is" BOUNDS, LISTED_RESULTS },
    partner_operation_newer = { "log_partner_operation_newer",
        NEWER("partner_id = ? AND operation = ? AND is_shown = 1 AND "), "is" BOUNDS, LISTED_RESULTS },
    partner_customer_older = { "log_partner_customer_older",
        OLDER("customer_id = ? AND partner_id = ? AND is_shown = 1 AND "), "ii" BOUNDS, LISTED_RESULTS },
    partner_customer_newer = { "log_partner_customer_newer",
        NEWER("customer_id = ? AND partner_id = ? AND is_shown = 1 AND "), "ii" BOUNDS, LISTED_RESULTS },
    partner_customer_operation_older = { "log_partner_customer_operation_older",
        OLDER("customer_id = ? AND partner_id = ? AND operation = ? AND is_shown = 1 AND "), "iis" BOUNDS, LISTED_RESULTS },
    partner_customer_operation_newer = { "log_partner_customer_operation_newer",
        NEWER("customer_id = ? AND partner_id = ? AND operation = ? AND is_shown = 1 AND "), "iis" BOUNDS, LISTED_RESULTS };

static const struct db_statement *const lists[SIDES][SELECTIONS][DIRECTIONS] = {
    [SIDE_CUSTOMER] = { { &customer_older, &customer_newer }, { &customer_operation_older, &customer_operation_newer } },
    [SIDE_PARTNER] = { { &partner_older, &partner_newer }, { &partner_operation_older, &partner_operation_newer },
                       { &partner_customer_older, &partner_customer_newer },
                       { &partner_customer_operation_older, &partner_customer_operation_newer } }
};

static const struct db_statement of_request = {
    "log_of_request",
    "SELECT " LOG_COLUMNS "\nFROM operation_log\nWHERE request_id = ?\nORDER BY at, id\nLIMIT ?",
    "ii", LOG_RESULTS
};
/* As the rows lie on the disk: by chain they would be read from all over it. */
static const struct db_statement each = {
    "log_each", "SELECT " LOG_COLUMNS ",\n  is_transition, is_shown\nFROM operation_log FORCE INDEX (PRIMARY)\nORDER BY id\nLIMIT ?",
    "i", LOG_RESULTS "ii"
};
static const struct db_statement heads_list = {
    "log_heads",
    "SELECT chain_id, seq, hash, at\nFROM log_chain\nWHERE chain_id > ?\nORDER BY chain_id\nLIMIT ?",
    "ii", "iibt"
};

const struct db_statement *const store_log_statements[] = {
    &head_lock, &head_insert, &head_swap, &head_put, &row_insert, &rows_insert, &event_insert, &events_insert,
    &customer_older, &customer_newer, &customer_operation_older, &customer_operation_newer,
    &partner_older, &partner_newer, &partner_operation_older, &partner_operation_newer,
    &partner_customer_older, &partner_customer_newer, &partner_customer_operation_older, &partner_customer_operation_newer,
    &of_request, &each, &heads_list, NULL
};

/* --- appending ------------------------------------------------------------------------------------------------------ */

static const char *text(const char *value)
{
    return value == NULL ? "" : value;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool read_hash(const struct db_rows *rows, size_t row, size_t column, unsigned char hash[OPERATION_HASH_BYTES])
{
    size_t n;
    const char *bytes = db_bytes(rows, row, column, &n);

    if (n != OPERATION_HASH_BYTES)
        return false;
    memcpy(hash, bytes, n);
    return true;
}

static const struct err *insert_row(struct db *db, const struct operation_row *row)
{
    const struct operation_info *info = operation_info(row->operation);

    return db_exec(db, &row_insert, NULL, row->chain_id, row->seq, row->at, info->code, (int64_t)info->is_transition,
                   (int64_t)info->is_association, row->association_id, row->customer_id, row->partner_id, row->account_id,
                   side_name(row->initiated_by), row->user_id, text(row->user_name), text(row->object), row->request_id,
                   text(row->request_no), text(row->from_state), text(row->to_state), text(row->result), text(row->remark),
                   text(row->ip), text(row->http_id), (const void *)row->prev_hash, (size_t)OPERATION_HASH_BYTES,
                   (const void *)row->hash, (size_t)OPERATION_HASH_BYTES);
}

static const struct err *move_head(struct db *db, const struct operation_row *row, bool is_new)
{
    const struct err *err;
    int64_t affected = 0;

    if (!is_new) {
        TRY(db_exec(db, &head_swap, &affected, row->seq, (const void *)row->hash, (size_t)OPERATION_HASH_BYTES, row->at,
                    row->chain_id, row->seq - 1));
        return affected == 1 ? NULL : db_again("the head of the log's chain has moved");
    }
    err = db_exec(db, &head_insert, NULL, row->chain_id, row->seq, (const void *)row->hash, (size_t)OPERATION_HASH_BYTES,
                  row->at);
    return db_is_duplicate(err, "PRIMARY") ? db_again("somebody else began the log's chain") : err;
}

const struct err *log_append(struct db *db, struct operation_row *row)
{
    void *mem = mem_context(NULL, "log_append");
    struct db_rows *rows;
    const struct err *err = db_query(db, mem, &head_lock, &rows, row->chain_id);
    bool is_new = false;

    if (err == NULL) {
        is_new = rows->n == 0;
        row->seq = is_new ? 1 : db_int(rows, 0, 0) + 1;
        /* A request tells the time of its start, and one that started later may have come before it. */
        if (!is_new)
            row->at = later(row->at, db_time(rows, 0, 2));
        memset(row->prev_hash, 0, sizeof row->prev_hash);
        if (!is_new && !read_hash(rows, 0, 1, row->prev_hash))
            err = err_new(ERR_BUG, 0, "the head of chain %lld has a malformed hash", (long long)row->chain_id);
    }
    talloc_free(mem);
    TRY(err);
    operation_hash(row, row->hash);
    /* The head first: whoever is second waits there and not at the unique key of the rows. */
    TRY(move_head(db, row, is_new));
    TRY(insert_row(db, row));
    row->id = db_insert_id(db);
    if (webhook_type(row->operation) == NULL)
        return NULL;
    return db_exec(db, &event_insert, NULL, row->chain_id, row->seq, row->resource_id, row->at, row->at);
}

#define ROW_VALUES 24
#define HEAD_VALUES 4
#define EVENT_VALUES 5

static void fill_row(const struct operation_row *row, struct db_value values[ROW_VALUES])
{
    const struct operation_info *info = operation_info(row->operation);
    const struct db_value filled[ROW_VALUES] = {
        db_value_int(row->chain_id), db_value_int(row->seq), db_value_int(row->at), db_value_text(info->code),
        db_value_int(info->is_transition), db_value_int(info->is_association), db_value_int(row->association_id),
        db_value_int(row->customer_id), db_value_int(row->partner_id), db_value_int(row->account_id),
        db_value_text(side_name(row->initiated_by)), db_value_int(row->user_id), db_value_text(text(row->user_name)),
        db_value_text(text(row->object)), db_value_int(row->request_id), db_value_text(text(row->request_no)),
        db_value_text(text(row->from_state)), db_value_text(text(row->to_state)), db_value_text(text(row->result)),
        db_value_text(text(row->remark)), db_value_text(text(row->ip)), db_value_text(text(row->http_id)),
        db_value_bytes(row->prev_hash, OPERATION_HASH_BYTES), db_value_bytes(row->hash, OPERATION_HASH_BYTES)
    };

    memcpy(values, filled, sizeof filled);
}

static void fill_event(const struct operation_row *row, struct db_value values[EVENT_VALUES])
{
    const struct db_value filled[EVENT_VALUES] = {
        db_value_int(row->chain_id), db_value_int(row->seq), db_value_int(row->resource_id), db_value_int(row->at),
        db_value_int(row->at)
    };

    memcpy(values, filled, sizeof filled);
}

const struct err *log_append_many(struct db *db, struct operation_row *rows, const size_t *head_of, size_t n, struct log_head *heads,
                                  size_t heads_n)
{
    void *mem = mem_context(NULL, "log_append_many");
    struct db_value *values = mem_array(mem, struct db_value, n * ROW_VALUES);
    struct db_value *moved = mem_array(mem, struct db_value, heads_n * HEAD_VALUES);
    struct db_value *events = mem_array(mem, struct db_value, n * EVENT_VALUES);
    size_t events_n = 0;
    const struct err *err;

    for (size_t i = 0; i < n; i++) {
        struct log_head *head = &heads[head_of[i]];

        rows[i].chain_id = head->chain_id;
        rows[i].seq = head->seq + 1;
        memset(rows[i].prev_hash, 0, OPERATION_HASH_BYTES);
        if (head->seq > 0) {
            memcpy(rows[i].prev_hash, head->hash, OPERATION_HASH_BYTES);
            rows[i].at = later(rows[i].at, head->at);
        }
        operation_hash(&rows[i], rows[i].hash);
        head->seq = rows[i].seq;
        head->at = rows[i].at;
        memcpy(head->hash, rows[i].hash, OPERATION_HASH_BYTES);
        fill_row(&rows[i], &values[i * ROW_VALUES]);
        if (webhook_type(rows[i].operation) != NULL)
            fill_event(&rows[i], &events[events_n++ * EVENT_VALUES]);
    }
    for (size_t i = 0; i < heads_n; i++) {
        struct db_value *values_of = &moved[HEAD_VALUES * i];

        values_of[0] = db_value_int(heads[i].chain_id);
        values_of[1] = db_value_int(heads[i].seq);
        values_of[2] = db_value_bytes(heads[i].hash, OPERATION_HASH_BYTES);
        values_of[3] = db_value_int(heads[i].at);
    }
    err = db_exec_rows(db, &head_put, moved, heads_n);
    if (err == NULL)
        err = db_exec_rows(db, &rows_insert, values, n);
    if (err == NULL && events_n > 0)
        err = db_exec_rows(db, &events_insert, events, events_n);
    talloc_free(mem);
    return err;
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

void log_read_row(const struct db_rows *rows, size_t r, struct operation_row *row)
{
    *row = (struct operation_row){
        .id = db_int(rows, r, 0), .chain_id = db_int(rows, r, 1), .seq = db_int(rows, r, 2), .at = db_time(rows, r, 3),
        .operation = OPERATIONS, .initiated_by = SIDES, .association_id = db_int(rows, r, 5), .customer_id = db_int(rows, r, 6), .partner_id = db_int(rows, r, 7),
        .account_id = db_int(rows, r, 8), .user_id = db_int(rows, r, 10), .user_name = db_text(rows, r, 11),
        .object = db_text(rows, r, 12), .request_id = db_int(rows, r, 13), .request_no = db_text(rows, r, 14),
        .from_state = db_text(rows, r, 15), .to_state = db_text(rows, r, 16), .result = db_text(rows, r, 17),
        .remark = db_text(rows, r, 18), .ip = db_text(rows, r, 19), .http_id = db_text(rows, r, 20)
    };
    row->is_malformed = !read_hash(rows, r, 21, row->prev_hash);
    row->is_malformed |= !read_hash(rows, r, 22, row->hash);
    row->is_malformed |= !operation_find(db_text(rows, r, 4), &row->operation);
    row->is_malformed |= !side_find(db_text(rows, r, 9), &row->initiated_by);
}

static void read_listed(const struct db_rows *rows, size_t r, struct operation_row *row)
{
    *row = (struct operation_row){
        .id = db_int(rows, r, 0), .seq = db_int(rows, r, 1), .at = db_time(rows, r, 2), .operation = OPERATIONS,
        .customer_id = db_int(rows, r, 4), .initiated_by = SIDES, .user_name = db_text(rows, r, 6), .request_no = db_text(rows, r, 7),
        .result = db_text(rows, r, 8), .remark = db_text(rows, r, 9), .object = "", .from_state = "", .to_state = "", .ip = "",
        .http_id = ""
    };
    row->is_malformed = !operation_find(db_text(rows, r, 3), &row->operation);
    row->is_malformed |= !side_find(db_text(rows, r, 5), &row->initiated_by);
}

typedef void read_row(const struct db_rows *rows, size_t r, struct operation_row *row);

static void read_rows(const void *ctx, const struct db_rows *rows, size_t n, read_row *read, bool is_reversed,
                      struct log_page *page)
{
    *page = (struct log_page){ .rows = mem_array(ctx, struct operation_row, n), .n = n };
    for (size_t i = 0; i < n; i++)
        read(rows, is_reversed ? n - 1 - i : i, &page->rows[i]);
}

struct log_bounds log_bounds(int64_t from_at, int64_t until_at, struct log_key before, struct log_key after)
{
    const int64_t first_at = from_at == INSTANT_NONE ? LOG_FIRST_AT : from_at;
    const int64_t end_at = until_at == INSTANT_NONE ? LOG_LAST_AT : until_at;

    if (after.at != INSTANT_NONE)
        return (struct log_bounds){ .far_at = end_at, .at = later(after.at, first_at), .id = after.at >= first_at ? after.id : INT64_MIN };
    /* Until is exclusive: no id is smaller than the smallest. */
    if (before.at == INSTANT_NONE || before.at >= end_at)
        return (struct log_bounds){ .far_at = first_at, .at = end_at, .id = INT64_MIN };
    return (struct log_bounds){ .far_at = first_at, .at = before.at, .id = before.id };
}

static const struct err *query(struct db *db, const void *ctx, const struct log_filter *filter, int direction,
                               const struct log_bounds *b, int64_t limit, struct db_rows **rows)
{
    const int selection = (filter->by_operation ? ONE_OPERATION : ALL_OPERATIONS) + (filter->by_customer ? OF_CUSTOMER : 0);
    const struct db_statement *list = lists[filter->reader][selection][direction];
    const char *operation = operation_info(filter->operation)->code;

    if (list == NULL)
        return err_new(ERR_BUG, 0, "%s reads no log", side_name(filter->reader));
    if (filter->by_customer && filter->by_operation)
        return db_query(db, ctx, list, rows, filter->customer_id, filter->account_id, operation, b->far_at, b->at, b->at, b->id,
                        limit);
    if (filter->by_customer)
        return db_query(db, ctx, list, rows, filter->customer_id, filter->account_id, b->far_at, b->at, b->at, b->id, limit);
    if (filter->by_operation)
        return db_query(db, ctx, list, rows, filter->account_id, operation, b->far_at, b->at, b->at, b->id, limit);
    return db_query(db, ctx, list, rows, filter->account_id, b->far_at, b->at, b->at, b->id, limit);
}

const struct err *log_list(struct db *db, const void *ctx, const struct log_filter *filter, struct log_key before,
                           struct log_key after, int limit, struct log_page *page)
{
    const struct log_bounds bounds = log_bounds(filter->from_at, filter->until_at, before, after);
    const bool is_back = after.at != INSTANT_NONE, has_key = is_back || before.at != INSTANT_NONE;
    struct db_rows *rows;
    bool has_more;

    if (filter->reader >= SIDES)
        return err_new(ERR_BUG, 0, "nobody reads the log");
    TRY(query(db, ctx, filter, is_back ? TO_NEWER : TO_OLDER, &bounds, (int64_t)limit + 1, &rows));
    has_more = rows->n > (size_t)limit;
    read_rows(ctx, rows, has_more ? (size_t)limit : rows->n, read_listed, is_back, page);
    /* On the side where we came from lies at least the row of the key. */
    page->has_older = is_back ? true : has_more;
    page->has_newer = is_back ? has_more : has_key;
    return NULL;
}

const struct err *log_of_request(struct db *db, const void *ctx, int64_t request_id, struct log_page *page)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &of_request, &rows, request_id, (int64_t)OF_REQUEST_MAX));
    read_rows(ctx, rows, rows->n, log_read_row, false, page);
    return NULL;
}

struct each_row { log_look *look; void *arg; };

static const struct err *look_at(void *arg, const struct db_rows *rows)
{
    const struct each_row *each_row = arg;
    struct operation_row row;
    const struct operation_info *info;

    log_read_row(rows, 0, &row);
    info = operation_info(row.operation);
    return each_row->look(each_row->arg, &row, !row.is_malformed && db_int(rows, 0, 23) == info->is_transition &&
                          db_int(rows, 0, 24) == info->is_association);
}

const struct err *log_each(struct db *db, log_look *look, void *arg)
{
    struct each_row each_row = { look, arg };

    return db_each(db, &each, look_at, &each_row, INT64_MAX);
}

const struct err *log_heads(struct db *db, const void *ctx, int64_t after_chain_id, int limit, struct log_head **heads, size_t *n)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &heads_list, &rows, after_chain_id, (int64_t)limit));
    *heads = mem_array(ctx, struct log_head, rows->n);
    for (size_t i = 0; i < rows->n; i++) {
        struct log_head *head = &(*heads)[i];

        head->chain_id = db_int(rows, i, 0);
        head->seq = db_int(rows, i, 1);
        head->at = db_time(rows, i, 3);
        if (!read_hash(rows, i, 2, head->hash))
            return err_new(ERR_BUG, 0, "the head of chain %lld has a malformed hash", (long long)head->chain_id);
    }
    *n = rows->n;
    return NULL;
}

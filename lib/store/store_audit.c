#include "store/store_audit.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/log_row.h"
#include "store/statements.h"

#define LOOKED_AT_ONCE 1000      /* rows of a lead that are read at a time to be looked through */
#define COUNT_MAX 10000
#define COUNT_MAX_UNION 1000     /* of an account: each part is counted up to that, and what they share taken out */

/* --- statements ------------------------------------------------------------------------------------------------------- */

/* Each names its key: what the optimizer takes instead reads the whole table where a value is rare. A page's key is compared as
 * `at <= ? AND (at < ? OR id < ?)`, which is used as a range; a row constructor is not. */
#define OLDER_BOUNDS "at >= ? AND at <= ? AND (at < ? OR id < ?)"
#define NEWER_BOUNDS "at < ? AND at >= ? AND (at > ? OR id > ?)"
#define DOWN "ORDER BY at DESC, id DESC\n"
#define UP "ORDER BY at ASC, id ASC\n"
#define BOUNDS "ttti"

#define OF_KEY(key, where, bounds, order) \
    "SELECT " LOG_COLUMNS "\nFROM operation_log FORCE INDEX (" key ")\nWHERE " where bounds "\n" order "LIMIT ?"

/* An account is a customer's or partner's that rows are about, or the one that acted: five ranges of keys, of which the first
 * rows are taken and what occurs twice left out. */
#define PART(key, where, bounds, order) \
    "  (SELECT id AS key_id, at AS key_at FROM operation_log FORCE INDEX (" key ")\n   WHERE " where bounds " " order "   LIMIT ?)\n"
#define PARTS(bounds, order) \
    PART("operation_log_customer", "customer_id = ? AND is_shown = 0 AND ", bounds, order) "  UNION\n" \
    PART("operation_log_customer", "customer_id = ? AND is_shown = 1 AND ", bounds, order) "  UNION\n" \
    PART("operation_log_partner", "partner_id = ? AND is_shown = 0 AND ", bounds, order) "  UNION\n" \
    PART("operation_log_partner", "partner_id = ? AND is_shown = 1 AND ", bounds, order) "  UNION\n" \
    PART("operation_log_account", "account_id = ? AND ", bounds, order)
#define OF_ACCOUNT(bounds, order, outer) \
    "SELECT " LOG_COLUMNS "\nFROM (\n" PARTS(bounds, order) ") found\nJOIN operation_log ON id = key_id\n" outer "LIMIT ?"
#define ACCOUNT_PART "i" BOUNDS "i"
#define ACCOUNT_PARTS ACCOUNT_PART ACCOUNT_PART ACCOUNT_PART ACCOUNT_PART ACCOUNT_PART

#define COUNT(key, where) \
    "SELECT COUNT(*) FROM (\n  SELECT 1 FROM operation_log FORCE INDEX (" key ")\n  WHERE " where "at >= ? AND at < ?\n  LIMIT ?\n) counted\nLIMIT 1"
#define COUNT_PART(key, where) \
    "  (SELECT id FROM operation_log FORCE INDEX (" key ") WHERE " where "at >= ? AND at < ? LIMIT ?)\n"

enum { TO_OLDER, TO_NEWER, COUNTED, WAYS };

static const struct db_statement statements[LEADS][WAYS] = {
    [LEAD_REQUEST] = {
        { "audit_request_older", OF_KEY("operation_log_request", "request_id = ? AND ", OLDER_BOUNDS, DOWN), "i" BOUNDS "i", LOG_RESULTS },
        { "audit_request_newer", OF_KEY("operation_log_request", "request_id = ? AND ", NEWER_BOUNDS, UP), "i" BOUNDS "i", LOG_RESULTS },
        { "audit_request_count", COUNT("operation_log_request", "request_id = ? AND "), "itti", "i" } },
    [LEAD_USER] = {
        { "audit_user_older", OF_KEY("operation_log_user", "user_id = ? AND ", OLDER_BOUNDS, DOWN), "i" BOUNDS "i", LOG_RESULTS },
        { "audit_user_newer", OF_KEY("operation_log_user", "user_id = ? AND ", NEWER_BOUNDS, UP), "i" BOUNDS "i", LOG_RESULTS },
        { "audit_user_count", COUNT("operation_log_user", "user_id = ? AND "), "itti", "i" } },
    [LEAD_ACCOUNT] = {
        { "audit_account_older", OF_ACCOUNT(OLDER_BOUNDS, DOWN, "ORDER BY key_at DESC, key_id DESC\n"), ACCOUNT_PARTS "i", LOG_RESULTS },
        { "audit_account_newer", OF_ACCOUNT(NEWER_BOUNDS, UP, "ORDER BY key_at ASC, key_id ASC\n"), ACCOUNT_PARTS "i", LOG_RESULTS },
        { "audit_account_count",
          "SELECT COUNT(*) FROM (\n"
          COUNT_PART("operation_log_customer", "customer_id = ? AND is_shown = 0 AND ") "  UNION\n"
          COUNT_PART("operation_log_customer", "customer_id = ? AND is_shown = 1 AND ") "  UNION\n"
          COUNT_PART("operation_log_partner", "partner_id = ? AND is_shown = 0 AND ") "  UNION\n"
          COUNT_PART("operation_log_partner", "partner_id = ? AND is_shown = 1 AND ") "  UNION\n"
          COUNT_PART("operation_log_account", "account_id = ? AND ") ") counted\nLIMIT 1",
          "itti" "itti" "itti" "itti" "itti", "i" } },
    [LEAD_OPERATION] = {
        { "audit_operation_older", OF_KEY("operation_log_operation", "operation = ? AND ", OLDER_BOUNDS, DOWN), "s" BOUNDS "i", LOG_RESULTS },
        { "audit_operation_newer", OF_KEY("operation_log_operation", "operation = ? AND ", NEWER_BOUNDS, UP), "s" BOUNDS "i", LOG_RESULTS },
        { "audit_operation_count", COUNT("operation_log_operation", "operation = ? AND "), "stti", "i" } },
    [LEAD_RESULT] = {
        { "audit_result_older", OF_KEY("operation_log_result", "result = ? AND ", OLDER_BOUNDS, DOWN), "s" BOUNDS "i", LOG_RESULTS },
        { "audit_result_newer", OF_KEY("operation_log_result", "result = ? AND ", NEWER_BOUNDS, UP), "s" BOUNDS "i", LOG_RESULTS },
        { "audit_result_count", COUNT("operation_log_result", "result = ? AND "), "stti", "i" } },
    [LEAD_SIDE] = {
        { "audit_side_older", OF_KEY("operation_log_side", "initiated_by = ? AND ", OLDER_BOUNDS, DOWN), "s" BOUNDS "i", LOG_RESULTS },
        { "audit_side_newer", OF_KEY("operation_log_side", "initiated_by = ? AND ", NEWER_BOUNDS, UP), "s" BOUNDS "i", LOG_RESULTS },
        { "audit_side_count", COUNT("operation_log_side", "initiated_by = ? AND "), "stti", "i" } },
    [LEAD_TIME] = {
        { "audit_older", OF_KEY("operation_log_at", "", OLDER_BOUNDS, DOWN), BOUNDS "i", LOG_RESULTS },
        { "audit_newer", OF_KEY("operation_log_at", "", NEWER_BOUNDS, UP), BOUNDS "i", LOG_RESULTS },
        { "audit_count", COUNT("operation_log_at", ""), "tti", "i" } }
};

static const struct db_statement load = {
    "audit_load", "SELECT " LOG_COLUMNS "\nFROM operation_log\nWHERE id = ?\nLIMIT 1", "i", LOG_RESULTS
};
static const struct db_statement hash_before = {
    "audit_hash_before", "SELECT hash\nFROM operation_log\nWHERE chain_id = ? AND seq = ?\nLIMIT 1", "ii", "b"
};

#define OF_LEAD(lead) &statements[lead][TO_OLDER], &statements[lead][TO_NEWER], &statements[lead][COUNTED]
const struct db_statement *const store_audit_statements[] = {
    OF_LEAD(LEAD_REQUEST), OF_LEAD(LEAD_USER), OF_LEAD(LEAD_ACCOUNT), OF_LEAD(LEAD_OPERATION), OF_LEAD(LEAD_RESULT), OF_LEAD(LEAD_SIDE),
    OF_LEAD(LEAD_TIME), &load, &hash_before, NULL
};

/* --- reading a lead --------------------------------------------------------------------------------------------------- */

static int64_t number_of(const struct operation_filter *filter, enum operation_lead lead)
{
    return lead == LEAD_REQUEST ? filter->request_id : filter->user_id;
}

static const char *word_of(const struct operation_filter *filter, enum operation_lead lead)
{
    return lead == LEAD_OPERATION ? operation_info(filter->operation)->code : lead == LEAD_RESULT ? filter->result : side_name(filter->side);
}

static const struct err *read_lead(struct db *db, const void *ctx, const struct operation_filter *filter, int way,
                                   const struct log_bounds *b, int64_t limit, struct db_rows **rows)
{
    const enum operation_lead lead = operation_filter_lead(filter);
    const struct db_statement *statement = &statements[lead][way];
    const int64_t id = filter->account_id;

    switch (lead) {
    case LEAD_ACCOUNT:
        return db_query(db, ctx, statement, rows, id, b->far_at, b->at, b->at, b->id, limit, id, b->far_at, b->at, b->at, b->id, limit,
                        id, b->far_at, b->at, b->at, b->id, limit, id, b->far_at, b->at, b->at, b->id, limit,
                        id, b->far_at, b->at, b->at, b->id, limit, limit);
    case LEAD_TIME:
        return db_query(db, ctx, statement, rows, b->far_at, b->at, b->at, b->id, limit);
    case LEAD_REQUEST:
    case LEAD_USER:
        return db_query(db, ctx, statement, rows, number_of(filter, lead), b->far_at, b->at, b->at, b->id, limit);
    default:
        return db_query(db, ctx, statement, rows, word_of(filter, lead), b->far_at, b->at, b->at, b->id, limit);
    }
}

/* --- a page ----------------------------------------------------------------------------------------------------------- */

struct listing {
    const struct operation_filter *filter;
    struct operation_row *rows;      /* in the direction they are read in; limit + 1 have room */
    size_t n, wanted;
    int looked;
    struct log_key key;              /* the last row that was looked at */
    bool is_end;                     /* there are no more of the lead */
};

static const struct err *look_on(struct db *db, const void *ctx, struct listing *listing, int way, int64_t limit)
{
    const struct operation_filter *filter = listing->filter;
    const bool is_back = way == TO_NEWER;
    const struct log_key none = { .at = INSTANT_NONE };
    const struct log_bounds bounds = log_bounds(filter->from_at, filter->until_at, is_back ? none : listing->key, is_back ? listing->key : none);
    struct db_rows *rows;

    TRY(read_lead(db, ctx, filter, way, &bounds, limit, &rows));
    listing->is_end = rows->n < (size_t)limit;
    for (size_t i = 0; i < rows->n && listing->n < listing->wanted; i++) {
        struct operation_row row;

        log_read_row(rows, i, &row);
        listing->key = (struct log_key){ row.at, row.id };
        listing->looked++;
        if (operation_filter_matches(filter, &row))
            listing->rows[listing->n++] = row;
    }
    return NULL;
}

/* The first row of a page that goes back is reached from before the log's beginning. */
static struct log_key start_of(struct log_key before, struct log_key after)
{
    return after.at != INSTANT_NONE ? after : before;
}

static void turn(struct operation_row *rows, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const struct operation_row kept = rows[i];

        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = kept;
    }
}

const struct err *audit_list(struct db *db, const void *ctx, const struct operation_filter *filter, struct log_key before,
                             struct log_key after, int limit, int looked_max, struct audit_page *page)
{
    const bool is_back = after.at != INSTANT_NONE, has_key = is_back || before.at != INSTANT_NONE;
    const size_t wanted = (size_t)limit + 1;
    struct listing listing = {
        .filter = filter, .rows = mem_array(ctx, struct operation_row, wanted), .wanted = wanted, .key = start_of(before, after),
        .is_end = filter->is_of_nothing
    };
    const int64_t at_once = operation_filter_is_fast(filter) ? limit + 1 : LOOKED_AT_ONCE;
    bool has_more;

    while (!listing.is_end && listing.n < wanted && listing.looked < looked_max)
        TRY(look_on(db, ctx, &listing, is_back ? TO_NEWER : TO_OLDER, at_once));
    has_more = listing.n == wanted;
    page->n = has_more ? (size_t)limit : listing.n;
    page->rows = listing.rows;
    if (is_back)
        turn(page->rows, page->n);
    page->is_cut = !has_more && !listing.is_end;
    page->looked_to = listing.key;
    page->has_older = is_back ? true : has_more;
    page->has_newer = is_back ? has_more : has_key;
    return NULL;
}

const struct err *audit_count(struct db *db, const struct operation_filter *filter, int64_t *max, int64_t *n)
{
    const enum operation_lead lead = operation_filter_lead(filter);
    const struct db_statement *statement = &statements[lead][COUNTED];
    const int64_t from_at = filter->from_at == INSTANT_NONE ? LOG_FIRST_AT : filter->from_at, id = filter->account_id;
    const int64_t until_at = filter->until_at == INSTANT_NONE ? LOG_LAST_AT : filter->until_at;
    const int64_t top = lead == LEAD_ACCOUNT ? COUNT_MAX_UNION : COUNT_MAX, limit = top + 1;
    void *ctx = mem_context(NULL, "audit_count");
    struct db_rows *rows = NULL;
    const struct err *err = NULL;

    *max = top;
    *n = 0;
    if (!operation_filter_is_fast(filter))
        err = err_new(ERR_BUG, 0, "a count that would look through the log");
    else if (filter->is_of_nothing)
        err = NULL;
    else if (lead == LEAD_ACCOUNT)
        err = db_query(db, ctx, statement, &rows, id, from_at, until_at, limit, id, from_at, until_at, limit, id, from_at, until_at,
                       limit, id, from_at, until_at, limit, id, from_at, until_at, limit);
    else if (lead == LEAD_TIME)
        err = db_query(db, ctx, statement, &rows, from_at, until_at, limit);
    else if (lead == LEAD_REQUEST || lead == LEAD_USER)
        err = db_query(db, ctx, statement, &rows, number_of(filter, lead), from_at, until_at, limit);
    else
        err = db_query(db, ctx, statement, &rows, word_of(filter, lead), from_at, until_at, limit);
    if (err == NULL && rows != NULL)
        *n = db_int(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

/* --- exports and single rows ------------------------------------------------------------------------------------------ */

const struct err *audit_walk(struct db *db, const void *ctx, const struct operation_filter *filter, struct log_key after, int limit,
                             struct log_page *page)
{
    const struct log_key start = { .at = after.at == INSTANT_NONE ? LOG_FIRST_AT : after.at, .id = after.at == INSTANT_NONE ? 0 : after.id };
    const struct log_bounds bounds = log_bounds(filter->from_at, filter->until_at, (struct log_key){ .at = INSTANT_NONE }, start);
    struct db_rows *rows;

    *page = (struct log_page){ .n = 0 };
    if (filter->is_of_nothing)
        return NULL;
    TRY(read_lead(db, ctx, filter, TO_NEWER, &bounds, (int64_t)limit, &rows));
    page->rows = mem_array(ctx, struct operation_row, rows->n);
    page->n = rows->n;
    for (size_t i = 0; i < rows->n; i++)
        log_read_row(rows, i, &page->rows[i]);
    return NULL;
}

const struct err *audit_load(struct db *db, const void *ctx, int64_t id, struct operation_row **row)
{
    struct db_rows *rows;

    *row = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    if (rows->n == 0)
        return NULL;
    *row = mem_new(ctx, struct operation_row);
    log_read_row(rows, 0, *row);
    return NULL;
}

const struct err *audit_hash_before(struct db *db, const struct operation_row *row, unsigned char hash[OPERATION_HASH_BYTES], bool *found)
{
    void *ctx = mem_context(NULL, "audit_hash_before");
    struct db_rows *rows;
    const struct err *err = db_query(db, ctx, &hash_before, &rows, row->chain_id, row->seq - 1);
    size_t n = 0;

    *found = false;
    if (err == NULL && rows->n == 1) {
        const char *bytes = db_bytes(rows, 0, 0, &n);

        *found = n == OPERATION_HASH_BYTES;
        if (*found)
            memcpy(hash, bytes, n);
    }
    talloc_free(ctx);
    return err;
}

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#include "store/statements.h"
#include "store/store_request.h"

/* --- statements ---------------------------------------------------------------------------------------------------- */

#define REQUEST \
    "SELECT r.id, r.no, r.association_id, r.customer_id, r.partner_id, r.initiator, r.state, r.version, r.reason,\n" \
    "  r.reason_text, r.submitted_at, r.deadline_at, r.escalated_at, r.decided_at, r.decided_by_side, d.name,\n" \
    "  r.decision_text, r.submitted_by, s.name, r.result_seen_at, c.name, c.no, p.name, p.no\n" \
    "FROM disassociation_request r\n" \
    "JOIN account c ON c.id = r.customer_id\n" \
    "JOIN account p ON p.id = r.partner_id\n" \
    "LEFT JOIN user s ON s.id = r.submitted_by\n" \
    "LEFT JOIN user d ON d.id = r.decided_by\n"
#define REQUEST_RESULTS "isiiississttttsssistssss"

static const struct db_statement load = {
    "request_load", REQUEST "WHERE r.id = ?\nLIMIT 1", "i", REQUEST_RESULTS
};
static const struct db_statement load_no = {
    "request_load_no", REQUEST "WHERE r.no = ?\nLIMIT 1", "s", REQUEST_RESULTS
};
static const struct db_statement open_of = {
    "request_open_of", REQUEST "WHERE r.open_association = ?\nLIMIT 1", "i", REQUEST_RESULTS
};
static const struct db_statement newest_final = {
    "request_newest_final",
    REQUEST "WHERE r.association_id = ? AND r.initiator = ? AND r.state <> 'PENDING'\n"
    "ORDER BY r.submitted_at DESC, r.id DESC\nLIMIT 1",
    "is", REQUEST_RESULTS
};
static const struct db_statement newest_at = {
    "request_newest_at", "SELECT MAX(submitted_at)\nFROM disassociation_request\nWHERE association_id = ?\nLIMIT 1", "i", "t"
};
static const struct db_statement checks_of = {
    "request_checks", "SELECT checks\nFROM disassociation_request\nWHERE id = ?\nLIMIT 1", "i", "s"
};
static const struct db_statement insert = {
    "request_insert",
    "INSERT INTO disassociation_request (association_id, customer_id, partner_id, initiator, state, version, reason,\n"
    "  reason_text, statement_version, statement_lang, checks, submitted_at, submitted_by, submit_code_id, deadline_at, remind_at)\n"
    "VALUES (?, ?, ?, ?, 'PENDING', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "iiissssss" "tiItt", ""
};
static const struct db_statement number = {
    "request_number", "UPDATE disassociation_request\nSET no = ?\nWHERE id = ?", "si", ""
};
static const struct db_statement decide = {
    "request_decide",
    "UPDATE disassociation_request\n"
    "SET state = ?, version = version + 1, decided_at = ?, decided_by_side = ?, decided_by = ?, decision_text = ?,\n"
    "  decision_code_id = ?\n"
    "WHERE id = ? AND state = ? AND version = ?",
    "stsIsIisi", ""
};
static const struct db_statement escalate = {
    "request_escalate",
    "UPDATE disassociation_request\n"
    "SET version = version + 1, escalated_at = ?, deadline_at = COALESCE(?, deadline_at), remind_at = NULL\n"
    "WHERE id = ? AND state = ? AND version = ? AND escalated_at IS NULL",
    "ttisi", ""
};
static const struct db_statement mark_seen = {
    "request_mark_seen",
    "UPDATE disassociation_request r\nJOIN account a ON a.id = r.customer_id\n"
    "SET r.result_seen_at = COALESCE(r.result_seen_at, ?), a.version = a.version + (r.initiator = 'CUSTOMER')\n"
    "WHERE r.id = ? AND r.state <> 'PENDING'",
    "ti", ""
};

/* Slots that are taken have a time in the future; whose slot is free is asked by the UPDATE itself, so two can never take the
 * same one, and never more than `limit` of them are taken. */
static const struct db_statement slot_take = {
    "quota_take",
    "UPDATE quota_slot\nSET request_id = ?, submitted_at = ?, frees_at = ?\n"
    "WHERE side = ? AND customer_id = ? AND partner_id = ? AND slot_no <= ? AND (frees_at IS NULL OR frees_at <= ?)\n"
    "ORDER BY slot_no\nLIMIT 1",
    "ittsiiit", ""
};
/* Not INSERT IGNORE: several at once would share the locks of the rows that are there and block each other for good. */
static const struct db_statement slot_make = {
    "quota_slot_make",
    "INSERT INTO quota_slot (side, customer_id, partner_id, slot_no)\n"
    "VALUES (?, ?, ?, ?)\n"
    "ON DUPLICATE KEY UPDATE slot_no = VALUES(slot_no)",
    "siii", ""
};
static const struct db_statement slot_give_back = {
    "quota_give_back",
    "UPDATE quota_slot\nSET request_id = NULL, submitted_at = NULL, frees_at = NULL\nWHERE request_id = ?",
    "i", ""
};

#define DESK_ORDER "  AND r.submitted_at <= ? AND (r.submitted_at < ? OR r.id < ?)\nORDER BY r.submitted_at DESC, r.id DESC\nLIMIT ?"

static const struct db_statement waiting_for_partner = {
    "request_list_waiting_for_partner",
    REQUEST "WHERE r.partner_id = ? AND r.state = 'PENDING' AND r.initiator = 'CUSTOMER'\n" DESK_ORDER, "ittii", REQUEST_RESULTS
};
static const struct db_statement waiting_for_customer = {
    "request_list_waiting_for_customer",
    REQUEST "WHERE r.partner_id = ? AND r.state = 'PENDING' AND r.initiator = 'PARTNER'\n" DESK_ORDER, "ittii", REQUEST_RESULTS
};
static const struct db_statement closed = {
    "request_list_closed",
    REQUEST "WHERE r.partner_id = ? AND r.state IN ('COMPLETED', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'CANCELLED')\n" DESK_ORDER,
    "ittii", REQUEST_RESULTS
};
static const struct db_statement *const tabs[] = {
    [TAB_WAITING_FOR_PARTNER] = &waiting_for_partner, [TAB_WAITING_FOR_CUSTOMER] = &waiting_for_customer, [TAB_CLOSED] = &closed
};
static const struct db_statement count_waiting = {
    "request_count_waiting",
    "SELECT COUNT(*)\nFROM (SELECT 1 FROM disassociation_request r\n"
    "  WHERE r.partner_id = ? AND r.state = 'PENDING' AND r.initiator = 'CUSTOMER' LIMIT 100) waiting\nLIMIT 1",
    "i", "i"
};
/* What waits longest comes first. */
static const struct db_statement escalated = {
    "request_list_escalated",
    REQUEST "WHERE r.state = 'PENDING' AND r.escalated_at >= ? AND (r.escalated_at > ? OR r.id > ?)\n"
    "ORDER BY r.escalated_at, r.id\nLIMIT ?",
    "ttii", REQUEST_RESULTS
};

const struct db_statement *const store_request_statements[] = {
    &load, &load_no, &open_of, &newest_final, &newest_at, &checks_of, &insert, &number, &decide, &escalate, &mark_seen,
    &slot_take, &slot_make, &slot_give_back,
    &waiting_for_partner, &waiting_for_customer, &closed, &count_waiting, &escalated, NULL
};

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static const struct err *read_request(const struct db_rows *rows, size_t r, struct request *request)
{
    *request = (struct request){
        .id = db_int(rows, r, 0), .no = db_text(rows, r, 1), .association_id = db_int(rows, r, 2),
        .customer_id = db_int(rows, r, 3), .partner_id = db_int(rows, r, 4), .version = db_int(rows, r, 7),
        .reason_text = db_text(rows, r, 9), .submitted_at = db_time(rows, r, 10), .deadline_at = db_time(rows, r, 11),
        .escalated_at = db_time(rows, r, 12), .decided_at = db_time(rows, r, 13), .decided_by = SIDE_SYSTEM,
        .decided_by_name = db_text(rows, r, 15), .decision_text = db_text(rows, r, 16), .submitted_by_user_id = db_int(rows, r, 17),
        .submitted_by_name = db_text(rows, r, 18), .result_seen = !db_is_null(rows, r, 19), .customer_name = db_text(rows, r, 20),
        .customer_no = db_text(rows, r, 21), .partner_name = db_text(rows, r, 22), .partner_no = db_text(rows, r, 23)
    };
    if (!side_find(db_text(rows, r, 5), &request->initiator) || !request_state_find(db_text(rows, r, 6), &request->state) ||
        !reason_find(db_text(rows, r, 8), &request->reason) ||
        (!db_is_null(rows, r, 14) && !side_find(db_text(rows, r, 14), &request->decided_by)))
        return err_new(ERR_BUG, 0, "request %lld is malformed", (long long)request->id);
    if (request->decided_at != INSTANT_NONE && request->decided_by == SIDE_SYSTEM)
        request->decided_by_name = "mypartner";
    return NULL;
}

static const struct err *read_first(const void *ctx, const struct db_rows *rows, struct request **request)
{
    struct request *read;

    *request = NULL;
    if (rows->n == 0)
        return NULL;
    read = mem_new(ctx, struct request);
    TRY(read_request(rows, 0, read));
    *request = read;
    return NULL;
}

const struct err *request_load(struct db *db, const void *ctx, int64_t id, struct request **request)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &load, &rows, id));
    return read_first(ctx, rows, request);
}

const struct err *request_load_no(struct db *db, const void *ctx, const char *no, struct request **request)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &load_no, &rows, no));
    return read_first(ctx, rows, request);
}

const struct err *request_open_of(struct db *db, const void *ctx, int64_t association_id, struct request **request)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &open_of, &rows, association_id));
    return read_first(ctx, rows, request);
}

const struct err *request_open_with(struct db *db, const void *ctx, const struct association *association, struct request **request)
{
    *request = NULL;
    return association->open_request_id == 0 ? NULL : request_open_of(db, ctx, association->id, request);
}

const struct err *request_unseen_result(struct db *db, const void *ctx, int64_t association_id, enum side initiator,
                                        struct request **request)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &newest_final, &rows, association_id, side_name(initiator)));
    TRY(read_first(ctx, rows, request));
    if (*request != NULL && (*request)->result_seen)
        *request = NULL;
    return NULL;
}

const struct err *request_checks(struct db *db, const void *ctx, int64_t id, const char **packed)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &checks_of, &rows, id));
    *packed = rows->n == 0 ? "" : db_text(rows, 0, 0);
    return NULL;
}

/* --- writing ---------------------------------------------------------------------------------------------------------- */

static const char *make_no(const void *ctx, int64_t submitted_at, int64_t id)
{
    struct civil day = clock_civil(submitted_at, "UTC");

    return mem_text(ctx, "DR%04d%02d%02d-%06lld", day.year, day.month, day.day, (long long)id);
}

const struct err *request_insert(struct db *db, const void *ctx, const struct request_new *request, int64_t *id, const char **no)
{
    const char *made;
    int64_t inserted, remind[3];
    size_t n = request_reminders(request->submitted_at, request->deadline_at, remind);

    TRY(db_exec(db, &insert, NULL, request->association_id, request->customer_id, request->partner_id,
                side_name(request->initiator), reason_name(request->reason), request->reason_text, request->statement_version,
                request->statement_lang, request->checks, request->submitted_at, request->submitted_by, request->submit_code_id,
                request->deadline_at, n > 0 ? remind[0] : INSTANT_NONE));
    inserted = db_insert_id(db);
    made = make_no(ctx, request->submitted_at, inserted);
    TRY(db_exec(db, &number, NULL, made, inserted));
    *id = inserted;
    *no = made;
    return NULL;
}

const struct err *request_write(struct db *db, const struct request_change *change, bool *moved)
{
    const struct request_move *move = change->move;
    const char *from = request_state_name(move->from);
    int64_t affected;

    if (move->from == REQUEST_NONE || (!request_is_final(move->to) && move->event != REQUEST_ESCALATE))
        return err_new(ERR_BUG, 0, "%s is not a change of a request that exists", request_event_name(move->event));
    if (move->event == REQUEST_ESCALATE)
        TRY(db_exec(db, &escalate, &affected, change->at, change->deadline_at == 0 ? INSTANT_NONE : change->deadline_at,
                    change->id, from, change->version));
    else
        TRY(db_exec(db, &decide, &affected, request_state_name(move->to), change->at, side_name(change->side), change->user_id,
                    change->text == NULL ? "" : change->text, change->code_id, change->id, from, change->version));
    *moved = affected == 1;
    return NULL;
}

const struct err *request_newest_at(struct db *db, const void *ctx, int64_t association_id, int64_t *at)
{
    struct db_rows *rows;

    TRY(db_query(db, ctx, &newest_at, &rows, association_id));
    *at = rows->n == 0 ? INSTANT_NONE : db_time(rows, 0, 0);
    return NULL;
}

const struct err *request_mark_seen(struct db *db, int64_t id, int64_t at)
{
    return db_exec(db, &mark_seen, NULL, at, id);
}

/* --- quota ------------------------------------------------------------------------------------------------------------ */

#define SLOT_VALUES 4

static const struct err *make_slots(struct db *db, const char *whose, int64_t customer_id, int64_t pair, int64_t limit)
{
    struct db_value values[QUOTA_SLOTS_MAX * SLOT_VALUES];

    for (int64_t i = 0; i < limit; i++) {
        struct db_value *slot = &values[i * SLOT_VALUES];

        slot[0] = db_value_text(whose);
        slot[1] = db_value_int(customer_id);
        slot[2] = db_value_int(pair);
        slot[3] = db_value_int(i + 1);
    }
    return db_exec_rows(db, &slot_make, values, (size_t)limit);
}

const struct err *quota_take(struct db *db, enum side side, int64_t customer_id, int64_t partner_id, int64_t limit,
                             int64_t request_id, int64_t now, int64_t frees_at, bool *taken)
{
    const char *whose = side_name(side);
    int64_t pair = side == SIDE_PARTNER ? partner_id : 0, affected = 0;

    if (limit > QUOTA_SLOTS_MAX)
        limit = QUOTA_SLOTS_MAX;
    *taken = false;
    if (limit <= 0)
        return NULL;
    TRY(db_exec(db, &slot_take, &affected, request_id, now, frees_at, whose, customer_id, pair, limit, now));
    if (affected == 0) {
        /* Slots are there but for the first time, and when the limit has grown. */
        TRY(make_slots(db, whose, customer_id, pair, limit));
        TRY(db_exec(db, &slot_take, &affected, request_id, now, frees_at, whose, customer_id, pair, limit, now));
    }
    *taken = affected == 1;
    return NULL;
}

const struct err *quota_give_back(struct db *db, int64_t request_id)
{
    return db_exec(db, &slot_give_back, NULL, request_id);
}

/* --- lists ------------------------------------------------------------------------------------------------------------ */

/* One row more than fits was asked for. */
static const struct err *read_list(const void *ctx, const struct db_rows *rows, int limit, struct request **requests, size_t *n,
                                   bool *has_more)
{
    size_t shown = rows->n > (size_t)limit ? (size_t)limit : rows->n;
    *requests = mem_array(ctx, struct request, shown);
    for (size_t i = 0; i < shown; i++)
        TRY(read_request(rows, i, &(*requests)[i]));
    *n = shown;
    *has_more = rows->n > shown;
    return NULL;
}

const struct err *request_list(struct db *db, const void *ctx, int64_t partner_id, enum request_tab tab, int64_t before_at,
                               int64_t before_id, int limit, struct request **requests, size_t *n, bool *has_more)
{
    /* From the top: nothing is later than the last instant a column can hold. */
    int64_t at = before_at == INSTANT_NONE ? INT64_C(253402300799999999) : before_at;
    struct db_rows *rows;

    TRY(db_query(db, ctx, tabs[tab], &rows, partner_id, at, at, before_id, (int64_t)limit + 1));
    return read_list(ctx, rows, limit, requests, n, has_more);
}

const struct err *request_list_escalated(struct db *db, const void *ctx, int64_t after_at, int64_t after_id, int limit,
                                         struct request **requests, size_t *n, bool *has_more)
{
    int64_t at = after_at == INSTANT_NONE ? 0 : after_at;
    struct db_rows *rows;

    TRY(db_query(db, ctx, &escalated, &rows, at, at, after_id, (int64_t)limit + 1));
    return read_list(ctx, rows, limit, requests, n, has_more);
}

const struct err *request_count_waiting(struct db *db, int64_t partner_id, int64_t *n)
{
    void *mem = mem_context(NULL, "request_count_waiting");
    struct db_rows *rows;
    const struct err *err = db_query(db, mem, &count_waiting, &rows, partner_id);

    if (err == NULL)
        *n = db_int(rows, 0, 0);
    talloc_free(mem);
    return err;
}

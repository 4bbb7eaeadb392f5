#include "store/store_webhook.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

static const struct db_statement claim = {
    "webhook_claim", OUTBOX_CLAIM("webhook_event", "next_at <= ?"), "tist", ""};

/* Together with the row of the log that it tells of. */
static const struct db_statement claimed = {
    "webhook_claimed",
    "SELECT w.id, w.tries, COALESCE(w.retried_at, w.created_at), w.chain_id, w.seq, COALESCE(w.resource_id, 0), COALESCE(r.import_key, ''),\n"
    "       COALESCE(l.operation, ''), l.at, COALESCE(l.initiated_by, ''), l.object, COALESCE(l.request_id, 0), l.request_no,\n"
    "       l.from_state, l.to_state, l.result, l.remark, COALESCE(c.no, ''), COALESCE(p.no, '')\n"
    "  FROM webhook_event w\n"
    "  LEFT JOIN operation_log l ON l.chain_id = w.chain_id AND l.seq = w.seq\n"
    "  LEFT JOIN resource r ON r.id = w.resource_id\n"
    "  LEFT JOIN account c ON c.id = l.customer_id\n"
    "  LEFT JOIN account p ON p.id = l.partner_id\n"
    " WHERE w.state = 'SENDING' AND w.claimed_by = ? AND w.lease_until = ?\n"
    " ORDER BY w.next_at, w.id\n"
    " LIMIT ?",
    "sti", "iitiiisstssissssss" "s"};

static const struct db_statement take_back = {
    "webhook_take_back", OUTBOX_TAKE_BACK("webhook_event"), OUTBOX_TAKE_BACK_ARGS, ""};

static const struct db_statement finish = {
    "webhook_finish", OUTBOX_FINISH("webhook_event", "?", ""), OUTBOX_FINISH_ARGS, ""};

static const struct db_statement postpone = {
    "webhook_postpone", OUTBOX_POSTPONE("webhook_event"), OUTBOX_POSTPONE_ARGS, ""};

const struct outbox outbox_events = {&take_back, &finish, &postpone};

static const struct db_statement purge = {
    "webhook_purge", "DELETE FROM webhook_event WHERE created_at < ? ORDER BY created_at LIMIT ?", "ti", ""};

const struct db_statement *const store_webhook_statements[] = {&claim, &take_back, &claimed, &finish, &postpone, &purge, NULL};

static void read_event(const struct db_rows *rows, size_t i, struct webhook_delivery *delivery)
{
    struct operation_row *row = &delivery->event.row;

    delivery->id = db_int(rows, i, 0);
    delivery->tries = db_int(rows, i, 1);
    delivery->counted_from = db_time(rows, i, 2);
    *row = (struct operation_row){
        .chain_id = db_int(rows, i, 3), .seq = db_int(rows, i, 4), .at = db_time(rows, i, 8), .object = db_text(rows, i, 10),
        .request_id = db_int(rows, i, 11), .request_no = db_text(rows, i, 12), .from_state = db_text(rows, i, 13),
        .to_state = db_text(rows, i, 14), .result = db_text(rows, i, 15), .remark = db_text(rows, i, 16)
    };
    delivery->event.resource_id = db_int(rows, i, 5);
    delivery->event.resource_key = db_text(rows, i, 6);
    delivery->event.customer_no = db_text(rows, i, 17);
    delivery->event.partner_no = db_text(rows, i, 18);
    delivery->is_malformed = !operation_find(db_text(rows, i, 7), &row->operation) ||
                             !side_find(db_text(rows, i, 9), &row->initiated_by) || webhook_type(row->operation) == NULL;
}

const struct err *webhook_claim(struct db *db, const void *ctx, const char *worker, int64_t now, int64_t lease_until, int limit,
                                struct webhook_delivery **deliveries, size_t *n)
{
    struct db_rows *rows = NULL;
    int64_t affected = 0;
    *n = 0;
    TRY(db_exec(db, &claim, &affected, now, (int64_t)limit, worker, lease_until));
    if (affected == 0)
        return NULL;
    TRY(db_query(db, ctx, &claimed, &rows, worker, lease_until, (int64_t)limit));
    *deliveries = mem_array(ctx, struct webhook_delivery, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        read_event(rows, i, &(*deliveries)[i]);
    *n = rows->n;
    return NULL;
}

const struct err *webhook_purge(struct db *db, int64_t before_at, int limit, int64_t *n)
{
    return db_exec(db, &purge, n, before_at, (int64_t)limit);
}

#include "store/store_dead.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"

#define LAST_AT INT64_C(253402300799999999)   /* nothing is later: 9999-12-31 */

#define CONTACT \
    "LEFT JOIN contact c ON c.account_id = d.account_id AND c.channel = d.channel AND c.is_live = 1 AND c.verified_at IS NOT NULL\n"
/* It can be sent again: its words are there, and somewhere to send them. */
#define IS_READY "d.details IS NOT NULL AND (d.account_id IS NULL OR c.id IS NOT NULL)"

#define NOTICE \
    "SELECT d.id, d.created_at, d.done_at, d.tries, d.channel, d.kind, d.address, d.detail, COALESCE(a.no, ''),\n" \
    "  COALESCE(a.name, ''), d.details IS NULL, IF(d.account_id IS NULL, d.address, COALESCE(c.address, ''))\n" \
    "FROM delivery d\n" CONTACT \
    "LEFT JOIN account a ON a.id = d.account_id\n"
#define NOTICE_RESULTS "itti" "sssss" "sis"

static const struct db_statement list = {
    "dead_list",
    NOTICE "WHERE d.state = 'DEAD' AND d.done_at <= ? AND (d.done_at < ? OR d.id < ?)\n"
    "ORDER BY d.done_at DESC, d.id DESC\nLIMIT ?",
    "ttii", NOTICE_RESULTS};
static const struct db_statement load = {
    "dead_load", NOTICE "WHERE d.id = ? AND d.state = 'DEAD'\nLIMIT 1", "i", NOTICE_RESULTS};
static const struct db_statement count = {
    "dead_count",
    "SELECT COUNT(*), CAST(COALESCE(SUM(" IS_READY "), 0) AS SIGNED)\nFROM delivery d\n" CONTACT "WHERE d.state = 'DEAD'\nLIMIT 1",
    "", "ii"};
static const struct db_statement ready = {
    "dead_ready",
    "SELECT d.id\nFROM delivery d\n" CONTACT "WHERE d.state = 'DEAD' AND " IS_READY "\nORDER BY d.done_at, d.id\nLIMIT ?", "i", "i"};
/* A gateway that took it under its id and lost it would take a second one for the same: it gets a new id. */
static const struct db_statement retry = {
    "dead_retry",
    "UPDATE delivery d\n" CONTACT
    "SET d.address = COALESCE(c.address, d.address), d.state = 'QUEUED', d.tries = 0, d.next_at = ?, d.done_at = NULL,\n"
    "  d.give_up_at = IF(d.channel = 'SMS', ?, ?), d.lease_until = NULL, d.claimed_by = '', d.is_denied = 0,\n"
    "  d.event_id = IF(d.receipt = 'FAILED', CONCAT('R', d.id, '-', ?), d.event_id), d.receipt_at = NULL, d.receipt = ''\n"
    "WHERE d.id = ? AND d.state = 'DEAD' AND " IS_READY,
    "tttii", ""};

static const struct db_statement denied = {
    "denied_list",
    "SELECT channel, COUNT(*), MAX(detail)\nFROM delivery\nWHERE is_denied = 1 AND state IN ('QUEUED', 'SENDING')\n"
    "GROUP BY channel\nORDER BY channel\nLIMIT 2",
    "", "sis"};

const struct db_statement *const store_dead_statements[] = {&list, &load, &count, &ready, &retry, &denied, NULL};

static const struct err *read_notice(const struct db_rows *rows, size_t r, struct dead_notice *notice)
{
    *notice = (struct dead_notice){
        .id = db_int(rows, r, 0), .created_at = db_time(rows, r, 1), .done_at = db_time(rows, r, 2), .tries = db_int(rows, r, 3),
        .address = db_text(rows, r, 6), .detail = db_text(rows, r, 7), .account_no = db_text(rows, r, 8),
        .account_name = db_text(rows, r, 9), .is_secret = db_int(rows, r, 10) != 0, .address_now = db_text(rows, r, 11)};
    notice->is_known = notice_kind_find(db_text(rows, r, 5), &notice->kind);
    if (!channel_find(db_text(rows, r, 4), &notice->channel))
        return err_new(ERR_BUG, 0, "delivery %lld has an unknown channel", (long long)notice->id);
    return NULL;
}

const struct err *dead_list(struct db *db, const void *ctx, int64_t before_at, int64_t before_id, int limit,
                            struct dead_notice **notices, size_t *n, bool *has_more)
{
    const int64_t at = before_at == INSTANT_NONE ? LAST_AT : before_at, id = before_at == INSTANT_NONE ? INT64_MAX : before_id;
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &list, &rows, at, at, id, (int64_t)limit + 1));
    *has_more = rows->n > (size_t)limit;
    *n = *has_more ? (size_t)limit : rows->n;
    *notices = mem_array(ctx, struct dead_notice, *n);
    for (size_t r = 0; r < *n; r++)
        TRY(read_notice(rows, r, &(*notices)[r]));
    return NULL;
}

const struct err *dead_load(struct db *db, const void *ctx, int64_t id, struct dead_notice **notice)
{
    struct db_rows *rows = NULL;
    *notice = NULL;
    TRY(db_query(db, ctx, &load, &rows, id));
    if (rows->n == 0)
        return NULL;
    *notice = mem_new(ctx, struct dead_notice);
    return read_notice(rows, 0, *notice);
}

const struct err *dead_count(struct db *db, int64_t *all, int64_t *can_retry)
{
    void *ctx = mem_context(NULL, "dead_count");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &count, &rows);
    *all = err == NULL && rows->n > 0 ? db_int(rows, 0, 0) : 0;
    *can_retry = err == NULL && rows->n > 0 ? db_int(rows, 0, 1) : 0;
    talloc_free(ctx);
    return err;
}

const struct err *dead_ready(struct db *db, const void *ctx, int64_t limit, int64_t **ids, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &ready, &rows, limit));
    *ids = mem_array(ctx, int64_t, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++)
        (*ids)[r] = db_int(rows, r, 0);
    return NULL;
}

const struct err *dead_retry(struct db *db, int64_t id, int64_t now, int64_t mail_give_up_s, int64_t sms_give_up_s, bool *done)
{
    int64_t affected = 0;
    TRY(db_exec(db, &retry, &affected, now, now + sms_give_up_s * CLOCK_SECOND, now + mail_give_up_s * CLOCK_SECOND, now, id));
    *done = affected == 1;
    return NULL;
}

const struct err *denied_list(struct db *db, const void *ctx, struct denied_channel **channels, size_t *n)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &denied, &rows));
    *channels = mem_array(ctx, struct denied_channel, rows->n);
    *n = rows->n;
    for (size_t r = 0; r < rows->n; r++) {
        (*channels)[r] = (struct denied_channel){.waiting = db_int(rows, r, 1), .detail = db_text(rows, r, 2)};
        if (!channel_find(db_text(rows, r, 0), &(*channels)[r].channel))
            return err_new(ERR_BUG, 0, "a delivery has an unknown channel");
    }
    return NULL;
}

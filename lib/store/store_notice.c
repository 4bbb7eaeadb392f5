#include "store/store_notice.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/statements.h"
#include "store/store_user.h"

#define LAST_AT INT64_C(253402300799999999)   /* 9999-12-31: no row lies beyond */

static const struct db_statement insert = {
    "notice_insert",
    "INSERT INTO notification (event_key, account_id, kind, details, link, request_id, at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?)",
    "sisssIt", ""};

/* Counters of what the inbox holds, so that no page has to count. That of a partner would be written by all its customers at once. */
static const struct db_statement count_one = {
    "notice_count", "UPDATE account\n   SET notices = notices + 1\n WHERE id = ? AND kind = 'CUSTOMER'", "i", ""};
static const struct db_statement count_read = {
    "notice_count_read", "UPDATE user\n   SET notices_read = notices_read + ?\n WHERE id = ?", "ii", ""};
static const struct db_statement recount = {
    "notice_recount",
    "UPDATE account a\n"
    "   SET a.notices = (SELECT COUNT(*) FROM notification n WHERE n.account_id = a.id)\n"
    " WHERE a.kind = 'CUSTOMER'",
    "", ""};
static const struct db_statement recount_read = {
    "notice_recount_read",
    "UPDATE user u\n"
    "   SET u.notices_read = (SELECT COUNT(*) FROM notification_read r WHERE r.user_id = u.id)",
    "", ""};

static const struct db_statement insert_delivery = {
    "delivery_insert",
    "INSERT INTO delivery (event_id, notification_id, code_id, account_id, channel, is_urgent, address, lang, kind, details,\n"
    "                      sealed, link, next_at, created_at, give_up_at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "sIIIsissssbsttt", ""};
static const struct db_statement insert_notices = {
    "delivery_insert_notices",
    "INSERT INTO delivery (event_id, notification_id, account_id, channel, is_urgent, address, lang, kind, details,\n"
    "                      link, next_at, created_at, give_up_at)\n"
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "siisisssssttt", ""};

static const struct db_statement lang_of = {
    "notice_lang",
    "SELECT " USER_LANG("") "\n"
    "  FROM user\n"
    " WHERE account_id = ? AND status = 'ACTIVE'\n"
    " ORDER BY created_at, id\n"
    " LIMIT 1",
    "i", "s"};

/* All that decides who gets a notice of an account, and how, by unique keys but for the language. The first account is the second
 * one too where there is none. */
static const struct db_statement recipients = {
    "notice_recipients",
    "SELECT a.id, COALESCE(e.address, ''), COALESCE(s.address, ''), a.notice_email, a.notice_sms, a.kind = 'CUSTOMER',\n"
    "       COALESCE((SELECT " USER_LANG("u.") " FROM user u WHERE u.account_id = a.id AND u.status = 'ACTIVE'\n"
    "                  ORDER BY u.created_at, u.id LIMIT 1), '')\n"
    "  FROM account a\n"
    "  LEFT JOIN contact e ON e.account_id = a.id AND e.channel = 'EMAIL' AND e.is_live = 1 AND e.verified_at IS NOT NULL\n"
    "  LEFT JOIN contact s ON s.account_id = a.id AND s.channel = 'SMS' AND s.is_live = 1 AND s.verified_at IS NOT NULL\n"
    " WHERE a.id IN (?, ?)\n"
    " LIMIT 2",
    "ii", "issiiis"};

static const struct db_statement list = {
    "notice_list",
    "SELECT n.id, n.at, n.request_id, n.kind, n.details, n.link, r.user_id IS NOT NULL\n"
    "  FROM notification n\n"
    "  LEFT JOIN notification_read r ON r.notification_id = n.id AND r.user_id = ?\n"
    " WHERE n.account_id = ? AND n.at <= ? AND (n.at < ? OR n.id < ?)\n"
    " ORDER BY n.at DESC, n.id DESC\n"
    " LIMIT ?",
    "iittii", "itisssi"};

static const struct db_statement mark_read = {
    "notice_mark_read",
    "INSERT IGNORE INTO notification_read (user_id, notification_id, at)\n"
    "SELECT ?, n.id, ?\n"
    "  FROM notification n\n"
    " WHERE n.id = ? AND n.account_id = ?",
    "itii", ""};

static const struct db_statement exists = {
    "notice_exists", "SELECT 1 FROM notification WHERE id = ? AND account_id = ? LIMIT 1", "ii", "i"};

static const struct db_statement mark_all_read = {
    "notice_mark_all_read",
    "INSERT IGNORE INTO notification_read (user_id, notification_id, at)\n"
    "SELECT ?, n.id, ?\n"
    "  FROM notification n\n"
    "  LEFT JOIN notification_read r ON r.notification_id = n.id AND r.user_id = ?\n"
    " WHERE n.account_id = ? AND r.user_id IS NULL\n"
    " LIMIT 1000",
    "itii", ""};

static const struct db_statement unread = {
    "notice_unread",
    "SELECT COUNT(*)\n"
    "  FROM (SELECT 1\n"
    "          FROM notification n\n"
    "          LEFT JOIN notification_read r ON r.notification_id = n.id AND r.user_id = ?\n"
    "         WHERE n.account_id = ? AND r.user_id IS NULL\n"
    "         LIMIT 100) u\n"
    " LIMIT 1",
    "ii", "i"};

/* Each queue has a range of its own in the index delivery_queue, so that ten thousand notices are not in the way of a code. */
static const struct db_statement claim = {
    "delivery_claim", OUTBOX_CLAIM("delivery", "channel = ? AND is_urgent = ? AND next_at <= ?"), "sitist", ""};

static const struct db_statement claimed = {
    "delivery_claimed",
    "SELECT d.id, d.code_id, d.event_id, d.channel, d.address, d.lang, d.kind, COALESCE(d.details, ''), d.sealed, d.link,\n"
    "       d.tries, d.created_at, d.give_up_at, COALESCE(c.state <> 'LIVE', 0)\n"
    "  FROM delivery d\n"
    "  LEFT JOIN verification_code c ON c.id = d.code_id\n"
    " WHERE d.state = 'SENDING' AND d.claimed_by = ? AND d.lease_until = ?\n"
    " ORDER BY d.next_at, d.id\n"
    " LIMIT ?",
    "sti", "iissssssbsitt" "i"};

static const struct db_statement take_back = {
    "delivery_take_back", OUTBOX_TAKE_BACK("delivery"), OUTBOX_TAKE_BACK_ARGS, ""};

/* A gateway may report the end of a message before its acceptance is written down here. */
static const struct db_statement finish = {
    "delivery_finish", OUTBOX_FINISH("delivery", "IF(receipt = 'FAILED', 'DEAD', ?)", ", sealed = NULL"), OUTBOX_FINISH_ARGS, ""};

static const struct db_statement postpone = {
    "delivery_postpone", OUTBOX_POSTPONE("delivery"), OUTBOX_POSTPONE_ARGS, ""};

const struct outbox outbox_deliveries = {&take_back, &finish, &postpone};

static const struct db_statement deny = {
    "delivery_denied", "UPDATE delivery\n   SET is_denied = 1\n WHERE id = ? AND state = 'SENDING' AND claimed_by = ?", "is", ""};

/* Columns are set one after the other: `state` is the old one until the last. */
static const struct db_statement note_receipt = {
    "delivery_receipt",
    "UPDATE delivery\n"
    "   SET receipt = ?, receipt_at = ?,\n"
    "       detail = IF(state = 'SENT' AND receipt = 'FAILED', 'the gateway reported that it did not arrive', detail),\n"
    "       done_at = IF(state = 'SENT' AND receipt = 'FAILED', ?, done_at),\n"
    "       state = IF(state = 'SENT' AND receipt = 'FAILED', 'DEAD', state)\n"
    " WHERE id = ? AND channel = 'SMS' AND receipt NOT IN ('DELIVERED', 'FAILED')",
    "stti", ""};

const struct db_statement *const store_notice_statements[] = {
    &insert, &count_one, &count_read, &recount, &recount_read, &insert_delivery, &insert_notices, &lang_of, &recipients, &list, &mark_read, &exists,
    &mark_all_read, &unread, &claim, &take_back, &claimed, &finish, &postpone, &deny, &note_receipt, NULL};

const struct err *notice_insert(struct db *db, int64_t account_id, enum notice_kind kind, const char *details_json,
                                const char *link, int64_t request_id, const char *event_key, int64_t at, int64_t *id)
{
    *id = 0;
    const struct err *err = db_exec(db, &insert, NULL, event_key, account_id, notice_info(kind)->code, details_json, link,
                                    request_id, at);
    if (db_is_duplicate(err, "notification_event"))
        return NULL;
    TRY(err);
    *id = db_insert_id(db);
    return NULL;
}

const struct err *notice_count(struct db *db, int64_t account_id) { return db_exec(db, &count_one, NULL, account_id); }

const struct err *notice_recount(struct db *db)
{
    TRY(db_exec(db, &recount, NULL));
    return db_exec(db, &recount_read, NULL);
}

const struct err *delivery_insert(struct db *db, const struct delivery_new *d)
{
    return db_exec(db, &insert_delivery, NULL, d->event_id, d->notification_id, d->code_id, d->account_id,
                   channel_name(d->channel), (int64_t)notice_info(d->kind)->is_secret, d->address, d->lang,
                   notice_info(d->kind)->code, d->details, d->sealed, d->sealed_n, d->link, d->at, d->at, d->give_up_at);
}

#define NOTICE_DELIVERY_VALUES 13

const struct err *delivery_insert_notices(struct db *db, const struct delivery_new *deliveries, size_t n)
{
    void *ctx = mem_context(NULL, "delivery_insert_notices");
    struct db_value *values = mem_array(ctx, struct db_value, n * NOTICE_DELIVERY_VALUES), *next = values;
    for (size_t i = 0; i < n; i++) {
        const struct delivery_new *d = &deliveries[i];
        const struct db_value row[NOTICE_DELIVERY_VALUES] = {
            db_value_text(d->event_id), db_value_int(d->notification_id), db_value_int(d->account_id),
            db_value_text(channel_name(d->channel)), db_value_int(notice_info(d->kind)->is_secret), db_value_text(d->address),
            db_value_text(d->lang), db_value_text(notice_info(d->kind)->code), db_value_text(d->details), db_value_text(d->link),
            db_value_int(d->at), db_value_int(d->at), db_value_int(d->give_up_at)};
        memcpy(next, row, sizeof row);
        next += NOTICE_DELIVERY_VALUES;
    }
    const struct err *err = db_exec_rows(db, &insert_notices, values, n);
    talloc_free(ctx);
    return err;
}

static const char *lang_or_default(const char *lang) { return lang[0] != '\0' ? lang : "en"; }

const struct err *notice_lang(struct db *db, const void *ctx, int64_t account_id, const char **lang)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &lang_of, &rows, account_id));
    *lang = rows->n > 0 ? lang_or_default(db_text(rows, 0, 0)) : "en";
    return NULL;
}

const struct err *notice_recipients_load(struct db *db, const void *ctx, const int64_t *account_ids, size_t n,
                                         struct notice_recipient *found)
{
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &recipients, &rows, account_ids[0], account_ids[n - 1]));
    for (size_t i = 0; i < n; i++) {
        size_t r = 0;
        while (r < rows->n && db_int(rows, r, 0) != account_ids[i])
            r++;
        if (r == rows->n)
            return err_new(ERR_BUG, 0, "there is no account %lld to tell", (long long)account_ids[i]);
        found[i] = (struct notice_recipient){
            .email = db_text(rows, r, 1), .sms = db_text(rows, r, 2), .lang = lang_or_default(db_text(rows, r, 6)),
            .is_customer = db_int(rows, r, 5) != 0,
            .channels = {.by_email = db_int(rows, r, 3) != 0, .by_sms = db_int(rows, r, 4) != 0}};
    }
    return NULL;
}

const struct err *notice_list(struct db *db, const void *ctx, int64_t account_id, int64_t user_id, int64_t before_at,
                              int64_t before_id, int limit, struct notice **notices, size_t *n, bool *has_more)
{
    struct db_rows *rows = NULL;
    int64_t top = before_at == INSTANT_NONE ? LAST_AT : before_at;
    TRY(db_query(db, ctx, &list, &rows, user_id, account_id, top, top, before_id, (int64_t)limit + 1));
    *has_more = rows->n > (size_t)limit;
    *n = *has_more ? (size_t)limit : rows->n;
    *notices = mem_array(ctx, struct notice, *n);
    for (size_t i = 0; i < *n; i++) {
        struct notice *notice = &(*notices)[i];
        notice->id = db_int(rows, i, 0);
        notice->at = db_time(rows, i, 1);
        notice->request_id = db_int(rows, i, 2);
        if (!notice_kind_find(db_text(rows, i, 3), &notice->kind) || !notice_unpack(ctx, db_text(rows, i, 4), &notice->values))
            return err_new(ERR_BUG, 0, "notification %lld is malformed", (long long)notice->id);
        notice->link = db_text(rows, i, 5);
        notice->is_read = db_int(rows, i, 6) != 0;
    }
    return NULL;
}

const struct err *notice_mark_read(struct db *db, int64_t account_id, int64_t user_id, int64_t notice_id, int64_t at,
                                   bool *found)
{
    void *ctx = mem_context(NULL, "notice_mark_read");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &exists, &rows, notice_id, account_id);
    *found = err == NULL && rows->n == 1;
    talloc_free(ctx);
    TRY(err);
    int64_t marked = 0;
    if (*found)
        TRY(db_exec(db, &mark_read, &marked, user_id, at, notice_id, account_id));
    return marked > 0 ? db_exec(db, &count_read, NULL, marked, user_id) : NULL;
}

const struct err *notice_mark_all_read(struct db *db, int64_t account_id, int64_t user_id, int64_t at)
{
    int64_t marked = 0;
    TRY(db_exec(db, &mark_all_read, &marked, user_id, at, user_id, account_id));
    return marked > 0 ? db_exec(db, &count_read, NULL, marked, user_id) : NULL;
}

const struct err *notice_unread(struct db *db, int64_t account_id, int64_t user_id, int64_t *n)
{
    void *ctx = mem_context(NULL, "notice_unread");
    struct db_rows *rows = NULL;
    const struct err *err = db_query(db, ctx, &unread, &rows, user_id, account_id);
    if (err == NULL)
        *n = db_int(rows, 0, 0);
    talloc_free(ctx);
    return err;
}

const struct err *delivery_claim(struct db *db, const void *ctx, const struct delivery_queue *queue, const char *worker,
                                 int64_t now, int64_t lease_until, int limit, struct delivery **deliveries, size_t *n)
{
    int64_t affected = 0;
    *deliveries = NULL;
    *n = 0;
    TRY(db_exec(db, &claim, &affected, channel_name(queue->channel), (int64_t)queue->is_urgent, now, (int64_t)limit, worker,
                lease_until));
    if (affected == 0)
        return NULL;
    struct db_rows *rows = NULL;
    TRY(db_query(db, ctx, &claimed, &rows, worker, lease_until, (int64_t)limit));
    *deliveries = mem_array(ctx, struct delivery, rows->n);
    for (size_t i = 0; i < rows->n; i++) {
        struct delivery *d = &(*deliveries)[*n];
        d->id = db_int(rows, i, 0);
        d->code_id = db_int(rows, i, 1);
        d->event_id = db_text(rows, i, 2);
        bool is_known = channel_find(db_text(rows, i, 3), &d->channel);
        d->address = db_text(rows, i, 4);
        d->lang = db_text(rows, i, 5);
        is_known &= notice_kind_find(db_text(rows, i, 6), &d->kind);
        d->details = db_text(rows, i, 7);
        d->sealed = (const unsigned char *)db_bytes(rows, i, 8, &d->sealed_n);
        d->link = db_text(rows, i, 9);
        d->tries = db_int(rows, i, 10);
        d->created_at = db_time(rows, i, 11);
        d->give_up_at = db_time(rows, i, 12);
        d->is_void = db_int(rows, i, 13) != 0;
        d->is_malformed = !is_known;
        ++*n;
    }
    return NULL;
}

const struct err *delivery_denied(struct db *db, int64_t id, const char *worker)
{
    return db_exec(db, &deny, NULL, id, worker);
}

const struct err *delivery_receipt(struct db *db, int64_t id, const char *receipt, int64_t now)
{
    return db_exec(db, &note_receipt, NULL, receipt, now, now, id);
}

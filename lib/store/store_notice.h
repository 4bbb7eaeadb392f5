/* store_notice.h - the inbox and the outbox. */
#ifndef STORE_NOTICE_H
#define STORE_NOTICE_H

#include "domain/account.h"
#include "domain/notice.h"
#include "store/db.h"
#include "store/outbox.h"
#include "store/store_contact.h"

/* --- writing, within the transaction of what is told --- */

/* Inbox row. A repeated event_key changes nothing; *id is 0 then. */
const struct err *notice_insert(struct db *db, int64_t account_id, enum notice_kind kind, const char *details_json,
                                const char *link, int64_t request_id, const char *event_key, int64_t at, int64_t *id);
/* For each row that notice_insert() has made of a customer: its account counts them. */
const struct err *notice_count(struct db *db, int64_t account_id);
/* Counts the notices of all customers and the read marks of all users anew: after rows were written by other ways. */
const struct err *notice_recount(struct db *db);
struct delivery_new {
    const char *event_id;          /* unique */
    int64_t notification_id, code_id, account_id;   /* 0: none */
    enum channel channel;
    const char *address, *lang;
    enum notice_kind kind;
    const char *details;           /* JSON; NULL when sealed */
    const unsigned char *sealed; size_t sealed_n;   /* NULL when not */
    const char *link;
    int64_t at, give_up_at;
};
const struct err *delivery_insert(struct db *db, const struct delivery_new *delivery);
/* Those of notices, all by one statement: with details, nothing sealed, of no code. */
const struct err *delivery_insert_notices(struct db *db, const struct delivery_new *deliveries, size_t n);
/* Language of an account's messages: its first active user's, chosen or seen when they last signed in, else "en". */
const struct err *notice_lang(struct db *db, const void *ctx, int64_t account_id, const char **lang);

/* How an account is reached: addresses that were proven, "" where there is none; the channels it has chosen; its language. */
struct notice_recipient { bool is_customer; const char *email, *sms, *lang; struct notice_channels channels; };
/* Of n accounts, at most so many, in their order. */
#define NOTICE_RECIPIENTS_MAX 2
const struct err *notice_recipients_load(struct db *db, const void *ctx, const int64_t *account_ids, size_t n,
                                         struct notice_recipient *recipients);

/* --- reading the inbox --- */

struct notice { int64_t id, at, request_id; enum notice_kind kind; struct notice_values values; const char *link; bool is_read; };
const struct err *notice_list(struct db *db, const void *ctx, int64_t account_id, int64_t user_id, int64_t before_at,
                              int64_t before_id, int limit, struct notice **notices, size_t *n, bool *has_more);
const struct err *notice_mark_read(struct db *db, int64_t account_id, int64_t user_id, int64_t notice_id, int64_t at, bool *found);
const struct err *notice_mark_all_read(struct db *db, int64_t account_id, int64_t user_id, int64_t at);
/* Unread ones, counted up to 100. */
const struct err *notice_unread(struct db *db, int64_t account_id, int64_t user_id, int64_t *n);

/* --- the worker's side --- */

struct delivery {
    int64_t id, code_id;
    const char *event_id;
    enum channel channel;
    const char *address, *lang;
    enum notice_kind kind;
    const char *details;
    const unsigned char *sealed; size_t sealed_n;
    const char *link;
    int64_t tries, created_at, give_up_at;   /* tries: this one included */
    bool is_void;                  /* a code that was superseded, used or killed since: nobody wants it any more */
    bool is_malformed;             /* of a kind or channel that this program does not know: kind and channel are not set */
};
/* The outbox is four queues, so that nothing waits for what goes another way, and no code for a notice. */
struct delivery_queue { enum channel channel; bool is_urgent; };   /* urgent: codes and links, which somebody waits for */
/* Claims up to `limit` of a queue that are due for `worker` until lease_until; ended by outbox.h. Sealed values are wiped by
 * sent and dead. */
const struct err *delivery_claim(struct db *db, const void *ctx, const struct delivery_queue *queue, const char *worker,
                                 int64_t now, int64_t lease_until, int limit, struct delivery **deliveries, size_t *n);
/* The next hop refuses us and not this message: whoever waits for it is told at once, though it is tried again. Only while this
 * worker's claim holds. */
const struct err *delivery_denied(struct db *db, int64_t id, const char *worker);
/* What a gateway reports of a text message that it took: the last word counts, and DELIVERED and FAILED are last words. One that
 * was sent and FAILED is dead. A delivery that is not there changes nothing. */
const struct err *delivery_receipt(struct db *db, int64_t id, const char *receipt, int64_t now);

#endif

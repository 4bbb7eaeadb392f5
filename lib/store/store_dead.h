/* store_dead.h - messages that were given up: what they were, why, and sending them again. */
#ifndef STORE_DEAD_H
#define STORE_DEAD_H

#include "domain/account.h"
#include "domain/notice.h"
#include "store/db.h"

struct dead_notice {
    int64_t id, created_at, done_at, tries;
    enum channel channel;
    enum notice_kind kind;
    bool is_known;                 /* kind is one that this program knows; otherwise kind is not set */
    const char *address, *detail;  /* detail: the last answer of the next hop */
    const char *account_no, *account_name;   /* "" when it went to a user's login address */
    bool is_secret;                /* a code or link: it was wiped, and whoever needs one asks for a new one */
    const char *address_now;       /* where it would go now; "" when the account has no such contact any more */
};

/* Those given up last first, before the key (INSTANT_NONE: from the last). */
const struct err *dead_list(struct db *db, const void *ctx, int64_t before_at, int64_t before_id, int limit,
                            struct dead_notice **notices, size_t *n, bool *has_more);
const struct err *dead_load(struct db *db, const void *ctx, int64_t id, struct dead_notice **notice);   /* NULL: none that is dead */
/* All, and those that can be sent again. */
const struct err *dead_count(struct db *db, int64_t *all, int64_t *ready);
/* Ids of those that can be sent again, the oldest first. */
const struct err *dead_ready(struct db *db, const void *ctx, int64_t limit, int64_t **ids, size_t *n);
/* DEAD → QUEUED, to the address of today, with a life of give_up_s; *done false: it is not dead, was wiped, or has nowhere to go. */
const struct err *dead_retry(struct db *db, int64_t id, int64_t now, int64_t mail_give_up_s, int64_t sms_give_up_s, bool *done);

/* Messages that wait because the next hop refuses us, by channel. detail: what it answered to one of them. */
struct denied_channel { enum channel channel; int64_t waiting; const char *detail; };
const struct err *denied_list(struct db *db, const void *ctx, struct denied_channel **channels, size_t *n);

#endif

/* store_session.h - sessions, as the web program finds them on each visit: everything about the visitor in one query,
 * and for others than customers a second one that counts the unread notices. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "domain/account.h"
#include "store/db.h"

/* What changes whenever somebody changes what a customer's own pages show of its association: account.version grows with every
 * fact the rules read, with each submit, and when a result is marked as read. No padding: compared byte by byte. */
struct association_key {
    int64_t account_id, account_version;
    int64_t association_id, association_version;      /* 0: none is active */
    int64_t partner_version;
    int64_t open_request_id, open_request_version;    /* 0: none is open */
};
struct association_stamp {
    struct association_key key;
    bool has_draft;                                   /* an open row of a wizard, of the active association; it may have run out */
};

struct session {
    struct actor actor;          /* ids and texts of the signed-in user; role ROLE_ANONYMOUS when is_over */
    int64_t seen_at, step_up_at, expires_at;
    bool is_over;                /* known, but past its time: idle or absolute */
    bool must_enrol;             /* runs the platform and has no second factor yet */
    int64_t unread;              /* notifications of the account this user has not read, counted up to 100 */
    struct association_stamp *stamp;   /* NULL if it was not asked for */
};

/* *session NULL: unknown, signed out or ended, or its user is disabled or its account closed. with_stamp: for pages of customers
 * about their own association; it means nothing for others. */
const struct err *session_find(struct db *db, const void *ctx, const unsigned char token_hash[32], int64_t now, bool with_stamp,
                               struct session **session);
struct session_new {
    unsigned char token_hash[32];
    int64_t user_id, at, expires_at, idle_s;
    const char *ip, *agent;
};
const struct err *session_insert(struct db *db, const struct session_new *session, int64_t *id);
/* The one write of a GET: at most once a minute. A transaction of its own. */
const struct err *session_touch(struct db *db, int64_t id, int64_t now);
/* With those in whose place it goes on, and the one that goes on in its place. */
const struct err *session_end(struct db *db, int64_t id, int64_t now);
/* Only those; the one in its place not if it is but_id. After this session's own end, in its transaction: who goes on in its place
 * meanwhile has waited for it, or is seen. */
const struct err *session_end_line(struct db *db, int64_t id, int64_t but_id, int64_t now);
/* Whether this is still a session of that user with that role, within the running transaction: until its end nobody can end
 * the session, or remove the user, or give it another role. Who runs the platform must have a second factor too, unless
 * may_enrol. */
const struct err *session_hold(struct db *db, const struct actor *actor, bool may_enrol, bool *held);
/* All sessions of a user but one (0: all). */
const struct err *session_end_others(struct db *db, int64_t user_id, int64_t but_id, int64_t now);

#endif

/* store_invitation.h - invitations. Each change of one is a conditional UPDATE: of two at once, one is done. */
#ifndef STORE_INVITATION_H
#define STORE_INVITATION_H

#include "domain/invitation.h"
#include "store/db.h"

/* *invitation NULL: there is none. */
const struct err *invitation_load(struct db *db, const void *ctx, int64_t id, struct invitation **invitation);
const struct err *invitation_find(struct db *db, const void *ctx, const unsigned char token_hash[32], struct invitation **invitation);
/* The open one of this partner for an address, expired or not. */
const struct err *invitation_open_of(struct db *db, const void *ctx, int64_t partner_id, const char *email,
                                     struct invitation **invitation);
/* One page of a partner's, newest first: made before (before_at, before_id), INSTANT_NONE: from the newest. */
struct invitation_page { struct invitation *invitations; size_t n; bool has_more; };
const struct err *invitation_list(struct db *db, const void *ctx, int64_t partner_id, int64_t before_at, int64_t before_id,
                                  int limit, struct invitation_page *page);
/* How many this partner made since then. */
const struct err *invitation_count(struct db *db, int64_t partner_id, int64_t since, int64_t *n);
/* Open ones whose time is over, oldest first. */
const struct err *invitation_due(struct db *db, const void *ctx, int64_t now, int limit, int64_t **ids, size_t *n);

struct invitation_new {
    int64_t partner_id, user_id, at;
    enum invitation_kind kind;
    const char *name, *email;           /* email "" for a link */
    const unsigned char *token_hash;    /* 32 bytes */
    const unsigned char *sealed_token; size_t sealed_token_n;   /* a link; NULL otherwise */
    int64_t expires_at;                 /* INSTANT_NONE for a link */
};
/* An address that has an open one is ERR_CONFLICT on the key "invitation_open". */
const struct err *invitation_insert(struct db *db, const struct invitation_new *invitation, int64_t *id);

/* --- changes, each conditional: *done tells --- */

/* OPEN and not over → ACCEPTED. */
const struct err *invitation_accept(struct db *db, int64_t id, int64_t customer_id, int64_t user_id, int64_t association_id,
                                    int64_t at, bool *done);
/* OPEN and not over → DECLINED; customer and user 0 for a visitor. */
const struct err *invitation_decline(struct db *db, int64_t id, int64_t customer_id, int64_t user_id, int64_t at, bool *done);
/* OPEN → REVOKED. */
const struct err *invitation_revoke(struct db *db, int64_t id, int64_t user_id, int64_t at, bool *done);
/* OPEN and over → EXPIRED. */
const struct err *invitation_expire(struct db *db, int64_t id, int64_t at, bool *done);
/* A mailed one that is open or over is sent once more, if it was sent `sends` times so far: OPEN with another token, so that
 * the link before no longer works. */
const struct err *invitation_renew(struct db *db, int64_t id, int64_t sends, const unsigned char token_hash[32],
                                   int64_t expires_at, int64_t at, bool *done);
/* Why the last try to accept an open one was refused. */
const struct err *invitation_note_failure(struct db *db, int64_t id, enum invitation_gate gate, int64_t at, bool *done);
/* One more registration code on an open one, unless codes_max were sent within the day that began with the first. */
const struct err *invitation_count_code(struct db *db, int64_t id, int64_t codes_max, int64_t now, bool *done);

#endif

/* store_contact.h - contacts and what is to become one; the channels an account's notices go by. */
#ifndef STORE_CONTACT_H
#define STORE_CONTACT_H

#include "domain/account.h"
#include "store/db.h"

/* A live contact of this account; NULL: there is none with this number. */
const struct err *contact_load(struct db *db, const void *ctx, int64_t account_id, int64_t id, struct contact **contact);
/* It is removed or replaced. *done false: it was not live any more. */
const struct err *contact_end(struct db *db, int64_t account_id, int64_t id, int64_t at, bool *done);
/* A code goes to it. *is_live false: it was removed meanwhile, and none must. */
const struct err *contact_coded(struct db *db, int64_t id, int64_t at, bool *is_live);

/* --- an address that waits to be proven --- */

enum contact_change_outcome { CONTACT_CHANGE_PROVEN, CONTACT_CHANGE_REPLACED };
struct contact_change {
    int64_t id, account_id, user_id, started_at;
    enum channel channel;
    const char *address;
    const char *return_to;      /* page to go back to afterwards; "": none */
};
/* Another one of this channel that is open is REPLACED. `id` of the struct is filled. */
const struct err *contact_change_begin(struct db *db, struct contact_change *change);
/* The open one of this account and number that was begun after `since`; NULL: none. */
const struct err *contact_change_load(struct db *db, const void *ctx, int64_t account_id, int64_t id, int64_t since,
                                      struct contact_change **change);
/* *done false: it was closed already. */
const struct err *contact_change_close(struct db *db, int64_t id, int64_t at, enum contact_change_outcome outcome, bool *done);

/* --- channels of notices --- */

struct notice_channels { bool by_email, by_sms; };
/* Both for an account that is not there. */
const struct err *notice_channels_load(struct db *db, int64_t account_id, struct notice_channels *channels);
const struct err *notice_channels_save(struct db *db, int64_t account_id, const struct notice_channels *channels);

#endif

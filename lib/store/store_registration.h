/* store_registration.h - what a visitor typed to open an account, kept until the address is proven. */
#ifndef STORE_REGISTRATION_H
#define STORE_REGISTRATION_H

#include "store/db.h"

struct registration {
    int64_t id, invitation_id, created_at, expires_at;
    const char *email, *name, *company, *password_hash, *lang;
};

/* The open one of this browser and invitation; NULL if there is none or its time is over. */
const struct err *registration_find(struct db *db, const void *ctx, int64_t invitation_id, const unsigned char visit_hash[32],
                                    int64_t now, struct registration **registration);
/* Made, or typed anew: then the row and its id stay the same. */
const struct err *registration_put(struct db *db, const struct registration *registration, const unsigned char visit_hash[32]);
/* An account was made of it, and the password's hash is wiped; *done false: somebody was first, or its time is over. */
const struct err *registration_finish(struct db *db, int64_t id, int64_t account_id, int64_t now, bool *done);
/* Removes at most PURGE_BATCH rows whose time was over before. */
const struct err *purge_registrations(struct db *db, int64_t before_at, int64_t *n);

#endif

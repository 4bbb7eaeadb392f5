/* store_form.h - one-time keys of forms. Each is written first in the transaction of what the form did, so that a second use
 * waits for the first and then finds where it led. */
#ifndef STORE_FORM_H
#define STORE_FORM_H

#include "store/db.h"

struct form_use {
    const unsigned char *digest;   /* 32 bytes */
    int64_t user_id, at;           /* user 0: a visitor */
    const char *route, *http_id;
};

/* *is_new false: used before, and committed. */
const struct err *form_key_insert(struct db *db, const struct form_use *use, bool *is_new);
/* At the end of the transaction: where it led. */
const struct err *form_key_locate(struct db *db, const unsigned char *digest, const char *location);
/* Where the first use led; NULL: it was never used. Waits for a transaction that is about to use it, so a NULL is final as
 * far as that one is concerned: to be called in a transaction. */
const struct err *form_key_find(struct db *db, const void *ctx, const unsigned char *digest, const char **location);

#endif

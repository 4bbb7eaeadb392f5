/* store_deadline.h - requests for which time has come: what the job worker asks for. A list is only a hint: whether something is
 * to be done is decided again within the transaction that does it. */
#ifndef STORE_DEADLINE_H
#define STORE_DEADLINE_H

#include "store/db.h"

struct deadline_due {
    int64_t id;
    int64_t at;             /* when it was due: with the id the key for the rest of the list */
};
/* Before the first. */
#define DEADLINE_FIRST ((struct deadline_due){.id = 0, .at = 0})

/* At most `limit` after `after`, longest due first. */
typedef const struct err *deadline_list(struct db *db, const void *ctx, int64_t now, struct deadline_due after, int limit,
                                        struct deadline_due **due, size_t *n);
deadline_list deadline_passed;      /* pending, and now ≥ deadline_at */
deadline_list deadline_stuck;       /* a customer's, pending and not with the platform, while its partner is frozen; at: submitted */
deadline_list deadline_to_remind;   /* pending, the next reminder is due and the deadline is not */

/* When a pending request's next reminder is due; INSTANT_NONE: none any more, or it is not pending. */
const struct err *deadline_remind_at(struct db *db, int64_t request_id, int64_t *at);
/* Moves it on by compare-and-swap, while it is pending at this version; *moved tells. */
const struct err *deadline_reminded(struct db *db, int64_t request_id, int64_t version, int64_t at, int64_t next_at, bool *moved);

#endif

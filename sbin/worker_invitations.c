/* Invitations whose time is over: their pages say so by the clock alone; this is for the log, and so that none stays open. */
#include "worker.h"

#include "action/invite.h"
#include "store/store_invitation.h"

#define BATCH 50

const struct err *worker_expire_invitations(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    int64_t *ids;
    size_t n;

    TRY(invitation_due(worker->db, ctx, now, BATCH, &ids, &n));
    for (size_t i = 0; i < n && !*worker->is_stopping; i++) {
        struct act act = worker_act(worker, ctx, now);

        TRY(invite_expire(&act, ids[i]));
    }
    *more = n == BATCH;
    return NULL;
}

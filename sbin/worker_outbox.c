#include "worker_outbox.h"

#include "base/rand.h"

#define BACK_OFF_FIRST (5 * CLOCK_SECOND)
#define BACK_OFF_LAST CLOCK_HOUR

int64_t worker_back_off(int64_t tries)
{
    int64_t wait = BACK_OFF_FIRST;

    for (int64_t i = 1; i < tries && wait < BACK_OFF_LAST; i++)
        wait *= 2;
    if (wait > BACK_OFF_LAST)
        wait = BACK_OFF_LAST;
    return wait - wait / 4 + (int64_t)rand_below((unsigned)(wait / 2 / 1000) + 1) * 1000;
}

bool worker_is_late(const struct worker *worker, int64_t claimed_at)
{
    return worker_is_stopping(worker) || clock_now() > claimed_at + WORKER_LEASE;
}

struct record { struct worker *worker; struct worker_ending *ending; };

static const struct err *postpone(struct db *db, const struct worker *worker, struct worker_ending *ending, bool *held)
{
    int64_t next_at = ending->wait_until != INSTANT_NONE ? ending->wait_until : ending->now + worker_back_off(ending->tries);

    /* Looked at once more when its time is up, to be given up then and not an hour later. */
    if (next_at > ending->give_up_at)
        next_at = ending->give_up_at;
    ending->became = "QUEUED";
    if (ending->result->outcome == CHANNEL_DENIED && ending->denied != NULL)
        TRY(ending->denied(db, ending->id, worker->name));
    return outbox_later(db, ending->outbox, ending->id, worker->name, next_at, ending->result->detail, held);
}

static const struct err *do_record(struct db *db, void *arg)
{
    const struct record *record = arg;
    const struct worker *worker = record->worker;
    struct worker_ending *ending = record->ending;
    const enum channel_outcome outcome = ending->result->outcome;
    bool held = false;

    if (outcome == CHANNEL_DELIVERED) {
        ending->became = "SENT";
        TRY(outbox_sent(db, ending->outbox, ending->id, worker->name, ending->now, ending->result->detail, &held));
    } else if (outcome != CHANNEL_REFUSED && ending->now < ending->give_up_at) {
        TRY(postpone(db, worker, ending, &held));
    } else {
        ending->became = "DEAD";
        TRY(outbox_dead(db, ending->outbox, ending->id, worker->name, ending->now, ending->result->detail, &held));
    }
    if (!held)
        ending->became = "taken over by another worker";
    return NULL;
}

const struct err *worker_end(struct worker *worker, struct worker_ending *ending)
{
    struct record record = { worker, ending };

    ending->now = clock_now();
    TRY(db_ready(worker->db, ending->now));
    /* A transaction, so that it is tried again when another worker's claim is in the way. */
    return db_transaction(worker->db, DB_READ_WRITE, do_record, &record);
}

#include "store/outbox.h"

const struct err *outbox_take_back(struct db *db, const struct outbox *outbox, int64_t now)
{
    return db_exec(db, outbox->take_back, NULL, now);
}

static const struct err *finish(struct db *db, const struct outbox *outbox, const char *state, int64_t id, const char *worker,
                                int64_t now, const char *detail, bool *held)
{
    int64_t affected = 0;

    TRY(db_exec(db, outbox->finish, &affected, state, now, detail, id, worker));
    *held = affected == 1;
    return NULL;
}

const struct err *outbox_sent(struct db *db, const struct outbox *outbox, int64_t id, const char *worker, int64_t now,
                              const char *detail, bool *held)
{
    return finish(db, outbox, "SENT", id, worker, now, detail, held);
}

const struct err *outbox_dead(struct db *db, const struct outbox *outbox, int64_t id, const char *worker, int64_t now,
                              const char *detail, bool *held)
{
    return finish(db, outbox, "DEAD", id, worker, now, detail, held);
}

const struct err *outbox_later(struct db *db, const struct outbox *outbox, int64_t id, const char *worker, int64_t next_at,
                               const char *detail, bool *held)
{
    int64_t affected = 0;

    TRY(db_exec(db, outbox->postpone, &affected, next_at, detail, id, worker));
    *held = affected == 1;
    return NULL;
}

#include "action/desk_events.h"

#include "domain/webhook.h"
#include "store/store_dead_event.h"

struct retrying { struct act *act; int64_t id; enum desk_outcome *outcome; };

/* Which one, or "" for many. Nothing to do is no act. */
static const struct err *finish(const struct retrying *r, const char *object, int64_t n)
{
    *r->outcome = n == 0 ? DESK_GONE : DESK_DONE;
    return n == 0 ? act_refuse() : desk_log_retried(r->act, OP_EVENTS_RETRIED, object, n);
}

static const struct err *one_work(struct db *db, void *arg)
{
    const struct retrying *r = arg;
    struct act *act = r->act;
    struct dead_event *event = NULL;
    bool done = false;
    TRY(desk_may(act));
    TRY(dead_event_load(db, act->mem, r->id, &event));
    if (event == NULL)
        return err_new(ERR_MISSING, 0, "event %lld is not dead", (long long)r->id);
    TRY(dead_event_retry(db, r->id, act->now, &done));
    return finish(r, webhook_id(act->mem, event->chain_id, event->seq), done);
}

static const struct err *all_work(struct db *db, void *arg)
{
    const struct retrying *r = arg;
    int64_t n = 0;
    TRY(desk_may(r->act));
    TRY(dead_event_retry_all(db, r->act->now, DESK_EVENTS_MAX, &n));
    return finish(r, "", n);
}

static const struct err *run(struct retrying *r, const struct err *(*work)(struct db *db, void *arg))
{
    TRY(act_run(r->act, work, r));
    if (r->act->is_replay)
        *r->outcome = DESK_DONE;
    return NULL;
}

const struct err *desk_event_retry(struct act *act, int64_t id, enum desk_outcome *outcome)
{
    return run(&(struct retrying){.act = act, .id = id, .outcome = outcome}, one_work);
}

const struct err *desk_events_retry_all(struct act *act, enum desk_outcome *outcome)
{
    return run(&(struct retrying){.act = act, .outcome = outcome}, all_work);
}

#include "action/desk_notices.h"

#include "domain/contact.h"
#include "store/store_dead.h"

struct retrying { struct act *act; int64_t id; enum desk_outcome *outcome; };

static const struct err *refuse(const struct retrying *r, enum desk_outcome outcome)
{
    *r->outcome = outcome;
    return act_refuse();
}

static const struct err *retry(struct act *act, int64_t id, bool *done)
{
    return dead_retry(act->db, id, act->now, act->config->mail.give_up_s, act->config->sms.give_up_s, done);
}

static const struct err *one_work(struct db *db, void *arg)
{
    const struct retrying *r = arg;
    struct act *act = r->act;
    struct dead_notice *notice = NULL;
    bool done = false;
    *r->outcome = DESK_DONE;
    TRY(desk_may(act));
    TRY(dead_load(db, act->mem, r->id, &notice));
    if (notice == NULL)
        return err_new(ERR_MISSING, 0, "message %lld is not dead", (long long)r->id);
    TRY(retry(act, r->id, &done));
    if (!done)
        return refuse(r, DESK_GONE);
    return desk_log_retried(act, OP_NOTICES_RETRIED, contact_mask(act->mem, notice->channel, notice->address_now), 1);
}

const struct err *desk_notice_retry(struct act *act, int64_t id, enum desk_outcome *outcome)
{
    struct retrying r = {.act = act, .id = id, .outcome = outcome};
    TRY(act_run(act, one_work, &r));
    if (act->is_replay)
        *outcome = DESK_DONE;
    return NULL;
}

/* One that somebody else sends again meanwhile is not counted. */
static const struct err *all_work(struct db *db, void *arg)
{
    const struct retrying *r = arg;
    struct act *act = r->act;
    int64_t *ids = NULL, sent = 0;
    size_t n = 0;
    *r->outcome = DESK_DONE;
    TRY(desk_may(act));
    TRY(dead_ready(db, act->mem, DESK_RETRY_MAX, &ids, &n));
    for (size_t i = 0; i < n; i++) {
        bool done = false;
        TRY(retry(act, ids[i], &done));
        sent += done;
    }
    return sent == 0 ? refuse(r, DESK_GONE) : desk_log_retried(act, OP_NOTICES_RETRIED, "", sent);
}

const struct err *desk_notices_retry_all(struct act *act, enum desk_outcome *outcome)
{
    struct retrying r = {.act = act, .outcome = outcome};
    TRY(act_run(act, all_work, &r));
    if (act->is_replay)
        *outcome = DESK_DONE;
    return NULL;
}

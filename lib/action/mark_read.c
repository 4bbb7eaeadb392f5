#include "store/store_notice.h"

#include "action/mark_read.h"

struct mark { struct act *act; int64_t notice_id; bool found; };

static const struct err *mark_one(struct db *db, void *arg)
{
    struct mark *mark = arg;
    const struct actor *actor = mark->act->actor;

    TRY(notice_mark_read(db, actor->account_id, actor->user_id, mark->notice_id, mark->act->now, &mark->found));
    return mark->found ? NULL : act_refuse();
}

const struct err *mark_read(struct act *act, int64_t notice_id, bool *found)
{
    struct mark mark = { .act = act, .notice_id = notice_id };

    TRY(act_run(act, mark_one, &mark));
    *found = act->is_done;
    return NULL;
}

static const struct err *mark_all(struct db *db, void *arg)
{
    const struct mark *mark = arg;
    const struct actor *actor = mark->act->actor;

    return notice_mark_all_read(db, actor->account_id, actor->user_id, mark->act->now);
}

const struct err *mark_all_read(struct act *act)
{
    struct mark mark = { .act = act };

    return act_run(act, mark_all, &mark);
}

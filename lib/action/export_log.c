#include "action/export_log.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/rand.h"
#include "store/store_export.h"

#define NAME_BYTES 24   /* of randomness in the file's name */

static const struct err *log_it(struct act *act, enum operation operation, enum export_format format, const char *words)
{
    struct operation_row row = { .operation = operation, .object = export_format_name(format), .result = "DONE", .remark = words };

    return act_log(act, &row);
}

/* --- asking ----------------------------------------------------------------------------------------------------------- */

struct asking { struct act *act; const struct export_ask *ask; enum export_outcome *outcome; };

static const struct err *ask_work(struct db *db, void *arg)
{
    struct asking *a = arg;
    struct act *act = a->act;
    struct log_export export = {
        .user_id = act->actor->user_id, .format = a->ask->format, .zone = a->ask->zone, .words = a->ask->words, .filter = *a->ask->filter,
        .created_at = act->now,
        .file = mem_text(act->mem, "%s.%s", rand_token(act->mem, NAME_BYTES), export_format_ending(a->ask->format))
    };
    const struct err *err;
    int64_t id;

    *a->outcome = EXPORT_DONE;
    if ((act->actor->role & ROLES_PLATFORM) == 0)
        return err_new(ERR_DENIED, 0, "only the platform's people export its log");
    if (export.filter.until_at == INSTANT_NONE || export.filter.until_at > act->now)
        export.filter.until_at = act->now;
    err = export_insert(db, &export, &id);
    if (db_is_duplicate(err, "log_export_open")) {
        *a->outcome = EXPORT_BUSY;
        return act_refuse();
    }
    TRY(err);
    return log_it(act, OP_LOG_EXPORTED, export.format, export.words);
}

const struct err *export_log_ask(struct act *act, const struct export_ask *ask, enum export_outcome *outcome)
{
    struct asking a = { .act = act, .ask = ask, .outcome = outcome };

    TRY(act_run(act, ask_work, &a));
    if (act->is_replay)
        *outcome = EXPORT_DONE;
    return NULL;
}

/* --- fetching --------------------------------------------------------------------------------------------------------- */

struct fetching { struct act *act; int64_t id; enum export_outcome *outcome; };

static const struct err *fetch_work(struct db *db, void *arg)
{
    struct fetching *f = arg;
    struct act *act = f->act;
    struct log_export *export;
    bool allowed;

    *f->outcome = EXPORT_DONE;
    if ((act->actor->role & ROLES_PLATFORM) == 0)
        return err_new(ERR_DENIED, 0, "only the platform's people export its log");
    TRY(export_load(db, act->mem, f->id, act->actor->user_id, &export));
    if (export == NULL)
        return err_new(ERR_MISSING, 0, "export %lld is not the actor's", (long long)f->id);
    TRY(export_let_fetch(db, f->id, act->actor->user_id, act->now, act->now + EXPORT_FETCH_S * CLOCK_SECOND, &allowed));
    if (!allowed) {
        *f->outcome = EXPORT_GONE;
        return act_refuse();
    }
    return log_it(act, OP_LOG_EXPORT_READ, export->format, export->words);
}

const struct err *export_log_fetch(struct act *act, int64_t id, enum export_outcome *outcome)
{
    struct fetching f = { .act = act, .id = id, .outcome = outcome };

    TRY(act_run(act, fetch_work, &f));
    if (act->is_replay)
        *outcome = EXPORT_DONE;
    return NULL;
}

/* --- outside the browser ---------------------------------------------------------------------------------------------- */

struct noting { struct act *act; enum export_format format; const char *words; };

static const struct err *note_work(struct db *db, void *arg)
{
    struct noting *n = arg;

    (void)db;
    return log_it(n->act, OP_LOG_EXPORTED, n->format, n->words);
}

const struct err *export_log_note(struct act *act, enum export_format format, const char *words)
{
    struct noting n = { .act = act, .format = format, .words = words };

    return act_run(act, note_work, &n);
}

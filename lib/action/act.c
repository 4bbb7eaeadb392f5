#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include "domain/side.h"

#include "store/store_code.h"
#include "store/store_contact.h"
#include "store/store_form.h"
#include "store/store_log.h"
#include "store/store_notice.h"
#include "store/store_session.h"

#include "action/act.h"

static const struct actor system_actor = {
    .kind = ACCOUNT_PLATFORM, .login = "", .user_name = "", .account_name = "", .account_no = "", .lang = "", .zone = "", .theme = ""
};
const struct actor *const act_system = &system_actor;

void act_keys(const struct secret_key *site_key, struct act_keys *keys)
{
    secret_derive(site_key, "code", &keys->code);
    secret_derive(site_key, "outbox", &keys->outbox);
    secret_derive(site_key, "token", &keys->token);
    secret_derive(site_key, "factor", &keys->factor);
    secret_derive(site_key, "receipt", &keys->receipt);
}

/* --- the transaction -------------------------------------------------------------------------------------------------- */

struct run {
    struct act *act;
    const struct err *(*work)(struct db *db, void *arg);
    void *arg;
    const char *pattern;      /* location as it was asked for: each try starts from it */
    bool is_refused, is_repeated;
};

/* Compared by address: it tells the transaction to roll back and is not passed on. */
static const struct err refusal = { ERR_DENIED, 0, "act_refuse", "refused" };

const struct err *act_refuse(void)
{
    return &refusal;
}

/* The actor was read when the visit began: meanwhile somebody may have removed it, or given it another role. */
static const struct err *still_there(struct db *db, const struct act *act)
{
    const struct actor *actor = act->actor;
    bool held = false;

    if (actor->session_id == 0 || (actor->role & ROLES_SIGNED_IN) == 0)
        return NULL;
    TRY(session_hold(db, actor, act->may_enrol, &held));
    return held ? NULL : err_new(ERR_SIGNED_OUT, 0, "session %lld ended meanwhile", (long long)actor->session_id);
}

static const struct err *work_once(struct db *db, void *arg)
{
    struct run *run = arg;
    struct act *act = run->act;
    bool is_new = true;
    const struct err *err;

    run->is_refused = run->is_repeated = false;
    act->location = run->pattern;
    if (act->once_digest != NULL) {
        const struct form_use use = {
            .digest = act->once_digest, .user_id = act->actor->user_id, .at = act->now,
            .route = act->route == NULL ? "" : act->route, .http_id = act->http_id
        };

        /* First, so that the same form sent twice at once waits here, before anything else is touched. */
        TRY(form_key_insert(db, &use, &is_new));
    }
    if (!is_new) {
        run->is_repeated = true;
        return &refusal;
    }
    TRY(still_there(db, act));
    err = run->work(db, run->arg);
    run->is_refused = err == &refusal;
    if (err == NULL && act->once_digest != NULL)
        err = form_key_locate(db, act->once_digest, act->location == NULL ? "" : act->location);
    return err;
}

struct lookup { struct act *act; const char *location; };

static const struct err *look_up(struct db *db, void *arg)
{
    struct lookup *lookup = arg;

    return form_key_find(db, lookup->act->mem, lookup->act->once_digest, &lookup->location);
}

/* Where this form led. The read waits for whoever holds the key, so "not there" is the end of it; it is one statement, and so
 * a transaction of its own. */
static const struct err *find_use(struct act *act, const char **location)
{
    struct lookup lookup = { .act = act };

    TRY(db_ready(act->db, act->now));
    TRY(db_transaction(act->db, DB_READ_ONLY, look_up, &lookup));
    *location = lookup.location;
    return NULL;
}

static const struct err *replay(struct act *act)
{
    const char *location;

    TRY(find_use(act, &location));
    if (location == NULL)
        return err_new(ERR_BUSY, 0, "the form's key was used and is not there");
    act->location = location;
    act->is_done = act->is_replay = true;
    return NULL;
}

static const struct err *resolve(struct act *act, const struct err *uncertain)
{
    const char *location;

    if (act->once_digest == NULL)
        return uncertain;
    if (find_use(act, &location) != NULL)
        return err_new(ERR_UNCERTAIN, uncertain->code, "the outcome of a commit could not be looked up");
    if (location == NULL)
        return err_new(ERR_BUSY, uncertain->code, "the connection was lost before the commit");
    act->is_done = true;
    return NULL;
}

const struct err *act_run(struct act *act, const struct err *(*work)(struct db *db, void *arg), void *arg)
{
    struct run run = { .act = act, .work = work, .arg = arg, .pattern = act->location };
    const struct err *err;

    act->is_done = act->is_replay = false;
    err = db_transaction(act->db, DB_READ_WRITE, work_once, &run);
    if (run.is_repeated)
        return replay(act);
    if (run.is_refused)
        return NULL;
    if (err != NULL && err->kind == ERR_UNCERTAIN)
        return resolve(act, err);
    act->is_done = err == NULL;
    return err;
}

#define TAKE_BACK_TIME (2 * CLOCK_SECOND)

const struct err *act_take_back(struct act *act, const struct err *(*work)(struct db *db, void *arg), void *arg, const struct err *err)
{
    act->once_digest = NULL;
    db_deadline(act->db, clock_now() + TAKE_BACK_TIME);
    if (db_ready(act->db, act->now) == NULL)
        (void)act_run(act, work, arg);
    return err;
}

const struct err *act_seen_before(struct act *act)
{
    const char *location;

    act->is_done = act->is_replay = false;
    if (act->once_digest == NULL)
        return NULL;
    TRY(find_use(act, &location));
    if (location == NULL)
        return NULL;
    act->location = location;
    act->is_done = act->is_replay = true;
    return NULL;
}

void act_locate(struct act *act, const char *request_no)
{
    if (act->location != NULL)
        act->location = text_fill(act->mem, act->location, "no", request_no, NULL);
}

/* --- who -------------------------------------------------------------------------------------------------------------- */

enum side act_side(const struct act *act)
{
    return act->actor->role == 0 ? SIDE_SYSTEM : side_of_kind(act->actor->kind);
}

bool act_is_own(const struct act *act, int64_t account_id)
{
    return account_id != 0 && act->actor->account_id == account_id;
}

void act_not_before(struct act *act, int64_t at)
{
    if (at != INSTANT_NONE && at > act->now)
        act->now = at;
}

const char *act_time(const struct act *act, int64_t at)
{
    char text[32];

    clock_format_utc(at, false, text);
    return mem_copy(act->mem, text);
}

/* What a row of the log has room for. */
#define OBJECT_MAX_POINTS 254
#define REMARK_MAX_POINTS 600

/* --- the log and notices ---------------------------------------------------------------------------------------------- */

const struct err *act_log(struct act *act, struct operation_row *row)
{
    const struct actor *actor = act->actor;

    row->at = act->now;
    row->object = row->object == NULL ? NULL : text_cut(act->mem, row->object, OBJECT_MAX_POINTS);
    row->remark = row->remark == NULL ? NULL : text_cut(act->mem, row->remark, REMARK_MAX_POINTS);
    row->chain_id = row->association_id;
    row->ip = act->ip;
    row->http_id = act->http_id;
    if (actor->role != ROLE_ANONYMOUS) {
        row->account_id = actor->account_id;
        row->user_id = actor->user_id;
        row->user_name = actor->user_name;
        row->initiated_by = act_side(act);
    }
    return log_append(act->db, row);
}

/* What one notice puts into the queue: at most one message a channel. */
#define MESSAGES_MAX 2

static struct delivery_new message(struct act *act, const struct delivery_new *what, enum channel channel, const char *address)
{
    struct delivery_new delivery = *what;
    int64_t ttl_s = channel == CHANNEL_SMS ? act->config->sms.give_up_s : act->config->mail.give_up_s;

    delivery.event_id = mem_text(act->mem, "%s-%s", what->event_id, channel_name(channel));
    delivery.channel = channel;
    delivery.address = address;
    delivery.at = act->now;
    delivery.give_up_at = act->now + ttl_s * CLOCK_SECOND;
    return delivery;
}

static size_t messages(struct act *act, const struct delivery_new *what, const struct notice_recipient *to, struct delivery_new *out)
{
    const bool is_security = notice_info(what->kind)->is_security;
    bool has_sms = to->sms[0] != '\0' && (is_security || to->channels.by_sms);
    /* Never without any channel: a number that was removed since leaves the email. */
    bool has_email = to->email[0] != '\0' && (is_security || to->channels.by_email || !has_sms);
    size_t n = 0;

    if (has_email)
        out[n++] = message(act, what, CHANNEL_EMAIL, to->email);
    if (has_sms && notice_info(what->kind)->by_sms)
        out[n++] = message(act, what, CHANNEL_SMS, to->sms);
    return n;
}

/* The inbox row, and what has to be sent with it. The account's row is locked by both statements: they follow each other, before
 * the next account's. */
static const struct err *notify_one(struct act *act, const struct act_notice *notice, const struct notice_recipient *to,
                                    struct delivery_new *queued, size_t *n)
{
    struct delivery_new new = {
        .event_id = mem_text(act->mem, "%s-A%lld", notice->event, (long long)notice->account_id),
        .account_id = notice->account_id, .kind = notice->kind, .details = notice_pack(act->mem, notice->values),
        .link = notice->link == NULL ? "" : notice->link, .lang = to->lang
    };

    TRY(notice_insert(act->db, notice->account_id, notice->kind, new.details, new.link, notice->request_id, new.event_id,
                      act->now, &new.notification_id));
    if (new.notification_id == 0)
        return NULL;   /* told before */
    if (to->is_customer)
        TRY(notice_count(act->db, notice->account_id));
    *n += messages(act, &new, to, queued + *n);
    return NULL;
}

const struct err *act_notify_all(struct act *act, const struct act_notice *notices, size_t n)
{
    struct delivery_new queued[ACT_NOTICES_MAX * MESSAGES_MAX];
    struct notice_recipient to[ACT_NOTICES_MAX];
    int64_t account_ids[ACT_NOTICES_MAX];
    size_t queued_n = 0;

    if (n == 0 || n > ACT_NOTICES_MAX)
        return err_new(ERR_BUG, 0, "%zu notices at once", n);
    for (size_t i = 0; i < n; i++)
        account_ids[i] = notices[i].account_id;
    TRY(notice_recipients_load(act->db, act->mem, account_ids, n, to));
    for (size_t i = 0; i < n; i++)
        TRY(notify_one(act, &notices[i], &to[i], queued, &queued_n));
    return delivery_insert_notices(act->db, queued, queued_n);
}

const struct err *act_notify(struct act *act, int64_t account_id, enum notice_kind kind, const struct notice_values *values,
                             const char *link, int64_t request_id, const char *event)
{
    const struct act_notice notice = {
        .account_id = account_id, .kind = kind, .values = values, .link = link, .request_id = request_id, .event = event
    };

    return act_notify_all(act, &notice, 1);
}

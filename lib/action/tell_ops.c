#include "action/tell_ops.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_notice.h"
#include "store/store_user.h"

static const struct err *mail_to(struct act *act, const struct ops_user *user, const struct delivery_new *what, const char *key)
{
    struct delivery_new delivery = *what;

    delivery.event_id = mem_text(act->mem, "%s-U%lld", key, (long long)user->id);
    delivery.address = user->login;
    delivery.lang = user->lang;
    return delivery_insert(act->db, &delivery);
}

/* Within the running transaction: into the platform's inbox, and by email to the login of every active user whose role is ops, each
 * in its own language. `event` is told once; *told: now. Without a platform account nobody is told. */
static const struct err *tell_ops(struct act *act, enum notice_kind kind, const struct notice_values *values, const char *event,
                                  bool by_email, bool *told)
{
    struct delivery_new delivery = {
        .channel = CHANNEL_EMAIL, .kind = kind, .details = notice_pack(act->mem, values), .link = "", .at = act->now,
        .give_up_at = act->now + act->config->mail.give_up_s * CLOCK_SECOND,
    };
    struct account *platform = NULL;
    struct ops_user *users = NULL;
    int64_t id = 0;
    size_t n = 0;

    TRY(account_platform(act->db, act->mem, &platform));
    if (platform == NULL)
        return NULL;
    const char *key = mem_text(act->mem, "%s-A%lld", event, (long long)platform->id);
    TRY(notice_insert(act->db, platform->id, kind, delivery.details, "", 0, key, act->now, &id));
    *told = id != 0;
    if (!*told || !by_email)
        return NULL;
    TRY(user_list_ops(act->db, act->mem, &users, &n));
    for (size_t i = 0; i < n; i++)
        TRY(mail_to(act, &users[i], &delivery, key));
    return NULL;
}

struct alarm { struct act *act; const struct budget_used *used; bool *told; };

static const struct err *alarm_work(struct db *db, void *arg)
{
    struct alarm *alarm = arg;
    struct act *act = alarm->act;
    const struct budget_used *used = alarm->used;
    const struct notice_values values = {
        .object = mem_text(act->mem, "%s (%lld)", used->subject, (long long)used->allowed),
        .until = act_time(act, used->since + CLOCK_HOUR),
    };

    bool inbox = false;

    TRY(budget_told(db, used, alarm->told));
    if (!*alarm->told)
        return act_refuse();
    return tell_ops(act, NOTICE_BUDGET, &values,
                    mem_text(act->mem, "budget-%s-%lld", used->subject, (long long)(used->since / CLOCK_SECOND)), true, &inbox);
}

const struct err *tell_ops_of_budget(struct act *act, const struct budget_used *used, bool *told)
{
    struct alarm alarm = {.act = act, .used = used, .told = told};

    *told = false;
    return act_run(act, alarm_work, &alarm);
}

struct denial { struct act *act; enum channel channel; const char *detail; bool *told; };

/* Email that nobody takes can tell nobody that nobody takes it. */
static const struct err *denial_work(struct db *db, void *arg)
{
    const struct denial *denial = arg;
    struct act *act = denial->act;
    const char *channel = channel_name(denial->channel);
    const struct notice_values values = {.action = channel, .object = denial->detail};

    (void)db;
    return tell_ops(act, NOTICE_CHANNEL, &values, mem_text(act->mem, "denied-%s-%lld", channel, (long long)(act->now / CLOCK_HOUR)),
                    denial->channel != CHANNEL_EMAIL, denial->told);
}

const struct err *tell_ops_of_denial(struct act *act, enum channel channel, const char *detail, bool *told)
{
    struct denial denial = {.act = act, .channel = channel, .detail = detail, .told = told};

    *told = false;
    return act_run(act, denial_work, &denial);
}

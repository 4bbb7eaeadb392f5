#include "action/preferences.h"

#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "store/store_code.h"
#include "store/store_security.h"

bool preferences_may_set_channels(const struct actor *actor) { return (actor->role & (ROLE_OWNER | ROLE_ADMIN)) != 0; }

struct setting { struct act *act; const struct preferences *wanted; enum preferences_outcome *outcome; };

static const struct err *check(const struct setting *s)
{
    const struct preferences *p = s->wanted;
    if (p->lang[0] != '\0' && lang_find(p->lang) == NULL)
        return err_new(ERR_INPUT, 0, "no such language");
    if (p->zone[0] != '\0' && !clock_zone_is_known(p->zone))
        return err_new(ERR_INPUT, 0, "no such time zone");
    if (p->theme[0] != '\0' && strcmp(p->theme, "light") != 0 && strcmp(p->theme, "dark") != 0)
        return err_new(ERR_INPUT, 0, "no such theme");
    if (!p->with_channels)
        return NULL;
    if (!preferences_may_set_channels(s->act->actor))
        return err_new(ERR_DENIED, 0, "only the one in charge of an account may choose its channels");
    return p->channels.by_email || p->channels.by_sms ? NULL : err_new(ERR_INPUT, 0, "no channel is left");
}

static const struct err *has_number(struct act *act, bool *has)
{
    struct contact *contacts = NULL;
    size_t n = 0;
    *has = false;
    TRY(contact_list(act->db, act->mem, act->actor->account_id, &contacts, &n));
    for (size_t i = 0; i < n; i++)
        *has |= contacts[i].channel == CHANNEL_SMS && contacts[i].verified_at != INSTANT_NONE;
    return NULL;
}

static const char *say(const void *ctx, const struct preferences *p)
{
    const char *channels = !p->with_channels ? "" : !p->channels.by_sms ? ", notices by email" : !p->channels.by_email
        ? ", notices by SMS" : ", notices by email and SMS";
    return mem_text(ctx, "language %s, time zone %s, theme %s%s", p->lang[0] != '\0' ? p->lang : "-", p->zone[0] != '\0' ? p->zone : "-",
                    p->theme[0] != '\0' ? p->theme : "-", channels);
}

static const struct err *work(struct db *db, void *arg)
{
    const struct setting *s = arg;
    struct act *act = s->act;
    const struct actor *actor = act->actor;
    const struct preferences *p = s->wanted;
    bool has = true;

    *s->outcome = PREFERENCES_DONE;
    TRY(check(s));
    if (p->with_channels && !p->channels.by_email)
        TRY(has_number(act, &has));
    if (!has) {
        *s->outcome = PREFERENCES_NO_NUMBER;
        return act_refuse();
    }
    TRY(user_set_preferences(db, actor->user_id, p->lang, p->zone, p->theme));
    if (p->with_channels)
        TRY(notice_channels_save(db, actor->account_id, &p->channels));
    struct operation_row row = {.operation = OP_PREFERENCES_SET, .object = actor->login, .result = "DONE", .remark = say(act->mem, p)};
    return act_log(act, &row);
}

const struct err *preferences_set(struct act *act, const struct preferences *preferences, enum preferences_outcome *outcome)
{
    struct setting s = {.act = act, .wanted = preferences, .outcome = outcome};
    TRY(act_run(act, work, &s));
    if (act->is_replay)
        *outcome = PREFERENCES_DONE;
    return NULL;
}

#include "action/contact.h"

#include <string.h>

#include "action/step_up.h"
#include "base/clock.h"
#include "base/memory.h"
#include "domain/contact.h"
#include "store/store_code.h"
#include "store/store_team.h"
#include "store/store_user.h"

bool contact_may_change(const struct actor *actor) { return (actor->role & (ROLE_OWNER | ROLE_ADMIN)) != 0; }

struct change {
    struct act *act;
    enum contact_outcome *outcome;
    enum channel channel;
    const char *address, *return_to;
    int64_t id;
    bool accepts_none;
};

static const struct err *refuse(const struct change *change, enum contact_outcome outcome)
{
    *change->outcome = outcome;
    return act_refuse();
}

static const struct err *begin(const struct change *change)
{
    bool is_fresh = false;
    *change->outcome = CONTACT_DONE;
    if (!contact_may_change(change->act->actor))
        return err_new(ERR_DENIED, 0, "only the one in charge of an account may change its contacts");
    TRY(step_up_is_fresh(change->act, &is_fresh));
    return is_fresh ? NULL : refuse(change, CONTACT_NO_STEP_UP);
}

static const struct err *live_contact(struct act *act, enum channel channel, const struct contact **found, bool *has_other)
{
    struct contact *contacts = NULL;
    size_t n = 0;
    *found = NULL;
    *has_other = false;
    TRY(contact_list(act->db, act->mem, act->actor->account_id, &contacts, &n));
    for (size_t i = 0; i < n; i++) {
        if (contacts[i].channel == channel)
            *found = &contacts[i];
        else
            *has_other |= contacts[i].verified_at != INSTANT_NONE;
    }
    return NULL;
}

/* Before the change: the earlier address must hear of it, and afterwards it is nobody's. */
static const struct err *tell(struct act *act, const char *action, enum channel channel, const char *address)
{
    const bool is_partner = act->actor->kind == ACCOUNT_PARTNER;
    const struct notice_values values = {
        .to_partner = is_partner, .by_partner = is_partner, .action = action, .object = contact_mask(act->mem, channel, address)};
    return act_notify(act, act->actor->account_id, NOTICE_CONTACT, &values, "/contacts", 0,
                      mem_text(act->mem, "CONTACT-%s-%s-%lld", action, channel_name(channel), (long long)act->now));
}

static const struct err *log_it(struct act *act, enum operation operation, enum channel channel, const char *address,
                                const char *earlier)
{
    const struct actor *actor = act->actor;
    struct operation_row row = {
        .operation = operation, .object = contact_mask(act->mem, channel, address), .result = "DONE", .remark = earlier};
    if (actor->kind == ACCOUNT_CUSTOMER)
        row.customer_id = actor->account_id;
    else
        row.partner_id = actor->account_id;
    return act_log(act, &row);
}

/* Two changes at once follow one another: the second finds what the first has left. */
static const struct err *take(struct act *act, int64_t version)
{
    bool taken = false;
    TRY(team_take(act->db, act->actor->account_id, version, &taken));
    return taken ? NULL : db_again("the account was changed meanwhile");
}

static const struct err *end_contact(struct act *act, const struct contact *contact)
{
    bool done = false;
    TRY(contact_end(act->db, contact->account_id, contact->id, act->now, &done));
    if (!done)
        return db_again("the contact was changed meanwhile");
    return code_supersede_contact(act->db, contact->id);
}

/* --- adding, changing --- */

static const struct err *begin_work(struct db *db, void *arg)
{
    struct change *change = arg;
    struct act *act = change->act;
    const struct contact *live = NULL;
    bool has_other = false;

    TRY(begin(change));
    TRY(live_contact(act, change->channel, &live, &has_other));
    if (live != NULL && live->verified_at != INSTANT_NONE && strcmp(live->address, change->address) == 0)
        return refuse(change, CONTACT_SAME);
    struct contact_change row = {
        .account_id = act->actor->account_id, .user_id = act->actor->user_id, .started_at = act->now, .channel = change->channel,
        .address = change->address, .return_to = change->return_to};
    TRY(contact_change_begin(db, &row));
    act_locate(act, mem_text(act->mem, "%lld", (long long)row.id));
    return NULL;
}

const struct err *contact_begin(struct act *act, enum channel channel, const char *address, const char *return_to,
                                enum contact_outcome *outcome)
{
    struct change change = {.act = act, .outcome = outcome, .channel = channel, .address = address, .return_to = return_to};
    TRY(act_run(act, begin_work, &change));
    if (act->is_replay)
        *outcome = CONTACT_DONE;
    return NULL;
}

/* The earlier address hears of it first: afterwards it is nobody's. */
const struct err *contact_replace(struct act *act, const struct contact_change *change)
{
    const struct contact *earlier = NULL;
    bool has_other = false;
    int64_t version = 0, id = 0;

    TRY(team_version(act->db, act->actor->account_id, &version));
    TRY(live_contact(act, change->channel, &earlier, &has_other));
    TRY(take(act, version));
    const bool is_change = earlier != NULL && earlier->verified_at != INSTANT_NONE;
    TRY(tell(act, is_change ? "CHANGED" : "ADDED", change->channel, change->address));
    if (earlier != NULL)
        TRY(end_contact(act, earlier));
    TRY(contact_insert(act->db, change->account_id, change->channel, change->address, act->now, &id));
    return log_it(act, is_change ? OP_CONTACT_CHANGED : OP_CONTACT_ADDED, change->channel, change->address,
                  is_change ? contact_mask(act->mem, earlier->channel, earlier->address) : "");
}

/* --- removing --- */

static const struct err *remove_work(struct db *db, void *arg)
{
    struct change *change = arg;
    struct act *act = change->act;
    const int64_t account_id = act->actor->account_id;
    struct contact *contact = NULL;
    const struct contact *live = NULL;
    bool has_other = false;
    int64_t version = 0;

    TRY(contact_load(db, act->mem, account_id, change->id, &contact));
    if (contact == NULL)
        return err_new(ERR_MISSING, 0, "contact %lld is not one of the actor's account", (long long)change->id);
    TRY(begin(change));
    TRY(team_version(db, account_id, &version));
    TRY(live_contact(act, contact->channel, &live, &has_other));
    if (contact->verified_at != INSTANT_NONE && !has_other && !change->accepts_none)
        return refuse(change, CONTACT_LAST);
    TRY(take(act, version));
    TRY(tell(act, "REMOVED", contact->channel, contact->address));
    TRY(end_contact(act, contact));
    return log_it(act, OP_CONTACT_REMOVED, contact->channel, contact->address, "");
}

const struct err *contact_remove(struct act *act, int64_t id, bool accepts_none, enum contact_outcome *outcome)
{
    struct change change = {.act = act, .outcome = outcome, .id = id, .accepts_none = accepts_none};
    TRY(act_run(act, remove_work, &change));
    if (act->is_replay)
        *outcome = CONTACT_DONE;
    return NULL;
}

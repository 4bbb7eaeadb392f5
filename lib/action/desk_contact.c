#include "action/desk_contact.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "domain/contact.h"
#include "store/store_code.h"
#include "store/store_contact.h"
#include "store/store_desk.h"
#include "store/store_notice.h"
#include "store/store_team.h"
#include "store/store_user.h"

struct replacing {
    struct act *act;
    const struct desk_contact *contact;
    enum desk_outcome *outcome;
    struct desk_account *account;
    const struct contact *earlier;     /* live one of this channel; NULL */
};

static const struct err *refuse(const struct replacing *r, enum desk_outcome outcome)
{
    *r->outcome = outcome;
    return act_refuse();
}

static const struct err *find_earlier(struct replacing *r)
{
    struct contact *contacts = NULL;
    size_t n = 0;
    r->earlier = NULL;
    TRY(contact_list(r->act->db, r->act->mem, r->account->id, &contacts, &n));
    for (size_t i = 0; i < n; i++)
        if (contacts[i].channel == r->contact->channel)
            r->earlier = &contacts[i];
    return NULL;
}

static struct notice_values values_of(const struct replacing *r)
{
    return (struct notice_values){
        .to_partner = r->account->kind == ACCOUNT_PARTNER, .action = "REPLACED",
        .object = contact_mask(r->act->mem, r->contact->channel, r->contact->address)};
}

static const char *event_of(const struct replacing *r)
{
    return mem_text(r->act->mem, "CONTACT-REPLACED-%s-%lld", channel_name(r->contact->channel), (long long)r->act->now);
}

/* The new address is not among those that act_notify() knew of. */
static const struct err *tell_new(const struct replacing *r)
{
    struct act *act = r->act;
    const struct desk_contact *contact = r->contact;
    const struct notice_values values = values_of(r);
    const int64_t ttl_s = contact->channel == CHANNEL_SMS ? act->config->sms.give_up_s : act->config->mail.give_up_s;
    struct delivery_new delivery = {
        .event_id = mem_text(act->mem, "%s-A%lld-NEW", event_of(r), (long long)r->account->id), .account_id = r->account->id,
        .channel = contact->channel, .address = contact->address, .kind = NOTICE_CONTACT,
        .details = notice_pack(act->mem, &values), .link = "/contacts", .at = act->now,
        .give_up_at = act->now + ttl_s * CLOCK_SECOND};
    TRY(notice_lang(act->db, act->mem, r->account->id, &delivery.lang));
    return delivery_insert(act->db, &delivery);
}

static const struct err *end_earlier(const struct replacing *r)
{
    bool done = false;
    if (r->earlier == NULL)
        return NULL;
    TRY(contact_end(r->act->db, r->account->id, r->earlier->id, r->act->now, &done));
    if (!done)
        return db_again("the contact was changed meanwhile");
    return code_supersede_contact(r->act->db, r->earlier->id);
}

static const struct err *log_it(const struct replacing *r)
{
    struct act *act = r->act;
    const char *before = r->earlier == NULL ? "-" : contact_mask(act->mem, r->earlier->channel, r->earlier->address);
    const char *after = contact_mask(act->mem, r->contact->channel, r->contact->address);
    struct operation_row row = {
        .operation = OP_CONTACT_REPLACED, .object = r->account->name, .result = "DONE",
        .remark = mem_text(act->mem, "%s -> %s: %s", before, after, r->contact->proof)};
    if (r->account->kind == ACCOUNT_CUSTOMER)
        row.customer_id = r->account->id;
    else
        row.partner_id = r->account->id;
    return act_log(act, &row);
}

/* Contacts of one account are changed by one at a time, who holds the team's version. */
static const struct err *take(const struct replacing *r, int64_t version)
{
    bool taken = false;
    TRY(team_take(r->act->db, r->account->id, version, &taken));
    return taken ? NULL : db_again("the account was changed meanwhile");
}

static const struct err *work(struct db *db, void *arg)
{
    struct replacing *r = arg;
    struct act *act = r->act;
    const struct desk_contact *contact = r->contact;
    int64_t version = 0, id = 0;

    TRY(desk_begin(act, contact->proof, r->outcome));
    TRY(desk_account_load(db, act->mem, contact->account_no, &r->account));
    if (r->account == NULL || r->account->closed_at != INSTANT_NONE)
        return refuse(r, DESK_NONE);
    if (*r->outcome != DESK_DONE)
        return act_refuse();
    TRY(team_version(db, r->account->id, &version));
    TRY(find_earlier(r));
    if (r->earlier != NULL && r->earlier->verified_at != INSTANT_NONE && strcmp(r->earlier->address, contact->address) == 0)
        return refuse(r, DESK_SAME);
    TRY(take(r, version));
    const struct notice_values values = values_of(r);
    TRY(act_notify(act, r->account->id, NOTICE_CONTACT, &values, "/contacts", 0, event_of(r)));
    TRY(end_earlier(r));
    TRY(desk_contact_change_end(db, r->account->id, contact->channel, act->now));
    TRY(contact_insert(db, r->account->id, contact->channel, contact->address, act->now, &id));
    TRY(tell_new(r));
    return log_it(r);
}

const struct err *desk_contact_replace(struct act *act, const struct desk_contact *contact, enum desk_outcome *outcome)
{
    struct replacing r = {.act = act, .contact = contact, .outcome = outcome};
    TRY(act_run(act, work, &r));
    if (act->is_replay)
        *outcome = DESK_DONE;
    return NULL;
}

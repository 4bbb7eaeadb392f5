#include "action/desk.h"

#include <string.h>

#include "action/step_up.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/store_code.h"
#include "store/store_desk.h"
#include "store/store_notice.h"

const struct err *desk_may(const struct act *act)
{
    return act->actor->role == ROLE_OPS ? NULL : err_new(ERR_DENIED, 0, "only ops may do that");
}

bool desk_is_reason(const char *reason)
{
    const size_t points = text_points(reason);
    return points > 0 && points <= DESK_REASON_MAX_POINTS;
}

const struct err *desk_log_retried(struct act *act, enum operation operation, const char *object, int64_t n)
{
    struct operation_row row = {
        .operation = operation, .object = object, .result = "DONE",
        .remark = mem_text(act->mem, "DEAD -> QUEUED: %lld", (long long)n)};
    return act_log(act, &row);
}

const struct err *desk_begin(struct act *act, const char *reason, enum desk_outcome *outcome)
{
    bool is_fresh = false;
    *outcome = DESK_DONE;
    TRY(desk_may(act));
    if (!desk_is_reason(reason)) {
        *outcome = DESK_NO_REASON;
        return NULL;
    }
    TRY(step_up_is_fresh(act, &is_fresh));
    if (!is_fresh)
        *outcome = DESK_NO_STEP_UP;
    return NULL;
}

/* Where the login is a contact of the account too, one message is enough. */
static const struct err *is_contact(struct act *act, const struct desk_user *user, bool *is_one)
{
    struct contact *contacts = NULL;
    size_t n = 0;
    *is_one = false;
    TRY(contact_list(act->db, act->mem, user->account_id, &contacts, &n));
    for (size_t i = 0; i < n; i++)
        *is_one |= contacts[i].verified_at != INSTANT_NONE && strcmp(contacts[i].address, user->login) == 0;
    return NULL;
}

const struct err *desk_tell_user(struct act *act, const struct desk_user *user, const char *action, const char *reason)
{
    const struct notice_values values = {
        .to_partner = user->kind == ACCOUNT_PARTNER, .action = action, .object = user->login, .reason = reason};
    const char *event = mem_text(act->mem, "USER%lld-%s-%lld", (long long)user->id, action, (long long)act->now);
    bool is_told = false;
    /* The platform's account has no inbox that anybody reads. */
    if (user->kind != ACCOUNT_PLATFORM) {
        TRY(act_notify(act, user->account_id, NOTICE_USER, &values, "", 0, event));
        TRY(is_contact(act, user, &is_told));
    }
    if (is_told)
        return NULL;
    const struct delivery_new delivery = {
        .event_id = mem_text(act->mem, "%s-LOGIN", event), .channel = CHANNEL_EMAIL, .address = user->login, .kind = NOTICE_USER,
        .lang = lang_find(user->lang) != NULL ? user->lang : lang_default()->tag, .link = "",
        .details = notice_pack(act->mem, &values), .at = act->now,
        .give_up_at = act->now + act->config->mail.give_up_s * CLOCK_SECOND};
    return delivery_insert(act->db, &delivery);
}

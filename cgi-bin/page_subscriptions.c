#include "pages.h"

#include <stdlib.h>

#include "action/unsubscribe.h"
#include "base/clock.h"
#include "base/text.h"
#include "return_call.h"
#include "store/store_account_center.h"
#include "store/store_association.h"
#include "view/format.h"

struct subscriptions_call {
    struct call *call;
    int64_t id;
    struct commitment *list;          /* of the list page */
    size_t n;
    struct commitment *one;           /* of the confirm page; NULL when it is not the actor's */
    struct freeze *freeze;
};

static const struct err *read_list(struct db *db, void *arg)
{
    struct subscriptions_call *s = arg;
    struct call *call = s->call;
    TRY(freeze_open(db, call->mem, call->actor.account_id, &s->freeze));
    return commitment_list(db, call->mem, call->actor.account_id, call->now, &s->list, &s->n);
}

static const struct err *read_one(struct db *db, void *arg)
{
    struct subscriptions_call *s = arg;
    struct call *call = s->call;
    TRY(freeze_open(db, call->mem, call->actor.account_id, &s->freeze));
    TRY(commitment_load(db, call->mem, s->id, &s->one));
    if (s->one != NULL && s->one->customer_id != call->actor.account_id)
        s->one = NULL;
    return NULL;
}

static bool is_frozen_whole(const struct subscriptions_call *s)
{
    return s->freeze != NULL && s->freeze->type == FREEZE_ACCOUNT_AND_RESOURCES;
}

static void say_frozen(struct call *call)
{
    page_message(call->page, TONE_WARN, _("Your account and resources are frozen"),
                 _("While they are, nothing can be unsubscribed from. Have them unfrozen first."));
    page_message_link(call->page, "/my-partner", _("Go to My Partner"));
}

static const char *kind_text(enum commitment_kind kind)
{
    static const char *const texts[COMMITMENT_KINDS] = {
        [COMMITMENT_RI] = N_("Reserved instance"), [COMMITMENT_PARTNER_SUPPORT_PLAN] = N_("Partner support plan"),
        [COMMITMENT_SERVICE_SUPPORT_PLAN] = N_("Service support plan"),
    };
    return _(texts[kind]);
}

static void fill_row(const struct subscriptions_call *s, const struct commitment *commitment)
{
    struct call *call = s->call;
    struct tpl_dict *row = tpl_row(call->page->dict, "ROW");
    const bool holds = commitment_holds(commitment, call->now);
    const int64_t end = commitment->is_valid || commitment->unsubscribed_at == INSTANT_NONE ? commitment->valid_to
                                                                                           : commitment->unsubscribed_at;
    tpl_set(row, "NAME", commitment->name);
    tpl_set(row, "KIND", kind_text(commitment->kind));
    tpl_set(row, "ENDS", format_date(call->mem, end, call->zone));
    tpl_set(row, "STATUS_CSS", holds ? "ok" : "");
    tpl_set(row, "STATUS", holds ? _("Active") : commitment->is_valid ? _("Ended") : _("Unsubscribed"));
    tpl_show_if(row, "CAN_END", holds && call->actor.role == ROLE_OWNER && !is_frozen_whole(s));
    tpl_set(row, "HREF", return_call_keep(call, mem_text(call->mem, "/subscriptions/%lld/unsubscribe", (long long)commitment->id)));
}

const struct err *subscriptions_get(struct call *call)
{
    struct subscriptions_call s = {.call = call};
    size_t holding = 0, binding = 0;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &s));
    struct page *page = call_page(call, "subscriptions", _("Reserved instances and support plans"));
    page->current = "/account";
    page_crumb(page, "/account", _("Account"));
    page_crumb(page, NULL, page->title);
    for (size_t i = 0; i < s.n; i++) {
        holding += commitment_holds(&s.list[i], call->now);
        binding += commitment_holds(&s.list[i], call->now) && commitment_binds(&s.list[i]);
        fill_row(&s, &s.list[i]);
    }
    return_call_fill(call, binding > 0 ? _("After you unsubscribe from all of them we take you back to them.") : NULL);
    if (is_frozen_whole(&s) && holding > 0)
        say_frozen(call);
    tpl_show_if(page->dict, "NONE", binding == 0);
    tpl_show_if(page->dict, "SOME", binding > 0);
    tpl_show_if(page->dict, "LIST", s.n > 0);
    return call_show(call, 0);
}

/* --- ending one --- */

static const struct err *find(struct subscriptions_call *s)
{
    s->id = strtoll(s->call->vars.values[0], NULL, 10);
    TRY(db_transaction(s->call->db, DB_READ_ONLY, read_one, s));
    return s->one == NULL ? call_missing(s->call) : NULL;
}

static const char *consequence(enum commitment_kind kind)
{
    return kind == COMMITMENT_RI ? _("What it covered is billed at the normal price from then on.")
                                 : _("You can’t open support cases under it any more.");
}

static const struct err *show_one(struct subscriptions_call *s, int status)
{
    struct call *call = s->call;
    const struct commitment *one = s->one;
    struct page *page = call_page(call, "subscription_end",
                                  text_fill(call->mem, _("Unsubscribe {name}?"), "name", one->name, NULL));
    const bool holds = commitment_holds(one, call->now);
    page->is_narrow = true;
    page->current = "/account";
    page_crumb(page, "/account", _("Account"));
    page_crumb(page, return_call_keep(call, "/subscriptions"), _("Reserved instances and support plans"));
    page_crumb(page, NULL, one->name);
    return_call_fill(call, NULL);
    if (!holds)
        page_message(page, status == 409 ? TONE_BAD : TONE_INFO, _("This has ended already"), _("There is nothing to unsubscribe from."));
    else if (is_frozen_whole(s))
        say_frozen(call);
    tpl_set_int(page->dict, "ID", one->id);
    tpl_set(page->dict, "KIND", kind_text(one->kind));
    tpl_set(page->dict, "ENDS", format_date(call->mem, one->valid_to, call->zone));
    tpl_set(page->dict, "CONSEQUENCE", consequence(one->kind));
    tpl_set(page->dict, "LIST_HREF", return_call_keep(call, "/subscriptions"));
    tpl_show_if(page->dict, "FORM", holds && !is_frozen_whole(s));
    tpl_show_if(page->dict, "NO_FORM", !holds || is_frozen_whole(s));
    return call_show(call, status);
}

const struct err *subscription_end_get(struct call *call)
{
    struct subscriptions_call s = {.call = call};
    TRY(find(&s));
    return s.one == NULL ? NULL : show_one(&s, 0);
}

const struct err *subscription_end_post(struct call *call)
{
    struct subscriptions_call s = {.call = call};
    enum unsubscribe_outcome outcome = UNSUBSCRIBE_DONE;
    struct act *act = call_act(call, return_call_keep(call, "/subscriptions"));
    TRY(unsubscribe(act, strtoll(call->vars.values[0], NULL, 10), return_call_path(call), &outcome));
    if (act->is_done) {
        call_flash(call, "unsubscribed");
        return call_go(call, "%s", act->location);
    }
    TRY(find(&s));
    return s.one == NULL ? NULL : show_one(&s, 409);
}

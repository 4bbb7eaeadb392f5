#include "customer_call.h"

#include "base/clock.h"
#include "base/text.h"
#include "store/store_association.h"
#include "store/store_customer.h"
#include "store/store_request.h"
#include "view/view_customer.h"
#include "view/view_request.h"

const struct err *customer_call_is_masked(struct call *call, bool *is_masked)
{
    bool shown = false;
    *is_masked = call->site->config->site.mask_names;
    if (!*is_masked)
        return NULL;
    TRY(names_are_shown(call->db, call->actor.session_id, &shown));
    *is_masked = !shown;
    return NULL;
}

void customer_call_say_frozen(struct call *call)
{
    page_message(call->page, TONE_WARN, _("Your account is frozen"),
                 text_fill(call->mem, _("You can reject requests. For everything else your account must be unfrozen first. "
                                        "Contact support: {support}"), "support", call_support(call), NULL));
}

const struct err *customer_call_own_freeze(struct call *call, bool *is_frozen)
{
    struct freeze *freeze = NULL;
    TRY(freeze_open(call->db, call->mem, call->actor.account_id, &freeze));
    *is_frozen = freeze != NULL;
    if (*is_frozen)
        customer_call_say_frozen(call);
    return NULL;
}

struct reading { struct call *call; struct customer_call *c; };

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    struct call *call = reading->call;
    struct customer_call *c = reading->c;
    int64_t id = 0;
    *c = (struct customer_call){.asks_since = INSTANT_NONE};
    TRY(customer_association(db, call->actor.account_id, call->vars.values[0], &id));
    if (id == 0)
        return NULL;
    TRY(customer_call_is_masked(call, &c->is_masked));
    TRY(association_load(db, call->mem, id, &c->association));
    /* What became of it afterwards is no longer this partner's to know. */
    if (c->association == NULL || c->association->status != ASSOCIATION_ACTIVE)
        return NULL;
    TRY(freeze_open(db, call->mem, c->association->customer_id, &c->freeze));
    TRY(request_open_with(db, call->mem, c->association, &c->open));
    return customer_asks_unfreeze(db, call->actor.account_id, id, &c->asks_since);
}

const struct err *customer_call(struct call *call, struct customer_call **out)
{
    struct customer_call *c = mem_new(call->mem, struct customer_call);
    struct reading reading = {call, c};
    *out = NULL;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    if (c->association == NULL)
        return call_missing(call);
    c->name = view_customer_name(call->mem, c->association->customer_name, c->is_masked);
    c->path = mem_text(call->mem, "/customers/%s", c->association->customer_no);
    *out = c;
    return NULL;
}

struct leaving { struct call *call; int64_t association_id; struct association *association; struct request *request; };

static const struct err *read_leaving(struct db *db, void *arg)
{
    struct leaving *leaving = arg;
    const void *mem = leaving->call->mem;
    TRY(association_load(db, mem, leaving->association_id, &leaving->association));
    if (leaving->association->ended_by_request_id == 0)
        return NULL;
    return request_load(db, mem, leaving->association->ended_by_request_id, &leaving->request);
}

const struct err *customer_call_left(struct call *call, const struct customer_call *c)
{
    struct leaving leaving = {.call = call, .association_id = c->association->id};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_leaving, &leaving));
    const char *what = leaving.request != NULL ? view_request_decision(call->mem, leaving.request, SIDE_PARTNER)
                                               : _("The association ended");
    return call_error_page(call, 409, _("This customer is no longer associated with you"),
                           text_fill(call->mem, _("{what}: {time}"), "what", what, "time",
                                     format_time(call->mem, leaving.association->ended_at, call->zone), NULL),
                           c->path, _("Go to the customer"));
}

const struct err *customer_call_active(struct call *call, struct customer_call **out)
{
    struct customer_call *c = NULL;
    *out = NULL;
    TRY(customer_call(call, &c));
    if (c == NULL)
        return NULL;
    if (c->association->status != ASSOCIATION_ACTIVE)
        return call->request->method == HTTP_POST ? customer_call_left(call, c) : call_missing(call);
    *out = c;
    return NULL;
}

char *customer_call_text(const struct call *call, const struct customer_call *c, const char *pattern)
{
    return text_fill(call->mem, pattern, "customer", c->name, NULL);
}

void customer_call_crumbs(struct page *page, const struct customer_call *c)
{
    page->current = "/customers";
    page_crumb(page, "/customers", _("Customers"));
    page_crumb(page, c->path, c->name);
    page_crumb(page, NULL, page->title);
}

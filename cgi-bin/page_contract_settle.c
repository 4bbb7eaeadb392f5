#include "pages.h"

#include <stdlib.h>

#include "action/contract.h"
#include "base/clock.h"
#include "base/text.h"
#include "customer_call.h"
#include "view/view_customer.h"

const struct field_spec contract_settle_fields[] = {
    {.name = "note", .kind = FIELD_LINES, .max = CONTRACT_NOTE_MAX_POINTS},
    {.name = NULL},
};

struct settle_call { struct contract *contract; struct contract_customer customer; const char *name, *back; };

static const struct err *find(struct call *call, struct settle_call *s)
{
    bool is_masked = false;
    *s = (struct settle_call){.contract = NULL};
    TRY(contract_of_actor(call_act(call, NULL), strtoll(call->vars.values[0], NULL, 10), &s->contract, &s->customer));
    if (s->contract == NULL)
        return call_missing(call);
    if (call->actor.kind == ACCOUNT_PARTNER)
        TRY(customer_call_is_masked(call, &is_masked));
    s->name = view_customer_name(call->mem, s->customer.name, is_masked);
    s->back = mem_text(call->mem, call->actor.kind == ACCOUNT_PARTNER ? "/customers/%s" : "/accounts/%s", s->customer.no);
    return NULL;
}

static void make_page(struct call *call, const struct settle_call *s)
{
    const struct contract *contract = s->contract;
    struct page *page = call_page(call, "contract_settle", _("Mark a contract as settled"));
    page->is_narrow = true;
    if (call->actor.kind == ACCOUNT_PARTNER) {
        page->current = "/customers";
        page_crumb(page, "/customers", _("Customers"));
    } else {
        page->current = "/accounts";
        page_crumb(page, "/accounts", _("Accounts"));
    }
    page_crumb(page, s->back, s->name);
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "ID", contract->id);
    tpl_set(page->dict, "NUMBER", contract->number);
    tpl_set(page->dict, "CUSTOMER", s->name);
    tpl_set(page->dict, "CUSTOMER_NO", s->customer.no);
    tpl_set(page->dict, "FROM", format_date(call->mem, contract->starts_at, call->zone));
    tpl_set(page->dict, "UNTIL", format_date(call->mem, contract->ends_at, call->zone));
    tpl_set(page->dict, "BACK", s->back);
    tpl_set(page->dict, "NOTE", call_typed(call, "note", ""));
    tpl_show_if(page->dict, "FORM", !contract->is_settled && !contract->is_expired);
    tpl_show_if(page->dict, "SETTLED", contract->is_settled);
    tpl_set(page->dict, "SETTLED_NOTE", contract->note);
    tpl_set(page->dict, "SETTLED_AT",
            contract->settled_at == INSTANT_NONE ? "" : format_time(call->mem, contract->settled_at, call->zone));
    tpl_show_if(page->dict, "EXPIRED", contract->is_expired);
}

static const struct err *show(struct call *call, int status)
{
    page_field(call->page, "note", "NOTE_FAULT", "NOTE_ERROR");
    return call_show(call, status);
}

const struct err *contract_settle_get(struct call *call)
{
    struct settle_call s;
    TRY(find(call, &s));
    if (s.contract == NULL)
        return NULL;
    make_page(call, &s);
    return show(call, 0);
}

const struct err *contract_settle_post(struct call *call)
{
    struct settle_call s;
    enum contract_outcome outcome = CONTRACT_DONE;
    const struct field *note = form_field(call->form, "note");
    TRY(find(call, &s));
    if (s.contract == NULL)
        return NULL;
    make_page(call, &s);
    if (note->fault == FIELD_TOO_LONG)
        page_fault(call->page, "note", _("The note must be 500 characters or fewer"));
    else if (note->text[0] == '\0')
        page_fault(call->page, "note", _("Enter how the contract was settled"));
    if (call->page->faults_n > 0)
        return show(call, 0);
    struct act *act = call_act(call, s.back);
    TRY(settle_contract(act, s.contract->id, note->text, &outcome));
    if (act->is_done) {
        call_flash(call, "contract-settled");
        return call_go(call, "%s", act->location);
    }
    if (outcome != CONTRACT_ALREADY)
        return err_new(ERR_CONFLICT, 0, "contract %lld could not be settled: outcome %d", (long long)s.contract->id, (int)outcome);
    return call_error_page(call, 409, _("This contract is no longer in effect"), _("It was settled or has expired before."),
                           s.back, _("Go back"));
}

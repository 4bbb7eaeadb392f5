#include "desk_call.h"

#include "base/clock.h"
#include "base/text.h"
#include "store/store_dead.h"

struct reading { struct call *call; struct desk_account *account; };

static const struct err *read_account(struct db *db, void *arg)
{
    struct reading *reading = arg;
    return desk_account_load(db, reading->call->mem, reading->call->vars.values[0], &reading->account);
}

const struct err *desk_call_account(struct call *call, struct desk_account **account)
{
    struct reading reading = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_account, &reading));
    *account = reading.account;
    return reading.account == NULL ? call_missing(call) : NULL;
}

const struct err *desk_call_closed(struct call *call, const char *account_no, const char *why)
{
    return call_error_page(call, 409, _("This account is closed"), why, mem_text(call->mem, "/accounts/%s", account_no), _("Go back"));
}

const struct err *desk_call_open_account(struct call *call, const char *why, struct desk_account **account)
{
    struct desk_account *found = NULL;
    *account = NULL;
    TRY(desk_call_account(call, &found));
    if (found == NULL)
        return NULL;
    if (found->closed_at != INSTANT_NONE)
        return desk_call_closed(call, found->no, why);
    *account = found;
    return NULL;
}

struct page *desk_call_page(struct call *call, const char *stem, const char *title, const struct desk_account *account)
{
    struct page *page = call_page(call, stem, title);
    page->is_narrow = true;
    page->current = "/accounts";
    page_crumb(page, "/accounts", _("Accounts"));
    page_crumb(page, mem_text(call->mem, "/accounts/%s", account->no), account->name);
    page_crumb(page, NULL, page->title);
    tpl_set(page->dict, "NO", account->no);
    tpl_set(page->dict, "NAME", account->name);
    return page;
}

void desk_call_reason(struct call *call, const char *label, const char *hint)
{
    struct tpl_dict *field = tpl_include(call->page->dict, "REASON_FIELD", "part_reason_field.html");
    tpl_set(field, "REASON_LABEL", label);
    tpl_set(field, "REASON_HINT", hint);
    tpl_set(field, "REASON", call_typed(call, "reason", ""));
    page_field(call->page, "reason", "REASON_FAULT", "REASON_ERROR");
}

void desk_call_judge_reason(struct call *call)
{
    const struct field *reason = form_field(call->form, "reason");
    if (reason->fault == FIELD_TOO_LONG)
        page_fault(call->page, "reason", _("The reason must be 500 characters or fewer"));
    else if (reason->text[0] == '\0')
        page_fault(call->page, "reason", _("Enter a reason"));
}

bool desk_call_may(const struct call *call) { return call->actor.role == ROLE_OPS; }

struct denials { const void *ctx; struct denied_channel *list; size_t n; };

static const struct err *read_denials(struct db *db, void *arg)
{
    struct denials *denials = arg;
    return denied_list(db, denials->ctx, &denials->list, &denials->n);
}

const struct err *desk_call_warn_of_denials(struct call *call, struct page *page)
{
    struct denials denials = {.ctx = call->mem};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_denials, &denials));
    for (size_t i = 0; i < denials.n; i++) {
        const struct denied_channel *denied = &denials.list[i];
        page_message(page, TONE_WARN,
                     denied->channel == CHANNEL_SMS ? _("The gateway for text messages refuses us: messages wait")
                                                    : _("The mail server refuses us: messages wait"),
                     text_fill(call->mem, _("Waiting: {n}. Its answer: {detail}"), "n", mem_text(call->mem, "%lld", (long long)denied->waiting),
                               "detail", denied->detail, NULL));
    }
    return NULL;
}

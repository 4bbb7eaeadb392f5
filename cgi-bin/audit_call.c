#include "audit_call.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/url.h"
#include "domain/request.h"
#include "store/store_request.h"
#include "store/store_user.h"

/* In the order of the address. */
static const struct { const char *field, *word; } fields[] = {
    {"about", "about"}, {"operation", "operation"}, {"side", "started by"}, {"result", "result"}, {"actor", "person"},
    {"from", "from"}, {"to", "to"},
};
#define FIELDS_N (sizeof fields / sizeof fields[0])

static void fault(struct audit_call *audit, const char *field, const char *text)
{
    if (audit->faults_n < AUDIT_FAULTS_MAX)
        audit->faults[audit->faults_n++] = (struct audit_fault){field, text};
}

static bool is_account_no(const char *text)
{
    return text[0] != '\0' && strchr("CPS", text[0]) != NULL && text[1] == '-' && text[2] != '\0' &&
           strspn(text + 2, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == strlen(text + 2);
}

/* What is no choice of its field is as if nothing had been chosen. */
void audit_call_read(const struct call *call, struct audit_call *audit)
{
    const char *result = form_text(call->form, "result");
    *audit = (struct audit_call){.filter.side = SIDES, .filter.result = "", .about = form_text(call->form, "about"),
                                 .actor = text_lower(call->mem, form_text(call->form, "actor"))};
    struct operation_filter *filter = &audit->filter;
    filter->by_operation = operation_find(form_text(call->form, "operation"), &filter->operation);
    if (!side_find(form_text(call->form, "side"), &filter->side))
        filter->side = SIDES;
    if (operation_result_is_known(result))
        filter->result = result;
    audit->range = date_range_read(call);
    filter->from_at = audit->range.from_at;
    filter->until_at = audit->range.until_at;
    audit->is_filtered = audit->about[0] != '\0' || audit->actor[0] != '\0' || filter->by_operation || filter->side != SIDES ||
                         filter->result[0] != '\0' || audit->range.is_set;
    if (audit->about[0] != '\0' && !is_account_no(audit->about) && !request_no_is_valid(audit->about))
        fault(audit, "about", _("Enter a number like C-100482, P-100001 or DR20260630-000123"));
    if (audit->actor[0] != '\0' && !text_is_email(audit->actor))
        fault(audit, "actor", _("Enter a user name like olga@example.com"));
    if (audit->range.from_fault != NULL)
        fault(audit, "from", audit->range.from_fault);
    if (audit->range.to_fault != NULL)
        fault(audit, "to", audit->range.to_fault);
}

static const struct err *find_about(struct db *db, const struct call *call, struct audit_call *audit)
{
    struct account *account = NULL;
    struct request *request = NULL;
    if (request_no_is_valid(audit->about)) {
        TRY(request_load_no(db, call->mem, audit->about, &request));
        audit->filter.request_id = request != NULL ? request->id : 0;
        audit->filter.is_of_nothing |= request == NULL;
        return NULL;
    }
    TRY(account_find(db, call->mem, audit->about, &account));
    audit->filter.account_id = account != NULL ? account->id : 0;
    audit->filter.is_of_nothing |= account == NULL;
    return NULL;
}

const struct err *audit_call_find(struct db *db, const struct call *call, struct audit_call *audit)
{
    struct user *user = NULL;
    if (audit->about[0] != '\0')
        TRY(find_about(db, call, audit));
    if (audit->actor[0] == '\0')
        return NULL;
    TRY(user_find(db, call->mem, audit->actor, &user));
    audit->filter.user_id = user != NULL ? user->id : 0;
    audit->filter.is_of_nothing |= user == NULL;
    return NULL;
}

const char *audit_call_query(const struct call *call)
{
    struct buf *query = buf_new(call->mem, 128);
    for (size_t i = 0; i < FIELDS_N; i++)
        buf_format(query, "%s%s=%s", i == 0 ? "" : "&", fields[i].field, url_encode(call->mem, form_text(call->form, fields[i].field)));
    return query->bytes;
}

/* What is no choice of its field has filtered nothing. */
static bool has_filtered(const char *field, const char *text)
{
    enum operation operation;
    enum side side;
    if (strcmp(field, "operation") == 0)
        return operation_find(text, &operation);
    if (strcmp(field, "side") == 0)
        return side_find(text, &side);
    return strcmp(field, "result") == 0 ? operation_result_is_known(text) : text[0] != '\0';
}

const char *audit_call_words(const struct call *call)
{
    struct buf *words = buf_new(call->mem, 128);
    for (size_t i = 0; i < FIELDS_N; i++) {
        const char *text = form_text(call->form, fields[i].field);
        if (has_filtered(fields[i].field, text))
            buf_format(words, "%s%s %s", words->n == 0 ? "" : ", ", fields[i].word, text);
    }
    return words->n == 0 ? "all" : words->bytes;
}

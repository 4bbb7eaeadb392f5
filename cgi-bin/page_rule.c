/* One account check: how it is, how it is to be, what that would do, and saving it. */
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk_call.h"
#include "rule_call.h"
#include "step_up_call.h"
#include "view/view_checks.h"
#include "view/view_rule.h"

#define VERSION_MAX 1000000000

static const char *const severities[] = {"BLOCK", "WARN", "OFF", NULL};

#define ROW_FIELDS \
    {.name = "severity", .kind = FIELD_CHOICE, .choices = severities}, {.name = "cs", .kind = FIELD_TICK}, \
    {.name = "ca", .kind = FIELD_TICK}, {.name = "ps", .kind = FIELD_TICK}, {.name = "pa", .kind = FIELD_TICK}, \
    {.name = "limit", .kind = FIELD_NUMBER, .max = RULE_LIMIT_MAX}, {.name = "months", .kind = FIELD_NUMBER, .max = RULE_MONTHS_MAX}
const struct field_spec rule_preview_query[] = {ROW_FIELDS, {.name = NULL}};
const struct field_spec rule_fields[] = {
    ROW_FIELDS,
    {.name = "seen", .kind = FIELD_NUMBER, .max = VERSION_MAX},   /* version of the set, as it was shown */
    {.name = "reason", .kind = FIELD_LINES, .max = DESK_REASON_MAX_POINTS},
    {.name = NULL},
};

/* Which box stands for which operation, in the order of the enum. */
static const struct { enum rule_operation operation; const char *field, *section; } boxes[] = {
    {OPERATION_CUSTOMER_SUBMIT, "cs", "CS"}, {OPERATION_CUSTOMER_AGREE, "ca", "CA"},
    {OPERATION_PARTNER_SUBMIT, "ps", "PS"}, {OPERATION_PARTNER_AGREE, "pa", "PA"}};
#define BOXES_N (sizeof boxes / sizeof boxes[0])

struct reading {
    struct call *call;
    const struct rule_row *asked;             /* what it is to be; NULL: no preview */
    int64_t id;
    struct rule_set *set;                     /* NULL: there is no such rule */
    struct rule_set_info *info;
    enum rule_code code;
    struct rule_preview preview;
};

static const struct err *preview(struct db *db, struct reading *r)
{
    struct rule_set after = *r->set;
    struct rule_row *row = &after.rows[r->code];
    row->severity = r->asked->severity;
    row->operations = r->asked->operations;
    row->limit = r->asked->limit;
    row->months = r->asked->months;
    return desk_rule_preview(db, r->call->mem, r->set, &after, r->call->now, &r->preview);
}

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *r = arg;
    int64_t set_id = 0;
    r->set = NULL;
    TRY(rule_of(db, r->id, &set_id, &r->code));
    if (set_id == 0)
        return NULL;
    TRY(rule_set_find(db, r->call->mem, set_id, &r->set));
    TRY(rule_set_info(db, r->call->mem, set_id, &r->info));
    return r->asked == NULL ? NULL : preview(db, r);
}

static const struct err *find(struct call *call, struct reading *r, const struct rule_row *asked)
{
    *r = (struct reading){.call = call, .asked = asked, .id = strtoll(call->vars.values[0], NULL, 10)};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, r));
    return r->set == NULL ? call_missing(call) : NULL;
}

static struct rule_row asked_row(const struct call *call, enum rule_code code)
{
    const bool is_quota = code == RULE_Q;
    struct rule_row row = {.code = code};
    (void)severity_find(form_text(call->form, "severity"), &row.severity);
    for (size_t i = 0; i < BOXES_N; i++)
        if (form_ticked(call->form, boxes[i].field) && !(is_quota && i % 2 == 1))
            row.operations |= (unsigned)boxes[i].operation;
    row.limit = is_quota ? form_number(call->form, "limit") : 0;
    row.months = is_quota ? form_number(call->form, "months") : 0;
    return row;
}

static struct page *make_page(struct call *call, const struct reading *r, const char *stem, const char *title)
{
    struct page *page = call_page(call, stem, title);
    page->current = "/rule-sets";
    page->is_narrow = true;
    page_crumb(page, "/rule-sets", _("Account checks"));
    page_crumb(page, mem_text(call->mem, "/rule-sets/%lld", (long long)r->info->id), r->info->name);
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "ID", r->id);
    tpl_set_int(page->dict, "SET_ID", r->info->id);
    tpl_set(page->dict, "SET_NAME", r->info->name);
    tpl_set(page->dict, "BEFORE", view_rule_row(call->mem, &r->set->rows[r->code]));
    tpl_show_if(page->dict, "IN_FORCE", r->info->is_active);
    tpl_show_if(page->dict, "NOT_IN_FORCE", !r->info->is_active);
    tpl_show_if(page->dict, "IS_QUOTA", r->code == RULE_Q);
    tpl_show_if(page->dict, "TAKES_ANSWERS", r->code != RULE_Q);
    return page;
}

static void fill_row(struct page *page, const struct rule_row *row)
{
    tpl_set(page->dict, "SEVERITY", severity_name(row->severity));
    tpl_show_if(page->dict, "BLOCK_CHOSEN", row->severity == SEVERITY_BLOCK);
    tpl_show_if(page->dict, "WARN_CHOSEN", row->severity == SEVERITY_WARN);
    tpl_show_if(page->dict, "OFF_CHOSEN", row->severity == SEVERITY_OFF);
    for (size_t i = 0; i < BOXES_N; i++)
        tpl_show_if(page->dict, boxes[i].section, (row->operations & (unsigned)boxes[i].operation) != 0);
    tpl_set_int(page->dict, "LIMIT", row->limit);
    tpl_set_int(page->dict, "MONTHS", row->months);
    tpl_set_int(page->dict, "LIMIT_MAX", RULE_LIMIT_MAX);
    tpl_set_int(page->dict, "MONTHS_MAX", RULE_MONTHS_MAX);
}

/* --- the form ---------------------------------------------------------------------------------------------------------- */

static const struct err *show_form(struct call *call, const struct reading *r, const struct rule_row *row, int status)
{
    struct page *page = make_page(call, r, "rule", text_fill(call->mem, _("Check: {name}"), "name", view_check_name(r->code), NULL));
    fill_row(page, row);
    if (status == 400)
        page_fault(page, "limit", text_fill(call->mem, _("Enter 1 to {n} requests in 1 to {k} months"), "n",
                                            mem_text(call->mem, "%d", RULE_LIMIT_MAX), "k",
                                            mem_text(call->mem, "%d", RULE_MONTHS_MAX), NULL));
    page_field(page, "limit", "LIMIT_FAULT", "LIMIT_ERROR");
    return call_show(call, 0);
}

const struct err *rule_get(struct call *call)
{
    struct reading r;
    TRY(find(call, &r, NULL));
    return r.set == NULL ? NULL : show_form(call, &r, &r.set->rows[r.code], 0);
}

/* --- what it would do -------------------------------------------------------------------------------------------------- */

static const struct err *show_preview(struct call *call, const struct reading *r, int status)
{
    desk_call_reason(call, _("Why?"), _("For the history and the operation log. At most 500 characters."));
    tpl_set(call->page->dict, "AFTER", view_rule_row(call->mem, r->asked));
    return call_show(call, status);
}

static void make_preview(struct call *call, const struct reading *r)
{
    struct page *page = make_page(call, r, "rule_preview", text_fill(call->mem, _("Change “{check}”?"), "check",
                                                                      view_check_name(r->code), NULL));
    fill_row(page, r->asked);
    tpl_set_int(page->dict, "SEEN", r->info->version);
    rule_call_preview(page, &r->preview);
}

static const char *form_path(const struct reading *r) { return mem_text(r->call->mem, "/rules/%lld", (long long)r->id); }

static const char *preview_path(const struct reading *r, const struct rule_row *row)
{
    struct buf *path = buf_new(r->call->mem, 128);
    buf_format(path, "/rules/%lld/preview?severity=%s", (long long)r->id, severity_name(row->severity));
    for (size_t i = 0; i < BOXES_N; i++)
        if ((row->operations & (unsigned)boxes[i].operation) != 0)
            buf_format(path, "&%s=1", boxes[i].field);
    if (r->code == RULE_Q)
        buf_format(path, "&limit=%lld&months=%lld", (long long)row->limit, (long long)row->months);
    return path->bytes;
}

/* Reads what is asked for, and what it would do. *goes_on false: the answer is made. */
static const struct err *look(struct call *call, struct reading *r, struct rule_row *row, bool *goes_on)
{
    *goes_on = false;
    TRY(find(call, r, NULL));
    if (r->set == NULL)
        return NULL;
    if (form_text(call->form, "severity")[0] == '\0')
        return call_go(call, "%s", form_path(r));
    *row = asked_row(call, r->code);
    if (!rule_row_is_fine(row))
        return show_form(call, r, row, 400);
    *goes_on = true;
    return NULL;
}

const struct err *rule_preview_get(struct call *call)
{
    struct reading r;
    struct rule_row row;
    bool goes_on = false;
    TRY(look(call, &r, &row, &goes_on));
    if (!goes_on)
        return NULL;
    if (!call->is_stale && step_up_first(call, preview_path(&r, &row)))
        return NULL;
    TRY(find(call, &r, &row));
    if (r.set == NULL)
        return NULL;
    make_preview(call, &r);
    return show_preview(call, &r, 0);
}

static const struct err *refused(struct call *call, struct rule_row *row, const struct rule_edit_result *result)
{
    struct reading r;
    TRY(find(call, &r, row));
    if (r.set == NULL)
        return NULL;
    if (result->outcome == RULE_EDIT_NO_STEP_UP)
        return step_up_go(call, preview_path(&r, row));
    make_preview(call, &r);
    if (result->outcome == RULE_EDIT_CONFLICT) {
        rule_call_conflict(call->page, result);
        return show_preview(call, &r, 409);
    }
    if (result->outcome == RULE_EDIT_SAME) {
        page_message(call->page, TONE_BAD, _("There is nothing to change"), _("This check is so already."));
        return show_preview(call, &r, 409);
    }
    desk_call_judge_reason(call);
    return show_preview(call, &r, 0);
}

const struct err *rule_post(struct call *call)
{
    struct reading r;
    struct rule_row row;
    struct rule_edit_result result;
    bool goes_on = false;
    TRY(look(call, &r, &row, &goes_on));
    if (!goes_on)
        return NULL;
    struct act *act = call_act(call, mem_text(call->mem, "/rule-sets/%lld", (long long)r.info->id));
    const struct rule_edit edit = {
        .rule_id = r.id, .seen_version = form_number(call->form, "seen"), .row = row, .note = form_text(call->form, "reason")};
    TRY(desk_rule_edit(act, &edit, &result));
    if (!act->is_done)
        return refused(call, &row, &result);
    call_flash(call, "rule-changed");
    return call_go(call, "%s", act->location);
}

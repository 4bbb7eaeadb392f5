/* The sets of account checks: which there are, what is in one, and putting another in force. */
#include "pages.h"

#include <stdlib.h>

#include "base/text.h"
#include "desk_call.h"
#include "rule_call.h"
#include "step_up_call.h"
#include "view/view_checks.h"
#include "view/view_rule.h"

#define HISTORY_SHOWN 20
#define VERSION_MAX 1000000000

const struct field_spec rule_set_use_fields[] = {
    {.name = "seen", .kind = FIELD_NUMBER, .max = VERSION_MAX},   /* version of the set, as it was shown */
    {.name = "from", .kind = FIELD_NUMBER, .max = VERSION_MAX},   /* the set that was in force then */
    {.name = "reason", .kind = FIELD_LINES, .max = DESK_REASON_MAX_POINTS},
    {.name = NULL},
};

struct reading {
    struct call *call;
    bool with_preview;
    struct rule_set_info *list, *info;       /* info NULL: there is no such set */
    size_t list_n, changes_n;
    struct rule_change *changes;
    struct rule_set *set, *in_force;
    struct rule_preview preview;
};

static const struct err *read_list(struct db *db, void *arg)
{
    struct reading *r = arg;
    TRY(rule_set_list(db, r->call->mem, &r->list, &r->list_n));
    return rule_change_list(db, r->call->mem, 0, 0, HISTORY_SHOWN, &r->changes, &r->changes_n);
}

const struct err *rule_sets_get(struct call *call)
{
    struct reading r = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &r));
    struct page *page = call_page(call, "rule_sets", _("Account checks"));
    page->current = "/rule-sets";
    for (size_t i = 0; i < r.list_n; i++) {
        const struct rule_set_info *info = &r.list[i];
        struct tpl_dict *row = tpl_row(page->dict, "SET");
        tpl_set_int(row, "SET_ID", info->id);
        tpl_set(row, "SET_NAME", info->name);
        tpl_set(row, "SET_ABOUT", info->about);
        tpl_show_if(row, "IN_FORCE", info->is_active);
        tpl_show_if(row, "CAN_USE", desk_call_may(call) && !info->is_active);
    }
    rule_call_history(page, "HISTORY", _("History"), r.changes, r.changes_n);
    return call_show(call, 0);
}

/* --- one set ----------------------------------------------------------------------------------------------------------- */

static const struct err *read_one(struct db *db, void *arg)
{
    struct reading *r = arg;
    const void *mem = r->call->mem;
    const int64_t id = strtoll(r->call->vars.values[0], NULL, 10);
    TRY(rule_set_info(db, mem, id, &r->info));
    if (r->info == NULL)
        return NULL;
    TRY(rule_set_find(db, mem, id, &r->set));
    TRY(rule_set_load(db, mem, &r->in_force));
    TRY(rule_change_list(db, mem, id, 0, HISTORY_SHOWN, &r->changes, &r->changes_n));
    return r->with_preview ? desk_rule_preview(db, mem, r->in_force, r->set, r->call->now, &r->preview) : NULL;
}

static const struct err *find(struct call *call, struct reading *r, bool with_preview)
{
    *r = (struct reading){.call = call, .with_preview = with_preview};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_one, r));
    return r->info == NULL ? call_missing(call) : NULL;
}

static void fill_rule(struct call *call, const struct rule_row *row)
{
    struct tpl_dict *dict = tpl_row(call->page->dict, "RULE");
    tpl_set_int(dict, "RULE_ID", row->id);
    tpl_set(dict, "RULE_CODE", rule_code_name(row->code));
    tpl_set(dict, "RULE_NAME", view_check_name(row->code));
    tpl_set(dict, "RULE_CSS", row->severity == SEVERITY_BLOCK ? "bad" : row->severity == SEVERITY_WARN ? "warn" : "");
    tpl_set(dict, "RULE_SEVERITY", view_severity(row->severity));
    tpl_set(dict, "RULE_TEXT", view_rule_row(call->mem, row));
    tpl_set(dict, "RULE_SOURCE", row->source);
    tpl_set(dict, "RULE_READ_ON", row->read_on);
    tpl_show_if(dict, "CAN_EDIT", desk_call_may(call));
}

const struct err *rule_set_get(struct call *call)
{
    struct reading r;
    TRY(find(call, &r, false));
    if (r.info == NULL)
        return NULL;
    struct page *page = call_page(call, "rule_set", r.info->name);
    page->current = "/rule-sets";
    page_crumb(page, "/rule-sets", _("Account checks"));
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "SET_ID", r.info->id);
    tpl_set(page->dict, "SET_ABOUT", r.info->about);
    tpl_show_if(page->dict, "IN_FORCE", r.info->is_active);
    tpl_show_if(page->dict, "NOT_IN_FORCE", !r.info->is_active);
    tpl_show_if(page->dict, "CAN_USE", desk_call_may(call) && !r.info->is_active);
    tpl_show_if(page->dict, "MAY_EDIT", desk_call_may(call));
    for (int i = 0; i < RULES; i++)
        fill_rule(call, &r.set->rows[i]);
    rule_call_history(page, "HISTORY", _("History"), r.changes, r.changes_n);
    return call_show(call, 0);
}

/* --- putting it in force ----------------------------------------------------------------------------------------------- */

static const char *use_path(const struct call *call) { return mem_text(call->mem, "/rule-sets/%s/use", call->vars.values[0]); }

static const struct err *in_force_page(struct call *call)
{
    return call_error_page(call, 409, _("This set is in force already"), _("There is nothing to change."), "/rule-sets",
                           _("Go to account checks"));
}

static void make_use(struct call *call, const struct reading *r)
{
    struct page *page = call_page(call, "rule_set_use", text_fill(call->mem, _("Put {set} in force?"), "set", r->info->name, NULL));
    page->current = "/rule-sets";
    page->is_narrow = true;
    page_crumb(page, "/rule-sets", _("Account checks"));
    page_crumb(page, mem_text(call->mem, "/rule-sets/%lld", (long long)r->info->id), r->info->name);
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "SET_ID", r->info->id);
    tpl_set(page->dict, "NOW", r->in_force->name);
    tpl_set_int(page->dict, "SEEN", r->info->version);
    tpl_set_int(page->dict, "FROM", r->in_force->id);
    rule_call_preview(page, &r->preview);
}

static const struct err *show_use(struct call *call, int status)
{
    desk_call_reason(call, _("Why?"), _("For the history and the operation log. At most 500 characters."));
    return call_show(call, status);
}

const struct err *rule_set_use_get(struct call *call)
{
    struct reading r;
    TRY(find(call, &r, true));
    if (r.info == NULL)
        return NULL;
    if (r.info->is_active)
        return in_force_page(call);
    if (!call->is_stale && step_up_first(call, use_path(call)))
        return NULL;
    make_use(call, &r);
    return show_use(call, 0);
}

const struct err *rule_set_use_post(struct call *call)
{
    struct reading r;
    struct rule_edit_result result;
    struct act *act = call_act(call, "/rule-sets");
    TRY(act_seen_before(act));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    const struct rule_set_use use = {
        .set_id = strtoll(call->vars.values[0], NULL, 10), .seen_version = form_number(call->form, "seen"),
        .seen_in_force = form_number(call->form, "from"), .note = form_text(call->form, "reason")};
    TRY(desk_rule_set_use(act, &use, &result));
    if (act->is_done) {
        call_flash(call, "rules-used");
        return call_go(call, "%s", act->location);
    }
    if (result.outcome == RULE_EDIT_NO_STEP_UP)
        return step_up_go(call, use_path(call));
    TRY(find(call, &r, true));
    if (r.info == NULL)
        return NULL;
    if (r.info->is_active)
        return in_force_page(call);
    make_use(call, &r);
    if (result.outcome == RULE_EDIT_CONFLICT) {
        rule_call_conflict(call->page, &result);
        return show_use(call, 409);
    }
    desk_call_judge_reason(call);
    return show_use(call, 0);
}

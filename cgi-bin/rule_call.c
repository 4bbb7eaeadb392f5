#include "rule_call.h"

#include "base/text.h"
#include "view/view_checks.h"
#include "view/view_rule.h"

static const char *what(const struct rule_change *change)
{
    enum rule_code code;
    return change->code[0] != '\0' && rule_code_find(change->code, &code) ? view_check_name(code) : _("Put in force");
}

void rule_call_history(struct page *page, const char *marker, const char *heading, const struct rule_change *changes, size_t n)
{
    if (n == 0)
        return;
    struct tpl_dict *dict = tpl_include(page->dict, marker, "part_rule_history.html");
    tpl_set(dict, "HISTORY_ID", marker);
    tpl_set(dict, "HISTORY_HEADING", heading);
    for (size_t i = 0; i < n; i++) {
        const struct rule_change *change = &changes[i];
        struct tpl_dict *row = tpl_row(dict, "CHANGE");
        tpl_set(row, "CHANGE_AT", format_time(page->ctx, change->at, page->zone));
        tpl_set(row, "CHANGE_BY", change->user_name);
        tpl_set_int(row, "CHANGE_SET_ID", change->rule_set_id);
        tpl_set(row, "CHANGE_SET", change->set_name);
        tpl_set(row, "CHANGE_WHAT", what(change));
        tpl_set(row, "CHANGE_BEFORE", view_rule_packed(page->ctx, change->code, change->before));
        tpl_set(row, "CHANGE_AFTER", view_rule_packed(page->ctx, change->code, change->after));
        tpl_set(row, "CHANGE_WHY", change->note);
    }
}

static const char *number(const struct page *page, int64_t n) { return mem_text(page->ctx, "%lld", (long long)n); }

void rule_call_preview(struct page *page, const struct rule_preview *preview)
{
    static const enum rule_operation operations[] = {
        OPERATION_CUSTOMER_SUBMIT, OPERATION_CUSTOMER_AGREE, OPERATION_PARTNER_SUBMIT, OPERATION_PARTNER_AGREE};
    struct tpl_dict *dict = tpl_include(page->dict, "PREVIEW", "part_rule_preview.html");
    tpl_set(dict, "PREVIEW_MORE", text_fill(page->ctx, ngettext("This would stop {n} customer now that is not stopped yet.",
                                                                "This would stop {n} customers now that are not stopped yet.",
                                                                (unsigned long)preview->more), "n", number(page, preview->more), NULL));
    tpl_set(dict, "PREVIEW_FEWER", text_fill(page->ctx, ngettext("{n} customer that is stopped now would no longer be.",
                                                                 "{n} customers that are stopped now would no longer be.",
                                                                 (unsigned long)preview->fewer), "n", number(page, preview->fewer), NULL));
    tpl_set(dict, "PREVIEW_LOOKED", preview->looked_at == preview->all
            ? text_fill(page->ctx, _("Counted over all customers with an active association: {n}."), "n", number(page, preview->all), NULL)
            : text_fill(page->ctx, _("Counted over the {k} of {n} customers that are associated longest. The others were not looked at."),
                        "k", number(page, preview->looked_at), "n", number(page, preview->all), NULL));
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        struct tpl_dict *row = tpl_row(dict, "STOPPED");
        tpl_set(row, "STOPPED_WHAT", view_rule_operation(operations[i]));
        tpl_set_int(row, "STOPPED_BEFORE", preview->stopped[i].before);
        tpl_set_int(row, "STOPPED_AFTER", preview->stopped[i].after);
    }
    tpl_show_if(dict, "NAMED", preview->named_n > 0);
    for (size_t i = 0; i < preview->named_n; i++) {
        struct tpl_dict *row = tpl_row(dict, "NAMED_ONE");
        tpl_set(row, "NAMED_NO", preview->named[i].customer_no);
        tpl_set(row, "NAMED_NAME", preview->named[i].customer_name);
    }
    tpl_show_if(dict, "NAMED_MORE", preview->more > (int64_t)preview->named_n);
}

void rule_call_conflict(struct page *page, const struct rule_edit_result *result)
{
    page_message(page, TONE_BAD, _("Somebody changed the account checks meanwhile"),
                 _("Nothing of yours was saved. See below what was changed, and what your change would do now."));
    rule_call_history(page, "CHANGED", _("Changed meanwhile"), result->changes, result->changes_n);
}

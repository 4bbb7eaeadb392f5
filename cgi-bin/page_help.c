#include "pages.h"
#include "store/store_facts.h"

#define DAY_S (24 * 60 * 60)

const struct err *help_get(struct call *call)
{
    const struct config *config = call->site->config;
    struct rule_set *rules = NULL;
    TRY(rule_set_load(call->db, call->mem, &rules));
    struct page *page = call_page(call, "help", _("Help"));
    page->current = "/help";
    tpl_set(page->dict, "PLATFORM", _(config->site.name));
    tpl_set_int(page->dict, "QUOTA_LIMIT", rules->rows[RULE_Q].limit);
    tpl_set_int(page->dict, "QUOTA_MONTHS", rules->rows[RULE_Q].months);
    tpl_set_int(page->dict, "DEADLINE_DAYS", config->request.deadline_s / DAY_S);
    tpl_set_int(page->dict, "CODE_MINUTES", config->code.ttl_s / 60);
    tpl_set_int(page->dict, "GRACE_DAYS", config->request.grace_days);
    tpl_set_int(page->dict, "RETENTION_DAYS", config->request.retention_days);
    tpl_show_if(page->dict, "FOR_PLATFORM", (call->actor.role & ROLES_PLATFORM) != 0);
    return call_show(call, 0);
}

#include "pages.h"

#include <stdlib.h>

#include "action/release_member.h"
#include "base/clock.h"
#include "base/text.h"
#include "return_call.h"
#include "store/store_account_center.h"
#include "view/format.h"

struct members_call {
    struct call *call;
    int64_t id;
    struct member_link *list;         /* of the list page */
    size_t n;
    struct member_link *one;          /* of the confirm page; NULL when it is not the actor's */
};

static const struct err *read_list(struct db *db, void *arg)
{
    struct members_call *m = arg;
    return member_link_list(db, m->call->mem, m->call->actor.account_id, &m->list, &m->n);
}

static const struct err *read_one(struct db *db, void *arg)
{
    struct members_call *m = arg;
    TRY(member_link_load(db, m->call->mem, m->id, &m->one));
    if (m->one != NULL && m->one->master_id != m->call->actor.account_id)
        m->one = NULL;
    return NULL;
}

static void fill_row(struct call *call, const struct member_link *link)
{
    struct tpl_dict *row = tpl_row(call->page->dict, "ROW");
    tpl_set(row, "NAME", link->name);
    tpl_set(row, "NO", link->no);
    tpl_set(row, "ACCOUNTING", link->is_independent ? _("Independent") : _("Unified"));
    tpl_set(row, "SINCE", format_date(call->mem, link->linked_at, call->zone));
    tpl_show_if(row, "CAN_END", link->is_independent && call->actor.role == ROLE_OWNER);
    tpl_set(row, "HREF", return_call_keep(call, mem_text(call->mem, "/members/%lld/disassociate", (long long)link->id)));
}

const struct err *members_get(struct call *call)
{
    struct members_call m = {.call = call};
    bool has_independent = false;
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &m));
    struct page *page = call_page(call, "members", _("Member accounts"));
    page->current = "/account";
    page_crumb(page, "/account", _("Account"));
    page_crumb(page, NULL, page->title);
    for (size_t i = 0; i < m.n; i++) {
        has_independent |= m.list[i].is_independent;
        fill_row(call, &m.list[i]);
    }
    return_call_fill(call, has_independent ? _("After you disassociate all independent members we take you back to them.") : NULL);
    tpl_show_if(page->dict, "NONE", m.n == 0);
    tpl_show_if(page->dict, "LIST", m.n > 0);
    tpl_show_if(page->dict, "ALL_UNIFIED", m.n > 0 && !has_independent);
    return call_show(call, 0);
}

/* --- letting one go --- */

static const struct err *find(struct members_call *m)
{
    m->id = strtoll(m->call->vars.values[0], NULL, 10);
    TRY(db_transaction(m->call->db, DB_READ_ONLY, read_one, m));
    return m->one == NULL ? call_missing(m->call) : NULL;
}

static const struct err *show_one(struct members_call *m, int status)
{
    struct call *call = m->call;
    const struct member_link *one = m->one;
    struct page *page = call_page(call, "member_end",
                                  text_fill(call->mem, _("Disassociate {member}?"), "member", one->name, NULL));
    const bool can_end = one->is_active && one->is_independent;
    page->is_narrow = true;
    page->current = "/account";
    page_crumb(page, "/account", _("Account"));
    page_crumb(page, return_call_keep(call, "/members"), _("Member accounts"));
    page_crumb(page, NULL, one->name);
    return_call_fill(call, NULL);
    if (!one->is_active)
        page_message(page, status == 409 ? TONE_BAD : TONE_INFO, _("This account is no longer a member"), _("There is nothing to disassociate."));
    else if (!one->is_independent)
        page_message(page, status == 409 ? TONE_BAD : TONE_INFO, _("You pay for this member"),
                     _("Unified accounting members don’t stop you from leaving your partner. They can’t be disassociated here."));
    tpl_set_int(page->dict, "ID", one->id);
    tpl_set(page->dict, "NO", one->no);
    tpl_set(page->dict, "SINCE", format_date(call->mem, one->linked_at, call->zone));
    tpl_set(page->dict, "LIST_HREF", return_call_keep(call, "/members"));
    tpl_show_if(page->dict, "FORM", can_end);
    tpl_show_if(page->dict, "NO_FORM", !can_end);
    return call_show(call, status);
}

const struct err *member_end_get(struct call *call)
{
    struct members_call m = {.call = call};
    TRY(find(&m));
    return m.one == NULL ? NULL : show_one(&m, 0);
}

const struct err *member_end_post(struct call *call)
{
    struct members_call m = {.call = call};
    enum release_outcome outcome = RELEASE_DONE;
    struct act *act = call_act(call, return_call_keep(call, "/members"));
    TRY(release_member(act, strtoll(call->vars.values[0], NULL, 10), return_call_path(call), &outcome));
    if (act->is_done) {
        call_flash(call, "member-released");
        return call_go(call, "%s", act->location);
    }
    TRY(find(&m));
    return m.one == NULL ? NULL : show_one(&m, 409);
}

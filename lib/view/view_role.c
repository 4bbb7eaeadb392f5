#include "view/view_role.h"

#include <string.h>

#include "base/lang.h"

static const struct { enum role role; const char *text, *means; } roles[] = {
    {ROLE_OWNER, N_("Owner"), N_("Can do everything, also leave the partner and change this team.")},
    {ROLE_VIEWER, N_("Viewer"), N_("Reads everything and changes nothing.")},
    {ROLE_ADMIN, N_("Admin"), N_("Answers requests, freezes and unfreezes, invites customers and changes this team.")},
    {ROLE_MANAGER, N_("Manager"), N_("Reads the customers and their requests and changes nothing.")},
    {ROLE_OPS, N_("Operator"), N_("Decides requests that came to the platform, settles contracts and changes this team.")},
    {ROLE_AUDITOR, N_("Auditor"), N_("Reads every log and changes nothing.")},
};
#define ROLES_N (sizeof roles / sizeof roles[0])

const char *view_role(enum role role)
{
    for (size_t i = 0; i < ROLES_N; i++)
        if (roles[i].role == role)
            return _(roles[i].text);
    return "";
}

void view_role_choices(struct page *page, enum account_kind kind, const char *chosen)
{
    struct tpl_dict *part = tpl_include(page->dict, "ROLES", "part_roles.html");
    bool is_first = true;
    page_field(page, "role", "ROLE_FAULT", "ROLE_ERROR");
    for (size_t i = 0; i < ROLES_N; i++) {
        if (!role_fits(roles[i].role, kind))
            continue;
        struct tpl_dict *row = tpl_row(part, "ROLE");
        tpl_set(row, "ROLE_ID", is_first ? "role" : role_name(roles[i].role));   /* the box of faults leads to the first */
        tpl_set(row, "ROLE_VALUE", role_name(roles[i].role));
        tpl_set(row, "ROLE_TEXT", _(roles[i].text));
        tpl_set(row, "ROLE_MEANS", _(roles[i].means));
        tpl_show_if(row, "ROLE_CHOSEN", strcmp(chosen, role_name(roles[i].role)) == 0);
        is_first = false;
    }
}

#include "pager.h"

#include <stddef.h>

static void fill_link(struct tpl_dict *dict, const char *section, const char *href)
{
    if (href != NULL)
        tpl_set(tpl_row(dict, section), "PAGER_HREF", href);
}

void pager_fill(struct tpl_dict *dict, const struct pager *pager)
{
    if (pager->newest == NULL && pager->newer == NULL && pager->older == NULL && pager->longest == NULL && pager->more == NULL)
        return;
    struct tpl_dict *part = tpl_include(dict, "PAGER", "part_pager.html");
    fill_link(part, "NEWEST", pager->newest);
    fill_link(part, "NEWER", pager->newer);
    fill_link(part, "OLDER", pager->older);
    fill_link(part, "LONGEST", pager->longest);
    fill_link(part, "MORE", pager->more);
    if (pager->longest != NULL)
        tpl_set(part, "LONGEST_TEXT", pager->longest_text);
}

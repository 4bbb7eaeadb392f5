/* pager.h - the links below a list that lead to its other pages; part_pager.html, {{>PAGER}} of the page. */
#ifndef CGI_PAGER_H
#define CGI_PAGER_H

#include "view/tpl.h"

/* Addresses; NULL: there is no such page. */
struct pager {
    const char *newest, *newer, *older;   /* of a list whose newest rows come first */
    const char *longest, *more;           /* of a list that begins with what has waited longest */
    const char *longest_text;             /* what the link to its beginning says */
};

/* Nothing when there is no other page. */
void pager_fill(struct tpl_dict *dict, const struct pager *pager);

#endif

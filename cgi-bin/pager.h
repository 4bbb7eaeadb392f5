/* pager.h - the links below a list that lead to its other pages; part_pager.html, {{>PAGER}} of the page. */
#ifndef CGI_PAGER_H
#define CGI_PAGER_H

#include "view/tpl.h"

struct pager { const char *newest, *newer, *older; };   /* addresses; NULL: there is no such page */

/* Nothing when there is no other page. */
void pager_fill(struct tpl_dict *dict, const struct pager *pager);

#endif

/* view_statement.h - what happens after leaving, and the tick: {{>STATEMENT}}, part_statement.html. The template has no form
 * of its own; the tick is the field `understood`, value 1. */
#ifndef VIEW_VIEW_STATEMENT_H
#define VIEW_VIEW_STATEMENT_H

#include "domain/quota.h"
#include "domain/side.h"
#include "view/page.h"

/* The points as a list in a card: {{>STATEMENT}}, in the words for this side. `quota` NULL: without the sentence about the
 * number of requests (answering uses none); months is the window of rule Q. */
void view_statement_fill(struct page *page, enum side reader, const struct quota *quota, int64_t months);
/* The tick, to stand inside a form: {{>TICK}}, part_tick.html. A fault of the field "understood" is shown beside it. */
void view_statement_tick(struct page *page, enum side reader, bool is_ticked);

#endif

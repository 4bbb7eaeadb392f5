/* view_steps.h - the heading of a wizard's page with its progress, like "Request disassociation: step 1 of 4": {{>STEPS}},
 * part_steps.html. The h1 is the page's title; with page->is_error the current step is marked. Filled after the page's faults are
 * in. */
#ifndef VIEW_VIEW_STEPS_H
#define VIEW_VIEW_STEPS_H

#include "view/page.h"

/* The four steps of starting a request; `current` counts from 0. Without a code the second one is left out. The last one has
 * its heading in the page's own panel. */
void view_steps_submit(struct page *page, int current, bool has_code);
/* The three steps of a customer's answer, the same way. */
void view_steps_answer(struct page *page, int current);

#endif

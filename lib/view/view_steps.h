/* view_steps.h - the heading of a wizard's page with its progress: {{>STEPS}}, part_steps.html. */
#ifndef VIEW_VIEW_STEPS_H
#define VIEW_VIEW_STEPS_H

#include "view/page.h"

/* names[0 … n-1], translated; `current` counts from 0. `what` stands before the number: "Request disassociation: step 1 of
 * 4". The h1 is the page's title; with page->is_error the current step is marked. Call it after the page's faults are in. */
void view_steps_fill(struct page *page, const char *what, const char *const *names, int n, int current);

/* The four steps of starting a request; `current` counts from 0. Without a code the second one is left out. The last one has
 * its heading in the page's own panel. */
void view_steps_submit(struct page *page, int current, bool has_code);
/* The three steps of a customer's answer, the same way. */
void view_steps_answer(struct page *page, int current);

#endif

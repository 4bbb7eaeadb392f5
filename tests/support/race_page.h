/* race_page.h - races of those whose page has read its rows before the race begins, as the page of a request's last step does. */
#ifndef TESTS_SUPPORT_RACE_PAGE_H
#define TESTS_SUPPORT_RACE_PAGE_H

#include "support/race.h"

#include "action/submit.h"
#include "store/store_association.h"
#include "store/store_wizard.h"

/* What this actor's page has read, in the page's order; lives as long as the world, and in each process that is forked after it. */
static inline struct submit_page page_of(const struct actor *actor)
{
    struct association *association = NULL;
    struct wizard *wizard = NULL;

    assert_null(association_load(world.db, world.mem, world.association, &association));
    assert_null(wizard_find(world.db, world.mem, actor->account_id, WIZARD_SUBMIT, world.association, &wizard));
    assert_non_null(association);
    assert_non_null(wizard);
    return (struct submit_page){.reason = wizard->reason, .text = wizard->reason_text, .association = association, .wizard = wizard};
}

#endif

/* account_browser.h - the account center in a browser: the world's owner, and what most of its tests look at. Included once by
 * each program of tests. */
#ifndef TESTS_CGI_BIN_ACCOUNT_BROWSER_H
#define TESTS_CGI_BIN_ACCOUNT_BROWSER_H

#include "cgi-bin/wizard_browser.h"

/* The page opened from the check says so and keeps the way back in its form. */
static inline void came_from_the_checks(const char *after)
{
    browser_sees(b, "You came from the account checks");
    browser_sees(b, after);
    browser_sees(b, "Return to checks");
}

static inline void become(const struct actor *actor) { browser_become(b, actor->user_id); }

/* Another customer, with an owner of its own. */
static inline const struct actor *stranger(void)
{
    return world_user(&w, world_account(&w, ACCOUNT_CUSTOMER, "Elsewhere"), ROLE_OWNER, "Eve");
}

/* A request of the partner that its customer may answer. */
static inline const char *partners_request(void)
{
    const int64_t id = world_request(&w, w.admin);
    struct db_rows *rows = NULL;
    static const struct db_statement find = { "no", "SELECT no FROM disassociation_request WHERE id = ? LIMIT 1", "i", "s" };

    assert_null(db_query(w.db, w.mem, &find, &rows, id));
    return db_text(rows, 0, 0);
}

#endif

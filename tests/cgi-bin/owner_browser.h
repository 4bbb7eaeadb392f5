/* owner_browser.h - the owner of the world's customer in a browser. Included once by each program of tests. */
#ifndef TESTS_CGI_BIN_OWNER_BROWSER_H
#define TESTS_CGI_BIN_OWNER_BROWSER_H

#include "cgi-bin/browser_world.h"

static inline int begin(void **state)
{
    (void)state;
    open_browser();
    browser_become(b, w.owner->user_id);
    return 0;
}

#endif

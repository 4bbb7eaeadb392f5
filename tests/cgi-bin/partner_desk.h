/* partner_desk.h - the world as the partner's pages see it: an admin of the partner in a browser, requests to and fro. For the
 * tests of those pages, one program each. */
#ifndef TESTS_CGI_BIN_PARTNER_DESK_H
#define TESTS_CGI_BIN_PARTNER_DESK_H

#include "cgi-bin/browser_world.h"
#include "cgi-bin/page_golden.h"

static inline int begin(void **state)
{
    (void)state;
    open_browser();
    browser_become(b, w.admin->user_id);
    return 0;
}

static inline const char *path_of(int64_t request_id)
{
    return mem_text(w.mem, "/requests/%s", no_of(request_id));
}

#endif

/* partner_desk.h - an admin of the world's partner in a browser, and the addresses of its pages. Included once by each program of
 * tests. */
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

/* A page of one customer; more: "" or what follows. */
static inline const char *customer_page(int64_t account_id, const char *more)
{
    return mem_text(w.mem, "/customers/%s%s", customer_no(account_id), more);
}

#endif

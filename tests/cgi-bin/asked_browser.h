/* asked_browser.h - a customer in a browser whose partner has asked it to end the association. Included once by each program of
 * tests. */
#ifndef TESTS_CGI_BIN_ASKED_BROWSER_H
#define TESTS_CGI_BIN_ASKED_BROWSER_H

#include "cgi-bin/wizard_browser.h"

#include "action/decide.h"
#include "store/store_request.h"

static int64_t asked;            /* the partner's request */
static const char *page, *verify, *send_to, *done;

static inline const char *path_of(int64_t id) { return mem_text(w.mem, "/process-request/%s", no_of(id)); }

static inline int begin_asked(void **state)
{
    begin(state);
    asked = world_request(&w, w.admin);
    page = path_of(asked);
    verify = mem_text(w.mem, "%s/verify", page);
    send_to = mem_text(w.mem, "%s/verify/send", page);
    done = mem_text(w.mem, "%s/done", page);
    return 0;
}

static inline void agree(void)
{
    get(page, 200);
    browser_post(b, page, "decision", "AGREE", "understood", "1", NULL);
    leads_to(verify);
    browser_follow(b);
}

static inline void reject(const char *why)
{
    get(page, 200);
    browser_post(b, page, "decision", "REJECT", "message", why, NULL);
    leads_to(verify);
    browser_follow(b);
}

static inline void send_code(void)
{
    browser_post(b, send_to, NULL);
    leads_to(verify);
    browser_follow(b);
    browser_sees(b, "Code sent");
}

static inline void enter(const char *code)
{
    browser_post(b, verify, "code", code, NULL);
}

#define ASKED(name) cmocka_unit_test_setup_teardown(name, begin_asked, end)

#endif

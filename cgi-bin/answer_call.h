/* answer_call.h - answering a request of the other side: what the partner's pages (/requests/{no}) and the customer's
 * (/process-request/{no}) share. They differ in how they look; the way is the same: check, decide, prove a code, done.
 */
#ifndef CGI_ANSWER_CALL_H
#define CGI_ANSWER_CALL_H

#include "wizard_call.h"

struct answer_faults { struct { const char *field, *text; } of[3]; size_t n; };

/* Faults and messages are added by a `say` once the page is there. */
typedef void answer_say(struct page *page, void *arg);

/* One side's page about a request, as the shared handlers use it. */
struct answer_page {
    /* Shows it; `status` 0: as call_show(); `say` may be NULL. */
    const struct err *(*show)(struct call *call, const struct wizard_call *w, int status, answer_say *say, void *arg);
    /* The request, read anew, was decided before: who and when. */
    const struct err *(*show_answered)(struct call *call, const struct wizard_call *w);
    /* What of these checks stops agreeing, if the page does not say it by itself. */
    void (*say_checks)(struct page *page, const struct rule_report *report);
    /* What a person can mend without a look at the database. */
    struct answer_faults (*judge)(const struct call *call, const struct wizard_call *w, bool is_agree, bool is_reject);
};
extern const struct answer_page request_review_page, process_request_page;

#define ANSWER_TEXT_MAX 500

/* The request of the path's {no}, if it is the actor's account that has made it or answers it; *out NULL: the response is made. */
const struct err *answer_call_find(struct call *call, struct wizard_call **out);
/* It waits for this reader's side. */
bool answer_call_is_open(const struct wizard_call *w);
void answer_call_add_fault(struct answer_faults *faults, const char *field, const char *text);
const char *answer_call_no_tick(void);   /* "Tick the box before you agree. …" */
/* "AGREE", "REJECT" or "": what the draft holds. */
const char *answer_call_decision(const struct wizard_call *w);

/* Whether this very form has done its work before: then the response leads where it led. */
const struct err *answer_call_was_done(struct call *call, bool *done);
/* Carries out this decision, if the draft of this revision holds it, with this form's one-time key: leads to the page that says
 * it is done, or shows why it is not. The draft is not read again before: a colleague's would be carried out. */
const struct err *answer_call_decide(struct call *call, struct wizard_call *w, int64_t revision, enum request_event decision);
/* For a request that is final: reads it anew and shows who decided it, and when. */
const struct err *answer_call_show_answered(struct call *call, struct wizard_call *w);

#endif

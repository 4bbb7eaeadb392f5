/* wizard_call.h - what the pages of both wizards share: whose wizard it is, where it stands, and the way back there.
 *
 * SUBMIT is one's own request: the customer's (/disassociate/…) or the partner's (/customers/{no}/disassociate/…). ANSWER is
 * the answer to the other side's: of the partner (/requests/{no}/…) or the customer (/process-request/{no}/…). Both sides have
 * the same handlers, and target.side tells whose words they show. The row decides what may be shown: a page asks
 * wizard_call_leads_away() first. The code step is the same in all: code_call_*.
 */
#ifndef CGI_WIZARD_CALL_H
#define CGI_WIZARD_CALL_H

#include "action/check.h"
#include "action/wizard_steps.h"
#include "call.h"
#include "code_words.h"
#include "domain/association.h"
#include "domain/request.h"

struct wizard_call {
    struct association *association;
    const struct known *known;       /* SUBMIT, a customer's GET: where the association was taken from (known.h); else NULL */
    struct request *request;         /* ANSWER: the request; NULL for SUBMIT */
    struct wizard_target target;
    struct wizard *wizard;           /* the live row; NULL if none */
    bool is_expired;                 /* an open row is there, but older than its 24 hours; wizard is NULL then */
    int64_t revision;                /* for the field `rev` of forms; 0 without a row */
    enum wizard_step step;           /* the first unfinished one */
    enum rule_operation operation;   /* that the checks are about */
    const char *start;               /* path its pages begin with: "/disassociate", "/customers/C-…/disassociate",
                                        "/requests/DR…", "/process-request/DR…" */
    const char *start_pattern;       /* the same as the route table has it: "/customers/{no}/disassociate" */
    const char *home;                /* where it was started, to go back to */
    const char *customer_name;       /* as this reader may see it */
};

/* The actor's draft about its own association, of the partner with the path's customer. *out NULL: the response is made (no
 * association, a request is open already, a frozen partner). A referral is returned: ask association->model. Reads only. */
const struct err *wizard_call_submit(struct call *call, struct wizard_call **out);
/* The request with this number that the actor's account (partner, or customer) answers or reads; *out NULL: the response is
 * the 404 page, as it is not theirs. A final request is returned: ask request->state. Reads only. */
const struct err *wizard_call_answer(struct call *call, const char *no, struct wizard_call **out);
/* SUBMIT: leads to where one sees that the association is over (open_no NULL), or the open request that was faster. */
const struct err *wizard_call_overtaken(struct call *call, const struct wizard_call *w, const char *open_no, bool by_other);
/* SUBMIT: the frame of its pages, as call_page(). */
struct page *wizard_call_page(struct call *call, const struct wizard_call *w, const char *stem, const char *title);
/* Shows the sections FOR_CUSTOMER or FOR_PARTNER of the page, and sets START and HOME. */
void wizard_call_words(struct call *call, const struct wizard_call *w);
/* Reads the row again, after something changed it. */
const struct err *wizard_call_reload(struct call *call, struct wizard_call *w);

/* Path of a step's page, in call->mem: "/disassociate/verify", "/requests/DR…/verify". */
const char *wizard_call_path(struct call *call, const struct wizard_call *w, enum wizard_step step);
/* True when `step` may not be opened yet (or its draft ran out): the response leads to the first unfinished step and says
 * so. A stale form stays where it is, so that what was typed is shown again. */
bool wizard_call_leads_away(struct call *call, const struct wizard_call *w, enum wizard_step step);
/* 303 to the first unfinished step, with something to say there ("" for nothing). Reads the row again. */
const struct err *wizard_call_go_on(struct call *call, struct wizard_call *w, const char *flash);

/* The draft holds something a person said: a tick, a decision, a reason. A check alone is nothing to come back to. */
bool wizard_call_holds_answers(const struct wizard_call *w);
/* A reason was chosen or typed: what would be lost, so that giving up is asked about. */
bool wizard_call_holds_reason(const struct wizard_call *w);

/* Adds "{name} started this request at {time}" when it was another user, and "We kept your answers from {time}" when the
 * flash says so; for every step's page, after call_page(). */
void wizard_call_messages(struct call *call, const struct wizard_call *w);

/* A one-time key for a form on this page that is sent to a route whose page is another one (pattern of its GET row). */
const char *call_once_for(struct call *call, const char *page_pattern);

/* --- the code step; fields of the forms: `channel` and `rev` (send), `code` and `rev` (prove) --- */

/* Field lists of its routes: query of the page (change=1 asks where to send), the code's form, the sending form. */
extern const char *const wizard_channels[];   /* "EMAIL", "SMS" */
#define WIZARD_CODE_QUERY {{.name = "change", .kind = FIELD_TICK}, {.name = NULL}}
#define WIZARD_CODE_FIELDS \
    {{.name = "code", .kind = FIELD_CODE, .max = 16}, \
     {.name = "rev", .kind = FIELD_NUMBER, .max = WIZARD_REVISION_MAX}, {.name = NULL}}
#define WIZARD_SEND_FIELDS \
    {{.name = "channel", .kind = FIELD_CHOICE, .choices = wizard_channels}, \
     {.name = "rev", .kind = FIELD_NUMBER, .max = WIZARD_REVISION_MAX}, {.name = NULL}}
#define WIZARD_REVISION_MAX 1000000000

/* Sends a code for the POST at hand. 303 to the verify step when sent; otherwise a fault to show on the page. */
const struct err *code_call_send(struct call *call, struct wizard_call *w, struct code_fault *fault);
/* Compares the code of the POST at hand. Right: 303 to `then` (a path). Otherwise a fault to show on the page. */
const struct err *code_call_prove(struct call *call, struct wizard_call *w, const char *then, struct code_fault *fault);
/* The same for a page that goes on in this very POST, with the form's key still to be used: the comparison uses up a key that
 * is derived from it. The draft must be the one that the form was made for. */
enum code_compared {
    COMPARED_RIGHT,              /* *revision: of the draft with the proof in it, and whatever the person saw */
    COMPARED_FAULT,              /* *fault is to be shown */
    COMPARED_GONE,               /* there is no live draft any more */
    COMPARED_ANSWERED            /* the response is made */
};
const struct err *code_call_compare(struct call *call, struct wizard_call *w, enum code_compared *how, int64_t *revision,
                                    struct code_fault *fault);
/* Fills {{>CODE}} (part_code.html) of call->page with this fault (text NULL: none), and adds what is to be said. The page's
 * title becomes "Enter the code", "Verify it’s you" or "We can’t verify you yet". Call it after call_page(). `back` is where
 * ‹Back› leads, `next` where someone proven already goes on, `sentence` says what the code is for ("": nothing).
 * w->wizard is not NULL. */
const struct err *code_call_fill(struct call *call, struct wizard_call *w, const char *back, const char *next,
                                 const char *sentence, const struct code_fault *fault);

#endif

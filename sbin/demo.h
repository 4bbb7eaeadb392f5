/* demo.h - making the demo data: accounts and facts, then histories by the very actions the pages call, at times of the past. */
#ifndef SBIN_DEMO_H
#define SBIN_DEMO_H

#include "action/act.h"
#include "action/wizard_steps.h"
#include "ctl.h"
#include "domain/association.h"
#include "domain/request.h"

#define DEMO_PASSWORD "demo-password-only"
#define DEMO_TOTP "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

struct demo {
    struct ctl *ctl;
    void *mem;
    const char *hash;                /* of the password, the same for all */
    int64_t now;                     /* when the data is loaded; everything lies before */
};

/* demo_accounts.c: accounts, users, contacts, associations. Within a transaction. */
const struct err *demo_make_accounts(struct demo *demo);
/* demo_facts.c: what the account checks read, but freezes. Within a transaction. */
const struct err *demo_make_facts(struct demo *demo);
/* demo_stories.c: requests, answers and freezes, oldest first for each account. */
const struct err *demo_make_stories(struct demo *demo);

/* Account with this number of people: "C-100001". Of the login "clean": its user's account. */
const struct err *demo_account_of(struct demo *demo, const char *login, int64_t *account_id);

/* --- demo_visit.c: somebody comes by and does something --- */

/* An act of this user at that time, in a session of its own that has ended since. login NULL: the system. */
const struct err *demo_act(struct demo *demo, const char *login, int64_t at, struct act **act);

/* Asks to end the association of `customer`, through every step of the wizard; `who` is the customer or its partner's admin.
 * The whole takes four minutes from `at` on. */
const struct err *demo_ask(struct demo *demo, const char *who, const char *customer, int64_t at, enum reason reason,
                           const char *reason_text, const char **request_no);
/* Answers it. */
const struct err *demo_answer(struct demo *demo, const char *who, const char *request_no, int64_t at,
                              enum request_event decision, const char *text);
/* The initiator has read the answer. */
const struct err *demo_see(struct demo *demo, const char *who, const char *request_no, int64_t at);
/* Passes it to the platform. */
const struct err *demo_escalate(struct demo *demo, const char *request_no, int64_t at);
/* Freezes the account of `whom`; `who` NULL: the platform or a budget. */
const struct err *demo_freeze(struct demo *demo, const char *who, const char *whom, enum freeze_type type,
                              enum freeze_source source, const char *reason, int64_t at);

#endif

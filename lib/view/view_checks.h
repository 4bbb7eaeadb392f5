/* view_checks.h - the account checks as cards: {{>CHECKS}}, part_checks.html. What failed with its evidence and who can mend
 * it, what passed, and what is good to know. Partners see numbers only: no names of members, no numbers of contracts. */
#ifndef VIEW_VIEW_CHECKS_H
#define VIEW_VIEW_CHECKS_H

#include "domain/rule.h"
#include "view/page.h"

struct view_checks {
    const struct rule_set *set;
    const struct facts *facts;
    const struct rule_report *report;
    bool for_partner;                     /* the reader is the partner */
    bool for_platform;                    /* the reader is the platform, which sees everything; for_partner is set too: both
                                             read of the customer as of somebody else */
    const char *partner_email, *partner_phone;   /* what the partner shows to its customers; "" if none */
    int64_t kept_days;                    /* data of frozen resources is kept so long */
    const char *customer_href;            /* partner: page of the customer, where an admin can unfreeze it and settle its
                                             contracts; NULL: no such links */
    bool with_account_pages;              /* customer: may mend its own account, so each item links to the page for it */
    const char *return_to;                /* … and those lead back: "check", or a request's number; NULL: they don't */
    const char *unfreeze_once;            /* one-time key for a form to /my-partner/ask-unfreeze; NULL: no such button */
    int64_t unfreeze_asked_at;            /* instead of the button: it was pressed then; INSTANT_NONE: it was not */
};

/* Fills the cards. */
void view_checks_fill(struct page *page, const struct view_checks *checks);

/* How many of the rules that stop the operation, without the quota, there are, and how many do. The quota counts when it
 * could not be read. */
void view_checks_count(const struct rule_report *report, int *failed, int *total);

/* The box "2 of 6 checks failed" with a link to each item; nothing when none failed. */
void view_checks_message(struct page *page, const struct view_checks *checks);

/* "Fixed since your last check: …" when items of `before` (packed, as kept with the last check) that failed pass now;
 * NULL when there are none. */
char *view_checks_fixed(const void *ctx, const char *before, const struct rule_report *now);

/* "Settlement currency" */
const char *view_check_name(enum rule_code code);

#endif

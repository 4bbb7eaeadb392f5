/* check_text.h - the words of each account check, for either reader. Texts are whole sentences in the language in use. */
#ifndef VIEW_CHECK_TEXT_H
#define VIEW_CHECK_TEXT_H

#include "view/view_checks.h"

struct check_text {
    const char *text;              /* what is the matter */
    const char *remedy;            /* what to do; "" if nothing */
    const char *who;               /* who can mend it; "" when the remedy has said so */
    const char *contact;           /* whom to ask; "" if nobody */
    const char *const *evidence;   /* lines; NULL when there are none */
    size_t evidence_n;
};

/* A result that is RULE_FAILED or RULE_UNKNOWN. */
struct check_text check_text_failed(const struct page *page, const struct view_checks *checks, const struct rule_result *result);
/* A result that is RULE_PASSED or RULE_COVERED. */
const char *check_text_passed(const struct page *page, const struct view_checks *checks, const struct rule_result *result);
/* "Set a settlement currency": the link to a failed item. */
const char *check_text_link(enum rule_code code, bool for_partner);

#endif

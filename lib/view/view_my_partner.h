/* view_my_partner.h - what My Partner says: at most one banner, partner information, status, more operations. */
#ifndef VIEW_MY_PARTNER_H
#define VIEW_MY_PARTNER_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/association.h"
#include "domain/request.h"
#include "domain/rule.h"
#include "view/page.h"

struct my_partner {
    const struct association *association;   /* the active one; NULL if none */
    const struct association *left;          /* one that ended lately, while there is none; NULL if none */
    const char *const *tasks;                /* kinds of what is still to be done after it, and PAY_RESOURCES */
    size_t tasks_n;
    const struct request *open;              /* NULL if none */
    const struct request *result;            /* an own request that ended and is not marked as read; NULL if none */
    const struct freeze *freeze;             /* NULL if not frozen */
    int64_t kept_days;                       /* data of frozen resources is kept so long */
    int64_t unfreeze_asked_at;               /* the partner has been asked to unfreeze it; INSTANT_NONE: not */
    bool gets_email;                         /* news is sent by email too */
    const struct rule_set *set;              /* with facts and report: for an active reseller association, else NULL */
    const struct facts *facts;
    const struct rule_report *report;
    bool is_preparing;                       /* a draft is open, or a check ran lately: failed checks are worth a banner */
    bool may_act;                            /* the reader is an owner */
};

void view_my_partner(struct page *page, const struct my_partner *my);

#endif

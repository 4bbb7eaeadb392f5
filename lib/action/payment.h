/* payment.h - the payment provider as this program sees it: an interface, and one built in for the demo.
 *
 * A provider keeps the full numbers; it gives out a reference and the last four digits of what a customer has entered on its own
 * page. That page is reached by a link: pages here send no form anywhere else (form-action 'self').
 */
#ifndef ACTION_PAYMENT_H
#define ACTION_PAYMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"

enum payment_result { PAYMENT_PAID, PAYMENT_DECLINED };

struct payment_charge {
    const char *key;         /* the same charge again has the same key: a provider takes the money once */
    const char *reference;   /* of the payment method */
    const char *currency;    /* ISO 4217 */
    int64_t amount_minor;
};

struct payment_provider {
    const char *name;
    const char *page;        /* where a customer enters a payment method: a path here, or an address elsewhere */
    bool is_demo;            /* its page is ours and says that nothing is charged */
    /* An error is for a provider that gave no answer: nothing is decided then, and it is asked again later. It is called with a
     * transaction open, so one that talks over a network bounds its time below the database's lock time-out. */
    const struct err *(*charge)(const struct payment_provider *provider, const struct payment_charge *charge,
                                enum payment_result *result);
};

/* NULL when the config has none: charging is another system's, and what came of it is imported. */
const struct payment_provider *payment_provider(const struct config *config);

/* What the demo's page calls a new payment method; it declines every charge to one that `declines`. */
const char *payment_demo_reference(const void *ctx, bool declines);

#endif

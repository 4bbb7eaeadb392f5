/* operation.h - the operation log: which operations there are, and the chain that makes tampering show.
 *
 * A row is a transition (exactly one for each change of a request's or an association's state) or an event. Each row holds
 * the hash of the row before it in its chain: one chain an association, one (chain 0) for rows without one.
 */
#ifndef DOMAIN_OPERATION_H
#define DOMAIN_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/side.h"

#define OPERATION_HASH_BYTES 32

enum operation {
    OP_ASSOCIATED, OP_DISASSOCIATED,                                   /* transitions of an association */
    OP_REQUEST_SUBMITTED, OP_REQUEST_AGREED, OP_REQUEST_REJECTED, OP_REQUEST_WITHDRAWN, OP_REQUEST_ESCALATED,
    OP_REQUEST_EXPIRED, OP_REQUEST_COMPLETED, OP_REQUEST_DISMISSED, OP_REQUEST_CANCELLED,   /* of a request */
    OP_CHECK_RUN, OP_STATEMENT_ACCEPTED, OP_CODE_SENT, OP_CODE_PROVEN, OP_CODE_FAILED,
    OP_DRAFT_CANCELLED, OP_FROZEN, OP_UNFROZEN, OP_UNFREEZE_ASKED,
    OP_SIGNED_IN, OP_SIGN_IN_FAILED, OP_SIGNED_OUT, OP_PASSWORD_RESET_ASKED, OP_PASSWORD_CHANGED,
    OP_ACCOUNT_CREATED, OP_USER_CREATED, OP_CONTACT_ADDED, OP_LOG_EXPORTED, OP_LOG_EXPORT_READ,
    OP_CONTRACT_SETTLED, OP_CODE_FUNCTION_SET, OP_NAMES_SHOWN,
    OP_USER_INVITED, OP_INVITATION_ENDED, OP_USER_REMOVED, OP_USER_ROLE_SET, OP_STEPPED_UP, OP_STEP_UP_FAILED,
    OP_INVITED, OP_INVITATION_SENT_AGAIN, OP_INVITATION_REVOKED, OP_INVITATION_EXPIRED,
    OP_INVITATION_ACCEPTED, OP_INVITATION_DECLINED, OP_INVITATION_REFUSED,   /* of an invitation to become a customer */
    OP_CONTACT_CHANGED, OP_CONTACT_REMOVED, OP_PREFERENCES_SET, OP_SESSIONS_ENDED,
    OP_SECOND_FACTOR_ON, OP_SECOND_FACTOR_OFF, OP_RECOVERY_CODES_MADE,       /* of the account center */
    OP_CURRENCY_SET, OP_UNSUBSCRIBED, OP_MEMBER_RELEASED, OP_INFORMATION_SAVED, OP_WATCH_SET, OP_WATCH_TOLD,   /* account center */
    OP_PAYMENT_METHOD_ADDED, OP_PAYMENT_METHOD_DEFAULT, OP_PAYMENT_METHOD_REMOVED,
    OP_RESOURCE_PAID, OP_RESOURCE_GRACE, OP_RESOURCE_RETENTION, OP_RESOURCE_RELEASED, OP_RESOURCE_RESTORED,   /* of a resource */
    OP_QUOTA_GRANTED, OP_QUOTA_REVOKED, OP_USER_DISABLED, OP_USER_ENABLED, OP_FACTOR_RESET, OP_CONTACT_REPLACED,
    OP_ACCOUNT_CLOSED, OP_NOTICES_RETRIED, OP_EVENTS_RETRIED, OP_RULE_CHANGED, OP_RULE_SET_USED, OP_FACTORS_SEALED,   /* of the platform's desk */
    OP_FACTS_IMPORTED,   /* from the platform's billing system: one row an account, counts in the remark */
    OPERATIONS
};

struct operation_info {
    const char *code;          /* "REQUEST_SUBMITTED", as stored */
    const char *text;          /* N_("Disassociation requested"), to be passed through _() */
    bool is_transition;
    bool is_association;       /* shown in the customer's and partner's log (association and disassociation operations) */
};
/* Of OPERATIONS: no code, and a text that says so. */
const struct operation_info *operation_info(enum operation operation);
bool operation_find(const char *code, enum operation *operation);

struct operation_row {
    int64_t id;
    int64_t chain_id;              /* association id, 0 for the platform's */
    int64_t seq;                   /* 1, 2, … within the chain */
    int64_t at;
    enum operation operation;
    int64_t association_id, customer_id, partner_id, account_id;   /* 0 if none; account_id: whose act */
    enum side initiated_by;        /* the side that acted */
    int64_t user_id;               /* operator; 0 for the system */
    const char *user_name;         /* "" for the system */
    const char *object;            /* what it was done to, in words that need no translation: a name or number; "" */
    int64_t request_id;            /* 0 if none */
    const char *request_no;        /* "" */
    const char *from_state, *to_state;   /* transitions; "" */
    const char *result;            /* "DONE", "PENDING", "REJECTED", "FAILED", … */
    const char *remark;            /* free text of a person or short facts; "" */
    const char *ip, *http_id;      /* for auditors; "" */
    unsigned char prev_hash[OPERATION_HASH_BYTES];   /* zeroes for seq 1 */
    unsigned char hash[OPERATION_HASH_BYTES];

    int64_t resource_id;           /* what it is about, for the webhook; no part of what is stored in the log or hashed; 0 */

    bool is_malformed;             /* it was read, and holds what no program has written: operation is OPERATIONS, or initiated_by SIDES */
};

/* SHA-256 over prev_hash and every field in declaration order from chain_id to http_id (id excepted), each with its
 * length, so that no two rows have the same bytes; enums by name, NULL texts as "". */
void operation_hash(const struct operation_row *row, unsigned char hash[OPERATION_HASH_BYTES]);

const char *operation_result_text(const char *result);   /* _("Done"), … in the language in use; an unknown one as it is */
/* The results there are, one by one, as stored; NULL after the last. */
const char *operation_result_at(size_t i);
bool operation_result_is_known(const char *result);

#endif

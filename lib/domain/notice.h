/* notice.h - what is told to whom: kinds, their channels, their words.
 *
 * A notice is kept as a kind and named values, so that inbox and mail speak the reader's language.
 */
#ifndef DOMAIN_NOTICE_H
#define DOMAIN_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum notice_kind {
    NOTICE_REQUEST_SENT,            /* initiator: your request was sent */
    NOTICE_REQUEST_RECEIVED,        /* other side: {customer} asks to leave / your partner wants to end the association */
    NOTICE_REQUEST_AGREED, NOTICE_REQUEST_REJECTED, NOTICE_REQUEST_WITHDRAWN, NOTICE_REQUEST_EXPIRED,
    NOTICE_REQUEST_CANCELLED, NOTICE_REQUEST_ESCALATED, NOTICE_REQUEST_REMINDER,
    NOTICE_FROZEN, NOTICE_UNFROZEN, NOTICE_UNFREEZE_ASKED,
    NOTICE_PAYMENT_METHOD,          /* after leaving: add one */
    NOTICE_CODE,                    /* a verification code: never in the inbox */
    NOTICE_PASSWORD_RESET,          /* a link: never in the inbox */
    NOTICE_PASSWORD_CHANGED,        /* the other channel is told */
    NOTICE_SMS_LOCKED,              /* too many wrong codes: the other channel is told */
    NOTICE_CONTRACT_SETTLED,        /* customer: {object} is the contract's number */
    NOTICE_CODE_FUNCTION,           /* partner: its verification-code function was switched; action "ON" or "OFF" */
    NOTICE_TEAM_INVITATION,         /* a link to join the team of {object}: never in the inbox */
    NOTICE_INVITATION,              /* a link for a customer who is invited by {partner}: never in the inbox */
    NOTICE_INVITATION_ACCEPTED,     /* both: the association has begun; freeze_type when the customer starts frozen */
    NOTICE_INVITATION_DECLINED,     /* partner */
    NOTICE_CONTACT,                 /* {object} was added, changed or removed as a contact: action "ADDED", "CHANGED", "REMOVED",
                                       or "REPLACED" by the platform */
    NOTICE_SECOND_FACTOR,           /* of {object}, who signs in; action "ON" or "OFF" */
    NOTICE_CHECKS_PASS,             /* customer that asked to be told: all account checks pass */
    NOTICE_RESOURCE,                /* customer: {object} is a resource; action "GRACE", "GRACE_ENDS", "RETENTION", "RETENTION_ENDS",
                                       "RELEASED" or "RESTORED" */
    NOTICE_QUOTA,                   /* side that asks: {object} more requests until {until}; action "GRANTED" or "REVOKED" */
    NOTICE_ACCOUNT_CLOSED,          /* whose it is ("OWN"): {object}; the other side of an association: {customer} or {partner} */
    NOTICE_USER,                    /* a user: {object} is the login; action "DISABLED", "ENABLED", "SESSIONS_ENDED" or "FACTOR_RESET" */
    NOTICE_BUDGET,                  /* ops: {object} is a budget of messages that is used up until {until} */
    NOTICE_CHANNEL,                 /* ops: the mail server (action "EMAIL") or the gateway ("SMS") refuses us; {object} is its answer */
    NOTICE_KINDS
};

/* Values a notice is made from; NULL or "" when a kind does not use one. to_partner tells which side reads it. */
struct notice_values {
    bool to_partner;
    bool by_partner;             /* the one who acted or asked is the partner */
    const char *customer, *partner, *request_no, *reason, *until, *code, *action, *link, *host, *freeze_type;
    const char *object;          /* what it is about, in words that need no translation: a contract's number, an account's name */
};

struct notice_info {
    const char *code;            /* "REQUEST_AGREED" as stored */
    bool in_inbox, by_sms;       /* by email: always */
    bool is_secret;              /* its values are sealed in the outbox and wiped once delivered */
    bool is_security;            /* goes by email and by_sms whatever channels the account has chosen */
};
const struct notice_info *notice_info(enum notice_kind kind);
bool notice_kind_find(const char *code, enum notice_kind *kind);

/* In the language in use. A sentence that names a value which is not there is left out. `action` is the code's purpose for
 * NOTICE_CODE, "COMPLETE" or "DISMISS" when the platform decided a request, "FROZEN" when it got one because the partner is; `freeze_type` as in the database. A freeze
 * that is not by_partner is the platform's; told to a partner without `customer` it is the partner's own. Only
 * NOTICE_PASSWORD_RESET, NOTICE_TEAM_INVITATION and NOTICE_INVITATION have their link in the body. notice_sms is "" for kinds
 * that are not by_sms; it has plain quotes, and for NOTICE_CODE a name short enough for one segment, or two in a language that
 * needs UCS-2. */
char *notice_subject(const void *ctx, enum notice_kind kind, const struct notice_values *values);
char *notice_body(const void *ctx, enum notice_kind kind, const struct notice_values *values);     /* paragraphs, LF LF between */
char *notice_sms(const void *ctx, enum notice_kind kind, const struct notice_values *values);
/* Where reading on makes sense: "/my-partner", "/requests/DR…"; "" if nowhere. Paths are handed in by the caller as link. */

/* Values as JSON and back, for the database. Unpacking ignores unknown names and NULLs become "". False, and *values untouched,
 * for what is not an object or has a value of another type. */
char *notice_pack(const void *ctx, const struct notice_values *values);
bool notice_unpack(const void *ctx, const char *json, struct notice_values *values);

#endif

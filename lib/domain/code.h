/* code.h - verification codes: the decisions. Counting and storing is the store's, by conditional updates. */
#ifndef DOMAIN_CODE_H
#define DOMAIN_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/account.h"

enum code_purpose {
    CODE_SUBMIT, CODE_AGREE, CODE_REJECT,     /* a disassociation */
    CODE_CONTACT, CODE_REGISTER,              /* prove an address */
    CODE_PURPOSES
};
enum code_state { CODE_LIVE, CODE_SUPERSEDED, CODE_PROVEN, CODE_USED, CODE_DEAD, CODE_STATES };

const char *code_purpose_name(enum code_purpose purpose);   /* "SUBMIT" */
bool code_state_find(const char *name, enum code_state *state);   /* "LIVE" */

struct code_policy {   /* from the config */
    int64_t digits, ttl_s, resend_s, tries, sends_per_hour, sends_per_day, failures_lock, lock_s, grant_s;
};

struct code {
    int64_t id, account_id, user_id, session_id, contact_id;
    enum code_purpose purpose;
    int64_t target_id;             /* association (submit) or request (agree, reject) */
    enum channel channel;
    const char *destination;       /* address it went to */
    enum code_state state;
    int64_t sent_at, expires_at, proven_at, grant_expires_at;
    int64_t tries;                 /* wrong ones so far, this code */
    unsigned char mac[32];
    bool delivery_failed;          /* the channel gave up */
};

/* What happened to account and purpose so far: read with the page, enforced by the store. */
struct code_budget {
    int64_t sends_hour, sends_day;           /* in the hour and day up to now */
    int64_t hour_frees_at, day_frees_at;     /* when the oldest of them falls out; INSTANT_NONE if none */
    int64_t last_sent_at;                    /* INSTANT_NONE if never */
    int64_t failures;                        /* wrong tries added up across codes since the last success */
    int64_t locked_until;                    /* INSTANT_NONE if not locked */
};

enum code_send {
    CODE_SEND_OK,
    CODE_SEND_WAIT,          /* the cool-down is running: *at is when it ends */
    CODE_SEND_TOO_MANY,      /* the hour's or day's number is used: *at is when one is free */
    CODE_SEND_LOCKED         /* too many wrong ones: *at is when it opens */
};
/* *at is always set; with CODE_SEND_OK to now. */
enum code_send code_may_send(const struct code_policy *policy, const struct code_budget *budget, int64_t now, int64_t *at);

enum code_answer {
    CODE_RIGHT,
    CODE_WRONG,              /* tries left > 0 */
    CODE_EXHAUSTED,          /* that was the last try, or there was none left */
    CODE_EXPIRED,
    CODE_NOT_LIVE,           /* superseded, used, none sent, other session or target */
    CODE_BUDGET_LOCKED
};
/* Whether a code that is entered now in the session may be compared: CODE_RIGHT, or why it may not. code NULL: none was sent. */
enum code_answer code_judge(const struct code_policy *policy, const struct code_budget *budget, const struct code *code,
                            int64_t session_id, int64_t now);

/* The channels an account can be reached by. */
struct code_channels { const struct contact *email, *sms; };   /* verified ones, NULL if none */

/* A cleaned input is `digits` decimal digits. */
bool code_is_well_formed(const char *cleaned, int64_t digits);

/* "ending in 0188" → the last four of a number; "j***@acme.example". In words where the view can. */
char *code_mask_email(const void *ctx, const char *address);
char *code_mask_phone(const void *ctx, const char *number);    /* "0188" */

#endif

/* invitation.h - a partner invites a customer: what an invitation is, and the gates it has to pass before it becomes an
 * association. The gates are a table: who is stopped, why, and what to do about it. */
#ifndef DOMAIN_INVITATION_H
#define DOMAIN_INVITATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/account.h"

enum invitation_kind { INVITATION_EMAIL, INVITATION_LINK, INVITATION_KINDS };
enum invitation_status {
    INVITATION_OPEN, INVITATION_ACCEPTED, INVITATION_DECLINED, INVITATION_REVOKED, INVITATION_EXPIRED, INVITATION_STATUSES
};

const char *invitation_kind_name(enum invitation_kind kind);         /* "EMAIL", as in the database */
bool invitation_kind_find(const char *name, enum invitation_kind *kind);
bool invitation_status_find(const char *name, enum invitation_status *status);

/* What can be in the way of an association, in the order it is told. */
enum invitation_gate {
    GATE_PARTNER_UNABLE,     /* the partner that invites is frozen or closed */
    GATE_IS_PLATFORM, GATE_IS_PARTNER,
    GATE_SAME_PARTNER,       /* associated with this very partner already */
    GATE_HAS_PARTNER,
    GATE_IS_MEMBER,
    GATE_RESERVED_INSTANCES, GATE_SPECIAL_CONTRACT,
    GATES, GATE_NONE = GATES
};

struct invitation {
    int64_t id, partner_id;
    enum invitation_kind kind;
    enum invitation_status status;      /* as stored: ask invitation_status_at() */
    const char *name, *email;           /* email "" for a link */
    int64_t created_at, sent_at, sends;
    int64_t expires_at;                 /* INSTANT_NONE: until revoked */
    int64_t decided_at;                 /* INSTANT_NONE while open */
    int64_t customer_id;                /* who answered; 0: nobody, or a visitor declined */
    int64_t association_id;             /* 0: none came of it */
    enum invitation_gate failure;       /* of the last try to accept; GATE_NONE if none was refused */
    int64_t failed_at;
    bool mail_failed;                   /* the message could not be delivered */
    unsigned char token_hash[32];
    const unsigned char *sealed_token; size_t sealed_token_n;   /* a link that is open; NULL otherwise */
    const char *created_by_name;
    const char *customer_name, *customer_no;                    /* "" without customer_id */
    const char *partner_name, *partner_no, *partner_email, *partner_phone;
    bool partner_is_open, partner_is_frozen;
    int64_t partner_version;            /* account.version of the partner, read with it */
};

/* An open one is over at the very instant it expires. */
enum invitation_status invitation_status_at(const struct invitation *invitation, int64_t now);

/* --- the gates --- */

/* About the account that wants to accept. */
struct invitation_facts {
    enum account_kind kind;
    int64_t inviter_id, partner_id;     /* who invites; who it is associated with now, 0 if nobody */
    bool inviter_is_able;               /* its account is open and not frozen */
    const char *inviter_name, *partner_name, *master_name;   /* "" when there is none */
    int64_t reserved_instances, special_contracts;           /* that hold now: counts */
};

struct invitation_gate_info {
    const char *code;                   /* "HAS_PARTNER", as stored */
    const char *title, *cause, *remedy; /* N_(), for the one who is stopped; places {partner}, {inviter}, {master}, {n} */
    const char *for_inviter;            /* N_(), what the partner reads in its list: no more than it has to know */
    const char *href, *link;            /* the page that helps; NULL if there is none */
};
const struct invitation_gate_info *invitation_gate_info(enum invitation_gate gate);
bool invitation_gate_find(const char *code, enum invitation_gate *gate);

/* One bit, 1 << gate, for each that is closed; 0: it may be accepted. Every gate is always asked. */
unsigned invitation_gates(const struct invitation_facts *facts);
/* The first of these bits; GATE_NONE for 0. */
enum invitation_gate invitation_first_gate(unsigned gates);

/* A text of a gate, in the language in use, with its places filled. */
char *invitation_gate_text(const void *ctx, const char *pattern, enum invitation_gate gate, const struct invitation_facts *facts);

#endif

/* account.h - who there is: accounts, their users, roles, contacts. Names of values are those in the database. */
#ifndef DOMAIN_ACCOUNT_H
#define DOMAIN_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

enum account_kind { ACCOUNT_CUSTOMER, ACCOUNT_PARTNER, ACCOUNT_PLATFORM, ACCOUNT_KINDS };

/* One bit each, so that a route names a set. ANYBODY is the anonymous actor, who has a role of its own. */
enum role {
    ROLE_ANONYMOUS = 1 << 0,
    ROLE_OWNER = 1 << 1,     /* CUSTOMER: everything */
    ROLE_VIEWER = 1 << 2,    /* CUSTOMER: reads */
    ROLE_ADMIN = 1 << 3,     /* PARTNER: initiates, processes, freezes, invites */
    ROLE_MANAGER = 1 << 4,   /* PARTNER: reads its customers */
    ROLE_OPS = 1 << 5,       /* PLATFORM: contracts, escalations, grants, rules */
    ROLE_AUDITOR = 1 << 6    /* PLATFORM: reads every log, nothing else */
};
#define ROLES_CUSTOMER (ROLE_OWNER | ROLE_VIEWER)
#define ROLES_PARTNER (ROLE_ADMIN | ROLE_MANAGER)
#define ROLES_PLATFORM (ROLE_OPS | ROLE_AUDITOR)
#define ROLES_SIGNED_IN (ROLES_CUSTOMER | ROLES_PARTNER | ROLES_PLATFORM)
#define ROLES_ALL (ROLES_SIGNED_IN | ROLE_ANONYMOUS)

#define LOGIN_MAX 254   /* bytes of an address that somebody signs in with: RFC 5321, errata 1690 */

enum channel { CHANNEL_EMAIL, CHANNEL_SMS, CHANNELS, CHANNEL_NONE = CHANNELS };

/* "CUSTOMER", "owner", … as in the database; the find functions answer false for anything else. */
const char *account_kind_name(enum account_kind kind);
bool account_kind_find(const char *name, enum account_kind *kind);
const char *role_name(enum role role);   /* "owner", "viewer", "admin", "manager", "ops", "auditor", "anonymous" */
bool role_find(const char *name, enum role *role);
bool role_fits(enum role role, enum account_kind kind);   /* owner and viewer for CUSTOMER, … */
const char *channel_name(enum channel channel);
bool channel_find(const char *name, enum channel *channel);

/* The one who acts in a request, of nobody in particular when role is ROLE_ANONYMOUS (ids 0, texts empty, never NULL). */
struct actor {
    enum role role;
    enum account_kind kind;
    int64_t user_id, account_id, session_id;
    const char *login;
    const char *user_name;
    const char *account_name;
    const char *account_no;     /* "C-100482", "P-100001" */
    const char *lang;           /* tag, "" = not chosen */
    const char *zone;           /* "" = the site's */
    const char *theme;          /* "", "light", "dark" */
};

struct contact {
    int64_t id, account_id;
    enum channel channel;
    const char *address;
    int64_t verified_at;        /* INSTANT_NONE: not proven, cannot receive codes */
};

#endif

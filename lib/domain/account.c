#include <stddef.h>
#include <string.h>

#include "domain/account.h"
#include "domain/names.h"

static const char *const kinds[ACCOUNT_KINDS] = { "CUSTOMER", "PARTNER", "PLATFORM" };
static const char *const channels[CHANNELS] = { "EMAIL", "SMS" };

/* Nobody's account has the anonymous role, so no kind fits it. */
static const struct { enum role role; const char *name; enum account_kind kind; } roles[] = {
    { ROLE_ANONYMOUS, "anonymous", ACCOUNT_KINDS },
    { ROLE_OWNER, "owner", ACCOUNT_CUSTOMER },
    { ROLE_VIEWER, "viewer", ACCOUNT_CUSTOMER },
    { ROLE_ADMIN, "admin", ACCOUNT_PARTNER },
    { ROLE_MANAGER, "manager", ACCOUNT_PARTNER },
    { ROLE_OPS, "ops", ACCOUNT_PLATFORM },
    { ROLE_AUDITOR, "auditor", ACCOUNT_PLATFORM }
};
#define ROLES_N (sizeof roles / sizeof roles[0])

const char *account_kind_name(enum account_kind kind)
{
    return names_at(kinds, ACCOUNT_KINDS, (int)kind);
}

bool account_kind_find(const char *name, enum account_kind *kind)
{
    int found;

    if (!names_find(kinds, ACCOUNT_KINDS, name, &found))
        return false;
    *kind = (enum account_kind)found;
    return true;
}

const char *role_name(enum role role)
{
    for (size_t i = 0; i < ROLES_N; i++)
        if (roles[i].role == role)
            return roles[i].name;
    return "";
}

bool role_find(const char *name, enum role *role)
{
    if (name == NULL)
        return false;
    for (size_t i = 0; i < ROLES_N; i++) {
        if (strcmp(roles[i].name, name) != 0)
            continue;
        *role = roles[i].role;
        return true;
    }
    return false;
}

bool role_fits(enum role role, enum account_kind kind)
{
    if (kind >= ACCOUNT_KINDS)
        return false;
    for (size_t i = 0; i < ROLES_N; i++)
        if (roles[i].role == role)
            return roles[i].kind == kind;
    return false;
}

const char *channel_name(enum channel channel)
{
    return names_at(channels, CHANNELS, (int)channel);
}

bool channel_find(const char *name, enum channel *channel)
{
    int found;

    if (!names_find(channels, CHANNELS, name, &found))
        return false;
    *channel = (enum channel)found;
    return true;
}

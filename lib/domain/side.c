#include "domain/names.h"
#include "domain/side.h"

static const char *const sides[SIDES] = { "CUSTOMER", "PARTNER", "PLATFORM", "SYSTEM" };

const char *side_name(enum side side)
{
    return names_at(sides, SIDES, (int)side);
}

bool side_find(const char *name, enum side *side)
{
    int found;

    if (!names_find(sides, SIDES, name, &found))
        return false;
    *side = (enum side)found;
    return true;
}

enum side side_of_kind(enum account_kind kind)
{
    static const enum side of_kind[ACCOUNT_KINDS] = {
        [ACCOUNT_CUSTOMER] = SIDE_CUSTOMER, [ACCOUNT_PARTNER] = SIDE_PARTNER, [ACCOUNT_PLATFORM] = SIDE_PLATFORM
    };

    return kind < ACCOUNT_KINDS ? of_kind[kind] : SIDE_SYSTEM;
}

/* side.h - the four parties of an association. */
#ifndef DOMAIN_SIDE_H
#define DOMAIN_SIDE_H

#include <stdbool.h>

#include "domain/account.h"

enum side { SIDE_CUSTOMER, SIDE_PARTNER, SIDE_PLATFORM, SIDE_SYSTEM, SIDES };

const char *side_name(enum side side);                 /* "CUSTOMER", "PARTNER", "PLATFORM", "SYSTEM" */
bool side_find(const char *name, enum side *side);
enum side side_of_kind(enum account_kind kind);

#endif

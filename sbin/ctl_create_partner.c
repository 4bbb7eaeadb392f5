#include "ctl_create.h"

const struct err *ctl_create_partner(struct ctl *ctl) { return ctl_create_account(ctl, ACCOUNT_PARTNER, ROLE_ADMIN); }

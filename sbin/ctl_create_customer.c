#include "ctl_create.h"

const struct err *ctl_create_customer(struct ctl *ctl) { return ctl_create_account(ctl, ACCOUNT_CUSTOMER, ROLE_OWNER); }

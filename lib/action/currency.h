/* currency.h - setting the currency an account settles in: once, and never again. */
#ifndef ACTION_CURRENCY_H
#define ACTION_CURRENCY_H

#include "action/act.h"

enum currency_outcome { CURRENCY_DONE, CURRENCY_UNKNOWN, CURRENCY_ALREADY };

/* `code` must be one the site offers. Bumps the account's version, logs CURRENCY_SET. ERR_DENIED for anybody but an owner. */
const struct err *set_currency(struct act *act, const char *code, enum currency_outcome *outcome);

#endif

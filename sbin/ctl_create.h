/* ctl_create.h - what the commands that make accounts and users share: clean input, outcomes in words, what is printed once. */
#ifndef SBIN_CTL_CREATE_H
#define SBIN_CTL_CREATE_H

#include "action/create.h"
#include "ctl.h"

/* Cleans and checks what was typed. ERR_INPUT says what is wrong with it. */
const struct err *ctl_name(const struct ctl *ctl, const char *option, const char *typed, const char **name);
const struct err *ctl_login(const struct ctl *ctl, const char *typed, const char **login);

/* NULL for CREATE_DONE; ERR_CONFLICT with words for anything else. */
const struct err *ctl_created(enum create_outcome outcome);

/* Prints what must be told to the new user; the secrets are nowhere else. */
void ctl_tell_user(const struct ctl *ctl, const struct create_user *user, const char *account_no, bool password_is_made);

/* create-partner and create-customer. */
const struct err *ctl_create_account(struct ctl *ctl, enum account_kind kind, enum role role);

#endif

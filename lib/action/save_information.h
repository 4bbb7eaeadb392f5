/* save_information.h - what a biller needs to know: name, address, tax number, where bills go. */
#ifndef ACTION_SAVE_INFORMATION_H
#define ACTION_SAVE_INFORMATION_H

#include "action/act.h"
#include "store/store_account_center.h"

enum information_outcome {
    INFORMATION_DONE,
    INFORMATION_INCOMPLETE,  /* a text that is needed is empty: name, first address line, city, country, billing email */
    INFORMATION_CHANGED      /* somebody saved it since `version` was read */
};

/* By an owner. information->version is the one the form was filled from, 0 for none. Bumps the account's version, logs
 * INFORMATION_SAVED without the texts, and closes the task ACCOUNT_INFORMATION. */
const struct err *save_information(struct act *act, const struct account_information *information, enum information_outcome *outcome);

#endif

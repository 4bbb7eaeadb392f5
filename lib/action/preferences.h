/* preferences.h - how pages look and speak to a person, and by which channels an account hears from us. */
#ifndef ACTION_PREFERENCES_H
#define ACTION_PREFERENCES_H

#include "action/act.h"
#include "store/store_contact.h"

struct preferences {
    const char *lang;          /* tag of a language; "": as the browser asks */
    const char *zone;          /* known to clock_zone_is_known(); "": the site's */
    const char *theme;         /* "light", "dark"; "": as the device */
    bool with_channels;        /* the account's channels too, by the one in charge of a customer or partner */
    struct notice_channels channels;   /* at least one */
};

enum preferences_outcome {
    PREFERENCES_DONE,
    PREFERENCES_NO_NUMBER      /* notices by text message alone, and no proven mobile number */
};
/* May this actor choose the channels of its account? */
bool preferences_may_set_channels(const struct actor *actor);
const struct err *preferences_set(struct act *act, const struct preferences *preferences, enum preferences_outcome *outcome);

#endif

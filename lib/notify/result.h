/* result.h - filling a struct channel_result; used by the channels only. */
#ifndef NOTIFY_RESULT_H
#define NOTIFY_RESULT_H

#include "notify/channel.h"

/* `detail` is formatted, cut to its room and made one line of printable ASCII: a server's words go into it. */
void result_set(struct channel_result *result, enum channel_outcome outcome, long response_code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#include "notify/channel.h"
#include "notify/result.h"

long channel_time_left(const struct message *message, long timeout_ms)
{
    int64_t left_ms = message->until == 0 ? timeout_ms : (message->until - clock_now()) / 1000;

    return left_ms <= 0 ? 0 : left_ms < timeout_ms ? (long)left_ms : timeout_ms;
}

void result_set(struct channel_result *result, enum channel_outcome outcome, long response_code, const char *format, ...)
{
    char detail[sizeof result->detail];
    va_list args;
    size_t n;

    va_start(args, format);
    (void)vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    for (char *c = detail; *c != '\0'; c++)
        if (*c < ' ' || *c >= 0x7F)
            *c = *c == '\r' || *c == '\n' || *c == '\t' ? ' ' : '?';
    for (n = strlen(detail); n > 0 && detail[n - 1] == ' '; n--)
        detail[n - 1] = '\0';
    result->outcome = outcome;
    result->response_code = response_code;
    memcpy(result->detail, detail, sizeof detail);
}

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "notify/result.h"

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

/* log.h - structured log lines, JSON, one object a line, on standard error.
 *
 * User bytes are escaped, invalid UTF-8 becomes U+FFFD, a text longer than 1,000 bytes is cut. Never give it cookies,
 * codes, passwords or bodies. Library code does not log; serve.c, the worker and mypartnerctl do.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

/* Starts a line: {"at":"2026-11-22T14:02:11.123456Z","program":…,"pid":…,"event":"request" */
void log_begin(const char *event);
void log_text(const char *key, const char *value);   /* NULL gives null */
void log_int(const char *key, int64_t value);
void log_end(void);                                   /* one write(2) */

/* A whole line with one text: {"at":…,"event":event,"message":…}. */
void log_line(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Names this program in each line; default "mypartner". The text is kept, not copied. */
void log_program(const char *name);

#endif

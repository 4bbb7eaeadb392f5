/* progress.h - how far a long command is, on standard error: a bar if that is a terminal, and nothing otherwise. */
#ifndef SBIN_PROGRESS_H
#define SBIN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what;            /* "rows verified" */
    int64_t total;               /* 0: not known */
    bool is_shown;
    int64_t shown_at;            /* drawn at most ten times a second */
    int64_t started_at;
};
struct progress progress_begin(const char *what, int64_t total);
void progress_show(struct progress *progress, int64_t done);
/* Ends the line. */
void progress_end(struct progress *progress, int64_t done);

#endif

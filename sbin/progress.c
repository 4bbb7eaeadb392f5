#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define BAR 30
#define EACH (CLOCK_SECOND / 10)

struct progress progress_begin(const char *what, int64_t total)
{
    return (struct progress){ .what = what, .total = total, .is_shown = isatty(STDERR_FILENO) != 0, .started_at = clock_now() };
}

static void draw(const struct progress *progress, int64_t done, int64_t now)
{
    const int64_t passed = now - progress->started_at;
    const int64_t rate = passed > 0 ? (int64_t)((double)done * (double)CLOCK_SECOND / (double)passed) : 0;
    const int64_t total = progress->total > done ? progress->total : done;

    fprintf(stderr, "\r");
    if (progress->total > 0 && total > 0) {
        const int filled = (int)(BAR * done / total);

        fprintf(stderr, "[");
        for (int i = 0; i < BAR; i++)
            fputc(i < filled ? '#' : '.', stderr);
        fprintf(stderr, "] %3d%%  ", (int)(100 * done / total));
    }
    fprintf(stderr, "%" PRId64 " %s, %" PRId64 "/s   ", done, progress->what, rate);
}

void progress_show(struct progress *progress, int64_t done)
{
    int64_t now;

    if (!progress->is_shown)
        return;
    now = clock_now();
    if (now - progress->shown_at < EACH && now >= progress->shown_at)
        return;
    progress->shown_at = now;
    draw(progress, done, now);
}

void progress_end(struct progress *progress, int64_t done)
{
    if (!progress->is_shown)
        return;
    draw(progress, done, clock_now());
    fputc('\n', stderr);
}

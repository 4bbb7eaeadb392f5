/* view_request.h - a disassociation request as its two sides read it: badge, who decided, and a timeline that says who acts
 * next, by when, and what happens on silence. Who reads is SIDE_CUSTOMER, SIDE_PARTNER, or SIDE_PLATFORM for what was passed to
 * it. */
#ifndef VIEW_REQUEST_H
#define VIEW_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/request.h"
#include "view/tpl.h"

struct view_badge {
    const char *css;    /* class beside "badge": "", "ok", "bad", "warn", "info" */
    const char *text;
};
struct view_badge view_request_badge(const struct request *request, enum side reader);

/* "Your partner agreed", "Kim Lee rejected the request", "The request expired"; "" while it is pending. A person of one's own
 * side is named, the other side is not. */
char *view_request_decision(const void *ctx, const struct request *request, enum side reader);

/* Who has to act, by when, and what happens otherwise; "" once it is final. */
char *view_request_silence(const void *ctx, const struct request *request, enum side reader, const char *zone);

/* The reason with the words added to it: "The project has ended" or "Another reason: …". */
char *view_request_reason(const void *ctx, const struct request *request);

/* One entry of a timeline: of part_timeline.html, which the caller includes with tpl_include(). */
enum timeline_mark { TIMELINE_DONE, TIMELINE_BAD, TIMELINE_NOW, TIMELINE_TO_COME };
void view_timeline_entry(struct tpl_dict *timeline, enum timeline_mark mark, const char *title, const char *detail);

/* The entries of this request. */
void view_request_timeline(const void *ctx, struct tpl_dict *timeline, const struct request *request, enum side reader,
                           const char *zone);

#endif

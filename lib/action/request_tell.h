/* request_tell.h - what a change of a request leaves behind besides itself: its row in the log, and its notices. */
#ifndef ACTION_REQUEST_TELL_H
#define ACTION_REQUEST_TELL_H

#include "action/act.h"
#include "domain/request.h"

/* The one row of this transition in the association's log. remark: words of the person who acted; may be "". */
const struct err *request_log(struct act *act, const struct request *request, const struct request_move *move, const char *remark);

/* What is told, to both sides or one. */
struct request_news {
    enum notice_kind kind;
    bool by_partner;        /* the one who acted or asked is the partner */
    const char *reason;     /* in a person's words; may be "" */
    int64_t until_at;       /* INSTANT_NONE: no time is told */
    const char *event;      /* "SUBMITTED": with the request's id unique for what happened */
    const char *action;     /* "COMPLETE", "DISMISS" or "FROZEN", as notice.h says; NULL otherwise */
};
const struct err *request_notify(struct act *act, const struct request *request, enum side to, const struct request_news *news);
const struct err *request_notify_each(struct act *act, const struct request *request, const struct request_news *to_customer,
                                      const struct request_news *to_partner);
const struct err *request_notify_both(struct act *act, const struct request *request, const struct request_news *news);

#endif

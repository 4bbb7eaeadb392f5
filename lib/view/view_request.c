#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "view/format.h"
#include "view/view_request.h"

/* --- badge ------------------------------------------------------------------------------------------------------------ */

static const struct view_badge final_badges[REQUEST_STATES] = {
    [REQUEST_COMPLETED] = { "ok", N_("Agreed") },
    [REQUEST_REJECTED] = { "bad", N_("Rejected") },
    [REQUEST_WITHDRAWN] = { "", N_("Withdrawn") },
    [REQUEST_EXPIRED] = { "", N_("Expired") },
    [REQUEST_CANCELLED] = { "", N_("Cancelled") },
};

struct view_badge view_request_badge(const struct request *request, enum side reader)
{
    if (request_is_final(request->state)) {
        struct view_badge badge = final_badges[request->state];
        badge.text = _(badge.text);
        return badge;
    }
    if (request->escalated_at != INSTANT_NONE) return (struct view_badge) { "warn", _("With the platform") };
    if (request->initiator != reader && reader != SIDE_PLATFORM) return (struct view_badge) { "warn", _("Waiting for you") };
    if (request->initiator == SIDE_CUSTOMER) return (struct view_badge) { "warn", _("Waiting for partner") };
    return (struct view_badge) { "warn", _("Waiting for customer") };
}

/* --- who decided ------------------------------------------------------------------------------------------------------ */

/* The one who decided, as the reader sees it. */
enum decider { DECIDER_OWN, DECIDER_PARTNER, DECIDER_THE_PARTNER, DECIDER_CUSTOMER, DECIDER_PLATFORM, DECIDER_ANY };

static const struct {
    enum request_state state;
    enum decider decider;
    const char *text;
} decisions[] = {
    { REQUEST_COMPLETED, DECIDER_OWN, N_("{name} agreed to the request") },
    { REQUEST_COMPLETED, DECIDER_PARTNER, N_("Your partner agreed to the request") },
    { REQUEST_COMPLETED, DECIDER_THE_PARTNER, N_("The partner agreed to the request") },
    { REQUEST_COMPLETED, DECIDER_CUSTOMER, N_("The customer agreed to the request") },
    { REQUEST_COMPLETED, DECIDER_ANY, N_("The platform agreed to the request") },
    { REQUEST_REJECTED, DECIDER_OWN, N_("{name} rejected the request") },
    { REQUEST_REJECTED, DECIDER_PARTNER, N_("Your partner rejected the request") },
    { REQUEST_REJECTED, DECIDER_THE_PARTNER, N_("The partner rejected the request") },
    { REQUEST_REJECTED, DECIDER_CUSTOMER, N_("The customer rejected the request") },
    { REQUEST_REJECTED, DECIDER_ANY, N_("The platform rejected the request") },
    { REQUEST_WITHDRAWN, DECIDER_OWN, N_("{name} withdrew the request") },
    { REQUEST_WITHDRAWN, DECIDER_PARTNER, N_("Your partner withdrew the request") },
    { REQUEST_WITHDRAWN, DECIDER_CUSTOMER, N_("The customer withdrew the request") },
    { REQUEST_WITHDRAWN, DECIDER_ANY, N_("The request was withdrawn") },
    { REQUEST_EXPIRED, DECIDER_ANY, N_("The request expired") },
    { REQUEST_CANCELLED, DECIDER_ANY, N_("The request was cancelled because an account was closed") },
};

static enum decider decider_of(const struct request *request, enum side reader)
{
    if (request->decided_by == reader && request->decided_by_name[0] != '\0') return DECIDER_OWN;
    if (request->decided_by == SIDE_PARTNER && reader == SIDE_CUSTOMER) return DECIDER_PARTNER;
    if (request->decided_by == SIDE_PARTNER && reader == SIDE_PLATFORM) return DECIDER_THE_PARTNER;
    if (request->decided_by == SIDE_CUSTOMER && reader != SIDE_CUSTOMER) return DECIDER_CUSTOMER;
    return DECIDER_PLATFORM;
}

char *view_request_decision(const void *ctx, const struct request *request, enum side reader)
{
    const enum decider decider = decider_of(request, reader);
    for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++)
        if (decisions[i].state == request->state && (decisions[i].decider == decider || decisions[i].decider == DECIDER_ANY))
            return text_fill(ctx, _(decisions[i].text), "name", request->decided_by_name, NULL);
    return mem_copy(ctx, "");
}

/* --- what happens on silence ------------------------------------------------------------------------------------------ */

char *view_request_silence(const void *ctx, const struct request *request, enum side reader, const char *zone)
{
    if (request->state != REQUEST_PENDING) return mem_copy(ctx, "");
    const char *pattern;
    if (reader == SIDE_PLATFORM)
        pattern = _("Decide by {until}. After that the request expires and the association goes on.");
    else if (request->escalated_at != INSTANT_NONE)
        pattern = reader == SIDE_PARTNER && request->initiator == SIDE_CUSTOMER
            ? _("The platform decides by {until}. Until then you can still answer.")
            : _("The platform decides by {until}. After that the request expires and you stay associated.");
    else if (request->initiator == SIDE_CUSTOMER)
        pattern = reader == SIDE_CUSTOMER ? _("Your partner can answer until {until}. After that the platform decides.")
                                          : _("Answer by {until}. After that the platform decides.");
    else
        pattern = reader == SIDE_CUSTOMER ? _("Answer by {until}. After that the request expires and you stay associated.")
                                          : _("The customer can answer until {until}. After that the request expires.");
    return text_fill(ctx, pattern, "until", format_time(ctx, request->deadline_at, zone), NULL);
}

char *view_request_reason(const void *ctx, const struct request *request)
{
    if (request->reason_text[0] == '\0') return mem_copy(ctx, reason_text(request->reason, request->initiator));
    if (request->reason == REASON_NONE) return mem_copy(ctx, request->reason_text);
    return text_fill(ctx, _("{reason}: {details}"), "reason", reason_text(request->reason, request->initiator), "details", request->reason_text, NULL);
}

/* --- timeline --------------------------------------------------------------------------------------------------------- */

static const char *const marks[] = {
    [TIMELINE_DONE] = "ok", [TIMELINE_BAD] = "bad", [TIMELINE_NOW] = "now", [TIMELINE_TO_COME] = "next",
};

void view_timeline_entry(struct tpl_dict *timeline, enum timeline_mark mark, const char *title, const char *detail)
{
    struct tpl_dict *entry = tpl_row(timeline, "ENTRY");
    tpl_set(entry, "ENTRY_CSS", marks[mark]);
    tpl_set(entry, "ENTRY_TITLE", title);
    tpl_show_if(entry, "ENTRY_WITH_DETAIL", detail[0] != '\0');
    tpl_set(entry, "ENTRY_DETAIL", detail);
}

static char *waiting_for(const void *ctx, const struct request *request, enum side reader)
{
    if (request->escalated_at != INSTANT_NONE) return mem_copy(ctx, _("Waiting for the platform"));
    if (request->initiator != reader) return mem_copy(ctx, _("Waiting for you"));
    return text_fill(ctx, _("Waiting for {name}"), "name",
                     reader == SIDE_CUSTOMER ? request->partner_name : request->customer_name, NULL);
}

static const char *until_the_result(const struct request *request, enum side reader)
{
    if (request->escalated_at != INSTANT_NONE) return _("Nothing changes until there is a decision.");
    if (request->initiator != reader) return _("Nothing changes until you answer.");
    return reader == SIDE_CUSTOMER ? _("You stay associated until your partner agrees.")
                                   : _("Nothing changes until the customer answers.");
}

void view_request_timeline(const void *ctx, struct tpl_dict *timeline, const struct request *request, enum side reader,
                           const char *zone)
{
    view_timeline_entry(timeline, TIMELINE_DONE, request->initiator == reader || reader == SIDE_PLATFORM ? _("Request submitted")
                                                                                              : _("Request received"),
                        format_time(ctx, request->submitted_at, zone));
    if (request->escalated_at != INSTANT_NONE)
        view_timeline_entry(timeline, TIMELINE_DONE, _("Passed to the platform"),
                            format_time(ctx, request->escalated_at, zone));
    if (request_is_final(request->state)) {
        const bool is_agreed = request->state == REQUEST_COMPLETED;
        view_timeline_entry(timeline, is_agreed ? TIMELINE_DONE : TIMELINE_BAD,
                            view_request_decision(ctx, request, reader), format_time(ctx, request->decided_at, zone));
        return;
    }
    view_timeline_entry(timeline, TIMELINE_NOW, waiting_for(ctx, request, reader),
                        view_request_silence(ctx, request, reader, zone));
    view_timeline_entry(timeline, TIMELINE_TO_COME, _("Result"), until_the_result(request, reader));
}

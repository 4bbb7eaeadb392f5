/* How the platform is doing, in pictures with the same numbers beside them. */
#include "pages.h"

#include "base/clock.h"
#include "base/text.h"
#include "desk_call.h"
#include "domain/quota.h"
#include "domain/rule.h"
#include "domain/stats.h"
#include "store/store_overview.h"
#include "view/chart.h"
#include "view/view_checks.h"

#define DAYS 30
#define WEEKS 8
#define DELIVERY_DAYS 14
#define ANSWERS_MAX 20000
#define CHECKS_MAX 5000
#define ESCALATED_MAX 1000

struct reading {
    struct call *call;
    int64_t today;                         /* its first instant, in UTC */
    struct overview_requests *requests;
    struct overview_answer *answers;
    const char *const *checks;
    struct overview_quota *quota;
    struct overview_delivery *deliveries;
    int64_t *escalated;
    size_t requests_n, answers_n, checks_n, quota_n, deliveries_n, escalated_n;
};

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *r = arg;
    const void *mem = r->call->mem;
    const int64_t now = r->call->now;
    TRY(overview_requests(db, mem, r->today - (DAYS - 1) * CLOCK_DAY, &r->requests, &r->requests_n));
    TRY(overview_answers(db, mem, now - WEEKS * 7 * CLOCK_DAY, ANSWERS_MAX, &r->answers, &r->answers_n));
    TRY(overview_checks(db, mem, now - DAYS * CLOCK_DAY, CHECKS_MAX, &r->checks, &r->checks_n));
    TRY(overview_quota(db, mem, now, &r->quota, &r->quota_n));
    TRY(overview_deliveries(db, mem, r->today - (DELIVERY_DAYS - 1) * CLOCK_DAY, &r->deliveries, &r->deliveries_n));
    return overview_escalated(db, mem, ESCALATED_MAX, &r->escalated, &r->escalated_n);
}

static const char *number(const struct reading *r, int64_t n) { return mem_text(r->call->mem, "%lld", (long long)n); }

/* Bars for so many days up to today; a tick at every fifth, counted from today. */
static struct chart_bar *bars_of_days(const struct reading *r, int n, int every)
{
    struct chart_bar *bars = mem_array(r->call->mem, struct chart_bar, (size_t)n);
    for (int i = 0; i < n; i++) {
        const int64_t day = r->today - (int64_t)(n - 1 - i) * CLOCK_DAY;
        const struct civil civil = clock_civil(day, "UTC");
        bars[i].label = format_date(r->call->mem, day, "UTC");
        bars[i].tick = (n - 1 - i) % every == 0 ? mem_text(r->call->mem, "%d/%d", civil.month, civil.day) : "";
    }
    return bars;
}

/* Which bar a day has; n when it has none. */
static size_t bar_of_day(const struct reading *r, int64_t day, size_t n)
{
    const int64_t back = (r->today - day) / CLOCK_DAY;
    return back >= 0 && back < (int64_t)n ? n - 1 - (size_t)back : n;
}

/* --- requests by day and outcome --------------------------------------------------------------------------------------- */

enum { SENT_WAITING, SENT_AGREED, SENT_REJECTED, SENT_ENDED, SENT_SERIES };

static size_t series_of(enum request_state state)
{
    switch (state) {
    case REQUEST_PENDING:
        return SENT_WAITING;
    case REQUEST_COMPLETED:
        return SENT_AGREED;
    case REQUEST_REJECTED:
        return SENT_REJECTED;
    default:
        return SENT_ENDED;
    }
}

static void fill_requests(const struct reading *r)
{
    struct chart_bar *bars = bars_of_days(r, DAYS, 7);
    for (size_t i = 0; i < r->requests_n; i++) {
        const size_t bar = bar_of_day(r, r->requests[i].day, DAYS);
        if (bar < DAYS)
            bars[bar].values[series_of(r->requests[i].state)] += r->requests[i].n;
    }
    const struct chart chart = {
        .id = "requests", .title = _("Requests of the last 30 days"),
        .about = _("For each day how many requests were sent, and what became of them."),
        .column = _("Sent on"), .unit = _("requests"), .empty = _("No request was sent in this time."), .note = _("Ended otherwise: withdrawn, expired or cancelled. Days are those of UTC."),
        .series = {_("Waiting"), _("Agreed"), _("Rejected"), _("Ended otherwise")}, .css = {1, 2, 3, 4},
        .series_n = SENT_SERIES, .bars = bars, .bars_n = DAYS, .only_filled = true};
    chart_fill(r->call->page, "REQUESTS", &chart);
}

/* --- time to answer ---------------------------------------------------------------------------------------------------- */

/* In the unit one would say it in. */
static const char *took_text(const struct reading *r, int64_t took_s)
{
    const int64_t unit = took_s < 2 * 3600 ? 60 : took_s < 2 * 86400 ? 3600 : 86400;
    return format_duration(r->call->mem, (took_s + unit - 1) / unit * unit);
}

static void fill_answers(const struct reading *r)
{
    struct chart_bar bars[WEEKS] = {{.label = NULL}};
    int64_t *took = mem_array(r->call->mem, int64_t, r->answers_n);
    for (size_t week = 0; week < WEEKS; week++) {
        const int64_t end = r->call->now - (int64_t)(WEEKS - 1 - week) * 7 * CLOCK_DAY, begin = end - 7 * CLOCK_DAY;
        const struct civil civil = clock_civil(begin, r->call->zone);
        size_t n = 0;
        for (size_t i = 0; i < r->answers_n; i++)
            if (r->answers[i].at > begin && r->answers[i].at <= end)
                took[n++] = r->answers[i].took_s;
        const int64_t median = stats_percentile(took, n, 50), slow = stats_percentile(took, n, 90);
        bars[week] = (struct chart_bar){
            .label = format_date(r->call->mem, begin, r->call->zone),
            .tick = mem_text(r->call->mem, "%d/%d", civil.month, civil.day),
            .values = {(median + 1800) / 3600, (slow + 1800) / 3600, (int64_t)n},
            .texts = {n == 0 ? "–" : took_text(r, median), n == 0 ? "–" : took_text(r, slow)}};
    }
    const struct chart chart = {
        .id = "answers", .title = _("Time to answer"),
        .about = _("For each week in how many hours half of the requests, and nine of ten, were answered."),
        .column = _("Week from"), .unit = _("hours"), .empty = _("No request was answered in this time, or each within the half hour."),
        .note = r->answers_n == ANSWERS_MAX ? _("Only the newest 20,000 answers are counted.") : "",
        .series = {_("Half within (median)"), _("Nine of ten within")}, .css = {1, 5}, .series_n = 2, .is_grouped = true, .bars = bars,
        .bars_n = WEEKS, .only_filled = true};
    chart_fill(r->call->page, "ANSWERS", &chart);
}

/* --- most failed checks ------------------------------------------------------------------------------------------------ */

static void fill_checks(const struct reading *r)
{
    struct chart_bar bars[RULES] = {{.label = NULL}};
    for (int i = 0; i < RULES; i++)
        bars[i] = (struct chart_bar){.label = view_check_name((enum rule_code)i), .tick = rule_code_name((enum rule_code)i)};
    for (size_t i = 0; i < r->checks_n; i++) {
        struct rule_report report;
        if (!rule_report_unpack(r->checks[i], &report))
            continue;
        for (int k = 0; k < RULES; k++)
            bars[k].values[0] += report.results[k].outcome == RULE_FAILED;
    }
    const struct chart chart = {
        .id = "failed-checks", .title = _("Checks that failed"),
        .about = _("For each account check how many drafts of the last 30 days failed it when they were checked last."),
        .column = _("Check"), .unit = _("drafts"), .empty = _("No check failed in this time."),
        .note = r->checks_n == CHECKS_MAX ? _("Only the newest 5,000 drafts are counted.")
                                          : text_fill(r->call->mem, _("Drafts that were checked: {n}."), "n",
                                                      number(r, (int64_t)r->checks_n), NULL),
        .series = {_("Failed")}, .css = {3}, .series_n = 1, .bars = bars, .bars_n = RULES, .only_filled = true};
    chart_fill(r->call->page, "CHECKS", &chart);
}

/* --- quota ------------------------------------------------------------------------------------------------------------- */

static void fill_quota(const struct reading *r)
{
    int64_t most = 3;
    for (size_t i = 0; i < r->quota_n; i++)
        if (r->quota[i].used > most)
            most = r->quota[i].used;
    const size_t n = most > QUOTA_SLOTS_MAX ? QUOTA_SLOTS_MAX : (size_t)most;
    struct chart_bar *bars = mem_array(r->call->mem, struct chart_bar, n);
    for (size_t i = 0; i < n; i++)
        bars[i] = (struct chart_bar){.label = number(r, (int64_t)i + 1), .tick = number(r, (int64_t)i + 1)};
    for (size_t i = 0; i < r->quota_n; i++)
        if (r->quota[i].used >= 1 && r->quota[i].used <= (int64_t)n)
            bars[r->quota[i].used - 1].values[0] = r->quota[i].customers;
    const struct chart chart = {
        .id = "quota", .title = _("Requests that customers have used"),
        .about = _("How many customers have so many requests that count now."), .column = _("Requests that count"),
        .unit = _("customers"), .empty = _("No customer has a request that counts now."), .note = "",
        .series = {_("Customers")}, .css = {1}, .series_n = 1, .bars = bars, .bars_n = n};
    chart_fill(r->call->page, "QUOTA", &chart);
}

/* --- deliveries -------------------------------------------------------------------------------------------------------- */

static void fill_deliveries(const struct reading *r)
{
    /* What was delivered would dwarf what was not, so it is in the table alone. */
    struct chart_bar *bars = bars_of_days(r, DELIVERY_DAYS, 3);
    for (size_t i = 0; i < r->deliveries_n; i++) {
        const size_t bar = bar_of_day(r, r->deliveries[i].day, DELIVERY_DAYS);
        if (bar == DELIVERY_DAYS)
            continue;
        bars[bar].values[0] = r->deliveries[i].trying;
        bars[bar].values[1] = r->deliveries[i].dead;
        bars[bar].values[2] = r->deliveries[i].sent;
    }
    const struct chart chart = {
        .id = "deliveries", .title = _("Messages that fail"),
        .about = _("For each day how many of the messages of that day are still tried after a failure, and how many were given up."),
        .column = _("Queued on"), .unit = _("messages"), .empty = _("No message of the last 14 days failed."),
        .note = _("Days are those of UTC."), .series = {_("Tried again"), _("Given up"), _("Delivered")}, .css = {4, 3, 0},
        .series_n = 3, .bars = bars, .bars_n = DELIVERY_DAYS};
    chart_fill(r->call->page, "DELIVERIES", &chart);
}

/* --- escalations ------------------------------------------------------------------------------------------------------- */

static void fill_escalated(const struct reading *r)
{
    static const struct { const char *label, *tick; int64_t below_days; } ages[] = {
        {N_("Less than a day"), "<1", 1}, {N_("1 to 2 days"), "1–2", 3}, {N_("3 to 6 days"), "3–6", 7},
        {N_("A week or more"), "7+", INT64_MAX / CLOCK_DAY}};
    struct chart_bar bars[sizeof ages / sizeof ages[0]] = {{.label = NULL}};
    const size_t n = sizeof ages / sizeof ages[0];
    for (size_t i = 0; i < n; i++)
        bars[i] = (struct chart_bar){.label = _(ages[i].label), .tick = ages[i].tick};
    for (size_t i = 0; i < r->escalated_n; i++) {
        size_t age = 0;
        while (age + 1 < n && r->call->now - r->escalated[i] >= ages[age].below_days * CLOCK_DAY)
            age++;
        bars[age].values[0]++;
    }
    const struct chart chart = {
        .id = "escalated", .title = _("Requests that wait for the platform"),
        .about = _("How many escalated requests wait for the platform, by how long they have waited."), .column = _("Waiting for"),
        .unit = _("requests"), .empty = _("No request waits for the platform."), .note = "", .series = {_("Requests")}, .css = {4},
        .series_n = 1, .bars = bars, .bars_n = n};
    chart_fill(r->call->page, "ESCALATED", &chart);
}

const struct err *overview_get(struct call *call)
{
    struct reading r = {.call = call, .today = call->now - call->now % CLOCK_DAY};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &r));
    struct page *page = call_page(call, "overview", _("Overview"));
    page->current = "/overview";
    TRY(desk_call_warn_of_denials(call, page));
    tpl_set(page->dict, "WHEN", text_fill(call->mem, _("As it was on {time}."), "time", format_time(call->mem, call->now, call->zone), NULL));
    fill_requests(&r);
    fill_answers(&r);
    fill_checks(&r);
    fill_quota(&r);
    fill_deliveries(&r);
    fill_escalated(&r);
    return call_show(call, 0);
}

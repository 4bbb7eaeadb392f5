#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"

#include "domain/names.h"
#include "domain/request.h"

#define BY_CUSTOMER (1u << SIDE_CUSTOMER)
#define BY_PARTNER (1u << SIDE_PARTNER)
#define BY_EITHER (BY_CUSTOMER | BY_PARTNER)

/* Everything that can happen to a request. What is not here is not legal. Source: domain rules, "A request and its states". */
const struct request_move request_moves[] = {
    { .from = REQUEST_NONE, .event = REQUEST_SUBMIT, .mover = MOVER_INITIATOR, .to = REQUEST_PENDING,
      .verb = "REQUEST_SUBMITTED", .initiators = BY_EITHER,
      .needs_rules = true, .needs_statement = true, .needs_code = true },
    { .from = REQUEST_PENDING, .event = REQUEST_AGREE, .mover = MOVER_OTHER, .to = REQUEST_COMPLETED,
      .verb = "REQUEST_AGREED", .initiators = BY_EITHER,
      .needs_rules = true, .needs_statement = true, .needs_code = true, .ends_association = true },
    { .from = REQUEST_PENDING, .event = REQUEST_REJECT, .mover = MOVER_OTHER, .to = REQUEST_REJECTED,
      .verb = "REQUEST_REJECTED", .initiators = BY_EITHER, .needs_code = true },
    { .from = REQUEST_PENDING, .event = REQUEST_WITHDRAW, .mover = MOVER_INITIATOR, .to = REQUEST_WITHDRAWN,
      .verb = "REQUEST_WITHDRAWN", .initiators = BY_EITHER },
    { .from = REQUEST_PENDING, .event = REQUEST_ESCALATE, .mover = MOVER_WORKER, .to = REQUEST_PENDING,
      .verb = "REQUEST_ESCALATED", .initiators = BY_CUSTOMER, .needs_calm = true },
    { .from = REQUEST_PENDING, .event = REQUEST_EXPIRE, .mover = MOVER_WORKER, .to = REQUEST_EXPIRED,
      .verb = "REQUEST_EXPIRED", .initiators = BY_PARTNER, .frees_quota = true },
    { .from = REQUEST_PENDING, .event = REQUEST_EXPIRE, .mover = MOVER_WORKER, .to = REQUEST_EXPIRED,
      .verb = "REQUEST_EXPIRED", .initiators = BY_CUSTOMER, .needs_escalation = true, .frees_quota = true },
    { .from = REQUEST_PENDING, .event = REQUEST_COMPLETE, .mover = MOVER_OPS, .to = REQUEST_COMPLETED,
      .verb = "REQUEST_COMPLETED", .initiators = BY_CUSTOMER,
      .needs_rules = true, .needs_escalation = true, .ends_association = true },
    { .from = REQUEST_PENDING, .event = REQUEST_DISMISS, .mover = MOVER_OPS, .to = REQUEST_REJECTED,
      .verb = "REQUEST_DISMISSED", .initiators = BY_CUSTOMER, .needs_escalation = true },
    { .from = REQUEST_PENDING, .event = REQUEST_VOID, .mover = MOVER_OPS, .to = REQUEST_CANCELLED,
      .verb = "REQUEST_CANCELLED", .initiators = BY_EITHER, .frees_quota = true }
};
const size_t request_moves_n = sizeof request_moves / sizeof request_moves[0];

static const char *const states[REQUEST_STATES] = {
    "NONE", "PENDING", "COMPLETED", "REJECTED", "WITHDRAWN", "EXPIRED", "CANCELLED"
};
static const char *const events[REQUEST_EVENTS] = {
    "SUBMIT", "AGREE", "REJECT", "WITHDRAW", "ESCALATE", "EXPIRE", "COMPLETE", "DISMISS", "VOID"
};
static const char *const movers[MOVERS] = { "initiator", "other side", "ops", "worker", "stranger" };

static const struct { const char *name, *customers, *partners; } reasons[REASONS] = {
    [REASON_NONE] = { "", "", "" },
    [REASON_DIRECT] = { "DIRECT", N_("I want to buy directly from the cloud provider"),
                        N_("The customer wants to buy directly from the cloud provider") },
    [REASON_OTHER_PARTNER] = { "OTHER_PARTNER", N_("I am moving to another partner"),
                               N_("The customer is moving to another partner") },
    [REASON_PRICE] = { "PRICE", N_("The price or discount doesn’t suit us"), N_("We don’t agree on the price or discount") },
    [REASON_SERVICE] = { "SERVICE", N_("The service or support doesn’t suit us"),
                         N_("We can’t offer the service or support that is needed") },
    [REASON_PROJECT_ENDED] = { "PROJECT_ENDED", N_("The project has ended"), N_("The project has ended") },
    [REASON_OTHER] = { "OTHER", N_("Another reason"), N_("Another reason") }
};

const struct request_move *request_move(enum request_state from, enum request_event event, enum request_mover mover,
                                        enum side initiator, bool is_escalated)
{
    for (size_t i = 0; i < request_moves_n; i++) {
        const struct request_move *move = &request_moves[i];

        if (move->from != from || move->event != event || move->mover != mover)
            continue;
        if ((move->initiators & (1u << initiator)) == 0)
            continue;
        if ((move->needs_escalation && !is_escalated) || (move->needs_calm && is_escalated))
            continue;
        return move;
    }
    return NULL;
}

enum request_mover request_mover(const struct request *request, enum side side, int64_t account_id)
{
    switch (side) {
    case SIDE_PLATFORM:
        return MOVER_OPS;
    case SIDE_SYSTEM:
        return MOVER_WORKER;
    case SIDE_CUSTOMER:
        if (account_id != request->customer_id)
            return MOVER_STRANGER;
        break;
    case SIDE_PARTNER:
        if (account_id != request->partner_id)
            return MOVER_STRANGER;
        break;
    case SIDES:
        return MOVER_STRANGER;
    }
    return side == request->initiator ? MOVER_INITIATOR : MOVER_OTHER;
}

bool request_is_final(enum request_state state)
{
    return state != REQUEST_NONE && state != REQUEST_PENDING;
}

const char *request_state_name(enum request_state state)
{
    return names_at(states, REQUEST_STATES, (int)state);
}

bool request_state_find(const char *name, enum request_state *state)
{
    int found;

    /* REQUEST_NONE is never stored, so its name is not one to be found. */
    if (!names_find(states, REQUEST_STATES, name, &found) || found == REQUEST_NONE)
        return false;
    *state = (enum request_state)found;
    return true;
}

const char *request_event_name(enum request_event event)
{
    return names_at(events, REQUEST_EVENTS, (int)event);
}

const char *reason_name(enum reason reason)
{
    return reason < REASONS ? reasons[reason].name : "";
}

bool reason_find(const char *name, enum reason *reason)
{
    if (name == NULL)
        return false;
    for (int i = REASON_NONE + 1; i < REASONS; i++) {
        if (strcmp(reasons[i].name, name) != 0)
            continue;
        *reason = (enum reason)i;
        return true;
    }
    return false;
}

const char *reason_text(enum reason reason, enum side initiator)
{
    /* gettext answers the empty text with its catalogue's header. */
    if (reason <= REASON_NONE || reason >= REASONS)
        return "";
    return initiator == SIDE_PARTNER ? _(reasons[reason].partners) : _(reasons[reason].customers);
}

static bool are_digits(const char *text, size_t n)
{
    return strspn(text, "0123456789") >= n;
}

static int number(const char *digits, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

static bool is_day(const char *digits)
{
    static const int lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = number(digits, 4), month = number(digits + 4, 2), day = number(digits + 6, 2);
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
        return false;
    return month != 2 || day != 29 || is_leap;
}

bool request_no_is_valid(const char *no)
{
    const size_t day_n = 8, dash = 10, serial = 11;
    size_t serial_n;

    if (no == NULL || strncmp(no, "DR", 2) != 0 || !are_digits(no + 2, day_n) || no[dash] != '-' || !is_day(no + 2))
        return false;
    serial_n = strlen(no + serial);
    return serial_n >= 6 && serial_n <= 18 && are_digits(no + serial, serial_n);
}

size_t request_reminders(int64_t submitted_at, int64_t deadline_at, int64_t at[3])
{
    const int64_t due_at[3] = {
        submitted_at + (deadline_at - submitted_at) / 2, deadline_at - 3 * CLOCK_DAY, deadline_at - CLOCK_DAY
    };
    size_t n = 0;

    for (size_t i = 0; i < 3; i++) {
        size_t place = n;

        if (due_at[i] <= submitted_at || due_at[i] >= deadline_at)
            continue;
        while (place > 0 && at[place - 1] > due_at[i])
            place--;
        /* With a deadline of two or six days half time falls on one of the others. */
        if (place > 0 && at[place - 1] == due_at[i])
            continue;
        memmove(&at[place + 1], &at[place], (n - place) * sizeof at[0]);
        at[place] = due_at[i];
        n++;
    }
    return n;
}

void request_print_moves(void (*line)(const char *text, void *arg), void *arg)
{
    static const char *const initiators[] = { "", "customer", "partner", "either" };
    static const char format[] = "%-9s %-9s %-10s %-10s %-10s %-18s %s%s%s%s%s%s%s";
    char text[256];

    snprintf(text, sizeof text, format, "from", "event", "who", "asked by", "to", "logged as", "needs and effects",
             "", "", "", "", "", "");
    line(text, arg);
    for (size_t i = 0; i < request_moves_n; i++) {
        const struct request_move *move = &request_moves[i];

        snprintf(text, sizeof text, format, request_state_name(move->from), request_event_name(move->event),
                 names_at(movers, MOVERS, (int)move->mover), initiators[move->initiators & 3u],
                 request_state_name(move->to), move->verb,
                 move->needs_rules ? "rules " : "", move->needs_statement ? "statement " : "",
                 move->needs_code ? "code " : "", move->needs_escalation ? "escalated " : "",
                 move->needs_calm ? "not-escalated " : "", move->frees_quota ? "frees-quota " : "",
                 move->ends_association ? "ends-association " : "");
        for (size_t n = strlen(text); n > 0 && text[n - 1] == ' '; n--)
            text[n - 1] = '\0';
        line(text, arg);
    }
}

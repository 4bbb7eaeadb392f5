#include "date_range.h"

#include "base/clock.h"
#include "base/text.h"

static const char *read_date(const struct call *call, const char *field, struct date_range *range, int64_t *at)
{
    const char *text = form_text(call->form, field);
    *at = INSTANT_NONE;
    if (text[0] == '\0')
        return NULL;
    range->is_set = true;
    return clock_parse_date(text, call->zone, at) == NULL ? NULL : _("Enter a date like 2026-11-22");
}

struct date_range date_range_read(const struct call *call)
{
    struct date_range range = {.is_set = false};
    int64_t to_at;
    range.from_fault = read_date(call, "from", &range, &range.from_at);
    range.to_fault = read_date(call, "to", &range, &to_at);
    if (range.from_at != INSTANT_NONE && to_at != INSTANT_NONE && to_at < range.from_at)
        range.from_fault = _("‘From’ must be on or before ‘To’");
    range.has_fault = range.from_fault != NULL || range.to_fault != NULL;
    range.until_at = to_at == INSTANT_NONE ? INSTANT_NONE : clock_day_after(to_at, call->zone);
    return range;
}

const char *date_range_words(const struct call *call, const struct date_range *range, const char *what)
{
    const bool has_from = range->from_at != INSTANT_NONE, has_until = range->until_at != INSTANT_NONE;
    const char *pattern = has_from && has_until ? _("{what}, from {from} to {to}, newest first")
        : has_from ? _("{what}, from {from} on, newest first") : has_until ? _("{what}, up to {to}, newest first")
        : _("{what}, newest first");
    return text_fill(call->mem, pattern, "what", what, "from", has_from ? format_date(call->mem, range->from_at, call->zone) : "",
                     "to", has_until ? format_date(call->mem, range->until_at - CLOCK_HOUR, call->zone) : "", NULL);
}

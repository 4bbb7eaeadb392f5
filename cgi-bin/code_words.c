#include "code_words.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

static char *with_n(struct call *call, const char *pattern, int64_t n)
{
    return text_fill(call->mem, pattern, "n", mem_text(call->mem, "%lld", (long long)n), NULL);
}

/* Today the clock says enough; a lock until tomorrow needs its day. */
struct code_fault code_words_until(struct call *call, const char *pattern, int64_t at)
{
    const char *time = at - call->now < 12 * CLOCK_HOUR ? format_clock(call->mem, at, call->zone)
                                                        : format_time(call->mem, at, call->zone);
    return (struct code_fault){"send", text_fill(call->mem, pattern, "time", time, NULL)};
}

struct code_fault code_words_wait(struct call *call, int64_t at)
{
    const int64_t wait_s = at > call->now ? (at - call->now + CLOCK_SECOND - 1) / CLOCK_SECOND : 0;
    return (struct code_fault){"send", with_n(call, ngettext("Wait {n} more second before you ask for another code",
                                                             "Wait {n} more seconds before you ask for another code",
                                                             (unsigned long)wait_s), wait_s)};
}

struct code_fault code_words_too_many(struct call *call, int64_t at)
{
    return code_words_until(call, _("You have asked for too many codes. Try again after {time}, or contact support"), at);
}

struct code_fault code_words_locked(struct call *call, int64_t at)
{
    return code_words_until(call, _("Too many wrong codes. Try again after {time}, or contact support"), at);
}

struct code_fault code_words_typed(struct call *call, const char *code)
{
    const int64_t digits = call->site->config->code.digits;
    if (code[0] == '\0')
        return (struct code_fault){"code", _("Enter the code")};
    if (!code_is_well_formed(code, digits))
        return (struct code_fault){"code", with_n(call, ngettext("Enter the {n} digit", "Enter all {n} digits", (unsigned long)digits),
                                                  digits)};
    return (struct code_fault){"", NULL};
}

/* Without a code to compare there is no field for it: those words stand beside the button that sends a new one. */
struct code_fault code_words_answer(struct call *call, enum code_answer answer, int64_t tries_left, int64_t locked_until)
{
    switch (answer) {
    case CODE_WRONG:
        return (struct code_fault){"code", with_n(call, ngettext("The code is not correct. You have {n} attempt left",
                                                                 "The code is not correct. You have {n} attempts left",
                                                                 (unsigned long)tries_left), tries_left)};
    case CODE_EXHAUSTED:
        return (struct code_fault){"send", _("Too many wrong codes. Send a new code")};
    case CODE_EXPIRED:
        return (struct code_fault){"send", _("This code has expired. Send a new one")};
    case CODE_BUDGET_LOCKED:
        return code_words_locked(call, locked_until);
    case CODE_NOT_LIVE:
    case CODE_RIGHT:
        break;
    }
    return (struct code_fault){"send", _("This code no longer works. Send a new one")};
}

#include "view/view_customer.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"
#include "view/format.h"

char *view_customer_name(const void *ctx, const char *name, bool is_masked)
{
    if (!is_masked)
        return mem_copy(ctx, name);
    size_t n = name[0] != '\0' ? 1 : 0;
    while (n > 0 && ((unsigned char)name[n] & 0xC0) == 0x80)
        n++;
    return mem_text(ctx, "%.*s…", (int)n, name);
}

struct view_badge view_freeze_badge(bool is_frozen, enum freeze_type type)
{
    if (!is_frozen)
        return (struct view_badge){"ok", _("Active")};
    return (struct view_badge){
        "bad", type == FREEZE_ACCOUNT ? _("Account frozen") : _("Account and resources frozen")};
}

const char *view_freeze_type(enum freeze_type type)
{
    return type == FREEZE_ACCOUNT ? _("Account only") : _("Account and resources");
}

const char *view_freeze_source(enum freeze_source source)
{
    static const char *const texts[FREEZE_SOURCES] = {
        [FREEZE_BY_PARTNER] = N_("By you"),
        [FREEZE_BY_BUDGET] = N_("By its budget, which is used up"),
        [FREEZE_BY_PLATFORM] = N_("By the platform"),
        [FREEZE_BY_ASSOCIATION_DEFAULT] = N_("Since it was associated with you"),
    };
    return source < FREEZE_SOURCES ? _(texts[source]) : "";
}

const char *view_freeze_source_for_platform(enum freeze_source source)
{
    static const char *const texts[FREEZE_SOURCES] = {
        [FREEZE_BY_PARTNER] = N_("By its partner"),
        [FREEZE_BY_BUDGET] = N_("By its budget, which is used up"),
        [FREEZE_BY_PLATFORM] = N_("By the platform"),
        [FREEZE_BY_ASSOCIATION_DEFAULT] = N_("Since its association began"),
    };
    return source < FREEZE_SOURCES ? _(texts[source]) : "";
}

char *view_unfreeze_asked(const struct page *page, int64_t asked_at)
{
    return text_fill(page->ctx, _("You asked your partner on {date} to unfreeze your account."), "date",
                     format_date(page->ctx, asked_at, page->zone), NULL);
}

char *view_freeze_left(const void *ctx, const struct freeze *freeze, int64_t kept_days, int64_t now)
{
    if (freeze->type != FREEZE_ACCOUNT_AND_RESOURCES)
        return mem_copy(ctx, "");
    int64_t left = freeze->at + kept_days * CLOCK_DAY - now;
    if (left <= 0)
        return mem_copy(ctx, _("The data can be deleted at any time."));
    int64_t days = (left + CLOCK_DAY - 1) / CLOCK_DAY;
    return text_fill(ctx, ngettext("{n} day is left before data is deleted.", "{n} days are left before data is deleted.",
                                   (unsigned long)days), "n", mem_text(ctx, "%" PRId64, days), NULL);
}

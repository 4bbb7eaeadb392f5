#include <string.h>

#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "view/view_operation_log.h"

static const struct { const char *result, *css; } colours[] = {
    { "DONE", "ok" }, { "AGREED", "ok" }, { "COMPLETED", "ok" }, { "PASSED", "ok" },
    { "PENDING", "warn" }, { "ESCALATED", "warn" },
    { "REJECTED", "bad" }, { "FAILED", "bad" }, { "REFUSED", "bad" },
};

struct view_badge view_operation_result(const struct operation_row *row)
{
    struct view_badge badge = { "", operation_result_text(row->result) };
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
        if (strcmp(colours[i].result, row->result) == 0) badge.css = colours[i].css;
    return badge;
}

static const char *side_text(enum side side, enum side reader)
{
    switch (side) {
    case SIDE_CUSTOMER:
        return reader == SIDE_PLATFORM ? _("Customer") : _("The customer");
    case SIDE_PARTNER:
        return reader == SIDE_PLATFORM ? _("Partner") : _("Your partner");
    case SIDE_PLATFORM:
        return _("Platform");
    case SIDE_SYSTEM:
    case SIDES:
        break;
    }
    return _("System");
}

char *view_operation_initiator(const void *ctx, const struct operation_row *row, enum side reader)
{
    const bool is_named = row->user_name[0] != '\0';
    if (row->initiated_by == reader && reader != SIDE_PLATFORM)
        return is_named ? text_fill(ctx, _("You ({name})"), "name", row->user_name, NULL) : mem_copy(ctx, _("You"));
    if (reader == SIDE_PLATFORM && is_named)
        return text_fill(ctx, _("{side} ({name})"), "side", side_text(row->initiated_by, reader), "name", row->user_name, NULL);
    return mem_copy(ctx, side_text(row->initiated_by, reader));
}

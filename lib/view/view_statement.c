/* view_statement.c - see view_statement.h. */
#include <inttypes.h>

#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "domain/statement.h"
#include "view/view_statement.h"

static char *number(const void *ctx, int64_t n)
{
    return mem_text(ctx, "%" PRId64, n);
}

static char *quota_point(struct page *page, enum side reader, const struct quota *quota, int64_t months)
{
    return text_fill(page->ctx,
                     reader == SIDE_PARTNER
                         ? _("You can start up to {limit} requests for this customer in {months} months. This is request {n} of "
                             "{limit}.")
                         : _("You can start up to {limit} requests in {months} months. This is request {n} of {limit}."),
                     "limit", number(page->ctx, quota->limit), "months", number(page->ctx, months),
                     "n", number(page->ctx, quota_used(quota, page->now) + 1), NULL);
}

void view_statement_fill(struct page *page, enum side reader, const struct quota *quota, int64_t months)
{
    struct tpl_dict *dict = tpl_include(page->dict, "STATEMENT", "part_statement.html");

    tpl_show_if(dict, "STATEMENT_OF_PARTNER", reader == SIDE_PARTNER);
    tpl_show_if(dict, "STATEMENT_OF_CUSTOMER", reader != SIDE_PARTNER);
    for (int i = 0; i < STATEMENT_POINTS; i++)
        tpl_set(tpl_row(dict, "POINT"), "POINT_TEXT", statement_point(reader, i));
    if (quota != NULL)
        tpl_set(tpl_row(dict, "POINT"), "POINT_TEXT", quota_point(page, reader, quota, months));
}

void view_statement_tick(struct page *page, enum side reader, bool is_ticked)
{
    struct tpl_dict *dict = tpl_include(page->dict, "TICK", "part_tick.html");

    tpl_set(dict, "TICK_TEXT", statement_tick(reader));
    tpl_show_if(dict, "TICKED", is_ticked);
    page_field(page, "understood", "TICK_FAULT", "TICK_ERROR");
}

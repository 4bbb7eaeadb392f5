#include "log_export.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_account_name.h"
#include "store/store_audit.h"

#define SLOTS 65536              /* a power of two */
#define NUMBER_MAX 24

/* One place for each remainder of an id: a newcomer takes the place of who was there. */
struct log_export_accounts { struct { int64_t id; char no[NUMBER_MAX]; } slots[SLOTS]; };

struct log_export_accounts *log_export_accounts_new(const void *ctx)
{
    return mem_new(ctx, struct log_export_accounts);
}

struct log_export_walk *log_export_begin(const void *ctx, struct db *db, const struct operation_filter *filter, enum export_format format,
                                         const char *zone, struct log_export_accounts *accounts)
{
    struct log_export_walk *walk = mem_new(ctx, struct log_export_walk);

    *walk = (struct log_export_walk){
        .db = db, .filter = filter, .format = format, .zone = zone, .key = { .at = INSTANT_NONE },
        .out = buf_new(walk, 1 << 20), .accounts = accounts
    };
    export_head(walk->out, format);
    return walk;
}

/* --- numbers of accounts ---------------------------------------------------------------------------------------------- */

static size_t slot_of(int64_t id)
{
    return (size_t)((uint64_t)id & (SLOTS - 1));
}

static const struct err *learn(struct log_export_walk *walk, const int64_t *ids, size_t n)
{
    void *ctx = mem_context(NULL, "account numbers");
    struct account_name *names;
    size_t found;
    const struct err *err = account_names(walk->db, ctx, ids, n, &names, &found);

    for (size_t i = 0; i < found && err == NULL; i++) {
        const size_t slot = slot_of(names[i].id);

        walk->accounts->slots[slot].id = names[i].id;
        (void)snprintf(walk->accounts->slots[slot].no, NUMBER_MAX, "%s", names[i].no);
    }
    talloc_free(ctx);
    return err;
}

static bool is_known(const struct log_export_walk *walk, int64_t id)
{
    return id == 0 || walk->accounts->slots[slot_of(id)].id == id;
}

/* Two ids of a batch may want the same place: then the number is asked for once more when its row is written. */
static const struct err *learn_all(struct log_export_walk *walk, const struct log_page *page)
{
    int64_t ids[ACCOUNT_NAMES_MAX];
    size_t n = 0;

    for (size_t i = 0; i < page->n; i++) {
        const int64_t of_row[] = { page->rows[i].account_id, page->rows[i].customer_id, page->rows[i].partner_id };

        for (size_t k = 0; k < 3; k++)
            if (!is_known(walk, of_row[k])) {
                /* Taken now, so that it is asked for once. */
                walk->accounts->slots[slot_of(of_row[k])].id = of_row[k];
                walk->accounts->slots[slot_of(of_row[k])].no[0] = '\0';
                ids[n++] = of_row[k];
            }
        if (n > ACCOUNT_NAMES_MAX - 3 || i + 1 == page->n) {
            TRY(learn(walk, ids, n));
            n = 0;
        }
    }
    return NULL;
}

static const struct err *number_of(struct log_export_walk *walk, int64_t id, char no[NUMBER_MAX])
{
    no[0] = '\0';
    if (!is_known(walk, id))
        TRY(learn(walk, &id, 1));
    if (id != 0 && is_known(walk, id))
        memcpy(no, walk->accounts->slots[slot_of(id)].no, NUMBER_MAX);
    return NULL;
}

/* --- a portion -------------------------------------------------------------------------------------------------------- */

static const struct err *write_row(struct log_export_walk *walk, const struct operation_row *row)
{
    char account[NUMBER_MAX], customer[NUMBER_MAX], partner[NUMBER_MAX];

    TRY(number_of(walk, row->account_id, account));
    TRY(number_of(walk, row->customer_id, customer));
    TRY(number_of(walk, row->partner_id, partner));
    export_row(walk->out, walk->format, row, &(struct export_accounts){ account, customer, partner }, walk->zone);
    walk->n++;
    return NULL;
}

static const struct err *take(struct log_export_walk *walk, const void *ctx)
{
    struct log_page page;

    TRY(audit_walk(walk->db, ctx, walk->filter, walk->key, LOG_EXPORT_ROWS, &page));
    TRY(learn_all(walk, &page));
    for (size_t i = 0; i < page.n; i++) {
        walk->key = (struct log_key){ page.rows[i].at, page.rows[i].id };
        if (operation_filter_matches(walk->filter, &page.rows[i]))
            TRY(write_row(walk, &page.rows[i]));
    }
    walk->is_end = page.n < LOG_EXPORT_ROWS;
    return NULL;
}

const struct err *log_export_next(struct log_export_walk *walk)
{
    void *ctx = mem_context(NULL, "export");
    const struct err *err = take(walk, ctx);

    talloc_free(ctx);
    return err;
}

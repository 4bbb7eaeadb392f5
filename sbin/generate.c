#include "generate.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "domain/rule.h"
#include "store/store_notice.h"

#define PORTION 5000             /* rows of the log in a transaction */
#define SPAN (3 * 365 * CLOCK_DAY)
#define CUSTOMERS_A_PARTNER 100
#define PARTNERS_MIN 3
#define WAITING_EACH 12          /* each so many-th customer ends with an open request, and another one frozen */

void generated_add(struct generating *g, enum generate_table table, const struct db_value *values)
{
    struct generated *rows = &g->tables[table];
    const size_t columns = generate_columns(table);

    if (rows->n == rows->room) {
        const size_t room = rows->room == 0 ? 64 : 2 * rows->room;

        rows->values = mem_grow(g->mem, rows->values, sizeof *values, rows->room * columns, room * columns);
        rows->room = room;
    }
    memcpy(&rows->values[rows->n++ * columns], values, columns * sizeof *values);
}

/* --- whose row is next: a heap of lives by the instant of their next row ----------------------------------------------- */

struct heap { struct life **lives; size_t n; };

static bool comes_before(const struct life *a, const struct life *b)
{
    return a->at < b->at || (a->at == b->at && a->customer < b->customer);
}

static void sink(struct heap *heap, size_t i)
{
    while (2 * i + 1 < heap->n) {
        size_t child = 2 * i + 1;
        struct life *life = heap->lives[i];

        if (child + 1 < heap->n && comes_before(heap->lives[child + 1], heap->lives[child]))
            child++;
        if (!comes_before(heap->lives[child], life))
            return;
        heap->lives[i] = heap->lives[child];
        heap->lives[child] = life;
        i = child;
    }
}

/* --- a portion -------------------------------------------------------------------------------------------------------- */

struct portion {
    struct generating *g;
    struct operation_row *rows;
    size_t *head_of, n;
    struct log_head *heads, *moved;   /* as they were before it; as they are after it */
    struct log_head **owners;         /* where they are kept */
    size_t heads_n;
};

static const struct err *write_portion(struct db *db, void *arg)
{
    struct portion *portion = arg;
    struct generating *g = portion->g;

    for (int i = 0; i < GENERATE_TABLES; i++)
        TRY(generate_rows(db, (enum generate_table)i, g->tables[i].values, g->tables[i].n));
    if (portion->n == 0)
        return NULL;
    memcpy(portion->moved, portion->heads, portion->heads_n * sizeof *portion->heads);
    return log_append_many(db, portion->rows, portion->head_of, portion->n, portion->moved, portion->heads_n);
}

static size_t place_of(struct portion *portion, struct log_head *head)
{
    portion->heads[portion->heads_n] = *head;
    portion->owners[portion->heads_n] = head;
    return portion->heads_n++;
}

static const struct err *flush(struct portion *portion)
{
    struct generating *g = portion->g;

    TRY(db_ready(g->ctl->db, clock_now()));
    TRY(db_transaction(g->ctl->db, DB_READ_WRITE, write_portion, portion));
    for (size_t i = 0; i < portion->heads_n; i++)
        *portion->owners[i] = portion->moved[i];
    talloc_free(g->mem);
    g->mem = mem_context(NULL, "generated");
    memset(g->tables, 0, sizeof g->tables);
    return NULL;
}

static const struct err *count_notices(struct db *db, void *arg)
{
    (void)arg;
    return notice_recount(db);
}

/* The next rows of all lives, in the order of time. */
static const struct err *take_portion(struct generating *g, struct heap *heap, int64_t number, int64_t *written)
{
    struct portion portion = {
        .g = g, .rows = mem_array(g->mem, struct operation_row, PORTION), .head_of = mem_array(g->mem, size_t, PORTION),
        .heads = mem_array(g->mem, struct log_head, PORTION + 1), .moved = mem_array(g->mem, struct log_head, PORTION + 1),
        .owners = mem_array(g->mem, struct log_head *, PORTION + 1)
    };
    const size_t platform = place_of(&portion, &g->ids.platform);

    while (portion.n < PORTION && heap->n > 0) {
        struct life *life = heap->lives[0];
        struct operation_row *row = &portion.rows[portion.n];

        if (!life_next(g, life, row)) {
            life_end(g, life);
            heap->lives[0] = heap->lives[--heap->n];
            sink(heap, 0);
            continue;
        }
        if (row->association_id != 0 && life->in_portion != number) {
            life->head.chain_id = life->association_id;
            life->in_portion = number;
            life->head_at = place_of(&portion, &life->head);
        }
        portion.head_of[portion.n++] = row->association_id != 0 ? life->head_at : platform;
        sink(heap, 0);
    }
    *written += (int64_t)portion.n;
    return flush(&portion);
}

/* --- the whole -------------------------------------------------------------------------------------------------------- */

static void make_checks(struct generating *g)
{
    struct rule_report report = { .at = g->options->until_at };

    for (size_t i = 0; i < RULES; i++)
        report.results[i].outcome = RULE_PASSED;
    g->checks_passed = rule_report_pack(g->ctl->mem, &report);
    report.results[RULE_C5].outcome = RULE_FAILED;
    g->checks_failed = rule_report_pack(g->ctl->mem, &report);
}

/* Customers come during the first half of the time; the first partners were there before. */
static void make_life(struct generating *g, struct life *life, int64_t i)
{
    const struct generate_options *options = g->options;

    *life = (struct life){
        .random = (uint64_t)options->seed * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)i, .customer = i, .partner = i % g->partners,
        .customer_id = g->first_account + g->partners + i, .user_id = g->first_user + g->partners + i,
        .association_id = g->first_association + i, .ends_waiting = i % WAITING_EACH == 1, .ends_frozen = i % WAITING_EACH == 2,
        .left = options->log_rows / options->customers + (i < options->log_rows % options->customers),
        .head.at = INSTANT_NONE
    };
    life->contact_id = ++g->ids.contact;
    life->born_at = options->until_at - SPAN + generate_between(&life->random, CLOCK_DAY, SPAN / 2);
    life->until_at = options->until_at - generate_between(&life->random, CLOCK_MINUTE, CLOCK_DAY);
    life_begin(g, life);
}

static const struct err *write_tables(struct generating *g)
{
    struct portion nothing = { .g = g };

    return flush(&nothing);
}

static const struct err *make_lives(struct generating *g, void *mem, struct heap *heap)
{
    struct life *lives = mem_array(mem, struct life, (size_t)g->options->customers);

    heap->lives = mem_array(mem, struct life *, (size_t)g->options->customers);
    for (int64_t i = 0; i < g->options->customers; i++) {
        make_life(g, &lives[i], i);
        heap->lives[heap->n++] = &lives[i];
        if (i % PORTION == PORTION - 1)
            TRY(write_tables(g));
    }
    for (size_t i = heap->n / 2 + 1; i-- > 0;)
        sink(heap, i);
    return write_tables(g);
}

static const struct err *make_all(struct generating *g, void *mem)
{
    struct heap heap = { .n = 0 };
    int64_t written = 0, number = 0;

    TRY(generate_start(g->ctl->db, &g->ids));
    g->first_account = g->ids.account + 1;
    g->first_user = g->ids.user + 1;
    g->first_association = g->ids.association + 1;
    g->ids.account += g->partners + g->options->customers;
    g->ids.user += g->partners + g->options->customers;
    /* Numbers of accounts that people made have six digits. */
    g->number = g->ids.is_empty ? 100001 : 10000000 + g->first_account;
    make_checks(g);
    generate_partners(g, g->options->until_at - SPAN);
    TRY(make_lives(g, mem, &heap));
    while (heap.n > 0) {
        TRY(take_portion(g, &heap, number++, &written));
        g->options->progress(g->options->arg, written);
    }
    TRY(db_ready(g->ctl->db, clock_now()));
    return db_transaction(g->ctl->db, DB_READ_WRITE, count_notices, NULL);
}

const struct err *generate(struct ctl *ctl, const struct generate_options *options, struct generate_result *result)
{
    struct generating g = {
        .ctl = ctl, .options = options, .result = result, .mem = mem_context(NULL, "generated"),
        .partners = options->customers / CUSTOMERS_A_PARTNER + PARTNERS_MIN
    };
    void *mem = mem_context(NULL, "lives");
    const struct err *err;

    if (options->customers < 1 || options->log_rows < GENERATE_ROWS_MIN * options->customers) {
        talloc_free(g.mem);
        talloc_free(mem);
        return err_new(ERR_INPUT, 0, "the log needs at least %d rows for each customer", GENERATE_ROWS_MIN);
    }
    *result = (struct generate_result){ .partners = g.partners };
    err = make_all(&g, mem);
    talloc_free(g.mem);
    talloc_free(mem);
    return err;
}

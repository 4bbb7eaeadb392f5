#include "action/import.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "action/import_freeze.h"
#include "action/import_resource.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_import.h"

#define PROGRESS_LINES 10000
#define PAGE 500

struct importing {
    struct act *act;
    const struct import_input *input;
    struct import_result *result;
};

/* --- faults ----------------------------------------------------------------------------------------------------------- */

static void add_fault(struct importing *im, int64_t line, const char *field, const char *what)
{
    struct import_result *result = im->result;
    result->outcome = IMPORT_FAULTY;
    if (result->faults_n == IMPORT_FAULTS_MAX) {
        result->has_more_faults = true;
        return;
    }
    result->faults[result->faults_n++] =
        (struct import_line_fault){line, mem_copy(im->act->mem, field), mem_copy(im->act->mem, what)};
}

static int by_line(const void *a, const void *b)
{
    const struct import_line_fault *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

/* --- the waiting room ------------------------------------------------------------------------------------------------- */

struct batch {
    void *mem;                    /* of the lines' texts; emptied with each batch */
    struct import_line *lines;
    int64_t *numbers;
    size_t n;
};

/* A batch on its way into the waiting room while the next one is read: a thread of its own has the batch and the connection
 * until it has ended, and touches nothing else. Errors are of the thread that made them, so it leaves a copy; it is looked at
 * when the next batch is full, or there is none. */
struct staging {
    struct db *db;
    const struct batch *batch;    /* NULL: nothing is on its way */
    pthread_t thread;
    bool is_beside;               /* there is a thread */
    bool has_failed;
    struct err err;               /* when has_failed */
};

static void *stage(void *arg)
{
    struct staging *staging = arg;
    const struct batch *batch = staging->batch;
    const struct err *err = import_stage(staging->db, batch->lines, batch->numbers, batch->n);
    staging->has_failed = err != NULL;
    if (err != NULL)
        staging->err = *err;
    return NULL;
}

static void begin_staging(struct staging *staging, const struct batch *batch)
{
    staging->batch = batch;
    staging->is_beside = pthread_create(&staging->thread, NULL, stage, staging) == 0;
    if (!staging->is_beside)
        (void)stage(staging);     /* one after the other, then */
}

static const struct err *end_staging(struct staging *staging)
{
    if (staging->batch == NULL)
        return NULL;
    if (staging->is_beside && pthread_join(staging->thread, NULL) != 0)
        abort();
    staging->batch = NULL;
    if (!staging->has_failed)
        return NULL;
    /* A lost answer leaves doubt about the waiting room only. */
    const struct err *err = &staging->err;
    return err_make(err->kind == ERR_UNCERTAIN ? ERR_BUSY : err->kind, err->code, err->where, "%s", err->what);
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

#define BATCHES 2   /* one is read, one staged */

struct reading {
    struct importing *im;
    struct batch batches[BATCHES];
    size_t current;
    struct staging staging;
};

static const struct err *flush(struct reading *r)
{
    struct batch *batch = &r->batches[r->current];
    TRY(end_staging(&r->staging));
    r->current = (r->current + 1) % BATCHES;
    struct batch *next = &r->batches[r->current];
    next->n = 0;
    talloc_free(next->mem);
    next->mem = mem_context(NULL, "import lines");
    /* Once something is wrong nothing will be applied: the rest is only checked. */
    if (r->im->result->faults_n == 0 && batch->n > 0)
        begin_staging(&r->staging, batch);
    return NULL;
}

static void read_line(struct importing *im, struct batch *batch, const char *bytes, size_t n, int64_t number)
{
    struct import_fault fault;
    if (n > IMPORT_LINE_MAX_BYTES) {
        add_fault(im, number, "", mem_text(batch->mem, "is longer than %d bytes", IMPORT_LINE_MAX_BYTES));
        return;
    }
    if (!import_line_parse(batch->mem, bytes, n, im->input->source, im->act->now, &batch->lines[batch->n], &fault)) {
        add_fault(im, number, fault.field, fault.what);
        return;
    }
    batch->numbers[batch->n++] = number;
}

static bool is_blank(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strchr(" \t\r", bytes[i]) == NULL || bytes[i] == '\0')
            return false;
    return true;
}

static void tell_progress(const struct importing *im, int64_t lines, bool is_applying)
{
    if (im->input->progress != NULL)
        im->input->progress(im->input->arg, lines, is_applying);
}

static const struct err *read_all(struct reading *r)
{
    struct importing *im = r->im;
    const char *bytes;
    size_t n;
    for (int64_t number = 1; !im->result->has_more_faults; number++) {
        TRY(im->input->next(im->input->arg, &bytes, &n));
        if (bytes == NULL)
            break;
        if (is_blank(bytes, n))
            continue;
        im->result->lines++;
        read_line(im, &r->batches[r->current], bytes, n, number);
        if (r->batches[r->current].n == IMPORT_STAGE_ROWS)
            TRY(flush(r));
        if (im->result->lines % PROGRESS_LINES == 0)
            tell_progress(im, im->result->lines, false);
    }
    return flush(r);
}

static const struct err *read_lines(struct importing *im)
{
    void *mem = mem_context(NULL, "import");
    struct reading r = {.im = im, .staging = {.db = im->act->db}};
    for (size_t i = 0; i < BATCHES; i++)
        r.batches[i] = (struct batch){.mem = mem_context(NULL, "import lines"), .lines = mem_array(mem, struct import_line, IMPORT_STAGE_ROWS),
                                      .numbers = mem_array(mem, int64_t, IMPORT_STAGE_ROWS)};
    const struct err *err = read_all(&r), *staged = end_staging(&r.staging);
    for (size_t i = 0; i < BATCHES; i++)
        talloc_free(r.batches[i].mem);
    talloc_free(mem);
    return err != NULL ? err : staged;
}

/* --- the log ---------------------------------------------------------------------------------------------------------- */

static struct operation_row row_of(const struct importing *im, const struct import_touched *t, enum operation operation)
{
    return (struct operation_row){
        .at = im->act->now, .operation = operation, .association_id = t->association_id,
        .customer_id = t->kind == ACCOUNT_CUSTOMER ? t->account_id : 0,
        .partner_id = t->kind == ACCOUNT_PARTNER ? t->account_id : t->partner_id, .initiated_by = SIDE_SYSTEM, .result = "DONE",
        .user_name = im->act->actor->user_name, .object = t->no, .ip = im->act->ip, .http_id = im->act->http_id,
    };
}

/* One row an account, in the chain of its association; those without one share the platform's. */
static const struct err *log_page(const struct importing *im, void *mem, const struct import_touched *touched, size_t n)
{
    struct operation_row *rows = mem_array(mem, struct operation_row, 2 * n);
    struct log_head *heads = mem_array(mem, struct log_head, n);
    size_t *head_of = mem_array(mem, size_t, 2 * n), rows_n = 0, heads_n = 0, platform = n;
    for (size_t i = 0; i < n; i++) {
        const struct import_touched *t = &touched[i];
        size_t head = platform;
        if (t->association_id != 0 || platform == n) {
            head = heads_n++;
            heads[head] = t->head;
        }
        if (t->association_id == 0)
            platform = head;
        if (t->is_newly_associated) {
            struct operation_row began = row_of(im, t, OP_ASSOCIATED);
            began.object = mem_text(mem, "%s, %s", t->no, t->partner_no);
            began.to_state = association_status_name(ASSOCIATION_ACTIVE);
            began.remark = t->model;
            head_of[rows_n] = head;
            rows[rows_n++] = began;
        }
        rows[rows_n] = row_of(im, t, OP_FACTS_IMPORTED);
        rows[rows_n].remark = mem_text(mem, "%s: %s", im->input->source, t->facts);
        head_of[rows_n++] = head;
    }
    return log_append_many(im->act->db, rows, head_of, rows_n, heads, heads_n);
}

static const struct err *log_touched(const struct importing *im)
{
    int64_t after_id = 0;
    for (size_t n = PAGE; n == PAGE;) {
        void *mem = mem_context(NULL, "import log");
        struct import_touched *touched;
        const struct err *err = import_touched_list(im->act->db, mem, after_id, PAGE, &touched, &n);
        if (err == NULL && n > 0) {
            after_id = touched[n - 1].account_id;
            err = log_page(im, mem, touched, n);
        }
        talloc_free(mem);
        TRY(err);
    }
    return NULL;
}

/* --- the transaction -------------------------------------------------------------------------------------------------- */

static const struct err *check(struct importing *im)
{
    const struct config *config = im->act->config;
    void *mem = mem_context(NULL, "import misfits");
    struct import_misfit *misfits;
    size_t n;
    const struct err *err = import_check(im->act->db, mem, im->act->now, config->request.grace_days + config->request.retention_days,
                                         IMPORT_FAULTS_MAX + 1, &misfits, &n);
    for (size_t i = 0; err == NULL && i < n; i++)
        add_fault(im, misfits[i].line, misfits[i].field, misfits[i].what);
    talloc_free(mem);
    return err;
}

static const struct err *count(struct importing *im)
{
    struct import_count *counts;
    size_t n;
    TRY(import_counts(im->act->db, im->act->mem, &counts, &n));
    for (size_t i = 0; i < n; i++)
        im->result->changed[counts[i].kind] = counts[i].n;
    return NULL;
}

static const struct err *work(struct db *db, void *arg)
{
    struct importing *im = arg;
    im->result->faults_n = 0;
    im->result->has_more_faults = false;
    im->result->outcome = IMPORT_DONE;
    memset(im->result->changed, 0, sizeof im->result->changed);
    TRY(import_clear_touched(db));
    TRY(import_accounts(db, im->act->now));
    TRY(check(im));
    if (im->result->outcome == IMPORT_FAULTY)
        return act_refuse();
    TRY(import_touch(db));
    TRY(count(im));
    TRY(import_apply(db, im->result->changed, im->act->now));
    TRY(log_touched(im));
    TRY(import_resources(im->act));
    return import_freezes(im->act);
}

static const struct err *run(struct importing *im)
{
    TRY(read_lines(im));
    if (im->result->outcome == IMPORT_FAULTY)
        return NULL;
    tell_progress(im, im->result->lines, true);
    return act_run(im->act, work, im);
}

const struct err *import_facts(struct act *act, const struct import_input *input, struct import_result *result)
{
    struct importing im = {act, input, result};
    bool is_mine = false;
    *result = (struct import_result){.outcome = IMPORT_DONE};
    TRY(import_begin(act->db, &is_mine));
    if (!is_mine) {
        result->outcome = IMPORT_BUSY;
        return NULL;
    }
    const struct err *err = run(&im), *end = import_end(act->db);
    qsort(result->faults, result->faults_n, sizeof *result->faults, by_line);
    /* What is left in the waiting room is thrown away by the next import: that it could not be emptied undoes nothing. */
    (void)end;
    return err;
}

/* Events for the platform's systems: at least once each, in no order that a receiver could rely on; its sequence tells. */
#include "worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "store/store_webhook.h"

#define BATCH 10
#define LEASE CLOCK_MINUTE

struct work {
    struct worker *worker;
    const void *ctx;
    int64_t now, lease_until;
    struct webhook_delivery *deliveries;
    size_t n;
    /* of one */
    const struct webhook_delivery *delivery;
    struct channel_result result;
    const char *became;
    bool held;
};

static const struct err *do_claim(struct db *db, void *arg)
{
    struct work *work = arg;

    TRY(webhook_take_back(db, work->now));
    return webhook_claim(db, work->ctx, work->worker->name, work->now, work->lease_until, BATCH, &work->deliveries, &work->n);
}

static const struct err *do_record(struct db *db, void *arg)
{
    struct work *work = arg;
    const struct webhook_delivery *delivery = work->delivery;
    const char *worker = work->worker->name, *detail = work->result.detail;
    const int64_t give_up_at = delivery->created_at + work->worker->config->webhook.give_up_s * CLOCK_SECOND;
    int64_t next_at = work->now + worker_back_off(delivery->tries);

    if (work->result.outcome == CHANNEL_DELIVERED) {
        work->became = "SENT";
        return webhook_sent(db, delivery->id, worker, work->now, detail, &work->held);
    }
    if (work->result.outcome == CHANNEL_LATER && work->now < give_up_at) {
        work->became = "QUEUED";
        return webhook_later(db, delivery->id, worker, next_at > give_up_at ? give_up_at : next_at, detail, &work->held);
    }
    work->became = "DEAD";
    return webhook_dead(db, delivery->id, worker, work->now, detail, &work->held);
}

static void log_event(const struct work *work, const char *id)
{
    log_begin("webhook");
    log_text("id", id);
    log_text("type", work->delivery->is_malformed ? "" : webhook_type(work->delivery->event.row.operation));
    log_text("became", work->held ? work->became : "taken over by another worker");
    log_int("try", work->delivery->tries);
    log_int("code", work->result.response_code);
    log_text("detail", work->result.detail);
    log_end();
}

static const struct err *send_one(struct work *work, const struct webhook_delivery *delivery)
{
    struct worker *worker = work->worker;
    const struct operation_row *row = &delivery->event.row;
    char *id = webhook_id(work->ctx, row->chain_id, row->seq);

    work->delivery = delivery;
    work->result = (struct channel_result){ .outcome = CHANNEL_REFUSED, .detail = "its row of the log is not there" };
    if (!delivery->is_malformed) {
        const struct message message = {
            .event_id = id, .text = webhook_body(work->ctx, &delivery->event), .at = clock_now()
        };

        worker->webhook->send(worker->webhook, &message, &work->result);
    }
    work->now = clock_now();
    TRY(db_ready(worker->db, work->now));
    TRY(db_transaction(worker->db, DB_READ_WRITE, do_record, work));
    log_event(work, id);
    return NULL;
}

const struct err *worker_webhooks(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    struct work work = {
        .worker = worker, .ctx = ctx, .now = now,
        .lease_until = now + LEASE + worker->config->webhook.timeout_s * CLOCK_SECOND
    };
    const struct err *first = NULL;

    /* Without an endpoint they stay queued, for the day there is one, until they are cleared away. */
    if (worker->webhook == NULL)
        return NULL;
    TRY(db_transaction(worker->db, DB_READ_WRITE, do_claim, &work));
    for (size_t i = 0; i < work.n; i++) {
        const struct err *err;
        bool held;

        if (i > 0 && (worker_is_stopping(worker) || clock_now() > now + LEASE))
            err = webhook_later(worker->db, work.deliveries[i].id, worker->name, now, "given back", &held);
        else
            err = send_one(&work, &work.deliveries[i]);
        first = first != NULL ? first : err;
    }
    *more = work.n == BATCH;
    return first;
}

/* Events for the platform's systems: at least once each, in no order that a receiver could rely on; its sequence tells. */
#include "worker_outbox.h"

#include "base/log.h"
#include "base/memory.h"
#include "store/store_webhook.h"

struct claim {
    struct worker *worker;
    const void *ctx;
    int64_t now, lease_until;
    struct webhook_delivery *deliveries;
    size_t n;
};

static const struct err *do_claim(struct db *db, void *arg)
{
    struct claim *claim = arg;

    TRY(outbox_take_back(db, &outbox_events, claim->now));
    return webhook_claim(db, claim->ctx, claim->worker->name, claim->now, claim->lease_until, WORKER_BATCH, &claim->deliveries,
                         &claim->n);
}

static void log_event(const struct webhook_delivery *delivery, const struct worker_ending *ending, const char *id)
{
    log_begin("webhook");
    log_text("id", id);
    log_text("type", delivery->is_malformed ? "" : webhook_type(delivery->event.row.operation));
    log_text("became", ending->became);
    log_int("try", delivery->tries);
    log_int("code", ending->result->response_code);
    log_text("detail", ending->result->detail);
    log_end();
}

static const struct err *send_one(struct worker *worker, const void *ctx, const struct webhook_delivery *delivery)
{
    const struct operation_row *row = &delivery->event.row;
    struct channel_result result = { .outcome = CHANNEL_REFUSED, .detail = "its row of the log is not there" };
    struct worker_ending ending = {
        .outbox = &outbox_events, .id = delivery->id, .tries = delivery->tries, .wait_until = INSTANT_NONE, .result = &result,
        .give_up_at = delivery->counted_from + worker->config->webhook.give_up_s * CLOCK_SECOND
    };
    char *id = webhook_id(ctx, row->chain_id, row->seq);

    if (!delivery->is_malformed) {
        const struct message message = { .event_id = id, .text = webhook_body(ctx, &delivery->event), .at = clock_now() };

        worker->webhook->send(worker->webhook, &message, &result);
    }
    TRY(worker_end(worker, &ending));
    log_event(delivery, &ending, id);
    return NULL;
}

const struct err *worker_webhooks(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    struct claim claim = {
        .worker = worker, .ctx = ctx, .now = now,
        .lease_until = now + WORKER_LEASE + worker->config->webhook.timeout_s * CLOCK_SECOND
    };
    const struct err *first = NULL;

    /* Without an endpoint they stay queued, for the day there is one, until they are cleared away. */
    if (worker->webhook == NULL)
        return NULL;
    TRY(db_transaction(worker->db, DB_READ_WRITE, do_claim, &claim));
    for (size_t i = 0; i < claim.n; i++) {
        const struct err *err;
        bool held;

        if (i > 0 && worker_is_late(worker, now))
            err = outbox_later(worker->db, &outbox_events, claim.deliveries[i].id, worker->name, now, "given back", &held);
        else
            err = send_one(worker, ctx, &claim.deliveries[i]);
        first = first != NULL ? first : err;
    }
    *more = claim.n == WORKER_BATCH;
    return first;
}

#include "worker_outbox.h"

#include <stdio.h>
#include <string.h>

#include "action/tell_ops.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/notice.h"
#include "domain/receipt.h"
#include "store/store_budget.h"
#include "store/store_notice.h"
#include "view/notice_view.h"

#define NOTICES_FIFTHS 4              /* of the hour's text messages; the rest is for codes */

/* --- from a delivery to a message ------------------------------------------------------------------------------------- */

static const struct err *read_values(const struct worker *worker, const void *ctx, const struct delivery *delivery,
                                     struct notice_values *values)
{
    char *json = mem_copy(ctx, delivery->details);
    size_t n = strlen(json);

    /* Sealed for this one message, so that no other delivery can be made to carry it. */
    if (delivery->sealed_n > 0)
        TRY(secret_open(ctx, &worker->outbox_key, delivery->event_id, delivery->sealed, delivery->sealed_n, &json, &n));
    *values = (struct notice_values){ .customer = "" };
    if (!notice_unpack(ctx, json, values))
        return err_new(ERR_INPUT, 0, "its values are malformed");
    return NULL;
}

/* Where a notice can be switched off: not a code or a link, which was asked for, nor what concerns security. */
static const char *preferences_url(const struct worker *worker, const void *ctx, enum notice_kind kind)
{
    const struct notice_info *info = notice_info(kind);

    return info->is_secret || info->is_security ? "" : mem_text(ctx, "%s/preferences", worker->config->web.public_url);
}

static const char *receipt_url(const struct worker *worker, const void *ctx, const struct delivery *delivery)
{
    const char *url = worker->config->sms.receipts_url;

    if (url[0] == '\0' || delivery->channel != CHANNEL_SMS)
        return "";
    return mem_text(ctx, "%s?%s", url, receipt_query(ctx, &worker->receipt_key, delivery->id));
}

static const struct err *write_message(const struct worker *worker, const void *ctx, const struct delivery *delivery,
                                       struct message *message)
{
    const struct config *config = worker->config;
    const struct lang *lang = lang_find(delivery->lang);
    struct notice_mail_frame frame = {
        .lang = lang != NULL ? lang : lang_default(), .zone = config->site.zone, .site = config->site.name,
        .support = config->site.support, .public_url = config->web.public_url, .link = delivery->link
    };
    struct notice_values values;
    struct notice_mail mail = { .subject = "", .html = "" };

    TRY(read_values(worker, ctx, delivery, &values));
    if (delivery->channel == CHANNEL_EMAIL)
        TRY(notice_view_mail(ctx, delivery->kind, &values, &frame, &mail));
    else
        mail.text = notice_view_sms(ctx, delivery->kind, &values, &frame);
    if (mail.text[0] == '\0')
        return err_new(ERR_INPUT, 0, "%s has no words for %s", notice_info(delivery->kind)->code,
                       channel_name(delivery->channel));
    *message = (struct message){
        .event_id = delivery->event_id, .to = delivery->address, .subject = mail.subject, .text = mail.text,
        .html = mail.html, .lang = frame.lang->tag, .is_secret = notice_info(delivery->kind)->is_secret,
        .preferences_url = preferences_url(worker, ctx, delivery->kind), .at = delivery->created_at,
        .receipt_url = receipt_url(worker, ctx, delivery), .until = delivery->give_up_at
    };
    return NULL;
}

/* --- sending ---------------------------------------------------------------------------------------------------------- */

static bool is_off(const struct worker *worker, enum channel channel)
{
    return strcmp(channel == CHANNEL_SMS ? worker->config->sms.transport : worker->config->mail.transport, "off") == 0;
}

/* What a channel that is switched off would carry stays queued for the day it is switched on, but not a code: whoever waits
 * for it is told at once to use the other way. */
static void send(struct worker *worker, const void *ctx, const struct delivery *delivery, int64_t now,
                 struct channel_result *result)
{
    struct notify_channel *channel = delivery->channel == CHANNEL_SMS ? worker->sms : worker->email;
    struct message message;
    const struct err *err;

    *result = (struct channel_result){ .outcome = CHANNEL_REFUSED };
    if (delivery->is_malformed) {
        strcpy(result->detail, "of an unknown kind or channel");
        return;
    }
    if (delivery->is_void) {
        strcpy(result->detail, "the code is not wanted any more");
        return;
    }
    if (now >= delivery->give_up_at) {
        strcpy(result->detail, "not delivered in time");
        return;
    }
    err = write_message(worker, ctx, delivery, &message);
    if (err != NULL) {
        /* A template that is missing today may be there tomorrow; a message that cannot be read stays so. */
        result->outcome = err->kind == ERR_INPUT ? CHANNEL_REFUSED : CHANNEL_LATER;
        (void)snprintf(result->detail, sizeof result->detail, "%.190s", err->what);
        return;
    }
    channel->send(channel, &message, result);
    if (result->outcome == CHANNEL_REFUSED && is_off(worker, delivery->channel) && !message.is_secret)
        result->outcome = CHANNEL_LATER;
}

/* Notices take their share of the hour's text messages and wait for the next hour rather than be in the way of codes, which were
 * counted when they were queued. *free_at: INSTANT_NONE, or when there is room again. */
struct room { const struct config *config; int64_t now, free_at; };

static const struct err *do_take_room(struct db *db, void *arg)
{
    struct room *room = arg;

    return budget_take(db, BUDGET_TOTAL, channel_name(CHANNEL_SMS), room->config->budget.sms_per_hour * NOTICES_FIFTHS / 5, room->now,
                       &room->free_at);
}

static bool is_budgeted(const struct delivery *delivery)
{
    return !delivery->is_malformed && delivery->channel == CHANNEL_SMS && !notice_info(delivery->kind)->is_secret;
}

static void log_delivery(const struct delivery *delivery, const struct channel_result *result, const char *became, int64_t ms)
{
    log_begin("delivery");
    log_int("id", delivery->id);
    log_text("kind", delivery->is_malformed ? "" : notice_info(delivery->kind)->code);
    log_text("channel", delivery->is_malformed ? "" : channel_name(delivery->channel));
    log_text("became", became);
    log_int("try", delivery->tries);
    log_int("code", result->response_code);
    log_text("detail", result->detail);
    log_int("ms", ms);
    log_end();
}

/* Our settings are wrong, or were changed at the other end: nobody but ops can help, and is told once an hour. That it could not
 * be told is no reason to lose sight of what else there is to send. */
static void tell_ops_that_we_are_denied(struct worker *worker, const void *ctx, const struct delivery *delivery,
                                        const struct channel_result *result)
{
    struct act act = worker_act(worker, ctx, clock_now());
    bool told = false;
    const struct err *err = tell_ops_of_denial(&act, delivery->channel, result->detail, &told);

    if (err == NULL && !told)
        return;
    log_begin("channel_denied");
    log_text("channel", channel_name(delivery->channel));
    log_int("code", result->response_code);
    log_text("detail", result->detail);
    if (err != NULL)
        log_text("not_told", err->what);
    log_end();
}

static const struct err *deliver_one(struct worker *worker, const void *ctx, const struct delivery *delivery)
{
    int64_t begun_at = clock_now();
    struct channel_result result;
    struct worker_ending ending = {
        .outbox = &outbox_deliveries, .id = delivery->id, .tries = delivery->tries, .give_up_at = delivery->give_up_at,
        .result = &result, .denied = delivery_denied
    };
    struct room room = { worker->config, begun_at, INSTANT_NONE };

    if (is_budgeted(delivery))
        TRY(db_transaction(worker->db, DB_READ_WRITE, do_take_room, &room));
    if (room.free_at == INSTANT_NONE)
        send(worker, ctx, delivery, begun_at, &result);
    else
        result = (struct channel_result){ .outcome = CHANNEL_LATER, .detail = "waits: the hour's text messages are used up" };
    ending.wait_until = room.free_at;
    TRY(worker_end(worker, &ending));
    log_delivery(delivery, &result, ending.became, (ending.now - begun_at) / 1000);
    if (result.outcome == CHANNEL_DENIED)
        tell_ops_that_we_are_denied(worker, ctx, delivery, &result);
    return NULL;
}

/* --- queues ----------------------------------------------------------------------------------------------------------- */

static const struct delivery_queue queues[] = {
    [WORKER_URGENT_SMS] = { CHANNEL_SMS, true }, [WORKER_URGENT_EMAIL] = { CHANNEL_EMAIL, true },
    [WORKER_SMS] = { CHANNEL_SMS, false }, [WORKER_EMAIL] = { CHANNEL_EMAIL, false },
};
enum { QUEUES = sizeof queues / sizeof queues[0] };

struct claim {
    struct worker *worker;
    const void *ctx;
    const struct delivery_queue *queue;
    int64_t now, lease_until;
    struct delivery *deliveries;
    size_t n;
};

static const struct err *do_claim(struct db *db, void *arg)
{
    struct claim *claim = arg;

    return delivery_claim(db, claim->ctx, claim->queue, claim->worker->name, claim->now, claim->lease_until,
                          WORKER_BATCH, &claim->deliveries, &claim->n);
}

static const struct err *do_take_back(struct db *db, void *arg)
{
    const int64_t *now = arg;

    return outbox_take_back(db, &outbox_deliveries, *now);
}

static int64_t slowest_send(const struct config *config)
{
    int64_t mail_s = config->mail.timeout_s, sms_s = config->sms.timeout_s;

    return (mail_s > sms_s ? mail_s : sms_s) * CLOCK_SECOND;
}

static const struct err *deliver_urgent(struct worker *worker, const void *ctx, bool *more);

/* One batch of a queue. The first error is told; it does not keep the rest from being sent. */
static const struct err *deliver_batch(struct worker *worker, const void *ctx, const struct delivery_queue *queue, bool *more)
{
    const int64_t now = clock_now();
    struct claim claim = {
        .worker = worker, .ctx = ctx, .queue = queue, .now = now, .lease_until = now + WORKER_LEASE + slowest_send(worker->config)
    };
    const struct err *first = NULL;

    if (worker_is_stopping(worker))
        return NULL;
    TRY(db_transaction(worker->db, DB_READ_WRITE, do_claim, &claim));
    for (size_t i = 0; i < claim.n; i++) {
        const struct delivery *delivery = &claim.deliveries[i];
        const struct err *err;
        bool held;

        if (i > 0 && worker_is_late(worker, now))
            err = outbox_later(worker->db, &outbox_deliveries, delivery->id, worker->name, now, "given back", &held);
        else
            err = deliver_one(worker, ctx, delivery);
        /* A process that sends everything looks for codes after each notice. */
        if (err == NULL && !queue->is_urgent && worker->part == WORKER_ALL)
            err = deliver_urgent(worker, ctx, more);
        first = first != NULL ? first : err;
    }
    *more |= claim.n == WORKER_BATCH;
    return first;
}

static const struct err *deliver_urgent(struct worker *worker, const void *ctx, bool *more)
{
    TRY(deliver_batch(worker, ctx, &queues[WORKER_URGENT_SMS], more));
    return deliver_batch(worker, ctx, &queues[WORKER_URGENT_EMAIL], more);
}

const struct err *worker_deliver(struct worker *worker, const void *ctx, int64_t now, bool *more)
{
    const struct err *first = NULL;

    TRY(db_transaction(worker->db, DB_READ_WRITE, do_take_back, &now));
    for (size_t i = WORKER_ALL + 1; i < QUEUES; i++) {
        const struct err *err = NULL;

        if (worker->part == WORKER_ALL || worker->part == i)
            err = deliver_batch(worker, ctx, &queues[i], more);
        first = first != NULL ? first : err;
    }
    return first;
}

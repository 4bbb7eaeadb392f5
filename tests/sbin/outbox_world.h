/* outbox_world.h - a worker over an empty outbox whose channels are fake. Included once by each program of tests. */
#ifndef TESTS_SBIN_OUTBOX_WORLD_H
#define TESTS_SBIN_OUTBOX_WORLD_H

#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "action/act.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "store/store_notice.h"
#include "support/test_db.h"
#include "view/notice_view.h"
#include "view/tpl.h"
#include "worker.h"

#define VALUES "{\"by_partner\":true,\"customer\":\"Acme\",\"partner\":\"Northwind\",\"request_no\":\"DR20260615-000001\"}"

static struct db *db;
static void *mem;
static struct worker worker;
static volatile sig_atomic_t is_stopping;
static int64_t now;

/* A channel that answers as it is told and remembers the last message. */
static struct {
    struct notify_channel channel;
    struct channel_result answer;
    int sent;
    bool stops_worker;
    char to[100], subject[200], text[2000];
} fake;

static inline void fake_send(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    (void)channel;
    fake.sent++;
    (void)snprintf(fake.to, sizeof fake.to, "%s", message->to);
    (void)snprintf(fake.subject, sizeof fake.subject, "%s", message->subject);
    (void)snprintf(fake.text, sizeof fake.text, "%s", message->text);
    *result = fake.answer;
    if (fake.stops_worker)
        is_stopping = 1;
}

static inline void answer(enum channel_outcome outcome, const char *detail)
{
    fake.answer = (struct channel_result){ .outcome = outcome };
    (void)snprintf(fake.answer.detail, sizeof fake.answer.detail, "%s", detail);
}

static inline int begin(void **state)
{
    static const char *tags[] = { "en", "zh-Hans" };

    (void)state;
    if (db == NULL) {
        db = test_db_open(NULL);
        lang_init(TEST_BUILD "/messages");
        assert_null(tpl_load(TEST_BUILD "/templates", tags, 2));
    }
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    test_db_sql(db, "INSERT INTO account (id, kind, no, name, created_at) VALUES (1, 'CUSTOMER', 'C-1', 'Acme', '2026-01-01')");
    test_db_sql(db, "INSERT INTO user (id, account_id, login, name, role, created_at) VALUES (11, 1, 'a@x.test', 'A', 'owner', '2026-01-01')");
    memset(&fake, 0, sizeof fake);
    fake.channel.send = fake_send;
    answer(CHANNEL_DELIVERED, "250 fine");
    is_stopping = 0;
    test_db_config()->worker.checkpoints = "";
    test_db_config()->mail.transport = test_db_config()->sms.transport = "file";
    worker = (struct worker){
        .mem = mem, .config = test_db_config(), .db = db, .email = &fake.channel, .sms = &fake.channel, .name = "w1",
        .outbox_key = { "an outbox key of thirty-two byte" }, .is_stopping = &is_stopping
    };
    now = clock_now();
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static inline int64_t queue(const char *event_id, int64_t at, int64_t give_up_at)
{
    const struct delivery_new delivery = {
        .event_id = event_id, .account_id = 1, .channel = CHANNEL_EMAIL, .address = "a@x.test", .lang = "en",
        .kind = NOTICE_REQUEST_REJECTED, .details = VALUES, .link = "/my-partner", .at = at, .give_up_at = give_up_at
    };

    assert_null(delivery_insert(db, &delivery));
    return db_insert_id(db);
}

static inline int64_t queue_code(const char *event_id, const char *sealed_for, enum channel channel)
{
    static const char json[] = "{\"customer\":\"Acme\",\"partner\":\"Northwind\",\"code\":\"482913\",\"action\":\"SUBMIT\","
                               "\"until\":\"2026-06-15T18:30:00Z\",\"host\":\"partner.example.com\"}";
    struct delivery_new delivery = {
        .event_id = event_id, .code_id = 5, .account_id = 1, .channel = channel,
        .address = channel == CHANNEL_SMS ? "+6591000001" : "a@x.test", .lang = "en", .kind = NOTICE_CODE, .link = "",
        .at = now, .give_up_at = now + CLOCK_HOUR
    };

    delivery.sealed = secret_seal(mem, &worker.outbox_key, sealed_for, json, strlen(json), &delivery.sealed_n);
    assert_null(delivery_insert(db, &delivery));
    return db_insert_id(db);
}

static inline bool deliver(void)
{
    bool more = false;

    assert_null(worker_deliver(&worker, mem, clock_now(), &more));
    return more;
}

static inline void is_now(int64_t id, const char *state)
{
    if (test_db_number(db, "SELECT COUNT(*) FROM delivery WHERE id = %lld AND state = '%s'", (long long)id, state) != 1)
        fail_msg("delivery %lld is not %s", (long long)id, state);
}

#endif

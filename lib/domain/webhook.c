#include "domain/webhook.h"

#include <stdlib.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/memory.h"

static const char *const types[OPERATIONS] = {
    [OP_ASSOCIATED] = "association.started",
    [OP_DISASSOCIATED] = "association.ended",
    [OP_REQUEST_SUBMITTED] = "request.submitted",
    [OP_REQUEST_AGREED] = "request.agreed",
    [OP_REQUEST_REJECTED] = "request.rejected",
    [OP_REQUEST_WITHDRAWN] = "request.withdrawn",
    [OP_REQUEST_ESCALATED] = "request.escalated",
    [OP_REQUEST_EXPIRED] = "request.expired",
    [OP_REQUEST_COMPLETED] = "request.completed",
    [OP_REQUEST_DISMISSED] = "request.dismissed",
    [OP_REQUEST_CANCELLED] = "request.cancelled",
    [OP_FROZEN] = "freeze.set",
    [OP_UNFROZEN] = "freeze.lifted",
    [OP_RESOURCE_PAID] = "resource.paid",
    [OP_RESOURCE_GRACE] = "resource.grace",
    [OP_RESOURCE_RETENTION] = "resource.retention",
    [OP_RESOURCE_RELEASED] = "resource.released",
    [OP_RESOURCE_RESTORED] = "resource.restored",
};

const char *webhook_type(enum operation operation)
{
    return operation < OPERATIONS ? types[operation] : NULL;
}

char *webhook_id(const void *ctx, int64_t chain_id, int64_t seq)
{
    return mem_text(ctx, "log-%lld-%lld", (long long)chain_id, (long long)seq);
}

static void put(json_t *object, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0')
        (void)json_object_set_new(object, name, json_string(text));
}

static void put_states(json_t *object, const struct operation_row *row)
{
    put(object, "from", row->from_state);
    put(object, "to", row->to_state);
}

static void put_object(json_t *root, const char *name, json_t *object)
{
    if (json_object_size(object) > 0)
        (void)json_object_set(root, name, object);
    json_decref(object);
}

static void put_request(json_t *root, const struct webhook_event *event)
{
    json_t *request = json_object();

    put(request, "no", event->row.request_no);
    if (event->row.request_id != 0 && event->row.operation != OP_DISASSOCIATED)
        put_states(request, &event->row);
    put_object(root, "request", request);
}

static void put_resource(json_t *root, const struct webhook_event *event)
{
    json_t *resource = json_object();

    if (event->resource_id != 0) {
        (void)json_object_set_new(resource, "id", json_integer(event->resource_id));
        put(resource, "key", event->resource_key);
        put(resource, "name", event->row.object);
        put_states(resource, &event->row);
    }
    put_object(root, "resource", resource);
}

char *webhook_body(const void *ctx, const struct webhook_event *event)
{
    const struct operation_row *row = &event->row;
    json_t *root = json_object();
    char at[32], *id = webhook_id(ctx, row->chain_id, row->seq), *dumped, *body;

    if (root == NULL)
        abort();
    clock_format_utc(row->at, true, at);
    put(root, "id", id);
    put(root, "type", webhook_type(row->operation));
    put(root, "at", at);
    put(root, "stream", row->chain_id == 0 ? "platform" : mem_text(id, "association-%lld", (long long)row->chain_id));
    (void)json_object_set_new(root, "sequence", json_integer(row->seq));
    put(root, "customer", event->customer_no);
    put(root, "partner", event->partner_no);
    put_request(root, event);
    put_resource(root, event);
    put(root, "by", side_name(row->initiated_by));
    put(root, "result", row->result);
    put(root, "remark", row->remark);
    dumped = json_dumps(root, JSON_COMPACT);
    if (dumped == NULL)
        abort();
    body = mem_copy(ctx, dumped);
    free(dumped);
    json_decref(root);
    (void)talloc_free(id);
    return body;
}

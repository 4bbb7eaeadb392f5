#include "base/memory.h"

#include "notify/channel.h"
#include "notify/result.h"

static void off_send(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    (void)channel;
    (void)message;
    result_set(result, CHANNEL_REFUSED, 0, "this channel is switched off");
}

struct notify_channel *channel_off(const void *ctx)
{
    struct notify_channel *off = mem_new(ctx, struct notify_channel);

    off->send = off_send;
    return off;
}

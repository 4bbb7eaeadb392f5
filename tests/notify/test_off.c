#include "base/memory.h"
#include "notify/channel.h"
#include "support/rows.h"

static void switched_off_channel_refuses_everything(void **state)
{
    const struct message message = { .event_id = "e", .to = "pat@acme.example", .subject = "s", .text = "secret", .html = "",
                                     .lang = "en", .preferences_url = "" };
    struct notify_channel *channel = channel_off(NULL);
    struct channel_result result = { .response_code = -1 };

    (void)state;
    channel->send(channel, &message, &result);
    assert_int_equal(result.outcome, CHANNEL_REFUSED);
    assert_int_equal(result.response_code, 0);
    assert_string_equal(result.detail, "this channel is switched off");
    talloc_free(channel);
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, switched_off_channel_refuses_everything);
    return ROWS_RUN(&rows);
}

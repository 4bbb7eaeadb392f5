#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include "notify/channel.h"
#include "notify/result.h"

struct file_channel {
    struct notify_channel channel;   /* first: the two addresses are the same */
    const char *folder;
    const char *from, *from_name;    /* email only */
    const char *ending;
};

/* Names in the order of the alphabet are in the order of time; the process and a count make them unique. */
static char *file_name(const void *ctx, const char *ending)
{
    static unsigned count;
    struct civil now = clock_civil(clock_now(), "UTC");

    return mem_text(ctx, "%04d%02d%02dT%02d%02d%02d.%06dZ-%ld-%06u%s", now.year, now.month, now.day, now.hour, now.minute,
                    now.second, now.micros, (long)getpid(), ++count, ending);
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

/* Written under a name that readers skip and then renamed, so that nobody meets half a message. Not synced: this channel
 * is for trying things out, and a message that was lost with the host is no loss there. */
static void put(const struct file_channel *file, const char *bytes, size_t n, struct channel_result *result)
{
    void *ctx = mem_context(NULL, "file");
    char *name = file_name(ctx, file->ending);
    char *draft = mem_text(ctx, "%s/.%s", file->folder, name);
    char *path = mem_text(ctx, "%s/%s", file->folder, name);
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool is_written = fd >= 0 && write_all(fd, bytes, n);
    int error = errno;

    if (fd >= 0 && close(fd) != 0 && is_written) {
        error = errno;
        is_written = false;
    }
    if (is_written && rename(draft, path) != 0) {
        error = errno;
        is_written = false;
    }
    if (!is_written && fd >= 0)
        (void)unlink(draft);
    if (is_written)
        result_set(result, CHANNEL_DELIVERED, 0, "written to %s", name);
    else
        result_set(result, CHANNEL_LATER, 0, "cannot write a message into %s: %s", file->folder, strerror(error));
    (void)talloc_free(ctx);
}

static void email_send(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    const struct file_channel *file = (const struct file_channel *)channel;
    char *text;
    const struct err *err = message_build(channel, message, file->from, file->from_name, &text);

    if (err != NULL) {
        result_set(result, CHANNEL_REFUSED, 0, "%s", err->what);
        return;
    }
    put(file, text, strlen(text), result);
    (void)talloc_free(text);
}

static void sms_send(struct notify_channel *channel, const struct message *message, struct channel_result *result)
{
    struct buf *out;

    if (!text_is_phone(message->to)) {
        result_set(result, CHANNEL_REFUSED, 0, "the recipient is not a number like +6591234567");
        return;
    }
    out = buf_new(NULL, strlen(message->text) + 40);
    buf_format(out, "To: %s\n\n%s", message->to, message->text);
    put((const struct file_channel *)channel, out->bytes, out->n, result);
    (void)talloc_free(out);
}

struct notify_channel *channel_file_email(const void *ctx, const char *folder, const char *from, const char *from_name)
{
    struct file_channel *file = mem_new(ctx, struct file_channel);

    file->channel.send = email_send;
    file->folder = mem_copy(file, folder);
    file->from = mem_copy(file, from);
    file->from_name = mem_copy(file, from_name);
    file->ending = ".eml";
    return &file->channel;
}

struct notify_channel *channel_file_sms(const void *ctx, const char *folder)
{
    struct file_channel *file = mem_new(ctx, struct file_channel);

    file->channel.send = sms_send;
    file->folder = mem_copy(file, folder);
    file->ending = ".sms";
    return &file->channel;
}

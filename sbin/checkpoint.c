#include "checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"

#define MAC_FIELD ",\"mac\":\""

struct checkpoint {
    const char *path;
    struct secret_key key;
    struct log_head *published;      /* ordered by chain */
    size_t n, room;
};

void checkpoint_key(const struct secret_key *site_key, struct secret_key *key)
{
    secret_derive(site_key, "checkpoint", key);
}

/* --- one line --------------------------------------------------------------------------------------------------------- */

static void write_line(const void *ctx, const struct secret_key *key, const struct log_head *heads, size_t n, int64_t at,
                       struct buf *line)
{
    unsigned char mac[SECRET_DIGEST_BYTES];
    char time[32];

    clock_format_utc(at, true, time);
    buf_format(line, "{\"at\":\"%s\",\"heads\":[", time);
    for (size_t i = 0; i < n; i++)
        buf_format(line, "%s[%" PRId64 ",%" PRId64 ",\"%s\"]", i > 0 ? "," : "", heads[i].chain_id, heads[i].seq,
                   secret_hex(ctx, heads[i].hash, sizeof heads[i].hash));
    buf_char(line, ']');
    secret_hmac(key, line->bytes, line->n, mac);
    buf_format(line, MAC_FIELD "%s\"}\n", secret_hex(ctx, mac, sizeof mac));
}

static bool has_right_mac(const struct secret_key *key, const char *line, size_t n)
{
    const size_t tail_n = strlen(MAC_FIELD) + 2 * SECRET_DIGEST_BYTES + strlen("\"}");
    unsigned char said[SECRET_DIGEST_BYTES], mac[SECRET_DIGEST_BYTES];
    const char *tail;

    if (n < tail_n)
        return false;
    tail = line + n - tail_n;
    if (memcmp(tail, MAC_FIELD, strlen(MAC_FIELD)) != 0 || memcmp(line + n - 2, "\"}", 2) != 0)
        return false;
    if (!secret_unhex(tail + strlen(MAC_FIELD), 2 * SECRET_DIGEST_BYTES, said, sizeof said))
        return false;
    secret_hmac(key, line, n - tail_n, mac);
    return secret_equal(said, mac, sizeof mac);
}

static bool read_head(const json_t *item, struct log_head *head)
{
    const json_t *chain = json_array_get(item, 0), *seq = json_array_get(item, 1), *hash = json_array_get(item, 2);

    if (!json_is_integer(chain) || !json_is_integer(seq) || !json_is_string(hash))
        return false;
    head->chain_id = json_integer_value(chain);
    head->seq = json_integer_value(seq);
    return secret_unhex(json_string_value(hash), json_string_length(hash), head->hash, sizeof head->hash);
}

/* Heads of one line, in ctx; false if it is not one of ours. */
static bool read_line(const void *ctx, const struct secret_key *key, const char *line, size_t n, struct log_head **heads,
                      size_t *heads_n)
{
    json_t *json;
    const json_t *list;
    bool is_fine;

    if (!has_right_mac(key, line, n))
        return false;
    json = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    list = json_object_get(json, "heads");
    *heads_n = json_array_size(list);
    *heads = mem_array(ctx, struct log_head, *heads_n);
    is_fine = json_is_array(list);
    for (size_t i = 0; i < *heads_n && is_fine; i++)
        is_fine = read_head(json_array_get(list, i), &(*heads)[i]);
    json_decref(json);
    return is_fine;
}

const struct err *checkpoint_read(const char *path, const struct secret_key *key,
                                  void (*hear)(void *arg, size_t number, bool is_genuine, const struct log_head *heads, size_t n),
                                  void *arg)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t n;
    int fault;

    if (file == NULL)
        return err_new(ERR_MISSING, errno, "%s: %s", path, strerror(errno));
    while ((n = getline(&line, &room, file)) > 0) {
        void *ctx = mem_context(NULL, "checkpoint");
        struct log_head *heads = NULL;
        size_t heads_n = 0;
        bool is_whole = line[n - 1] == '\n';
        bool is_genuine = is_whole && read_line(ctx, key, line, (size_t)n - 1, &heads, &heads_n);

        hear(arg, ++number, is_genuine, heads, is_genuine ? heads_n : 0);
        talloc_free(ctx);
    }
    fault = ferror(file) ? errno : 0;
    free(line);
    (void)fclose(file);
    return fault == 0 ? NULL : err_new(ERR_BUG, fault, "%s: %s", path, strerror(fault));
}

/* --- what is published ------------------------------------------------------------------------------------------------ */

/* Where the chain is, or would be. */
static size_t place_of(const struct checkpoint *checkpoint, int64_t chain_id)
{
    size_t low = 0, high = checkpoint->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (checkpoint->published[middle].chain_id < chain_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct log_head *published(const struct checkpoint *checkpoint, int64_t chain_id)
{
    size_t place = place_of(checkpoint, chain_id);

    return place < checkpoint->n && checkpoint->published[place].chain_id == chain_id ? &checkpoint->published[place] : NULL;
}

static void remember(struct checkpoint *checkpoint, const struct log_head *head)
{
    size_t place = place_of(checkpoint, head->chain_id);

    if (place == checkpoint->n || checkpoint->published[place].chain_id != head->chain_id) {
        if (checkpoint->n == checkpoint->room) {
            size_t room = checkpoint->room == 0 ? 256 : 2 * checkpoint->room;

            checkpoint->published = mem_grow(checkpoint, checkpoint->published, sizeof *head, checkpoint->room, room);
            checkpoint->room = room;
        }
        memmove(&checkpoint->published[place + 1], &checkpoint->published[place], (checkpoint->n - place) * sizeof *head);
        checkpoint->n++;
    }
    checkpoint->published[place] = *head;
}

static void hear_line(void *arg, size_t number, bool is_genuine, const struct log_head *heads, size_t n)
{
    (void)number;
    (void)is_genuine;
    for (size_t i = 0; i < n; i++)
        remember(arg, &heads[i]);
}

/* --- the file --------------------------------------------------------------------------------------------------------- */

static const struct err *fault(const char *path, int code)
{
    return err_new(ERR_BUG, code, "checkpoints %s: %s", path, strerror(code));
}

/* Opens it for this process alone; other workers wait. */
static const struct err *open_file(const char *path, int *fd)
{
    int opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (opened < 0)
        return fault(path, errno);
    if (flock(opened, LOCK_EX) != 0) {
        int code = errno;

        (void)close(opened);
        return fault(path, code);
    }
    *fd = opened;
    return NULL;
}

/* Where the last whole line ends. What a crash left behind it was never published. */
static off_t whole_lines(int fd)
{
    off_t end = lseek(fd, 0, SEEK_END);
    char bytes[4096];

    while (end > 0) {
        size_t n = end < (off_t)sizeof bytes ? (size_t)end : sizeof bytes;

        if (pread(fd, bytes, n, end - (off_t)n) != (ssize_t)n)
            return -1;
        for (size_t i = n; i > 0; i--)
            if (bytes[i - 1] == '\n')
                return end - (off_t)(n - i);
        end -= (off_t)n;
    }
    return end;
}

static int cut_broken_line(int fd)
{
    off_t end = whole_lines(fd), size = lseek(fd, 0, SEEK_END);

    if (end < 0 || size < 0)
        return errno;
    return end == size || ftruncate(fd, end) == 0 ? 0 : errno;
}

static int append(int fd, const struct buf *line)
{
    int code = cut_broken_line(fd);
    ssize_t n;

    if (code != 0)
        return code;
    n = write(fd, line->bytes, line->n);
    if (n < 0)
        return errno;
    if ((size_t)n != line->n)
        return ENOSPC;
    return fsync(fd) == 0 ? 0 : errno;
}

const struct err *checkpoint_open(const void *ctx, const char *path, const struct secret_key *key,
                                  struct checkpoint **checkpoint)
{
    struct checkpoint *opened;
    int fd, code;

    TRY(open_file(path, &fd));
    code = cut_broken_line(fd);
    (void)close(fd);
    if (code != 0)
        return fault(path, code);
    opened = mem_new(ctx, struct checkpoint);
    opened->path = mem_copy(opened, path);
    opened->key = *key;
    TRY(checkpoint_read(path, key, hear_line, opened));
    *checkpoint = opened;
    return NULL;
}

const struct err *checkpoint_add(struct checkpoint *checkpoint, const struct log_head *heads, size_t n, int64_t at)
{
    void *ctx = mem_context(NULL, "checkpoint");
    struct log_head *moved = mem_array(ctx, struct log_head, n);
    struct buf *line = buf_new(ctx, 4096);
    size_t moved_n = 0;
    const struct err *err = NULL;
    int fd = -1, code;

    for (size_t i = 0; i < n; i++) {
        const struct log_head *before = published(checkpoint, heads[i].chain_id);

        if (heads[i].seq > 0 && (before == NULL || heads[i].seq > before->seq))
            moved[moved_n++] = heads[i];
    }
    if (moved_n > 0) {
        write_line(ctx, &checkpoint->key, moved, moved_n, at, line);
        err = open_file(checkpoint->path, &fd);
    }
    if (err == NULL && moved_n > 0) {
        code = append(fd, line);
        (void)close(fd);
        err = code == 0 ? NULL : fault(checkpoint->path, code);
        for (size_t i = 0; i < moved_n && err == NULL; i++)
            remember(checkpoint, &moved[i]);
    }
    talloc_free(ctx);
    return err;
}

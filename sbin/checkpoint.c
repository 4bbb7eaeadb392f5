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
#include "base/secret.h"

#define SIGNATURE_FIELD ",\"signature\":\""
#define BEFORE_FIELD "\",\"before\":\""

struct checkpoint {
    const char *path;
    const struct sign_key *key;
    struct log_head *published;      /* ordered by chain */
    size_t n, room;
};

/* --- one line --------------------------------------------------------------------------------------------------------- */

static void write_line(const void *ctx, const struct sign_key *key, const struct log_head *heads, size_t n, int64_t at,
                       const unsigned char before[SECRET_DIGEST_BYTES], struct buf *line)
{
    unsigned char signature[SIGN_BYTES];
    char time[32];

    clock_format_utc(at, true, time);
    buf_format(line, "{\"at\":\"%s" BEFORE_FIELD "%s\",\"heads\":[", time, secret_hex(ctx, before, SECRET_DIGEST_BYTES));
    for (size_t i = 0; i < n; i++)
        buf_format(line, "%s[%" PRId64 ",%" PRId64 ",\"%s\"]", i > 0 ? "," : "", heads[i].chain_id, heads[i].seq,
                   secret_hex(ctx, heads[i].hash, sizeof heads[i].hash));
    buf_char(line, ']');
    sign_make(key, line->bytes, line->n, signature);
    buf_format(line, SIGNATURE_FIELD "%s\"}\n", secret_hex(ctx, signature, sizeof signature));
}

static bool is_signed(const struct sign_key *key, const char *line, size_t n)
{
    const size_t tail_n = strlen(SIGNATURE_FIELD) + 2 * SIGN_BYTES + strlen("\"}");
    unsigned char signature[SIGN_BYTES];
    const char *tail;

    if (n < tail_n)
        return false;
    tail = line + n - tail_n;
    if (memcmp(tail, SIGNATURE_FIELD, strlen(SIGNATURE_FIELD)) != 0 || memcmp(line + n - 2, "\"}", 2) != 0)
        return false;
    return secret_unhex(tail + strlen(SIGNATURE_FIELD), 2 * SIGN_BYTES, signature, sizeof signature) &&
           sign_check(key, line, n - tail_n, signature);
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

/* Heads of one line, in ctx, and the digest of the line before it; false if it is not one of ours. */
static bool read_line(const void *ctx, const struct sign_key *key, const char *line, size_t n, struct log_head **heads,
                      size_t *heads_n, unsigned char before[SECRET_DIGEST_BYTES])
{
    json_t *json;
    const json_t *list, *digest;
    bool is_fine;

    if (!is_signed(key, line, n))
        return false;
    json = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    list = json_object_get(json, "heads");
    digest = json_object_get(json, "before");
    *heads_n = json_array_size(list);
    *heads = mem_array(ctx, struct log_head, *heads_n);
    is_fine = json_is_array(list) && json_is_string(digest) &&
              secret_unhex(json_string_value(digest), json_string_length(digest), before, SECRET_DIGEST_BYTES);
    for (size_t i = 0; i < *heads_n && is_fine; i++)
        is_fine = read_head(json_array_get(list, i), &(*heads)[i]);
    json_decref(json);
    return is_fine;
}

struct reader {
    const struct sign_key *key;
    void (*hear)(void *arg, const struct checkpoint_line *line);
    void *arg;
    unsigned char last[SECRET_DIGEST_BYTES];   /* of the line before; zeroes for the first */
    size_t number;
};

static void take_line(void *arg, const char *text, size_t n)
{
    struct reader *reader = arg;
    void *ctx = mem_context(NULL, "checkpoint");
    unsigned char before[SECRET_DIGEST_BYTES];
    struct log_head *heads = NULL;
    size_t heads_n = 0;
    struct checkpoint_line line = { .number = ++reader->number, .fault = CHECKPOINT_FORGED };

    if (text[n - 1] == '\n' && read_line(ctx, reader->key, text, n - 1, &heads, &heads_n, before)) {
        line.fault = memcmp(before, reader->last, sizeof before) == 0 ? CHECKPOINT_FINE : CHECKPOINT_MISPLACED;
        line.heads = heads;
        line.n = heads_n;
    }
    secret_sha256(text, n, line.digest);
    memcpy(reader->last, line.digest, sizeof reader->last);
    reader->hear(reader->arg, &line);
    talloc_free(ctx);
}

static const struct err *read_lines(const char *path, void (*take)(void *arg, const char *text, size_t n), void *arg)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    int fault;

    if (file == NULL)
        return err_new(ERR_MISSING, errno, "%s: %s", path, strerror(errno));
    while ((n = getline(&line, &room, file)) > 0)
        take(arg, line, (size_t)n);
    fault = ferror(file) ? errno : 0;
    free(line);
    (void)fclose(file);
    return fault == 0 ? NULL : err_new(ERR_BUG, fault, "%s: %s", path, strerror(fault));
}

const struct err *checkpoint_read(const char *path, const struct sign_key *key,
                                  void (*hear)(void *arg, const struct checkpoint_line *line), void *arg)
{
    struct reader reader = { .key = key, .hear = hear, .arg = arg };

    return read_lines(path, take_line, &reader);
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

static void hear_line(void *arg, const struct checkpoint_line *line)
{
    for (size_t i = 0; i < line->n; i++)
        remember(arg, &line->heads[i]);
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

/* Where the last newline before `end` is, or -1: none; -2: the file cannot be read. */
static off_t newline_before(int fd, off_t end)
{
    char bytes[4096];

    while (end > 0) {
        size_t n = end < (off_t)sizeof bytes ? (size_t)end : sizeof bytes;

        if (pread(fd, bytes, n, end - (off_t)n) != (ssize_t)n)
            return -2;
        for (size_t i = n; i > 0; i--)
            if (bytes[i - 1] == '\n')
                return end - (off_t)(n - i) - 1;
        end -= (off_t)n;
    }
    return -1;
}

/* What a crash left behind the last whole line was never published. */
static int cut_broken_line(int fd)
{
    const off_t size = lseek(fd, 0, SEEK_END), last = size < 0 ? -2 : newline_before(fd, size);

    if (last == -2)
        return errno;
    return last + 1 == size || ftruncate(fd, last + 1) == 0 ? 0 : errno;
}

/* Of the last line, its newline included; zeroes if there is none. The file ends with a whole line. */
static int digest_of_last_line(int fd, unsigned char digest[SECRET_DIGEST_BYTES])
{
    const off_t size = lseek(fd, 0, SEEK_END), before = size > 0 ? newline_before(fd, size - 1) : -1;
    const size_t n = size > 0 ? (size_t)(size - before - 1) : 0;
    void *ctx = mem_context(NULL, "last line");
    char *line = mem_array(ctx, char, n + 1);
    int code = 0;

    memset(digest, 0, SECRET_DIGEST_BYTES);
    if (before == -2 || pread(fd, line, n, before + 1) != (ssize_t)n)
        code = errno != 0 ? errno : EIO;
    else if (n > 0)
        secret_sha256(line, n, digest);
    talloc_free(ctx);
    return code;
}

/* Locked and whole: others may have added lines meanwhile, so the one before is read here. */
static int append(int fd, const struct sign_key *key, const struct log_head *heads, size_t heads_n, int64_t at)
{
    void *ctx = mem_context(NULL, "line");
    struct buf *line = buf_new(ctx, 4096);
    unsigned char before[SECRET_DIGEST_BYTES];
    int code = cut_broken_line(fd);
    ssize_t n = 0;

    if (code == 0)
        code = digest_of_last_line(fd, before);
    if (code == 0) {
        write_line(ctx, key, heads, heads_n, at, before, line);
        n = write(fd, line->bytes, line->n);
        code = n < 0 ? errno : (size_t)n != line->n ? ENOSPC : 0;
    }
    talloc_free(ctx);
    if (code == 0 && fsync(fd) != 0)
        code = errno;
    return code;
}

const struct err *checkpoint_open(const void *ctx, const char *path, const struct sign_key *key,
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
    opened->key = key;
    TRY(checkpoint_read(path, key, hear_line, opened));
    *checkpoint = opened;
    return NULL;
}

const struct err *checkpoint_add(struct checkpoint *checkpoint, const struct log_head *heads, size_t n, int64_t at)
{
    void *ctx = mem_context(NULL, "checkpoint");
    struct log_head *moved = mem_array(ctx, struct log_head, n);
    size_t moved_n = 0;
    const struct err *err = NULL;
    int fd = -1, code;

    for (size_t i = 0; i < n; i++) {
        const struct log_head *before = published(checkpoint, heads[i].chain_id);

        if (heads[i].seq > 0 && (before == NULL || heads[i].seq > before->seq))
            moved[moved_n++] = heads[i];
    }
    if (moved_n > 0)
        err = open_file(checkpoint->path, &fd);
    if (err == NULL && moved_n > 0) {
        code = append(fd, checkpoint->key, moved, moved_n, at);
        (void)close(fd);
        err = code == 0 ? NULL : fault(checkpoint->path, code);
        for (size_t i = 0; i < moved_n && err == NULL; i++)
            remember(checkpoint, &moved[i]);
    }
    talloc_free(ctx);
    return err;
}

const struct err *checkpoint_last(const struct checkpoint *checkpoint, unsigned char digest[SECRET_DIGEST_BYTES])
{
    int fd = -1, code;

    TRY(open_file(checkpoint->path, &fd));
    code = cut_broken_line(fd);
    if (code == 0)
        code = digest_of_last_line(fd, digest);
    (void)close(fd);
    return code == 0 ? NULL : fault(checkpoint->path, code);
}

struct search { const unsigned char *digest; bool holds; };

static void compare_line(void *arg, const char *text, size_t n)
{
    struct search *search = arg;
    unsigned char digest[SECRET_DIGEST_BYTES];

    secret_sha256(text, n, digest);
    search->holds |= memcmp(digest, search->digest, sizeof digest) == 0;
}

const struct err *checkpoint_holds(const struct checkpoint *checkpoint, const unsigned char digest[SECRET_DIGEST_BYTES], bool *holds)
{
    struct search search = { .digest = digest, .holds = false };

    TRY(read_lines(checkpoint->path, compare_line, &search));
    *holds = search.holds;
    return NULL;
}

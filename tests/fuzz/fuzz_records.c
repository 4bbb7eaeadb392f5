/* FastCGI records on the real socket: the target is the web server in front of fcgi_run(), in one thread with it. Whatever is said
 * waits in the socket, as it is no more than fits there, and a last request after it ends the run.
 *
 * Input: flags, a seed for the shape of the records, a place and a byte to change there, the body's length, the body, then
 * parameters "name=value", each ended by a NUL. Unchanged, the records are well formed, and the answer is byte for byte that of
 * the same request handed over without a socket. Changed ones, and inputs sent as they are, may get any answer; the server has
 * to be there for the next request. Lengths of 1 GiB and more are not sent in these: two that add up to 2 GiB end a process in
 * libfcgi, which is why the socket is open to the web server alone.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

#include "base/buf.h"
#include "web/fcgi.h"
#include "web/http.h"

#define BODY_MAX_BYTES 200
#define INTERRUPTED 72

/* FastCGI specification 1.0, sections 3.3 and 8. */
enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };
enum { SEND_AS_IT_IS = 1, CHANGE_ONE = 2, LONG_LENGTHS = 4, PAD = 8, MULTIPLEX_ID = 16, KEEP = 32, LOOSE_END = 64 };

static char folder[] = "/tmp/fuzz_records.XXXXXX";
static char path[64];

/* --- the server ---------------------------------------------------------------------------------------------------- */

struct connections { int first, last; bool is_last_served; };

/* The server has closed the first one: this is the other, and the server is told to stop after it. */
static void end_after_last(struct connections *connections)
{
    struct pollfd first = { .fd = connections->first };

    (void)poll(&first, 1, 0);
    if ((first.revents & POLLHUP) != 0)
        connections->is_last_served = raise(SIGTERM) == 0;
}

static struct buf *serve(void *ctx, const struct http_source *source, void *arg)
{
    struct http_request *request = NULL;
    struct http_response *response = http_response_new(ctx);
    const struct err *err = http_parse(ctx, source, BODY_MAX_BYTES, &request);

    if (arg != NULL)
        end_after_last(arg);
    http_header(response, "Content-Type", "text/plain");
    buf_format(response->body, "%s %s?%s %zu\n", err == NULL ? "fine" : err_kind_name(err->kind), request->path, request->query,
               request->cookies_n);
    if (request->body != NULL)
        buf_add(response->body, request->body, request->body_n);
    return http_response_bytes(ctx, response, request->method == HTTP_HEAD);
}

static void clean_up(void)
{
    unlink(path);
    rmdir(folder);
}

static struct sockaddr_un address(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

void fuzz_begin(void)
{
    struct sockaddr_un own;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    FUZZ_CHECK(mkdtemp(folder) != NULL, "%s", folder);
    (void)snprintf(path, sizeof path, "%s/web.sock", folder);
    (void)atexit(clean_up);
    own = address();
    FUZZ_CHECK(bind(fd, (const struct sockaddr *)&own, sizeof own) == 0 && listen(fd, 2) == 0 && dup2(fd, STDIN_FILENO) == 0,
               "no socket");
    close(fd);
}

/* --- the web server in front --------------------------------------------------------------------------------------- */

/* Lengths below 1 GiB: the first byte of a length of four would have to be 0xC0 or more. Most inputs have none of 16 MiB either, as
 * the sanitizer marks each byte of so large a piece of memory, and is slow with it. */
static struct buf *without_giants(struct buf *sent, unsigned seed)
{
    const bool has_large = seed % 64 == 63;

    for (size_t i = 0; i < sent->n; i++) {
        unsigned byte = (unsigned char)sent->bytes[i];

        if (has_large ? byte >= 0xC0 : byte > 0x80)
            sent->bytes[i] = (char)(has_large ? byte & 0xBF : 0x80);
    }
    return sent;
}

/* A connection on which all of it is said already. */
static int saying(const struct buf *sent)
{
    struct sockaddr_un server = address();
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    FUZZ_CHECK(connect(fd, (const struct sockaddr *)&server, sizeof server) == 0, "nobody listens");
    FUZZ_CHECK(send(fd, sent->bytes, sent->n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sent->n, "it does not fit");
    (void)shutdown(fd, SHUT_WR);
    return fd;
}

static struct buf *answered(const void *mem, int fd)
{
    struct buf *answer = buf_new(mem, 1024);
    char bytes[4096];
    ssize_t n;

    while ((n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        buf_add(answer, bytes, (size_t)n);
    FUZZ_CHECK(n == 0 || errno != EAGAIN, "the connection is still open");
    close(fd);
    return answer;
}

struct shape { unsigned flags; uint32_t seed; unsigned id; };

static unsigned next_size(struct shape *shape, size_t left)
{
    shape->seed = shape->seed * 1103515245u + 12345u;
    return left == 0 ? 0 : 1 + (shape->seed >> 16) % (unsigned)(left < 65535 ? left : 65535);
}

static void add_record(struct buf *out, const struct shape *shape, int type, const char *bytes, size_t n)
{
    unsigned padding = (shape->flags & PAD) != 0 ? (unsigned)((8 - n % 8) % 8) : 0;
    const unsigned char head[8] = { 1, (unsigned char)type, (unsigned char)(shape->id >> 8), (unsigned char)shape->id,
                                    (unsigned char)(n >> 8), (unsigned char)n, (unsigned char)padding, 0 };

    buf_add(out, head, sizeof head);
    buf_add(out, bytes, n);
    buf_add(out, "\0\0\0\0\0\0\0", padding);
}

/* In records of any sizes, and the empty one that ends a stream. */
static void add_stream(struct buf *out, struct shape *shape, int type, const char *bytes, size_t n)
{
    while (n > 0) {
        size_t size = next_size(shape, n);

        add_record(out, shape, type, bytes, size);
        bytes += size;
        n -= size;
    }
    if ((shape->flags & LOOSE_END) == 0 || type == PARAMS)
        add_record(out, shape, type, "", 0);
}

static void add_length(struct buf *out, const struct shape *shape, size_t n)
{
    const unsigned char bytes[4] = { (unsigned char)(0x80 | n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                                     (unsigned char)n };

    if (n < 128 && (shape->flags & LONG_LENGTHS) == 0)
        buf_char(out, (char)n);
    else
        buf_add(out, bytes, sizeof bytes);
}

static void add_pair(struct buf *out, const struct shape *shape, const char *param)
{
    size_t name_n = strcspn(param, "="), value_n = strlen(param) - name_n - 1;

    add_length(out, shape, name_n);
    add_length(out, shape, value_n);
    buf_add(out, param, name_n);
    buf_add(out, param + name_n + 1, value_n);
}

static struct buf *records_of(const void *mem, struct shape *shape, const char *const *env, const char *body, size_t body_n)
{
    struct buf *out = buf_new(mem, 1024), *params = buf_new(mem, 512);
    const char begin[8] = { 0, 1, (shape->flags & KEEP) != 0, 0, 0, 0, 0, 0 };

    for (; *env != NULL; env++)
        add_pair(params, shape, *env);
    add_record(out, shape, BEGIN_REQUEST, begin, sizeof begin);
    add_stream(out, shape, PARAMS, params->bytes, params->n);
    add_stream(out, shape, STDIN, body, body_n);
    return out;
}

/* What the records of an answer say on standard output; NULL if they are not one whole answer. */
static struct buf *said(const void *mem, const struct buf *answer, unsigned id)
{
    struct buf *out = buf_new(mem, answer->n);
    bool has_ended = false;

    for (size_t at = 0; at < answer->n;) {
        const unsigned char *head = (const unsigned char *)answer->bytes + at;
        size_t n;

        if (answer->n - at < 8 || has_ended)
            return NULL;
        n = (size_t)head[4] << 8 | head[5];
        if (head[0] != 1 || ((unsigned)head[2] << 8 | head[3]) != id || answer->n - at - 8 < n + head[6])
            return NULL;
        if (head[1] == STDOUT)
            buf_add(out, head + 8, n);
        has_ended = head[1] == END_REQUEST;
        at += 8 + n + head[6];
    }
    return has_ended ? out : NULL;
}

/* --- the same without a socket ------------------------------------------------------------------------------------- */

struct body { const char *bytes; size_t n; };

static size_t read_body(void *arg, char *out, size_t n)
{
    struct body *body = arg;

    n = n < body->n ? n : body->n;
    memcpy(out, body->bytes, n);
    body->bytes += n;
    body->n -= n;
    return n;
}

/* libfcgi adds the role to whatever was sent: a peer that names one besides has named it twice. */
static const char *const *with_role(void *mem, const char *const *env)
{
    const char **all;
    size_t n = 0;

    while (env[n] != NULL)
        n++;
    all = mem_array(mem, const char *, n + 2);
    memcpy(all, env, n * sizeof *all);
    all[n] = "FCGI_ROLE=RESPONDER";
    return all;
}

static void answer_is_right(void *mem, const struct buf *answer, const struct shape *shape, const char *const *env,
                            const char *bytes, size_t n)
{
    struct body body = { bytes, n };
    struct http_source source = { .env = with_role(mem, env), .read = read_body, .arg = &body };
    const struct buf *expected = serve(mem, &source, NULL), *got = said(mem, answer, shape->id);

    FUZZ_CHECK(got != NULL, "no whole answer");
    FUZZ_CHECK(got->n == expected->n && memcmp(got->bytes, expected->bytes, got->n) == 0, "%s\nnot\n%s", got->bytes, expected->bytes);
}

/* Says it, and a well-formed request after it, whose answer has to be right; the answer to the first. */
static struct buf *talk(void *mem, const struct buf *sent)
{
    static const char *const env[] = { "REQUEST_METHOD=POST", "REQUEST_URI=/still?there=1", "CONTENT_LENGTH=2", NULL };
    struct shape shape = { .seed = 1, .id = 1 };
    struct connections connections = { .first = saying(sent), .last = saying(records_of(mem, &shape, env, "ab", 2)) };
    struct fcgi_server server = { .socket_path = "", .serve = serve, .arg = &connections };
    const struct err *err = fcgi_run(&server);

    FUZZ_CHECK(err == NULL, "%s", err == NULL ? "" : err->what);
    /* Somebody else told the server to stop: that was meant for the campaign. */
    if (!connections.is_last_served) {
        clean_up();
        _exit(INTERRUPTED);
    }
    answer_is_right(mem, answered(mem, connections.last), &shape, env, "ab", 2);
    return answered(mem, connections.first);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size };
    const unsigned flags = fuzz_byte(&in), seed = fuzz_byte(&in);
    struct shape shape = { .flags = flags, .seed = seed };
    unsigned place = fuzz_byte(&in) << 8 | fuzz_byte(&in), change = fuzz_byte(&in), body_n = fuzz_byte(&in), n = 2;
    const char **env;
    const char *body;
    struct buf *sent;

    if ((shape.flags & SEND_AS_IT_IS) != 0) {
        sent = buf_new(mem, size);
        buf_add(sent, in.at, in.n);
        (void)talk(mem, without_giants(sent, seed));
        return;
    }
    shape.id = (shape.flags & MULTIPLEX_ID) != 0 ? 0x1234 : 1;
    body_n = body_n < in.n ? body_n : (unsigned)in.n;
    body = mem_copy_n(mem, in.n > 0 ? (const char *)in.at : "", body_n);
    in.at += body_n;
    in.n -= body_n;
    env = mem_array(mem, const char *, in.n + 4);
    env[0] = mem_text(mem, "CONTENT_LENGTH=%u", body_n);
    env[1] = "REQUEST_METHOD=POST";
    while (in.n > 0) {
        const char *param = fuzz_text_next(mem, &in);

        env[n++] = strchr(param, '=') != NULL ? param : mem_text(mem, "%s=", param);
    }
    sent = records_of(mem, &shape, env, body, body_n);
    if ((shape.flags & CHANGE_ONE) == 0) {
        answer_is_right(mem, talk(mem, sent), &shape, env, body, body_n);
        return;
    }
    sent->bytes[place % sent->n] = (char)change;
    (void)talk(mem, without_giants(sent, seed));
}

/* fcgi_client.h - as much of a FastCGI client as the tests need: one request a connection, records written by hand. */
#ifndef TESTS_WEB_FCGI_CLIENT_H
#define TESTS_WEB_FCGI_CLIENT_H

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"

enum { RECORD_BEGIN = 1, RECORD_END = 3, RECORD_PARAMS = 4, RECORD_STDIN = 5, RECORD_STDOUT = 6 };

/* -1 when nobody listens. */
static inline int client_connect(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, path, strlen(path) + 1);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static inline void client_record(struct buf *out, int type, const void *content, size_t n)
{
    const char head[8] = { 1, (char)type, 0, 1, (char)(n >> 8), (char)n, 0, 0 };

    buf_add(out, head, sizeof head);
    buf_add(out, content, n);
}

/* Name and value below 128 bytes each. */
static inline void client_param(struct buf *params, const char *name, const char *value)
{
    buf_char(params, (char)strlen(name));
    buf_char(params, (char)strlen(value));
    buf_text(params, name);
    buf_text(params, value);
}

/* The records of a request; body NULL is a GET. keep asks the server to keep the connection. */
static inline struct buf *client_request(const void *ctx, const char *uri, const char *body, bool keep)
{
    const char begin[8] = { 0, 1, keep, 0, 0, 0, 0, 0 };
    struct buf *out = buf_new(ctx, 256), *params = buf_new(ctx, 256), *length = buf_new(ctx, 16);

    client_param(params, "REQUEST_METHOD", body == NULL ? "GET" : "POST");
    client_param(params, "REQUEST_URI", uri);
    if (body != NULL) {
        buf_format(length, "%zu", strlen(body));
        client_param(params, "CONTENT_LENGTH", length->bytes);
    }
    client_record(out, RECORD_BEGIN, begin, sizeof begin);
    client_record(out, RECORD_PARAMS, params->bytes, params->n);
    client_record(out, RECORD_PARAMS, NULL, 0);
    if (body != NULL && *body != '\0')
        client_record(out, RECORD_STDIN, body, strlen(body));
    client_record(out, RECORD_STDIN, NULL, 0);
    return out;
}

static inline bool client_send(int fd, const struct buf *bytes)
{
    return send(fd, bytes->bytes, bytes->n, MSG_NOSIGNAL) == (ssize_t)bytes->n;
}

static inline bool client_read(int fd, void *out, size_t n)
{
    for (size_t got = 0; got < n;) {
        ssize_t more = read(fd, (char *)out + got, n - got);

        if (more <= 0)
            return false;
        got += (size_t)more;
    }
    return true;
}

/* What came on standard output up to the end of the request; NULL if the connection ended before. Reads on to the end of
 * the connection, so that a server that kept it would be noticed. */
static inline struct buf *client_answer(const void *ctx, int fd)
{
    struct buf *out = buf_new(ctx, 1024);
    unsigned char head[8], content[65536 + 255];
    bool is_ended = false;

    while (client_read(fd, head, sizeof head)) {
        size_t n = (size_t)head[4] << 8 | head[5];

        if (!client_read(fd, content, n + head[6]))
            return NULL;
        if (head[1] == RECORD_STDOUT)
            buf_add(out, content, n);
        is_ended = is_ended || head[1] == RECORD_END;
    }
    return is_ended ? out : NULL;
}

#endif

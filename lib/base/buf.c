#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

/* Makes room for n further bytes and the NUL; doubles, so that adding is linear over all. */
static void reserve(struct buf *buf, size_t n)
{
    size_t room = buf->room;

    if (n <= room - buf->n)
        return;
    if (n > SIZE_MAX / 4 - buf->n)
        abort();
    while (room - buf->n < n)
        room = room * 2 + 64;
    buf->bytes = mem_room(buf, buf->bytes, room + 1);
    buf->room = room;
}

struct buf *buf_new(const void *ctx, size_t room)
{
    struct buf *buf = mem_new(ctx, struct buf);

    buf->room = room;
    buf->bytes = mem_room(buf, NULL, room + 1);
    buf->bytes[0] = '\0';
    return buf;
}

void buf_add(struct buf *buf, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    reserve(buf, n);
    memcpy(buf->bytes + buf->n, bytes, n);
    buf->n += n;
    buf->bytes[buf->n] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(buf->bytes + buf->n, buf->room - buf->n + 1, format, args);
    va_end(args);
    if (n < 0)
        abort();
    if ((size_t)n > buf->room - buf->n) {
        reserve(buf, (size_t)n);
        (void)vsnprintf(buf->bytes + buf->n, buf->room - buf->n + 1, format, again);
    }
    va_end(again);
    buf->n += (size_t)n;
}

void buf_clear(struct buf *buf)
{
    buf->n = 0;
    buf->bytes[0] = '\0';
}

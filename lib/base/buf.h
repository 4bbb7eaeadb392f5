/* buf.h - a growing byte buffer in a talloc context. Always followed by a NUL that does not count in `n`. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct buf {
    char *bytes;   /* never NULL after buf_new */
    size_t n;      /* bytes used */
    size_t room;   /* bytes that fit before it grows, without the NUL */
};

struct buf *buf_new(const void *ctx, size_t room);
void buf_add(struct buf *buf, const void *bytes, size_t n);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *buf);

#endif

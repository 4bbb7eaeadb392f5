/* memory.h - talloc with one policy: running out of memory ends the process.
 *
 * Two lifetimes exist, the process and the request; what a function returns lives in the context it was given. Growth is
 * bounded because bodies, field counts and every LIMIT are, so "no memory" is a fault of the host, and the supervisor
 * starts a new worker. No function here returns NULL. What jansson allocates, in every program with this module, is held to the same.
 *
 * Destructors (talloc_set_destructor) undo what is not memory: a transaction, a result set. Use <talloc.h> for those.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#include <talloc.h>

/* Ends the process: `bytes` could not be had (0: not known how many). For libraries that have allocators of their own. */
void mem_end(size_t bytes) __attribute__((noreturn));

/* A fresh, zeroed `type` owned by ctx. */
#define mem_new(ctx, type) ((type *)mem_zero((ctx), sizeof(type), #type))

/* A fresh, zeroed array of n `type`; n = 0 gives a valid pointer to nothing. */
#define mem_array(ctx, type, n) ((type *)mem_zero_array((ctx), sizeof(type), (n), #type "[]"))

void *mem_zero(const void *ctx, size_t bytes, const char *name);
void *mem_zero_array(const void *ctx, size_t bytes, size_t n, const char *name);

/* A child context to hang things on. */
void *mem_context(const void *parent, const char *name);

/* Copies of a NUL-ended text; NULL stays NULL. mem_copy_n adds the ending NUL itself. */
char *mem_copy(const void *ctx, const char *text);
char *mem_copy_n(const void *ctx, const char *bytes, size_t n);

char *mem_text(const void *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *mem_vtext(const void *ctx, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* n bytes of any value, n > 0, which begin with those of `bytes` (NULL: there are none yet). */
char *mem_room(const void *ctx, char *bytes, size_t n);

/* A context with its own room: what hangs on it lies side by side in `bytes` bytes, as long as it fits, and is given back all at
 * once. Nothing of it may be moved to a longer life (talloc_steal): the whole room would live as long. With AddressSanitizer it is
 * mem_context(), so that every chunk is watched. */
void *mem_pool(const char *name, size_t bytes);

/* Many small chunks of one life, one after the other in pieces that hang on ctx; they go with it, and not before. With
 * AddressSanitizer each is a chunk of its own, so that it is watched. */
struct mem_heap { const void *ctx; char *at; size_t left; };   /* at first ctx and zeros */
void *mem_take(struct mem_heap *heap, size_t bytes, const char *name);   /* zeroed */

/* Grows an array made here to n elements of `bytes` each, keeping what it holds; new bytes are zero. */
void *mem_grow(const void *ctx, void *array, size_t bytes, size_t old_n, size_t n);

#endif

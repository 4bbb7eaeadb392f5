#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/memory.h"

void mem_end(size_t bytes)
{
    (void)fprintf(stderr, "{\"event\":\"out of memory\",\"bytes\":%zu}\n", bytes);
    abort();
}

static void *or_end(void *chunk, size_t bytes)
{
    if (chunk == NULL)
        mem_end(bytes);
    return chunk;
}

static void *json_bytes(size_t bytes)
{
    return or_end(malloc(bytes), bytes);
}

__attribute__((constructor)) static void take_over_json(void)
{
    json_set_alloc_funcs(json_bytes, free);
}

static size_t total(size_t bytes, size_t n)
{
    size_t all;

    if (__builtin_mul_overflow(bytes, n, &all))
        or_end(NULL, SIZE_MAX);
    return all;
}

void *mem_zero(const void *ctx, size_t bytes, const char *name)
{
    void *chunk = or_end(talloc_named_const(ctx, bytes, name), bytes);

    memset(chunk, 0, bytes);
    return chunk;
}

void *mem_zero_array(const void *ctx, size_t bytes, size_t n, const char *name)
{
    return mem_zero(ctx, total(bytes, n), name);
}

void *mem_context(const void *parent, const char *name)
{
    return or_end(talloc_named_const(parent, 0, name), 0);
}

char *mem_copy(const void *ctx, const char *text)
{
    return text == NULL ? NULL : mem_copy_n(ctx, text, strlen(text));
}

char *mem_copy_n(const void *ctx, const char *bytes, size_t n)
{
    char *copy;

    if (bytes == NULL)
        return NULL;
    copy = or_end(talloc_named_const(ctx, n + 1, "text"), n + 1);
    memcpy(copy, bytes, n);
    copy[n] = '\0';
    return copy;
}

char *mem_text(const void *ctx, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = mem_vtext(ctx, format, args);
    va_end(args);
    return text;
}

char *mem_vtext(const void *ctx, const char *format, va_list args)
{
    return or_end(talloc_vasprintf(ctx, format, args), 0);
}

char *mem_room(const void *ctx, char *bytes, size_t n)
{
    return or_end(_talloc_realloc(ctx, bytes, n, "bytes"), n);
}

#if defined(__SANITIZE_ADDRESS__)
#define IS_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_WATCHED 1
#endif
#endif

void *mem_pool(const char *name, size_t bytes)
{
#ifdef IS_WATCHED
    (void)bytes;
    return mem_context(NULL, name);
#else
    void *pool = or_end(talloc_pool(NULL, bytes), bytes);

    talloc_set_name_const(pool, name);
    return pool;
#endif
}

void *mem_grow(const void *ctx, void *array, size_t bytes, size_t old_n, size_t n)
{
    size_t old_all = total(bytes, old_n);
    size_t all = total(bytes, n);
    char *grown;

    if (array == NULL)
        return mem_zero(ctx, all, "array");
    /* talloc takes a size of 0 as the wish to free. */
    grown = or_end(_talloc_realloc(ctx, array, all > 0 ? all : 1, talloc_get_name(array)), all);
    if (all > old_all)
        memset(grown + old_all, 0, all - old_all);
    return grown;
}

#ifndef IS_WATCHED
#define HEAP_PIECE ((size_t)8192)
#define HEAP_STEP ((size_t)16)   /* as malloc() aligns */
#endif

void *mem_take(struct mem_heap *heap, size_t bytes, const char *name)
{
#ifdef IS_WATCHED
    return mem_zero(heap->ctx, bytes, name);
#else
    char *chunk;

    /* What is big would leave most of a piece empty. */
    if (bytes > HEAP_PIECE / 4)
        return mem_zero(heap->ctx, bytes, name);
    bytes = (bytes + HEAP_STEP - 1) / HEAP_STEP * HEAP_STEP;
    if (bytes > heap->left) {
        heap->at = mem_room(heap->ctx, NULL, HEAP_PIECE);
        heap->left = HEAP_PIECE;
    }
    chunk = memset(heap->at, 0, bytes);
    heap->at += bytes;
    heap->left -= bytes;
    return chunk;
#endif
}

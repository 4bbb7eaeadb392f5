/* fuzz.h - what the targets of tests/fuzz share: reading the input piece by piece, and saying what does not hold.
 *
 * A target is one file with fuzz_one(). libFuzzer calls it with inputs of its own making (make fuzz); replay.c calls it with
 * the inputs that are kept in tests/fuzz/corpus/<target> (make check-fuzz, part of make test).
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"

/* One run: everything in `mem`, which is freed afterwards. Ends the process when something does not hold. */
void fuzz_one(void *mem, const uint8_t *bytes, size_t n);
/* Before the first run: where a target loads what it needs. */
void fuzz_begin(void);

/* libFuzzer's names. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define FUZZ_CHECK(claim, ...) do { \
        if (!(claim)) { \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #claim); \
            (void)fprintf(stderr, "  " __VA_ARGS__); \
            (void)fprintf(stderr, "\n"); \
            abort(); \
        } \
    } while (0)

/* Holds every 64-bit number times ten. */
__extension__ typedef __int128 fuzz_wide;

static inline bool fuzz_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* --- the input, front to back; an end of it gives zeros and empty pieces ------------------------------------------- */

struct fuzz_input { const uint8_t *at; size_t n; };

static inline unsigned fuzz_byte(struct fuzz_input *in)
{
    if (in->n == 0)
        return 0;
    in->n--;
    return *in->at++;
}

/* 0 … limit - 1. */
static inline unsigned fuzz_below(struct fuzz_input *in, unsigned limit)
{
    return limit > 256 ? (fuzz_byte(in) << 8 | fuzz_byte(in)) % limit : fuzz_byte(in) % limit;
}

static inline uint64_t fuzz_number(struct fuzz_input *in, unsigned bytes)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < bytes; i++)
        number = number << 8 | fuzz_byte(in);
    return number;
}

/* What comes before the next byte `end`, which is passed over. */
static inline struct fuzz_input fuzz_until(struct fuzz_input *in, uint8_t end)
{
    const uint8_t *found = in->n == 0 ? NULL : memchr(in->at, end, in->n);
    struct fuzz_input piece = { in->at, found == NULL ? in->n : (size_t)(found - in->at) };

    in->at += piece.n + (found != NULL);
    in->n -= piece.n + (found != NULL);
    return piece;
}

/* A copy of it as a C text, which ends at its first NUL. */
static inline char *fuzz_text(const void *mem, struct fuzz_input piece)
{
    char *text = mem_array(mem, char, piece.n + 1);

    if (piece.n > 0)
        memcpy(text, piece.at, piece.n);
    return text;
}

/* The text before the next NUL. */
static inline char *fuzz_text_next(const void *mem, struct fuzz_input *in)
{
    return fuzz_text(mem, fuzz_until(in, 0));
}

/* --- UTF-8 by the book, as a second opinion: table 3-7 of the Unicode Standard ------------------------------------- */

/* Bytes of the well-formed sequence that starts here, 0 if none does; *point is what it means. */
static inline size_t fuzz_utf8(const uint8_t *at, size_t n, uint32_t *point)
{
    static const struct { uint8_t first, last, second_min, second_max; size_t n; } rows[] = {
        { 0x00, 0x7F, 0, 0, 1 }, { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
        { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 },
        { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    static const uint8_t lead_bits[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };

    for (size_t i = 0; n > 0 && i < sizeof rows / sizeof *rows; i++) {
        if (*at < rows[i].first || *at > rows[i].last)
            continue;
        if (rows[i].n > n || (rows[i].n > 1 && (at[1] < rows[i].second_min || at[1] > rows[i].second_max)))
            return 0;
        *point = *at & lead_bits[rows[i].n];
        for (size_t j = 1; j < rows[i].n; j++) {
            if ((at[j] & 0xC0) != 0x80)
                return 0;
            *point = *point << 6 | (at[j] & 0x3Fu);
        }
        return rows[i].n;
    }
    return 0;
}

static inline bool fuzz_is_utf8(const void *bytes, size_t n)
{
    const uint8_t *at = bytes;
    uint32_t point;

    for (size_t i = 0, length; i < n; i += length)
        if ((length = fuzz_utf8(at + i, n - i, &point)) == 0)
            return false;
    return true;
}

/* What the log gets: one line of UTF-8. */
static inline void fuzz_error_is_fine(const struct err *err)
{
    FUZZ_CHECK(*err->what != '\0' && fuzz_is_utf8(err->what, strlen(err->what)), "\"%s\"", err->what);
    for (const char *c = err->what; *c != '\0'; c++)
        FUZZ_CHECK((unsigned char)*c >= ' ' && *c != 0x7F, "\"%s\"", err->what);
}

#endif

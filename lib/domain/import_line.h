/* import_line.h - one line of a facts file: a JSON object, checked and typed. Pure: what it names is not looked up here. */
#ifndef DOMAIN_IMPORT_LINE_H
#define DOMAIN_IMPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/import_kind.h"

#define IMPORT_LINE_MAX_BYTES 16384
#define IMPORT_SOURCE_MAX_BYTES 24

struct import_line {
    enum import_kind kind;
    const char *texts[IMPORT_TEXTS];   /* NULL: not given. [IMPORT_ID] is always there */
    int64_t at, until_at, next_at;     /* INSTANT_NONE: not given */
    int64_t amount, months;            /* -1: not given */
};

struct import_fault { const char *field, *what; };   /* field "" when the line as a whole is meant */

/* Reads one line without its end. True: *line is filled, in ctx. False: *fault says what is wrong, in ctx, in words that follow
 * "line 7: ". The first fault of a line is told. Ids of keyed kinds become "source:id". */
bool import_line_parse(const void *ctx, const char *bytes, size_t n, const char *source, int64_t now, struct import_line *line,
                       struct import_fault *fault);
/* 1 to IMPORT_SOURCE_MAX_BYTES of a-z 0-9 -. */
bool import_source_is_good(const char *source);

#endif

/* log_export.h - the operation log as a file, a portion at a time, with memory that does not grow with it: what the worker's
 * exports and mypartnerctl export-log share. */
#ifndef SBIN_LOG_EXPORT_H
#define SBIN_LOG_EXPORT_H

#include "base/buf.h"
#include "domain/operation_export.h"
#include "domain/operation_filter.h"
#include "store/db.h"
#include "store/store_log.h"

struct log_export_accounts;

struct log_export_walk {
    struct db *db;
    const struct operation_filter *filter;
    enum export_format format;
    const char *zone;
    struct log_key key;                     /* the last row that was looked at; at INSTANT_NONE: begin */
    int64_t n;                              /* rows written so far */
    struct buf *out;                        /* the portion's bytes: the caller takes and clears them */
    bool is_end;                            /* there are no more */
    struct log_export_accounts *accounts;   /* numbers that are known, of a fixed size */
};
/* A walk from the beginning, in ctx; the file's head is in `out` already. `accounts`, which several walks can share, stays the
 * caller's. */
struct log_export_walk *log_export_begin(const void *ctx, struct db *db, const struct operation_filter *filter, enum export_format format,
                                         const char *zone, struct log_export_accounts *accounts);
struct log_export_accounts *log_export_accounts_new(const void *ctx);
/* The next rows, at most LOG_EXPORT_ROWS. */
#define LOG_EXPORT_ROWS 2000
const struct err *log_export_next(struct log_export_walk *walk);

#endif

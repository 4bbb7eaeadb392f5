/* operation_export.h - rows of the operation log as lines of a file: CSV for spreadsheets, JSON Lines for programs. */
#ifndef DOMAIN_OPERATION_EXPORT_H
#define DOMAIN_OPERATION_EXPORT_H

#include "base/buf.h"
#include "domain/operation.h"

enum export_format { EXPORT_CSV, EXPORT_JSONL, EXPORT_FORMATS };
const char *export_format_name(enum export_format format);      /* "CSV", "JSONL": as stored */
bool export_format_find(const char *name, enum export_format *format);
const char *export_format_ending(enum export_format format);    /* "csv", "jsonl": of a file's name */

/* Of an export that was asked for in the browser. */
enum export_state { EXPORT_QUEUED, EXPORT_WRITING, EXPORT_READY, EXPORT_FAILED, EXPORT_DELETED, EXPORT_STATES };
const char *export_state_name(enum export_state state);
bool export_state_find(const char *name, enum export_state *state);

/* The numbers of the accounts of a row; "" if none. */
struct export_accounts { const char *account, *customer, *partner; };

/* What the file begins with: of CSV a byte order mark, by which spreadsheets know that it is UTF-8, and the names of columns. */
void export_head(struct buf *out, enum export_format format);
/* One line. Times in the zone, ISO 8601 with offset. Lines of CSV end with CR LF. */
void export_row(struct buf *out, enum export_format format, const struct operation_row *row, const struct export_accounts *accounts,
                const char *zone);

#endif

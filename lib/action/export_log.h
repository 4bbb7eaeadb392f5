/* export_log.h - exports of the operation log: asked for, and fetched. Both are logged. */
#ifndef ACTION_EXPORT_LOG_H
#define ACTION_EXPORT_LOG_H

#include "action/act.h"
#include "domain/operation_export.h"
#include "domain/operation_filter.h"

#define EXPORT_FETCH_S 60   /* after a logged request for it a file is handed out so long */

struct export_ask {
    enum export_format format;
    const struct operation_filter *filter;
    const char *words;          /* the filter as it was typed: for the log and the list of exports */
    const char *zone;           /* of the times in it */
};
enum export_outcome { EXPORT_DONE, EXPORT_BUSY, EXPORT_GONE };   /* BUSY: another one is in preparation. GONE: deleted or not ready */

/* Queues an export of the rows that match and are older than now, for the worker. */
const struct err *export_log_ask(struct act *act, const struct export_ask *ask, enum export_outcome *outcome);

/* Lets the actor fetch the file of its own export for EXPORT_FETCH_S. ERR_MISSING: it has no such export. */
const struct err *export_log_fetch(struct act *act, int64_t id, enum export_outcome *outcome);

/* Logs an export that is written at once, outside the browser. */
const struct err *export_log_note(struct act *act, enum export_format format, const char *words);

#endif

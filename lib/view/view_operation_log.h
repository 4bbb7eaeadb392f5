/* view_operation_log.h - rows of the operation log as each side reads them. */
#ifndef VIEW_OPERATION_LOG_H
#define VIEW_OPERATION_LOG_H

#include "domain/operation.h"
#include "view/view_request.h"

/* "You" is the reader's own account; a colleague of the reader's account is named, other people are not but for the platform. */
char *view_operation_initiator(const void *ctx, const struct operation_row *row, enum side reader);

/* The badge of its result: of what was sent, "Submitted" or "Sent", for the answer is a row of its own. */
struct view_badge view_operation_result(const struct operation_row *row);

/* Its remark in words, in the language in use: codes and instants are told as pages tell them, what a person wrote stays as it is,
 * and then *is_quoted, which may be NULL. */
char *view_operation_details(const void *ctx, const struct operation_row *row, const char *zone, bool *is_quoted);

/* How it was before and after, of transitions and of what else changes one thing into another; words: what was said about it
 * besides, "" if nothing. before NULL: the row tells of no such change, and words are all its details. */
struct view_change { const char *before, *after, *words; };
struct view_change view_operation_change(const void *ctx, const struct operation_row *row, const char *zone);

#endif

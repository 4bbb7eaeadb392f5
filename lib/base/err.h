/* err.h - what went wrong, as a value. NULL is success.
 *
 * Few kinds, because a kind is what a caller acts on; the text is for the log only and is never shown to a user. Expected
 * outcomes (a failed rule, a wrong code) are values of their own types and not errors.
 *
 * Errors live in a small ring of each thread: one is valid until 32 further ones were made, which is longer than any request
 * keeps one, and no longer than its thread lives.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_kind {
    ERR_INPUT,       /* 400: what came in is malformed; detail names the field */
    ERR_TOO_LARGE,   /* 413 */
    ERR_SIGNED_OUT,  /* to the sign-in page */
    ERR_DENIED,      /* 403: known, but not allowed */
    ERR_MISSING,     /* 404: not there, or not for this actor to know */
    ERR_CONFLICT,    /* 409: somebody else was first (unique key, version) */
    ERR_THROTTLED,   /* 429; code is the number of seconds to wait, 0 if not known */
    ERR_BUSY,        /* 503: nothing was changed; try again */
    ERR_UNCERTAIN,   /* 503: the outcome of a commit is not known */
    ERR_BUG          /* 500: ours */
};

struct err {
    enum err_kind kind;
    int code;               /* the origin's number (errno, SQL error), 0 if none */
    const char *where;      /* function that made it */
    char what[480];         /* one line, UTF-8, for the log */
};

/* Makes an error; `what` is formatted. Also keeps `code` (0 if none). Never NULL. */
#define err_new(kind, code, ...) err_make((kind), (code), __func__, __VA_ARGS__)
const struct err *err_make(enum err_kind kind, int code, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same kind and code with words put in front: "loading facts: lost connection". */
#define err_wrap(err, ...) err_make_wrapped((err), __func__, __VA_ARGS__)
const struct err *err_make_wrapped(const struct err *err, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "INPUT", "BUSY", … for the log. */
const char *err_kind_name(enum err_kind kind);

/* Returns from the calling function if the expression is an error. */
#define TRY(expression) do { const struct err *try_err_ = (expression); if (try_err_ != NULL) return try_err_; } while (0)

#endif

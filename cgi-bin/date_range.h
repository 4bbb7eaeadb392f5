/* date_range.h - the dates "from" and "to" of a list's filter: whole days in the reader's zone, both included. */
#ifndef CGI_DATE_RANGE_H
#define CGI_DATE_RANGE_H

#include "call.h"

struct date_range {
    int64_t from_at, until_at;      /* INSTANT_NONE: open; until is exclusive */
    const char *from_fault, *to_fault;   /* what is wrong with either; NULL: nothing */
    bool has_fault;                 /* neither instant is to be used */
    bool is_set;                    /* something was typed */
};
struct date_range date_range_read(const struct call *call);

/* "{what}, from {from} to {to}, newest first": the range in words, as a date field shows its dates as the browser likes. */
const char *date_range_words(const struct call *call, const struct date_range *range, const char *what);

#endif

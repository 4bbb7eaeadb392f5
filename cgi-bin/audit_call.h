/* audit_call.h - the filter of the platform's log (/audit-log), as it stands in the address and in the form that asks for an
 * export of exactly these rows. */
#ifndef CGI_AUDIT_CALL_H
#define CGI_AUDIT_CALL_H

#include "call.h"
#include "date_range.h"
#include "domain/operation_filter.h"

/* The filter's fields, for the table of a form. */
#define AUDIT_FIELDS \
    {.name = "about", .kind = FIELD_TEXT, .max = 40},       /* number of an account or request */ \
    {.name = "operation", .kind = FIELD_TEXT, .max = 40},   /* a code of the log */ \
    {.name = "side", .kind = FIELD_TEXT, .max = 10},        /* CUSTOMER, PARTNER, PLATFORM, SYSTEM */ \
    {.name = "result", .kind = FIELD_TEXT, .max = 16},      /* DONE, FAILED, … */ \
    {.name = "actor", .kind = FIELD_TEXT, .max = 254},      /* login of whoever acted */ \
    {.name = "from", .kind = FIELD_DATE}, \
    {.name = "to", .kind = FIELD_DATE}

struct audit_fault { const char *field, *text; };
#define AUDIT_FAULTS_MAX 4

struct audit_call {
    struct operation_filter filter;
    struct date_range range;
    const char *about, *actor;           /* as typed; "": not asked for */
    struct audit_fault faults[AUDIT_FAULTS_MAX];
    size_t faults_n;
    bool is_filtered;
};
/* What was typed; whether it names something that is there is looked up by audit_call_find(). */
void audit_call_read(const struct call *call, struct audit_call *audit);
/* Account, request and person by their numbers and login. Within a transaction that reads. */
const struct err *audit_call_find(struct db *db, const struct call *call, struct audit_call *audit);

/* "about=…&operation=…&…&to=…": the filter as it stands in an address. */
const char *audit_call_query(const struct call *call);
/* The filter in words, for the log and for whoever reads an export: "operation FROZEN, result DONE, from 2026-01-01"; "all". */
const char *audit_call_words(const struct call *call);

#endif

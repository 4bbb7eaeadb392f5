/* form.h - urlencoded fields as typed, checked values.
 *
 * A route names the fields it accepts. Unknown and repeated fields of a POST are refused, naming the field; unknown fields
 * of a GET's query are ignored, repeated known ones refused. Input is bytes until this module has made it a value.
 * Wrong bytes are ERR_INPUT; a value a person can mend (too long, not a choice) is a fault kept with the field.
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum field_kind {
    FIELD_TEXT,       /* one line, cleaned, at most max code points */
    FIELD_LINES,      /* several lines */
    FIELD_CHOICE,     /* one of choices, exactly; "" when absent */
    FIELD_TICK,       /* "1" when ticked */
    FIELD_CODE,       /* a verification code as typed: cleaned by text_clean_code, the typed text kept too */
    FIELD_EMAIL,      /* cleaned, lower case */
    FIELD_PASSWORD,   /* kept exactly; never filled in again, never logged */
    FIELD_NUMBER,     /* 0 … max, decimal */
    FIELD_DATE,       /* ISO "2026-11-22" or empty; judged by the page */
    FIELD_TOKEN       /* machine-made: [A-Za-z0-9._~-], at most max bytes; wrong ones are ERR_INPUT, not a fault */
};

struct field_spec {
    const char *name;             /* NULL ends a list */
    enum field_kind kind;
    size_t max;                   /* code points (bytes for FIELD_TOKEN, value for FIELD_NUMBER); 0: no limit of its own */
    const char *const *choices;   /* FIELD_CHOICE: NULL-ended */
};

enum field_fault { FIELD_FINE, FIELD_TOO_LONG, FIELD_NOT_A_CHOICE, FIELD_NOT_A_NUMBER };

struct field {
    const struct field_spec *spec;
    bool is_present;
    const char *text;       /* cleaned; "" when absent, not a choice or not a number; whole when too long; never NULL */
    const char *typed;      /* as it came (valid UTF-8), to be shown again; "" for passwords */
    int64_t number;         /* FIELD_NUMBER when fine, 0 otherwise */
    enum field_fault fault;
};

struct form { struct field *fields; size_t n; };

#define FORM_FIELDS_MAX 32   /* in what came, known or not; names have at most 64 bytes */

/* Every field of the spec is in the form, present or not. Standing fields that every POST may carry are part of `common`
 * (NULL-name-ended, may be NULL). strict: unknown fields are refused. */
const struct err *form_parse(const void *ctx, const struct field_spec *common, const struct field_spec *specs,
                             const char *bytes, size_t n, bool strict, struct form **form);
struct form *form_empty(const void *ctx, const struct field_spec *common, const struct field_spec *specs);

/* NULL if the spec has no field of that name. */
const struct field *form_find(const struct form *form, const char *name);
/* Asking for a field the spec does not have is a fault of ours and aborts. */
const struct field *form_field(const struct form *form, const char *name);
const char *form_text(const struct form *form, const char *name);
int64_t form_number(const struct form *form, const char *name);
bool form_ticked(const struct form *form, const char *name);

#endif

/* import_kind.h - the kinds of lines of a facts file and their fields: one table, which the manual page of the import prints. */
#ifndef DOMAIN_IMPORT_KIND_H
#define DOMAIN_IMPORT_KIND_H

#include <stdbool.h>

enum import_kind {
    IMPORT_ACCOUNT, IMPORT_USER, IMPORT_ASSOCIATION, IMPORT_COMMITMENT, IMPORT_CONTRACT, IMPORT_MEMBER, IMPORT_RESOURCE,
    IMPORT_FREEZE, IMPORT_ORDER, IMPORT_BALANCE, IMPORT_PAYMENT_METHOD, IMPORT_PAYMENT, IMPORT_KINDS
};

/* Where a field's value goes. Kinds share the places, as the rows wait in one table. */
enum import_slot {
    IMPORT_ID, IMPORT_OF_ACCOUNT, IMPORT_OTHER, IMPORT_TYPE, IMPORT_STATUS, IMPORT_NAME, IMPORT_NOTE, IMPORT_REFERENCE,
    IMPORT_CURRENCY, IMPORT_TEXTS,                          /* texts end here */
    IMPORT_AT = IMPORT_TEXTS, IMPORT_UNTIL, IMPORT_NEXT, IMPORT_AMOUNT, IMPORT_MONTHS, IMPORT_SLOTS
};

enum import_type {
    IMPORT_IS_KEY,          /* 1 to 64 of A-Z a-z 0-9 . _ - */
    IMPORT_IS_NUMBER,       /* an account's number: 1 to 20 of A-Z a-z 0-9 - */
    IMPORT_IS_TEXT, IMPORT_IS_WORD, IMPORT_IS_EMAIL, IMPORT_IS_PHONE, IMPORT_IS_CURRENCY, IMPORT_IS_LAST_FOUR,
    IMPORT_IS_REFERENCE,    /* 1 to 64 visible ASCII characters, not 13 digits in a row */
    IMPORT_IS_INSTANT,      /* RFC 3339: "2026-11-22T14:02:11Z", an offset instead of Z, a fraction to microseconds */
    IMPORT_IS_PAST,         /* an instant that is not later than now */
    IMPORT_IS_LABEL,        /* a site or tier: 1 to 20 of a-z 0-9 - */
    IMPORT_IS_AMOUNT,       /* a whole number, not negative */
    IMPORT_IS_MONTHS        /* a whole number from 1 to 36 */
};

struct import_field {
    const char *name;
    enum import_slot slot;
    enum import_type type;
    bool is_needed;
    int max_points;               /* texts */
    const char *words;            /* words: "A|B|C"; the first stands for a missing one that is not needed */
    const char *about;            /* one line for the manual; fields of the type's own meaning have none */
};

struct import_kind_info {
    const char *name;             /* "payment_method" */
    const char *about;
    const struct import_field *fields;   /* ended by a NULL name */
};
const struct import_kind_info *import_kind_info(enum import_kind kind);
/* The field of this kind that fills the slot; "" if none does. */
const char *import_field_name(enum import_kind kind, enum import_slot slot);
bool import_kind_find(const char *name, enum import_kind *kind);

/* The first of the words "A|B|C", in ctx. */
const char *import_default_word(const void *ctx, const char *words);
/* A value in ctx as the manual shows it, e.g. "instant, not later than now". */
const char *import_field_kind(const void *ctx, const struct import_field *field);

#endif

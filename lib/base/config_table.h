/* config_table.h - the rows behind config.h. For config.c only. */
#ifndef BASE_CONFIG_TABLE_H
#define BASE_CONFIG_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum config_type {
    CONFIG_INT,       /* int64_t; min … max are its range */
    CONFIG_BOOL,      /* bool; "true" or "false" */
    CONFIG_TEXT,      /* const char *, as are all below; min … max are its length in bytes */
    CONFIG_CHOICE,    /* one of `choices` */
    CONFIG_ORIGIN,    /* scheme://host[:port] with a scheme of `choices`, nothing behind */
    CONFIG_URL,       /* scheme://… with a scheme of `choices` */
    CONFIG_EMAIL,     /* an address */
    CONFIG_ZONE       /* a zone of the tz database */
};

struct config_row {
    const char *section, *key;
    enum config_type type;
    const char *preset;             /* the default, written as in a file; always valid by the row itself */
    int64_t min, max;
    const char *unit;               /* of an int; "" for a plain number */
    const char *choices;            /* words with one space between, or NULL */
    const char *paragraph;
    size_t offset;                  /* in struct config */
};

/* Rows of one section lie together. */
extern const struct config_row config_rows[];
extern const size_t config_rows_n;

#endif

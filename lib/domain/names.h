/* names.h - looking up the words that stand for values in the database. For the files of this folder. */
#ifndef DOMAIN_NAMES_H
#define DOMAIN_NAMES_H

#include <stdbool.h>

/* The name at `index`, "" outside the table, so that a value that cannot be never reads past its end. */
const char *names_at(const char *const *names, int n, int index);

/* Where `name` stands, compared byte by byte; false, and *index untouched, for anything else and for NULL. */
bool names_find(const char *const *names, int n, const char *name, int *index);

#endif

/* list_key.h - where a page of a list begins, as it stands in a URL: "<instant>.<id>" of a row. */
#ifndef CGI_LIST_KEY_H
#define CGI_LIST_KEY_H

#include <stdbool.h>
#include <stdint.h>

/* False, and nothing is written, for anything else than two whole numbers, the first an instant between 1970 and 9999. */
bool list_key_read(const char *text, int64_t *at, int64_t *id);
char *list_key_text(const void *ctx, int64_t at, int64_t id);

#endif

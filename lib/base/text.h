/* text.h - UTF-8 text from people: checked, normalised, counted. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Well-formed UTF-8 (no overlong, no surrogate) without NUL. */
bool text_is_utf8(const char *bytes, size_t n);

/* Code points of a valid text. */
size_t text_points(const char *text);

/* At most so many code points of a valid text: the text itself, or a shorter copy. */
const char *text_cut(const void *ctx, const char *text, size_t points_max);

/* What a person typed into a field, made clean: NFC; CR LF and CR become LF; control characters, bidirectional overrides
 * and zero-width characters other than ZWJ/ZWNJ dropped (LF and TAB stay when multi_line, else become a space); leading
 * and trailing white space trimmed. Input must be valid UTF-8. */
char *text_clean(const void *ctx, const char *text, bool multi_line);

/* A verification code as typed: NFKC (so ４８２ is 482), white space, hyphens and zero-width characters dropped. */
char *text_clean_code(const void *ctx, const char *text);

/* A password for hashing: NFKC, nothing trimmed (RFC 8265's OpaqueString in spirit). */
char *text_clean_password(const void *ctx, const char *text);

/* ASCII lower case, for logins and addresses. */
char *text_lower(const void *ctx, const char *text);

/* One @, something before it, a dotted name after it, no white space or control, at most 254 bytes, ASCII. */
bool text_is_email(const char *text);
/* E.164: "+" and 7 to 15 digits, first one 1-9. */
bool text_is_phone(const char *text);

/* A value for a sentence of ours. One that holds letters written from right to left comes between U+2068 and U+2069, so that
 * it does not turn the words around it; any other, and NULL, is itself. Source: Unicode Standard Annex #9, 2.7. */
const char *text_isolate(const void *ctx, const char *text);

/* Fills named places: text_fill(ctx, "{customer} asks to leave", "customer", name, NULL). An unknown place stays as it is
 * written; pairs end with NULL; a NULL value is the empty text. Values are taken as they are, but isolated as by text_isolate(),
 * and not searched again: what is made is for reading, never an address, a name to compare or something to store. */
char *text_fill(const void *ctx, const char *pattern, ...) __attribute__((sentinel));

/* The same with arrays. */
char *text_fill_n(const void *ctx, const char *pattern, const char *const *names, const char *const *values, size_t n);

#endif

/* mime.h - the encodings of a mail's text: quoted-printable and base64 (RFC 2045), encoded words (RFC 2047).
 *
 * Input is valid UTF-8; its LF, CR LF and CR all count as a line's end and leave as CR LF. No line that leaves is longer
 * than 76 bytes.
 */
#ifndef NOTIFY_MIME_H
#define NOTIFY_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum mime_encoding { MIME_QUOTED_PRINTABLE, MIME_BASE64 };

/* The one of the two that makes `text` shorter. */
enum mime_encoding mime_encoding_for(const char *text);
const char *mime_encoding_name(enum mime_encoding encoding);   /* "quoted-printable", "base64" */

/* Appends `text`. What is appended ends with CR LF if the text ends with a line's end (base64: always). */
void mime_add_text(struct buf *out, const char *text, enum mime_encoding encoding);

/* Appends `text` as encoded words, a new line before each word but the first; `column` bytes are already on the line. */
void mime_add_words(struct buf *out, const char *text, size_t column);

/* Appends "name: value" and CR LF: as it is if it is short printable ASCII, else as encoded words. */
void mime_add_field(struct buf *out, const char *name, const char *value);

/* True if `text` can stand in a header as it is: printable ASCII, at most n bytes, nothing like an encoded word. */
bool mime_is_plain(const char *text, size_t n);

#endif

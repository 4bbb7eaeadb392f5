/* csv.h - cells for spreadsheets (RFC 4180) and texts for JSON (RFC 8259), appended to a buffer. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdint.h>

#include "base/buf.h"

/* One cell, quoted where it must be. What a spreadsheet would take for a formula gets a ' in front: it begins with = + - @, in
 * full width too, or with a tab, carriage return or line feed, behind which it may stand. Source: OWASP, "CSV Injection". */
void csv_cell(struct buf *out, const char *text);

/* A text with its quotes; valid UTF-8 is taken over as it is. */
void csv_json_text(struct buf *out, const char *text);

void csv_number(struct buf *out, int64_t number);

#endif

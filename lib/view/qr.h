/* qr.h - a text as a QR code, drawn as SVG. qr.c is the only includer of <qrencode.h>. */
#ifndef VIEW_QR_H
#define VIEW_QR_H

#include <stdbool.h>

#include "base/buf.h"

/* Adds a whole SVG document with a quiet zone of four modules around the code (ISO/IEC 18004). False, and nothing is added, for
 * a text that is empty or too long for any code. */
bool qr_svg(const char *text, struct buf *out);

#endif

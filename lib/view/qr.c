#include "view/qr.h"

#include <errno.h>
#include <stdlib.h>

#include <qrencode.h>

#include "base/memory.h"

#define QUIET 4

/* One run of dark modules as a rectangle: far fewer than one for each module. */
static void add_row(const QRcode *code, int y, struct buf *out)
{
    const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
    for (int x = 0; x < code->width;) {
        int from = x;
        while (x < code->width && (row[x] & 1) != 0)
            x++;
        if (x > from)
            buf_format(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
        else
            x++;
    }
}

bool qr_svg(const char *text, struct buf *out)
{
    QRcode *code = text[0] == '\0' ? NULL : QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL && text[0] != '\0' && errno == ENOMEM)
        mem_end(0);
    if (code == NULL)
        return false;
    int side = code->width + 2 * QUIET;
    /* Dark on light whatever the page's colours: readers expect it. */
    buf_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
               "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"", side, side, side, side);
    for (int y = 0; y < code->width; y++)
        add_row(code, y, out);
    buf_text(out, "\" fill=\"#000\"/></svg>\n");
    QRcode_free(code);
    return true;
}

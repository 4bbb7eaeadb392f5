/* chart.h - a chart drawn by the server: bars in an SVG element that the stylesheet colours, with the same numbers in a table beside
 * it (part_chart.html). No script, no style in the page. */
#ifndef VIEW_CHART_H
#define VIEW_CHART_H

#include <stdint.h>

#include "view/page.h"

#define CHART_SERIES_MAX 6

struct chart_bar {
    const char *label;                        /* in the table: "12 Jun" */
    const char *tick;                         /* under the bar; "" where there is no room for one */
    int64_t values[CHART_SERIES_MAX];         /* not negative */
    const char *texts[CHART_SERIES_MAX];      /* in the table; NULL: the number */
};

struct chart {
    const char *id;                           /* of its heading, fit for an HTML id */
    const char *title, *about;                /* about: one sentence, told with the picture */
    const char *column;                       /* heading of the labels: "Day" */
    const char *unit;                         /* of the axis: "requests" */
    const char *empty;                        /* said when every value is 0 */
    const char *note;                         /* below; "" if none */
    const char *series[CHART_SERIES_MAX];     /* names */
    int css[CHART_SERIES_MAX];                /* number of the colour, 1 … 6; 0: only in the table */
    size_t series_n;
    bool is_grouped;                          /* side by side; otherwise on top of each other */
    const struct chart_bar *bars;
    size_t bars_n;
    bool only_filled;                         /* the table leaves out rows that are all 0 */
};

/* Fills {{>marker}}. */
void chart_fill(struct page *page, const char *marker, const struct chart *chart);

#endif

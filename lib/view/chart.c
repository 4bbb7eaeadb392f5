#include "view/chart.h"

#include "base/memory.h"
#include "domain/stats.h"

/* In the picture's own units, near to pixels on a small screen; the stylesheet makes it as wide as its card. */
#define LEFT 40
#define RIGHT 344
#define TOP 20
#define BOTTOM 150
#define LINES 2

static int64_t height_of(const struct chart *chart, const struct chart_bar *bar)
{
    int64_t height = 0;
    for (size_t s = 0; s < chart->series_n; s++) {
        if (chart->css[s] == 0)
            continue;
        if (!chart->is_grouped)
            height += bar->values[s];
        else if (bar->values[s] > height)
            height = bar->values[s];
    }
    return height;
}

static int64_t highest(const struct chart *chart)
{
    int64_t most = 0;
    for (size_t i = 0; i < chart->bars_n; i++)
        if (height_of(chart, &chart->bars[i]) > most)
            most = height_of(chart, &chart->bars[i]);
    return most;
}

/* Tenths of a unit, so that narrow bars differ. */
static void set_tenths(struct page *page, struct tpl_dict *dict, const char *name, int64_t tenths)
{
    tpl_set(dict, name, mem_text(page->ctx, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10)));
}

static void draw_rect(struct page *page, struct tpl_dict *dict, int css, int64_t x, int64_t width, int64_t y, int64_t height)
{
    struct tpl_dict *rect = tpl_row(dict, "CHART_RECT");
    tpl_set_int(rect, "RECT_CSS", css);
    set_tenths(page, rect, "RECT_X", x);
    set_tenths(page, rect, "RECT_Y", y);
    set_tenths(page, rect, "RECT_WIDTH", width);
    set_tenths(page, rect, "RECT_HEIGHT", height);
}

static void draw_bar(struct page *page, struct tpl_dict *dict, const struct chart *chart, size_t i, int64_t top)
{
    const struct chart_bar *bar = &chart->bars[i];
    const int64_t room = (RIGHT - LEFT) * 10, slot = room / (int64_t)chart->bars_n, x = LEFT * 10 + slot * (int64_t)i;
    const int64_t gap = slot / 5, all = slot - gap, each = chart->is_grouped ? all / (int64_t)chart->series_n : all;
    int64_t base = BOTTOM * 10;
    for (size_t s = 0; s < chart->series_n; s++) {
        const int64_t height = bar->values[s] * (BOTTOM - TOP) * 10 / top;
        if (height == 0 || chart->css[s] == 0)
            continue;
        const int64_t left = x + gap / 2 + (chart->is_grouped ? each * (int64_t)s : 0);
        draw_rect(page, dict, chart->css[s], left, each, base - height, height);
        if (!chart->is_grouped)
            base -= height;
    }
    if (bar->tick[0] == '\0')
        return;
    struct tpl_dict *tick = tpl_row(dict, "CHART_TICK");
    set_tenths(page, tick, "TICK_X", x + slot / 2);
    tpl_set(tick, "TICK_TEXT", bar->tick);
}

static void draw_lines(struct tpl_dict *dict, int64_t top)
{
    for (int64_t i = 0; i <= LINES; i++) {
        if (top * i % LINES != 0)
            continue;
        struct tpl_dict *line = tpl_row(dict, "CHART_LINE");
        const int64_t y = BOTTOM - (BOTTOM - TOP) * i / LINES;
        tpl_set_int(line, "LINE_Y", y);
        tpl_set_int(line, "LINE_TEXT_Y", y + 4);
        tpl_set_int(line, "LINE_TEXT", top * i / LINES);
    }
}

static void draw(struct page *page, struct tpl_dict *dict, const struct chart *chart, int64_t most)
{
    struct tpl_dict *picture = tpl_row(dict, "CHART_PICTURE");
    const int64_t top = stats_round_up(most);
    draw_lines(picture, top);
    for (size_t i = 0; i < chart->bars_n; i++)
        draw_bar(page, picture, chart, i, top);
    for (size_t s = 0; s < chart->series_n; s++) {
        if (chart->css[s] == 0)
            continue;
        struct tpl_dict *key = tpl_row(picture, "CHART_KEY");
        tpl_set_int(key, "KEY_CSS", chart->css[s]);
        tpl_set(key, "KEY_TEXT", chart->series[s]);
    }
}

static void fill_table(struct page *page, struct tpl_dict *dict, const struct chart *chart)
{
    struct tpl_dict *table = tpl_row(dict, "CHART_TABLE");
    for (size_t s = 0; s < chart->series_n; s++)
        tpl_set(tpl_row(table, "CHART_HEAD"), "HEAD_TEXT", chart->series[s]);
    for (size_t i = 0; i < chart->bars_n; i++) {
        const struct chart_bar *bar = &chart->bars[i];
        if (chart->only_filled && height_of(chart, bar) == 0)
            continue;
        struct tpl_dict *row = tpl_row(table, "CHART_ROW");
        tpl_set(row, "ROW_LABEL", bar->label);
        for (size_t s = 0; s < chart->series_n; s++)
            tpl_set(tpl_row(row, "CHART_CELL"), "CELL_TEXT",
                    bar->texts[s] != NULL ? bar->texts[s] : mem_text(page->ctx, "%lld", (long long)bar->values[s]));
    }
}

void chart_fill(struct page *page, const char *marker, const struct chart *chart)
{
    struct tpl_dict *dict = tpl_include(page->dict, marker, "part_chart.html");
    const int64_t most = highest(chart);
    tpl_set(dict, "CHART_ID", chart->id);
    tpl_set(dict, "CHART_TITLE", chart->title);
    tpl_set(dict, "CHART_ABOUT", chart->about);
    tpl_set(dict, "CHART_COLUMN", chart->column);
    tpl_set(dict, "CHART_UNIT", chart->unit);
    tpl_set(dict, "CHART_EMPTY_TEXT", chart->empty);
    tpl_set(dict, "CHART_NOTE_TEXT", chart->note);
    tpl_show_if(dict, "CHART_EMPTY", most == 0);
    tpl_show_if(dict, "CHART_NOTE", most > 0 && chart->note[0] != '\0');
    if (most == 0)
        return;
    draw(page, dict, chart, most);
    fill_table(page, dict, chart);
}

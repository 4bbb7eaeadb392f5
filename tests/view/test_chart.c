/* Charts: bars as high as their numbers, a table that says the same, words instead of an empty picture. */
#include "support/rows.h"

#include "base/memory.h"
#include "view/chart.h"

static const char *const tags[] = {"en", "zh-Hans"};
static void *mem;

static int load(void **state)
{
    (void)state;
    return tpl_load(TEST_BUILD "/templates", tags, 2) == NULL ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const char *drawn(const struct chart *chart)
{
    struct page *page = page_new(mem, "overview");
    struct buf *out = buf_new(mem, 4096);
    chart_fill(page, "REQUESTS", chart);
    assert_null(page_render(page, out));
    return out->bytes;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)) != NULL; text++)
        n++;
    return n;
}

static const struct chart_bar bars[] = {
    {.label = "One <a>", .tick = "1", .values = {1, 3}}, {.label = "Two", .tick = "", .values = {0, 0}},
    {.label = "Three", .tick = "3", .values = {4, 0}, .texts = {"four"}}};

static struct chart chart_of(bool is_grouped)
{
    return (struct chart){
        .id = "some", .title = "Some", .about = "About \"it\".", .column = "Which", .unit = "things", .empty = "Nothing yet.",
        .note = "Noted.", .series = {"A", "B"}, .css = {1, 3}, .series_n = 2, .is_grouped = is_grouped, .bars = bars, .bars_n = 3};
}

/* The axis ends at 4, which is 130 high. */
static void bars_stand_on_top_of_each_other(void **state)
{
    const struct chart chart = chart_of(false);
    const char *html = drawn(&chart);
    (void)state;
    assert_int_equal(count(html, "<rect "), 3);   /* what is nothing is not drawn */
    assert_non_null(strstr(html, "<rect class=\"c1\" x=\"50.1\" y=\"117.5\" width=\"81.1\" height=\"32.5\"/>"));
    assert_non_null(strstr(html, "<rect class=\"c3\" x=\"50.1\" y=\"20.0\" width=\"81.1\" height=\"97.5\"/>"));
    assert_non_null(strstr(html, "y=\"20.0\" width=\"81.1\" height=\"130.0\"/>"));
}

static void bars_stand_side_by_side(void **state)
{
    const struct chart chart = chart_of(true);
    const char *html = drawn(&chart);
    (void)state;
    assert_non_null(strstr(html, "<rect class=\"c1\" x=\"50.1\" y=\"117.5\" width=\"40.5\" height=\"32.5\"/>"));
    assert_non_null(strstr(html, "<rect class=\"c3\" x=\"90.6\" y=\"52.5\" width=\"40.5\" height=\"97.5\"/>"));
}

static void the_table_says_the_same(void **state)
{
    struct chart chart = chart_of(false);
    const char *html = drawn(&chart);
    (void)state;
    assert_non_null(strstr(html, "<tr><th scope=\"row\">One &lt;a&gt;</th><td>1</td><td>3</td></tr>"));
    assert_non_null(strstr(html, "<tr><th scope=\"row\">Two</th><td>0</td><td>0</td></tr>"));
    assert_non_null(strstr(html, "<td>four</td><td>0</td>"));
    assert_non_null(strstr(html, "<title id=\"some-t\">Some</title>"));
    assert_non_null(strstr(html, "<desc id=\"some-d\">About &quot;it&quot;.</desc>"));
    assert_non_null(strstr(html, "Noted."));
    chart.only_filled = true;
    assert_null(strstr(drawn(&chart), ">Two<"));
}

static void a_series_without_a_colour_is_in_the_table_alone(void **state)
{
    struct chart chart = chart_of(false);
    (void)state;
    chart.css[1] = 0;
    const char *html = drawn(&chart);
    assert_int_equal(count(html, "<rect "), 2);
    assert_int_equal(count(html, "<span class=\"key"), 1);
    assert_non_null(strstr(html, "<th scope=\"col\">B</th>"));
}

static void nothing_is_said_in_words(void **state)
{
    struct chart chart = chart_of(false);
    (void)state;
    chart.bars = &bars[1];
    chart.bars_n = 1;
    const char *html = drawn(&chart);
    assert_non_null(strstr(html, "Nothing yet."));
    assert_null(strstr(html, "<svg class=\"chart\""));
    assert_null(strstr(html, "<table"));
}

static void the_greatest_numbers_stay_in_the_picture(void **state)
{
    const struct chart_bar huge[] = {{.label = "x", .tick = "x", .values = {INT64_C(900000000000)}}};
    const struct chart chart = {
        .id = "some", .title = "Some", .about = "", .column = "", .unit = "", .empty = "", .note = "", .series = {"A"}, .css = {1},
        .series_n = 1, .bars = huge, .bars_n = 1};
    (void)state;
    assert_non_null(strstr(drawn(&chart), "y=\"33.0\" width=\"243.2\" height=\"117.0\"/>"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(bars_stand_on_top_of_each_other), TEST(bars_stand_side_by_side), TEST(the_table_says_the_same), TEST(a_series_without_a_colour_is_in_the_table_alone),
        TEST(nothing_is_said_in_words), TEST(the_greatest_numbers_stay_in_the_picture),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}

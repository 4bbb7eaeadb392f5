/* The bridge to ctemplate: what is escaped how, what inherits, what is missing, what a failure leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/memory.h"

#include "view/tpl.h"

#define PRAGMA "{{%AUTOESCAPE context=\"HTML\"}}\n"

static char root[] = "/tmp/test_tpl_XXXXXX";
static const char *const en = "en";
static void *mem;
static struct buf *out;

/* --- templates of these tests ---------------------------------------------------------------------------------------- */

static const struct { const char *file, *text; } files[] = {
    { "text.html", PRAGMA "<p>{{V}}</p>" },
    { "attribute.html", PRAGMA "<p title=\"{{V}}\">x</p>" },
    { "textarea.html", PRAGMA "<textarea name=\"t\">{{V:pre_escape}}</textarea>" },
    { "title.html", PRAGMA "<title>{{V}}</title>" },
    { "href.html", PRAGMA "<a href=\"{{V}}\">x</a>" },
    { "query.html", PRAGMA "<a href=\"/x?q={{V:url_query_escape}}\">x</a>" },
    { "anchor.html", PRAGMA "<a href=\"#{{V}}\">x</a>" },
    { "plain.txt", "{{V}}\n\nend\n" },
    { "section.html", PRAGMA "{{#S}}<b>{{V}}</b>{{/S}}." },
    { "rows.html", PRAGMA "{{#ROW}}{{V}}{{#ROW_separator}}, {{/ROW_separator}}{{/ROW}}" },
    { "outer.html", PRAGMA "<i>{{V}}</i>\n{{>INNER}}\n" },
    { "inner.html", PRAGMA "<b>{{V}}{{W}}</b>{{#S}}!{{/S}}" },
    { "two.html", PRAGMA "{{A}}{{B}}{{A}}{{#S}}{{C}}{{/S}}" },
    { "below/deep.html", PRAGMA "deep" },
    { "late.html", PRAGMA "<p>already written</p>\n{{>GONE}}\n" },
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void write_template(const char *folder, const char *file, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s/%s", root, folder, file);
    write_file(path, text);
}

static void make_folder(const char *folder)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", root, folder);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int make_root(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(root));
    make_folder("en");
    make_folder("en/below");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        write_template("en", files[i].file, files[i].text);
    make_folder("fr");
    write_template("fr", "text.html", PRAGMA "<p>fr {{V}}</p>");
    make_folder("broken");
    write_template("broken", "good.html", PRAGMA "good");
    write_template("broken", "open.html", PRAGMA "{{#S}}never closed");
    make_folder("empty");
    return 0;
}

static int remove_root(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

static int setup(void **state)
{
    const char *tags[] = { "en", "fr" };

    (void)state;
    mem = talloc_new(NULL);
    out = buf_new(mem, 64);
    return tpl_load(root, tags, 2) == NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const char *rendered(const char *file, struct tpl_dict *dict)
{
    buf_clear(out);
    assert_null(tpl_render(en, file, dict, out));
    return out->bytes;
}

static const char *rendered_with(const char *file, const char *value)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    tpl_set(dict, "V", value);
    return rendered(file, dict);
}

/* --- escaping -------------------------------------------------------------------------------------------------------- */

#define HOSTILE "</p><script>alert(\"1\" + '2')</script>&amp;"
#define HARMLESS "&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot; + &#39;2&#39;)&lt;/script&gt;&amp;amp;"

static const struct { const char *file, *value, *shown; } escapes[] = {
    { "text.html", HOSTILE, "<p>" HARMLESS "</p>" },
    { "text.html", "é 伙伴 <b>", "<p>é 伙伴 &lt;b&gt;</p>" },
    { "text.html", "{{V}}{{#S}}", "<p>{{V}}{{#S}}</p>" },
    { "text.html", "one\ntwo", "<p>one two</p>" },
    { "text.html", "", "<p></p>" },
    { "text.html", NULL, "<p></p>" },
    { "attribute.html", HOSTILE, "<p title=\"" HARMLESS "\">x</p>" },
    { "attribute.html", "\" onclick=\"x", "<p title=\"&quot; onclick=&quot;x\">x</p>" },
    { "textarea.html", "one\ntwo</textarea><b>", "<textarea name=\"t\">one\ntwo&lt;/textarea&gt;&lt;b&gt;</textarea>" },
    { "title.html", "</title><b>", "<title>&lt;/title&gt;&lt;b&gt;</title>" },
    { "href.html", "/x?a=1&b=\"2\"", "<a href=\"/x?a=1&amp;b=&quot;2&quot;\">x</a>" },
    { "href.html", "javascript:alert(1)", "<a href=\"#\">x</a>" },
    { "href.html", "JaVaScRiPt:alert(1)", "<a href=\"#\">x</a>" },
    { "href.html", "data:text/html,x", "<a href=\"#\">x</a>" },
    { "href.html", "vbscript:x", "<a href=\"#\">x</a>" },
    { "query.html", "a&b=c+d \"<", "<a href=\"/x?q=a%26b%3Dc%2Bd+%22%3C\">x</a>" },
    { "anchor.html", "code\" x=\"", "<a href=\"#code&quot; x=&quot;\">x</a>" },
    { "plain.txt", "a < b & \"c\"\nd", "a < b & \"c\"\nd\n\nend\n" },
};

static void values_are_escaped_for_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        assert_string_equal(rendered_with(escapes[i].file, escapes[i].value), escapes[i].shown);
}

/* --- dictionaries ---------------------------------------------------------------------------------------------------- */

static void numbers_are_plain_digits(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    (void)state;
    tpl_set_int(dict, "V", INT64_MIN);
    assert_string_equal(rendered("text.html", dict), "<p>-9223372036854775808</p>");
}

static void setting_again_replaces(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    (void)state;
    tpl_set(dict, "V", "old");
    tpl_set(dict, "V", "new");
    assert_string_equal(rendered("text.html", dict), "<p>new</p>");
}

static void a_value_is_copied(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);
    char value[] = "before";

    (void)state;
    tpl_set(dict, "V", value);
    memset(value, 'x', sizeof value - 1);
    assert_string_equal(rendered("text.html", dict), "<p>before</p>");
}

static void a_section_is_hidden_until_shown(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    (void)state;
    tpl_set(dict, "V", "v");
    assert_string_equal(rendered("section.html", dict), ".");
    tpl_show(dict, "S");
    assert_string_equal(rendered("section.html", dict), "<b>v</b>.");
    tpl_show_if(dict, "S", false);
    assert_string_equal(rendered("section.html", dict), ".");
    tpl_show_if(dict, "S", true);
    assert_string_equal(rendered("section.html", dict), "<b>v</b>.");
}

static void rows_repeat_in_order_with_separators_between(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    (void)state;
    tpl_set(tpl_row(dict, "ROW"), "V", "a");
    tpl_set(tpl_row(dict, "ROW"), "V", "<");
    tpl_set(tpl_row(dict, "ROW"), "V", "c");
    assert_string_equal(rendered("rows.html", dict), "a, &lt;, c");
}

static void a_row_sees_its_parents_values_and_may_hide_them(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    (void)state;
    tpl_set(dict, "V", "parent");
    tpl_row(dict, "ROW");
    tpl_set(tpl_row(dict, "ROW"), "V", "own");
    assert_string_equal(rendered("rows.html", dict), "parent, own");
}

static void an_included_template_sees_values_and_sections_of_its_parents(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);
    struct tpl_dict *inner = tpl_include(dict, "INNER", "inner.html");

    (void)state;
    tpl_set(dict, "V", "<v>");
    tpl_set(inner, "W", "w");
    tpl_show(dict, "S");
    assert_string_equal(rendered("outer.html", dict), "<i>&lt;v&gt;</i>\n<b>&lt;v&gt;w</b>!");
    assert_string_equal(tpl_missing(), "");
}

static void an_included_templates_values_stay_inside_it(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);
    struct tpl_dict *inner = tpl_include(dict, "INNER", "inner.html");

    (void)state;
    tpl_set(inner, "V", "in");
    tpl_set(inner, "W", "w");
    assert_string_equal(rendered("outer.html", dict), "<i></i>\n<b>inw</b>");
    assert_string_equal(tpl_missing(), "V");
}

static void an_include_that_was_not_filled_shows_nothing(void **state)
{
    (void)state;
    assert_string_equal(rendered_with("outer.html", "v"), "<i>v</i>\n");
    assert_string_equal(tpl_missing(), "");
}

static void files_in_folders_are_loaded_by_their_path(void **state)
{
    (void)state;
    assert_string_equal(rendered("below/deep.html", tpl_dict_new(mem)), "deep");
}

static void each_language_has_its_own_files(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    (void)state;
    tpl_set(dict, "V", "v");
    assert_null(tpl_render("fr", "text.html", dict, out));
    assert_string_equal(out->bytes, "<p>fr v</p>");
}

/* --- missing names and failures --------------------------------------------------------------------------------------- */

static void names_never_set_are_reported_once_each(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);

    (void)state;
    tpl_set(dict, "A", "");
    rendered("two.html", dict);
    assert_string_equal(tpl_missing(), "B");
    dict = tpl_dict_new(mem);
    tpl_show(dict, "S");
    rendered("two.html", dict);
    assert_string_equal(tpl_missing(), "A B C");
}

static void a_render_forgets_what_the_one_before_missed(void **state)
{
    (void)state;
    rendered("text.html", tpl_dict_new(mem));
    assert_string_equal(tpl_missing(), "V");
    rendered_with("text.html", "v");
    assert_string_equal(tpl_missing(), "");
}

static void a_failed_render_adds_nothing(void **state)
{
    struct tpl_dict *dict = tpl_dict_new(mem);
    const struct err *err;

    (void)state;
    tpl_include(dict, "GONE", "no_such_file.html");
    buf_text(out, "before");
    err = tpl_render(en, "late.html", dict, out);
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    assert_string_equal(out->bytes, "before");
}

static void an_unknown_file_is_a_bug(void **state)
{
    const struct err *err = tpl_render(en, "no_such_file.html", tpl_dict_new(mem), out);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    assert_int_equal(out->n, 0);
}

static void a_file_outside_the_folder_is_not_found(void **state)
{
    (void)state;
    assert_non_null(tpl_render(en, "../fr/text.html", tpl_dict_new(mem), out));
    assert_int_equal(out->n, 0);
}

static void an_unknown_language_is_a_bug(void **state)
{
    (void)state;
    assert_non_null(tpl_render("de", "text.html", tpl_dict_new(mem), out));
    assert_int_equal(out->n, 0);
}

static void loading_names_the_file_that_does_not_parse(void **state)
{
    const char *tags[] = { "broken" };
    const struct err *err = tpl_load(root, tags, 1);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->kind, ERR_BUG);
    assert_non_null(strstr(err->what, "open.html"));
}

static void loading_refuses_a_language_without_templates(void **state)
{
    const char *empty[] = { "empty" }, *none[] = { "none" };

    (void)state;
    assert_non_null(tpl_load(root, empty, 1));
    assert_non_null(tpl_load(root, none, 1));
}

static void the_built_templates_load(void **state)
{
    const char *tags[] = { "en", "zh-Hans" };

    (void)state;
    assert_null(tpl_load(TEST_BUILD "/templates", tags, 2));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(values_are_escaped_for_their_place),
        EACH(numbers_are_plain_digits),
        EACH(setting_again_replaces),
        EACH(a_value_is_copied),
        EACH(a_section_is_hidden_until_shown),
        EACH(rows_repeat_in_order_with_separators_between),
        EACH(a_row_sees_its_parents_values_and_may_hide_them),
        EACH(an_included_template_sees_values_and_sections_of_its_parents),
        EACH(an_included_templates_values_stay_inside_it),
        EACH(an_include_that_was_not_filled_shows_nothing),
        EACH(files_in_folders_are_loaded_by_their_path),
        EACH(each_language_has_its_own_files),
        EACH(names_never_set_are_reported_once_each),
        EACH(a_render_forgets_what_the_one_before_missed),
        EACH(a_failed_render_adds_nothing),
        EACH(an_unknown_file_is_a_bug),
        EACH(a_file_outside_the_folder_is_not_found),
        EACH(an_unknown_language_is_a_bug),
        EACH(loading_names_the_file_that_does_not_parse),
        EACH(loading_refuses_a_language_without_templates),
        EACH(the_built_templates_load),
    };

    return cmocka_run_group_tests(tests, make_root, remove_root);
}

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "base/log.h"
#include "base/text.h"
#include "support/rows.h"

static char logged[70000];
static FILE *file;
static int real_stderr;

static void begin_capture(void)
{
    file = tmpfile();
    assert_non_null(file);
    (void)fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
}

/* What was written since, which must be one line of JSON. */
static json_t *end_capture(void)
{
    json_t *line;
    size_t n;

    assert_true(dup2(real_stderr, STDERR_FILENO) >= 0);
    (void)close(real_stderr);
    rewind(file);
    n = fread(logged, 1, sizeof logged - 1, file);
    logged[n] = '\0';
    (void)fclose(file);
    assert_true(n > 0);
    assert_ptr_equal(strchr(logged, '\n'), logged + n - 1);
    assert_true(text_is_utf8(logged, n));
    line = json_loads(logged, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(line);
    return line;
}

static void assert_text(const json_t *line, const char *key, const char *value)
{
    assert_string_equal(json_string_value(json_object_get(line, key)), value);
}

static void line_says_when_who_and_what(void **state)
{
    json_t *line;

    (void)state;
    log_program("test_log");
    begin_capture();
    log_begin("request");
    log_text("path", "/a");
    log_text("user", NULL);
    log_int("ms", -5);
    log_int("big", INT64_MAX);
    log_end();
    line = end_capture();
    assert_text(line, "program", "test_log");
    assert_text(line, "event", "request");
    assert_text(line, "path", "/a");
    assert_true(json_is_null(json_object_get(line, "user")));
    assert_int_equal(json_integer_value(json_object_get(line, "ms")), -5);
    assert_true(json_integer_value(json_object_get(line, "big")) == INT64_MAX);
    assert_int_equal(json_integer_value(json_object_get(line, "pid")), getpid());
    assert_int_equal(strlen(json_string_value(json_object_get(line, "at"))), strlen("2026-11-22T14:02:11.123456Z"));
    assert_null(json_object_get(line, "cut"));
    assert_int_equal(strncmp(logged, "{\"at\":", 6), 0);
    json_decref(line);
}

static void message_is_formatted(void **state)
{
    json_t *line;

    (void)state;
    begin_capture();
    log_line("start", "%d of %s", 3, "five");
    line = end_capture();
    assert_text(line, "event", "start");
    assert_text(line, "message", "3 of five");
    json_decref(line);
}

static void nothing_can_forge_a_line(void **state)
{
    static const char attack[] = "x\"}\n{\"event\":\"forged\\\r\t\x01\x7f";
    json_t *line;

    (void)state;
    begin_capture();
    log_begin("request");
    log_text("path", attack);
    log_end();
    line = end_capture();
    assert_text(line, "path", attack);
    json_decref(line);
}

static void format_and_separator_characters_are_escaped(void **state)
{
    static const char text[] = "a\u202Eb\u2028c\xC2\x85" "d\U000E0041e中";
    json_t *line;

    (void)state;
    begin_capture();
    log_begin("request");
    log_text("t", text);
    log_end();
    line = end_capture();
    assert_text(line, "t", text);
    assert_non_null(strstr(logged, "a\\u202eb\\u2028c\\u0085d\\udb40\\udc41e中"));
    json_decref(line);
}

static void invalid_bytes_become_replacement_characters(void **state)
{
    json_t *line;

    (void)state;
    begin_capture();
    log_begin("request");
    log_text("t", "a\xFF" "b\xC3");
    log_end();
    line = end_capture();
    assert_text(line, "t", "a\uFFFDb\uFFFD");
    json_decref(line);
}

static void long_text_is_cut_on_a_character(void **state)
{
    char text[3001];
    const char *value;
    json_t *line;

    (void)state;
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "中", 4);
    begin_capture();
    log_begin("request");
    log_text("t", text);
    log_end();
    line = end_capture();
    value = json_string_value(json_object_get(line, "t"));
    assert_int_equal(strlen(value), 999 + strlen("…"));
    assert_string_equal(value + 999, "…");
    json_decref(line);
}

static void text_of_a_thousand_bytes_is_whole(void **state)
{
    char text[1001];
    json_t *line;

    (void)state;
    memset(text, 'x', 1000);
    text[1000] = '\0';
    begin_capture();
    log_begin("request");
    log_text("t", text);
    log_end();
    line = end_capture();
    assert_text(line, "t", text);
    json_decref(line);
}

static void overfull_line_stays_json_and_says_so(void **state)
{
    static const char *const keys[] = { "a", "b", "c", "d", "e", "f" };
    char text[1001];
    json_t *line;

    (void)state;
    memset(text, 1, 1000);        /* six bytes each when escaped */
    text[1000] = '\0';
    begin_capture();
    log_begin("request");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        log_text(keys[i], text);
    log_int("last", 1);
    log_end();
    line = end_capture();
    assert_text(line, "a", text);
    assert_text(line, "b", text);
    assert_null(json_object_get(line, "f"));
    assert_int_equal(json_integer_value(json_object_get(line, "last")), 1);
    assert_true(json_is_true(json_object_get(line, "cut")));
    json_decref(line);
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, line_says_when_who_and_what);
    ROWS_TEST(&rows, message_is_formatted);
    ROWS_TEST(&rows, nothing_can_forge_a_line);
    ROWS_TEST(&rows, format_and_separator_characters_are_escaped);
    ROWS_TEST(&rows, invalid_bytes_become_replacement_characters);
    ROWS_TEST(&rows, long_text_is_cut_on_a_character);
    ROWS_TEST(&rows, text_of_a_thousand_bytes_is_whole);
    ROWS_TEST(&rows, overfull_line_stays_json_and_says_so);
    return ROWS_RUN(&rows);
}

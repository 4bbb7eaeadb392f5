/* Log lines: whatever stands in a field, one line comes out, in one write, that is JSON and says what went in; nothing in it
 * moves a terminal's cursor or turns its text round.
 *
 * Input: fields, each "kind, bytes…, NUL": a text, a number or nothing. The linker gives log.c this write() (see the Makefile).
 */
#include <sys/types.h>
#include <unistd.h>

#include <jansson.h>
#include <unictype.h>

#include "fuzz/fuzz.h"

#include "base/buf.h"
#include "base/log.h"

#define TEXT_MAX_BYTES 1000
#define LINE_MAX_BYTES 16384
#define FIELDS_MAX 30

ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);

static char line[LINE_MAX_BYTES + 1];
static size_t line_n, writes;
static bool is_listening;

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    if (!is_listening || fd != STDERR_FILENO)
        return __real_write(fd, bytes, n);
    writes++;
    FUZZ_CHECK(n <= LINE_MAX_BYTES, "%zu bytes", n);
    memcpy(line, bytes, n);
    line[n] = '\0';
    line_n = n;
    return (ssize_t)n;
}

void fuzz_begin(void)
{
    log_program("fuzz");
}

/* What a reader must find: bytes that are no UTF-8 as U+FFFD each, at most so many bytes of the original and then "…". */
static char *expected(const void *mem, const char *text)
{
    struct buf *out = buf_new(mem, 64);
    size_t n = strlen(text), i = 0, length;
    uint32_t point;

    for (; i < n; i += length) {
        bool is_good = (length = fuzz_utf8((const uint8_t *)text + i, n - i, &point)) > 0;

        length = is_good ? length : 1;
        if (i + length > TEXT_MAX_BYTES)
            break;
        if (is_good)
            buf_add(out, text + i, length);
        else
            buf_text(out, "\xEF\xBF\xBD");
    }
    if (i < n)
        buf_text(out, "…");
    return out->bytes;
}

static void line_is_plain(void)
{
    uint32_t point;

    FUZZ_CHECK(writes == 1, "%zu writes", writes);
    FUZZ_CHECK(line_n > 1 && line[line_n - 1] == '\n', "no end of line");
    for (size_t i = 0, length; i < line_n - 1; i += length) {
        length = fuzz_utf8((const uint8_t *)line + i, line_n - 1 - i, &point);
        FUZZ_CHECK(length > 0, "not UTF-8 at %zu", i);
        FUZZ_CHECK(!uc_is_general_category_withtable(point, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Zl |
                                                     UC_CATEGORY_MASK_Zp), "U+%04X at %zu", point, i);
    }
}

static json_t *parsed(void)
{
    json_error_t error;
    json_t *object = json_loadb(line, line_n, JSON_REJECT_DUPLICATES, &error);

    FUZZ_CHECK(object != NULL && json_is_object(object), "%s: %s", error.text, line);
    FUZZ_CHECK(fuzz_same(json_string_value(json_object_get(object, "program")), "fuzz"), "%s", line);
    FUZZ_CHECK(fuzz_same(json_string_value(json_object_get(object, "event")), "event"), "%s", line);
    FUZZ_CHECK(json_is_string(json_object_get(object, "at")) && json_is_integer(json_object_get(object, "pid")), "%s", line);
    return object;
}

struct field { char kind, key[8]; const char *text; int64_t number; };

static void field_is_right(const void *mem, const json_t *object, const struct field *field)
{
    const json_t *value = json_object_get(object, field->key);

    if (value == NULL) {
        FUZZ_CHECK(json_is_true(json_object_get(object, "cut")), "%s is missing", field->key);
        return;
    }
    if (field->kind == 0)
        FUZZ_CHECK(fuzz_same(json_string_value(value), expected(mem, field->text)), "\"%s\", not \"%s\"", json_string_value(value),
                   expected(mem, field->text));
    else if (field->kind == 1)
        FUZZ_CHECK(json_is_integer(value) && json_integer_value(value) == field->number, "%s", field->key);
    else
        FUZZ_CHECK(json_is_null(value), "%s", field->key);
}

static void message_is_right(const void *mem, const char *text)
{
    json_t *object;

    writes = 0;
    is_listening = true;
    log_line("event", "%s", text);
    is_listening = false;
    line_is_plain();
    object = parsed();
    /* A message longer than the place it is put together in is cut there, which may be inside a character. */
    FUZZ_CHECK(strlen(text) > TEXT_MAX_BYTES || fuzz_same(json_string_value(json_object_get(object, "message")), expected(mem, text)),
               "%s", line);
    json_decref(object);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size };
    struct field fields[FIELDS_MAX];
    size_t n = 0;
    json_t *object;

    writes = 0;
    is_listening = true;
    log_begin("event");
    while (in.n > 0 && n < FIELDS_MAX) {
        struct field *field = &fields[n];

        field->kind = (char)fuzz_below(&in, 3);
        (void)snprintf(field->key, sizeof field->key, "k%zu", n++);
        field->text = field->kind == 0 ? fuzz_text_next(mem, &in) : NULL;
        field->number = field->kind == 1 ? (int64_t)fuzz_number(&in, 8) : 0;
        /* Long texts out of few bytes. */
        if (field->kind == 0 && strlen(field->text) % 7 == 6)
            field->text = mem_text(mem, "%s%s%s%s%s", field->text, field->text, field->text, field->text, field->text);
        if (field->kind == 1)
            log_int(field->key, field->number);
        else
            log_text(field->key, field->text);
    }
    log_end();
    is_listening = false;
    line_is_plain();
    object = parsed();
    for (size_t i = 0; i < n; i++)
        field_is_right(mem, object, &fields[i]);
    json_decref(object);
    if (n > 0 && fields[0].kind == 0)
        message_is_right(mem, fields[0].text);
}

/* Form parser: against a parser that is written here in the dullest way, once as a POST and once as a GET's query. */
#include "fuzz/fuzz.h"

#include "base/text.h"
#include "base/url.h"
#include "web/form.h"

static const char *const answers[] = { "AGREE", "REJECT", "agree me", NULL };

static const struct field_spec common[] = {
    { .name = "csrf", .kind = FIELD_TOKEN, .max = 8 },
    { .name = NULL },
};

static const struct field_spec specs[] = {
    { .name = "t", .kind = FIELD_TEXT, .max = 5 },
    { .name = "long", .kind = FIELD_TEXT, .max = 0 },
    { .name = "lines", .kind = FIELD_LINES, .max = 6 },
    { .name = "choice", .kind = FIELD_CHOICE, .choices = answers },
    { .name = "tick", .kind = FIELD_TICK },
    { .name = "code", .kind = FIELD_CODE, .max = 6 },
    { .name = "mail", .kind = FIELD_EMAIL, .max = 9 },
    { .name = "pass", .kind = FIELD_PASSWORD, .max = 7 },
    { .name = "n", .kind = FIELD_NUMBER, .max = 300 },
    { .name = "big", .kind = FIELD_NUMBER, .max = 0 },
    { .name = "day", .kind = FIELD_DATE },
    { .name = "h\xC3\xA9", .kind = FIELD_TEXT, .max = 3 },
    { .name = NULL },
};

#define COMMON_N 1
#define SPECS_N (sizeof specs / sizeof *specs - 1)
#define FIELDS_N (COMMON_N + SPECS_N)
#define NAME_MAX_BYTES 64

void fuzz_begin(void)
{
}

/* --- the dull parser ----------------------------------------------------------------------------------------------- */

struct piece { bool is_good; size_t n; char *bytes; };

static struct piece decode(const void *mem, const uint8_t *bytes, size_t n)
{
    static const char hex[] = "0123456789abcdef0123456789ABCDEF";
    struct piece piece = { .is_good = true, .bytes = mem_array(mem, char, n + 1) };

    for (size_t i = 0; piece.is_good && i < n; i++) {
        if (bytes[i] == '+') {
            piece.bytes[piece.n++] = ' ';
        } else if (bytes[i] != '%') {
            piece.bytes[piece.n++] = (char)bytes[i];
        } else {
            const char *high = i + 2 < n && bytes[i + 1] != 0 ? strchr(hex, bytes[i + 1]) : NULL;
            const char *low = i + 2 < n && bytes[i + 2] != 0 ? strchr(hex, bytes[i + 2]) : NULL;

            if (high == NULL || low == NULL) {
                piece.is_good = false;
                break;
            }
            piece.bytes[piece.n++] = (char)((high - hex) % 16 * 16 + (low - hex) % 16);
            i += 2;
        }
    }
    piece.is_good = piece.is_good && memchr(piece.bytes, 0, piece.n) == NULL && fuzz_is_utf8(piece.bytes, piece.n);
    piece.bytes[piece.n] = '\0';
    return piece;
}

struct expected { bool is_present; const char *typed, *text; int64_t number; enum field_fault fault; };

static size_t points(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static bool is_number(const char *text, int64_t max, int64_t *number)
{
    fuzz_wide value = 0;

    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (*text - '0');
        if (value > max)
            return false;
    }
    *number = (int64_t)value;
    return true;
}

static const struct field_spec *spec_at(size_t i)
{
    return i < COMMON_N ? &common[i] : &specs[i - COMMON_N];
}

/* What cleaning does is another target's; here it is that the right cleaning is done. */
static bool expect_value(const void *mem, const struct field_spec *spec, const char *value, struct expected *e)
{
    *e = (struct expected){ .is_present = true, .typed = value, .text = "" };
    switch (spec->kind) {
    case FIELD_TEXT:
    case FIELD_DATE:
        e->text = text_clean(mem, value, false);
        break;
    case FIELD_LINES:
        e->text = text_clean(mem, value, true);
        break;
    case FIELD_CODE:
        e->text = text_clean_code(mem, value);
        break;
    case FIELD_EMAIL:
        e->text = text_lower(mem, text_clean(mem, value, false));
        break;
    case FIELD_PASSWORD:
        e->text = value;
        e->typed = "";
        break;
    case FIELD_CHOICE:
        for (size_t i = 0; answers[i] != NULL; i++)
            if (strcmp(answers[i], value) == 0)
                e->text = value;
        e->fault = *value != '\0' && *e->text == '\0' ? FIELD_NOT_A_CHOICE : FIELD_FINE;
        return true;
    case FIELD_TICK:
        e->text = strcmp(value, "1") == 0 ? value : "";
        e->fault = *value != '\0' && *e->text == '\0' ? FIELD_NOT_A_CHOICE : FIELD_FINE;
        return true;
    case FIELD_NUMBER:
        e->text = text_clean(mem, value, false);
        if (!is_number(e->text, spec->max == 0 ? INT64_MAX : (int64_t)spec->max, &e->number)) {
            e->text = "";
            e->fault = FIELD_NOT_A_NUMBER;
        }
        return true;
    case FIELD_TOKEN:
        for (const char *c = value; *c != '\0'; c++)
            if (!((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || strchr("._~-", *c) != NULL))
                return false;
        e->text = value;
        return strlen(value) <= spec->max;
    }
    e->fault = spec->max > 0 && points(e->text) > spec->max ? FIELD_TOO_LONG : FIELD_FINE;
    return true;
}

static bool expect_piece(const void *mem, const uint8_t *bytes, size_t n, bool is_strict, struct expected *fields)
{
    const uint8_t *equals = memchr(bytes, '=', n);
    size_t name_n = equals == NULL ? n : (size_t)(equals - bytes);
    struct piece name = decode(mem, bytes, name_n), value = { .is_good = true, .bytes = mem_copy(mem, "") };

    if (!name.is_good || name.n > NAME_MAX_BYTES)
        return false;
    if (equals != NULL)
        value = decode(mem, equals + 1, n - name_n - 1);
    for (size_t i = 0; i < FIELDS_N; i++)
        if (strcmp(spec_at(i)->name, name.bytes) == 0)
            return !fields[i].is_present && value.is_good &&
                expect_value(mem, spec_at(i), value.bytes, &fields[i]);
    return !is_strict;
}

static bool expect(const void *mem, const uint8_t *bytes, size_t n, bool is_strict, struct expected *fields)
{
    size_t pieces = 0, start = 0;

    for (size_t i = 0; i < FIELDS_N; i++)
        fields[i] = (struct expected){ .typed = "", .text = "" };
    for (size_t i = 0; i <= n; i++) {
        if (i < n && bytes[i] != '&')
            continue;
        if (i > start) {
            if (++pieces > FORM_FIELDS_MAX || !expect_piece(mem, bytes + start, i - start, is_strict, fields))
                return false;
        }
        start = i + 1;
    }
    return true;
}

/* --- both ---------------------------------------------------------------------------------------------------------- */

static void compare(const struct form *form, const struct expected *fields)
{
    for (size_t i = 0; i < FIELDS_N; i++) {
        const struct field_spec *spec = spec_at(i);
        const struct field *field = form_field(form, spec->name);
        const struct expected *e = &fields[i];

        FUZZ_CHECK(field->spec == spec, "%s", spec->name);
        FUZZ_CHECK(field->is_present == e->is_present, "%s", spec->name);
        FUZZ_CHECK(strcmp(field->typed, e->typed) == 0, "%s: \"%s\", not \"%s\"", spec->name, field->typed, e->typed);
        FUZZ_CHECK(strcmp(field->text, e->text) == 0, "%s: \"%s\", not \"%s\"", spec->name, field->text, e->text);
        FUZZ_CHECK(field->number == e->number, "%s: %lld", spec->name, (long long)field->number);
        FUZZ_CHECK(field->fault == e->fault, "%s: %d, not %d", spec->name, (int)field->fault, (int)e->fault);
        FUZZ_CHECK(form_ticked(form, spec->name) == (strcmp(field->text, "1") == 0), "%s", spec->name);
    }
}

/* What was understood, sent again as a browser would, is understood the same. */
static void send_again(const void *mem, const struct form *form, const struct expected *fields)
{
    struct form *again = NULL;
    char *body = mem_copy(mem, "");

    for (size_t i = 0; i < FIELDS_N; i++) {
        const char *value = spec_at(i)->kind == FIELD_PASSWORD ? form->fields[i].text : form->fields[i].typed;

        if (fields[i].is_present)
            body = mem_text(mem, "%s&%s=%s", body, url_encode(mem, spec_at(i)->name), url_encode(mem, value));
    }
    FUZZ_CHECK(form_parse(mem, common, specs, body, strlen(body), true, &again) == NULL, "%s", body);
    compare(again, fields);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t n)
{
    for (int is_strict = 0; is_strict <= 1; is_strict++) {
        struct expected fields[FIELDS_N];
        struct form *form = NULL;
        bool is_good = expect(mem, bytes, n, is_strict, fields);
        const struct err *err = form_parse(mem, common, specs, (const char *)bytes, n, is_strict, &form);

        FUZZ_CHECK((err == NULL) == is_good, "%s", err == NULL ? "taken" : err->what);
        FUZZ_CHECK(err == NULL || (err->kind == ERR_INPUT && form == NULL), "%s", err->what);
        if (err != NULL) {
            fuzz_error_is_fine(err);
            continue;
        }
        compare(form, fields);
        send_again(mem, form, fields);
    }
}

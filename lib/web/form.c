#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/url.h"
#include "web/form.h"

#define NAME_MAX_BYTES 64

static size_t count_specs(const struct field_spec *specs)
{
    size_t n = 0;

    while (specs != NULL && specs[n].name != NULL)
        n++;
    return n;
}

static struct field *find_field(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->n; i++)
        if (strcmp(form->fields[i].spec->name, name) == 0)
            return &form->fields[i];
    return NULL;
}

static void add_specs(struct form *form, const struct field_spec *specs)
{
    for (size_t i = 0, n = count_specs(specs); i < n; i++) {
        struct field *field = &form->fields[form->n];

        if (find_field(form, specs[i].name) != NULL)
            abort();
        field->spec = &specs[i];
        field->text = field->typed = "";
        form->n++;
    }
}

struct form *form_empty(const void *ctx, const struct field_spec *common, const struct field_spec *specs)
{
    struct form *form = mem_new(ctx, struct form);

    form->fields = mem_array(form, struct field, count_specs(common) + count_specs(specs));
    add_specs(form, common);
    add_specs(form, specs);
    return form;
}

/* --- values by kind: each gets the decoded text and fills text, number and fault ------------------------------------- */

static bool is_over(const struct field_spec *spec, size_t n)
{
    return spec->max > 0 && n > spec->max;
}

static void take_text(struct field *field, const char *cleaned)
{
    field->text = cleaned;
    if (is_over(field->spec, text_points(cleaned)))
        field->fault = FIELD_TOO_LONG;
}

static void take_choice(struct field *field, const char *value)
{
    if (*value == '\0')
        return;
    for (size_t i = 0; field->spec->choices[i] != NULL; i++) {
        if (strcmp(field->spec->choices[i], value) == 0) {
            field->text = value;
            return;
        }
    }
    field->fault = FIELD_NOT_A_CHOICE;
}

static void take_tick(struct field *field, const char *value)
{
    if (strcmp(value, "1") == 0)
        field->text = value;
    else if (*value != '\0')
        field->fault = FIELD_NOT_A_CHOICE;
}

static void take_number(struct field *field, const char *cleaned)
{
    int64_t max = field->spec->max == 0 || field->spec->max > INT64_MAX ? INT64_MAX : (int64_t)field->spec->max;
    int64_t number = 0;

    for (const char *c = cleaned; *c != '\0'; c++) {
        int digit = *c - '0';

        if (digit < 0 || digit > 9 || number > (max - digit) / 10) {
            field->fault = FIELD_NOT_A_NUMBER;
            return;
        }
        number = number * 10 + digit;
    }
    field->text = cleaned;
    field->number = number;
}

static int wipe_text(char *text)
{
    secret_wipe(text, talloc_get_size(text));
    return 0;
}

static void take_password(struct field *field, char *value)
{
    talloc_set_destructor(value, wipe_text);
    take_text(field, value);
    field->typed = "";
}

static const struct err *take_token(struct field *field, const char *value)
{
    size_t n = strlen(value);

    if (is_over(field->spec, n) ||
        value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-")] != '\0')
        return err_new(ERR_INPUT, 0, "field %s is not a token", field->spec->name);
    field->text = value;
    return NULL;
}

/* value is decoded, UTF-8 without NUL, and lives as long as the form. */
static const struct err *take_value(const void *ctx, struct field *field, char *value)
{
    field->is_present = true;
    field->typed = value;
    field->text = "";
    field->number = 0;
    field->fault = FIELD_FINE;
    switch (field->spec->kind) {
    case FIELD_TEXT:
    case FIELD_DATE:
        take_text(field, text_clean(ctx, value, false));
        break;
    case FIELD_LINES:
        take_text(field, text_clean(ctx, value, true));
        break;
    case FIELD_CHOICE:
        take_choice(field, value);
        break;
    case FIELD_TICK:
        take_tick(field, value);
        break;
    case FIELD_CODE:
        take_text(field, text_clean_code(ctx, value));
        break;
    case FIELD_EMAIL:
        take_text(field, text_lower(ctx, text_clean(ctx, value, false)));
        break;
    case FIELD_PASSWORD:
        take_password(field, value);
        break;
    case FIELD_NUMBER:
        take_number(field, text_clean(ctx, value, false));
        break;
    case FIELD_TOKEN:
        return take_token(field, value);
    }
    return NULL;
}

/* --- the parser: pieces between "&", each name "=" value, as the URL Standard's urlencoded parser reads them ---------- */

static const struct err *take_piece(const void *ctx, struct form *form, const char *piece, size_t n, bool strict)
{
    const char *equals = memchr(piece, '=', n);
    size_t name_n = equals == NULL ? n : (size_t)(equals - piece);
    char *name = url_decode(ctx, piece, name_n, true), *value;
    const char *shown;
    struct field *field;

    if (name == NULL || strlen(name) > NAME_MAX_BYTES)
        return err_new(ERR_INPUT, 0, "the name of a field is not well encoded or too long");
    shown = text_clean(ctx, name, false);
    field = find_field(form, name);
    if (field == NULL)
        return strict ? err_new(ERR_INPUT, 0, "field %s is unknown", shown) : NULL;
    if (field->is_present)
        return err_new(ERR_INPUT, 0, "field %s came twice", shown);
    value = equals == NULL ? mem_copy(ctx, "") : url_decode(ctx, equals + 1, n - name_n - 1, true);
    if (value == NULL)
        return err_new(ERR_INPUT, 0, "field %s is not well encoded", shown);
    return take_value(ctx, field, value);
}

const struct err *form_parse(const void *ctx, const struct field_spec *common, const struct field_spec *specs,
                             const char *bytes, size_t n, bool strict, struct form **out)
{
    struct form *form = form_empty(ctx, common, specs);
    size_t pieces = 0;

    for (size_t start = 0; start < n;) {
        const char *piece = bytes + start, *end = memchr(piece, '&', n - start);
        size_t piece_n = end == NULL ? n - start : (size_t)(end - piece);

        start += piece_n + 1;
        if (piece_n == 0)
            continue;
        if (++pieces > FORM_FIELDS_MAX)
            return err_new(ERR_INPUT, 0, "more than %d fields", FORM_FIELDS_MAX);
        TRY(take_piece(form, form, piece, piece_n, strict));
    }
    *out = form;
    return NULL;
}

const struct field *form_find(const struct form *form, const char *name)
{
    return find_field(form, name);
}

const struct field *form_field(const struct form *form, const char *name)
{
    const struct field *field = find_field(form, name);

    if (field == NULL)
        abort();
    return field;
}

const char *form_text(const struct form *form, const char *name)
{
    return form_field(form, name)->text;
}

int64_t form_number(const struct form *form, const char *name)
{
    return form_field(form, name)->number;
}

bool form_ticked(const struct form *form, const char *name)
{
    return strcmp(form_field(form, name)->text, "1") == 0;
}

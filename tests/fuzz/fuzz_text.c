/* Texts from people: well-formed or not, cleaned, counted, cut; against Unicode's own rules written out (UAX #15) over the
 * character data. */
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "fuzz/fuzz.h"

#include "base/text.h"
#include "domain/card_number.h"
#include "domain/sign_in.h"

#define POINTS_MAX 16384

void fuzz_begin(void)
{
}

/* --- code points --------------------------------------------------------------------------------------------------- */

struct points { size_t n; ucs4_t at[POINTS_MAX]; };

static void add(struct points *points, ucs4_t c)
{
    if (points->n == POINTS_MAX)
        abort();
    points->at[points->n++] = c;
}

static void read_points(const char *text, struct points *points)
{
    size_t n = strlen(text);
    uint32_t c;

    points->n = 0;
    for (size_t i = 0, length; i < n; i += length) {
        length = fuzz_utf8((const uint8_t *)text + i, n - i, &c);
        FUZZ_CHECK(length > 0, "not UTF-8 any more");
        add(points, c);
    }
}

static char *write_points(const void *mem, const struct points *points)
{
    char *text = mem_array(mem, char, 4 * points->n + 1), *out = text;

    for (size_t i = 0; i < points->n; i++) {
        ucs4_t c = points->at[i];

        if (c < 0x80) {
            *out++ = (char)c;
        } else if (c < 0x800) {
            *out++ = (char)(0xC0 | c >> 6);
            *out++ = (char)(0x80 | (c & 63));
        } else if (c < 0x10000) {
            *out++ = (char)(0xE0 | c >> 12);
            *out++ = (char)(0x80 | (c >> 6 & 63));
            *out++ = (char)(0x80 | (c & 63));
        } else {
            *out++ = (char)(0xF0 | c >> 18);
            *out++ = (char)(0x80 | (c >> 12 & 63));
            *out++ = (char)(0x80 | (c >> 6 & 63));
            *out++ = (char)(0x80 | (c & 63));
        }
    }
    return text;
}

/* --- UAX #15 ------------------------------------------------------------------------------------------------------- */

static void decompose(ucs4_t c, bool is_compatible, struct points *out)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag, n = is_compatible ? uc_decomposition(c, &tag, parts) : uc_canonical_decomposition(c, parts);

    if (n < 0)
        add(out, c);
    for (int i = 0; i < n; i++)
        decompose(parts[i], is_compatible, out);
}

static void order(struct points *points)
{
    for (size_t i = 1; i < points->n; i++)
        for (size_t j = i; j > 0; j--) {
            int before = uc_combining_class(points->at[j - 1]), here = uc_combining_class(points->at[j]);
            ucs4_t c = points->at[j];

            if (here == 0 || before <= here)
                break;
            points->at[j] = points->at[j - 1];
            points->at[j - 1] = c;
        }
}

static void compose(struct points *points)
{
    size_t n = 0, starter = SIZE_MAX;
    int last = -1;   /* combining class of the character before, since the starter */

    for (size_t i = 0; i < points->n; i++) {
        ucs4_t c = points->at[i], whole = 0;
        int here = uc_combining_class(c);

        if (starter != SIZE_MAX && (last < here || last == -1))
            whole = uc_composition(points->at[starter], c);
        if (whole != 0) {
            points->at[starter] = whole;
            continue;
        }
        last = here == 0 ? -1 : here;
        if (here == 0)
            starter = n;
        points->at[n++] = c;
    }
    points->n = n;
}

static void normalise(const struct points *in, bool is_compatible, struct points *out)
{
    out->n = 0;
    for (size_t i = 0; i < in->n; i++)
        decompose(in->at[i], is_compatible, out);
    order(out);
    compose(out);
}

/* --- cleaning by hand ---------------------------------------------------------------------------------------------- */

static bool shows_nothing(ucs4_t c)
{
    return c == 0xAD || c == 0x34F || c == 0x61C || c == 0x180E || c == 0x200B || c == 0x200E || c == 0x200F ||
        (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
        (c >= 0xE0000 && c <= 0xE007F);
}

static void clean(const struct points *in, bool has_lines, struct points *out)
{
    static struct points kept;
    size_t first = 0;

    kept.n = 0;
    for (size_t i = 0; i < in->n; i++) {
        ucs4_t c = in->at[i];

        if (c == '\r' && i + 1 < in->n && in->at[i + 1] == '\n')
            continue;
        if (c == '\r' || c == 0x2028 || c == 0x2029)
            c = '\n';
        if ((c == '\n' || c == '\t') && !has_lines)
            c = ' ';
        if (c != '\n' && c != '\t' && (c < 0x20 || (c >= 0x7F && c < 0xA0) || shows_nothing(c)))
            continue;
        add(&kept, c);
    }
    while (kept.n > 0 && uc_is_property_white_space(kept.at[kept.n - 1]))
        kept.n--;
    while (first < kept.n && uc_is_property_white_space(kept.at[first]))
        first++;
    memmove(kept.at, kept.at + first, (kept.n - first) * sizeof kept.at[0]);
    kept.n -= first;
    normalise(&kept, false, out);
}

static void clean_is_right(const void *mem, const char *text, const struct points *points, bool has_lines)
{
    static struct points expected;
    const char *cleaned = text_clean(mem, text, has_lines), *wanted;

    clean(points, has_lines, &expected);
    wanted = write_points(mem, &expected);
    FUZZ_CHECK(strcmp(cleaned, wanted) == 0, "\"%s\", not \"%s\"", cleaned, wanted);
    FUZZ_CHECK(strcmp(text_clean(mem, cleaned, has_lines), cleaned) == 0, "\"%s\" is not clean yet", cleaned);
    FUZZ_CHECK(has_lines || strchr(cleaned, '\n') == NULL, "%s", cleaned);
}

static void code_is_right(const void *mem, const char *text, const struct points *points)
{
    static struct points folded, kept;
    const char *cleaned = text_clean_code(mem, text), *wanted;

    normalise(points, true, &folded);
    kept.n = 0;
    for (size_t i = 0; i < folded.n; i++) {
        ucs4_t c = folded.at[i];

        if (!uc_is_property_white_space(c) && !uc_is_property_dash(c) && !shows_nothing(c) && c != 0x200C && c != 0x200D)
            add(&kept, c);
        else if (uc_is_property_dash(c) && !uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Pd) && c != 0x2212)
            add(&kept, c);
    }
    wanted = write_points(mem, &kept);
    FUZZ_CHECK(strcmp(cleaned, wanted) == 0, "\"%s\", not \"%s\"", cleaned, wanted);
    FUZZ_CHECK(strcmp(text_clean_password(mem, text), write_points(mem, &folded)) == 0, "password \"%s\"", text);
}

/* --- counting, cutting, filling ------------------------------------------------------------------------------------ */

static void cut_is_right(const void *mem, const char *text, const struct points *points, size_t max)
{
    const char *cut = text_cut(mem, text, max);
    size_t n = strlen(cut);

    FUZZ_CHECK(text_points(text) == points->n, "%zu, not %zu", text_points(text), points->n);
    FUZZ_CHECK(strncmp(text, cut, n) == 0 && fuzz_is_utf8(cut, n), "\"%s\"", cut);
    FUZZ_CHECK(text_points(cut) == (points->n < max ? points->n : max), "\"%s\" of %zu", cut, max);
}

/* A text without right-to-left letters is itself; one with them is in an isolate, and once is enough. */
static const char *isolated(const void *mem, const char *text)
{
    const char *made = text_isolate(mem, text);
    bool is_changed = strcmp(made, text) != 0, has_any = false;
    ucs4_t c = 0;

    for (const uint8_t *at = u8_next(&c, (const uint8_t *)text); at != NULL; at = u8_next(&c, at))
        has_any |= uc_is_bidi_class(c, UC_BIDI_R) || uc_is_bidi_class(c, UC_BIDI_AL);
    FUZZ_CHECK(!is_changed || (has_any && strcmp(made, mem_text(mem, "\u2068%s\u2069", text)) == 0), "\"%s\"", made);
    FUZZ_CHECK(is_changed || !has_any || strstr(text, "\u2066") != NULL || strstr(text, "\u2067") != NULL ||
               strstr(text, "\u2068") != NULL, "\"%s\"", text);
    if (is_changed && strstr(text, "\u2069") == NULL)
        FUZZ_CHECK(text_isolate(mem, made) == made, "\"%s\"", made);
    return made;
}

/* Values are not searched again: a value that is itself a place stays. */
static void fill_is_right(const void *mem, const char *text)
{
    const char *filled = text_fill(mem, "{a}{b}{a}{c}", "a", text, "b", "{a}", NULL);
    const char *value = isolated(mem, text), *wanted = mem_text(mem, "%s{a}%s{c}", value, value);

    FUZZ_CHECK(strcmp(filled, wanted) == 0, "\"%s\"", filled);
    FUZZ_CHECK(strcmp(text_fill(mem, text, "no such place", "x", NULL), text) == 0 || strstr(text, "{no such place}") != NULL,
               "\"%s\"", text);
}

/* --- addresses ----------------------------------------------------------------------------------------------------- */

static bool is_word(const char *from, const char *end, const char *others)
{
    if (from == end)
        return false;
    for (; from < end; from++)
        if (!((*from >= '0' && *from <= '9') || (*from >= 'A' && *from <= 'Z') || (*from >= 'a' && *from <= 'z') ||
              (*from != '\0' && strchr(others, *from) != NULL)))
            return false;
    return true;
}

/* Words parted by dots; how many, 0 if they are not. */
static size_t dotted(const char *from, const char *end, const char *others, size_t max, bool has_hyphen_rule)
{
    size_t words = 0;

    for (;; from++) {
        const char *dot = from;

        while (dot < end && *dot != '.')
            dot++;
        if (!is_word(from, dot, others) || (size_t)(dot - from) > max || (has_hyphen_rule && (*from == '-' || dot[-1] == '-')))
            return 0;
        words++;
        if (dot == end)
            return words;
        from = dot;
    }
}

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@'), *end = text + strlen(text);

    return at != NULL && end - text <= 254 && at - text <= 64 && dotted(text, at, "!#$%&'*+-/=?^_`{|}~", 64, false) > 0 &&
        dotted(at + 1, end, "-", 63, true) > 1;
}

static bool is_phone(const char *text)
{
    size_t n = strlen(text);

    if (n < 8 || n > 16 || text[0] != '+' || text[1] == '0')
        return false;
    for (size_t i = 1; i < n; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

/* What is hidden holds no card number, and nothing but digits has changed. */
static void card_is_hidden(const void *mem, const char *text)
{
    const char *masked = card_number_mask(mem, text);

    FUZZ_CHECK(!card_number_in(masked), "\"%s\" still holds one", masked);
    FUZZ_CHECK(card_number_in(text) || strcmp(masked, text) == 0, "\"%s\" was changed to \"%s\"", text, masked);
    FUZZ_CHECK(fuzz_is_utf8(masked, strlen(masked)), "\"%s\"", masked);
}

/* The second half of the text is the login, so that one can hold the other. */
static void password_is_judged(const char *text, const struct points *points)
{
    const enum password_fault fault = password_judge(text, text + strlen(text) / 2);
    const bool is_long = strlen(text) > 512 || points->n > 128, is_short = points->n < 12;

    FUZZ_CHECK((fault == PASSWORD_LONG) == is_long && (fault == PASSWORD_SHORT) == (is_short && !is_long), "%s: %d", text, (int)fault);
    FUZZ_CHECK(password_judge(text, "") != PASSWORD_IS_LOGIN && password_judge(text, NULL) != PASSWORD_IS_LOGIN, "%s", text);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    static struct points points;
    bool is_good = fuzz_is_utf8(bytes, size) && (size == 0 || memchr(bytes, 0, size) == NULL);
    char *text;

    FUZZ_CHECK(text_is_utf8((const char *)bytes, size) == is_good, "%s", is_good ? "refused" : "taken");
    if (!is_good)
        return;
    text = fuzz_text(mem, (struct fuzz_input){ bytes, size });
    read_points(text, &points);
    clean_is_right(mem, text, &points, false);
    clean_is_right(mem, text, &points, true);
    code_is_right(mem, text, &points);
    cut_is_right(mem, text, &points, size % 32);
    fill_is_right(mem, text);
    card_is_hidden(mem, text);
    password_is_judged(text, &points);
    FUZZ_CHECK(text_is_email(text) == is_email(text), "%s", text);
    FUZZ_CHECK(text_is_phone(text) == is_phone(text), "%s", text);
}

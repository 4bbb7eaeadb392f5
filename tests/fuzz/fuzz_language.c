/* Accept-Language: which language a browser's header gets, against RFC 9110, 12.5.4, read piece by piece. */
#include <strings.h>

#include "fuzz/fuzz.h"

#include "base/lang.h"

#define HEADER_MAX_BYTES 1000
#define RANGES_MAX 32

void fuzz_begin(void)
{
}

static char *trimmed(const void *mem, const char *from, size_t n)
{
    while (n > 0 && (*from == ' ' || *from == '\t')) {
        from++;
        n--;
    }
    while (n > 0 && (from[n - 1] == ' ' || from[n - 1] == '\t'))
        n--;
    return mem_copy_n(mem, from, n);
}

/* "q=0.5" in thousandths; -1 if it is no weight. */
static int weight_of(const char *text)
{
    int thousandths = 0;
    size_t n = 0;

    if (strncasecmp(text, "q=", 2) != 0 || (text[2] != '0' && text[2] != '1'))
        return -1;
    thousandths = (text[2] - '0') * 1000;
    text += 3;
    if (*text == '.')
        for (n = 1; text[n] >= '0' && text[n] <= '9'; n++)
            thousandths += (text[n] - '0') * (n == 1 ? 100 : n == 2 ? 10 : n == 3 ? 1 : 0);
    return text[n] != '\0' || thousandths > 1000 ? -1 : thousandths;
}

static bool begins_with(const char *text, const char *with)
{
    const size_t n = strlen(with);

    return strncasecmp(text, with, n) == 0 && (text[n] == '\0' || text[n] == '-');
}

/* Simplified characters are what China, Singapore and Malaysia write, and what "zh" alone means; "zh-TW" gets no guess. */
static const char *language_of(const char *range)
{
    if (begins_with(range, "en"))
        return "en";
    if (strcasecmp(range, "zh") == 0 || begins_with(range, "zh-Hans") || begins_with(range, "zh-CN") || begins_with(range, "zh-SG") ||
        begins_with(range, "zh-MY"))
        return "zh-Hans";
    return strcmp(range, "*") == 0 ? "*" : "";
}

struct wish { const char *language; int weight; };

/* The wishes of a header, those that are none left out. */
static size_t read_wishes(const void *mem, const char *header, struct wish *wishes)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-*";
    size_t n = 0;

    for (const char *at = header; *at != '\0' && at < header + HEADER_MAX_BYTES && n < RANGES_MAX;) {
        const size_t length = strcspn(at, ",");
        const char *piece = trimmed(mem, at, length), *semicolon = strchr(piece, ';');
        const char *range = semicolon == NULL ? piece : trimmed(mem, piece, (size_t)(semicolon - piece));
        const int weight = semicolon == NULL ? 1000 : weight_of(trimmed(mem, semicolon + 1, strlen(semicolon + 1)));

        if (*range != '\0' && range[strspn(range, alphabet)] == '\0' && weight >= 0)
            wishes[n++] = (struct wish){ language_of(range), weight };
        at += length + (at[length] == ',');
    }
    return n;
}

/* The greatest weight that this language gets, and where it stands first; "*" is for those that are not named. */
static int wish_for(const struct wish *wishes, size_t n, const char *language, size_t *place)
{
    int weight = -1;

    for (size_t i = 0; i < n; i++)
        if (strcmp(wishes[i].language, language) == 0 && wishes[i].weight > weight) {
            weight = wishes[i].weight;
            *place = i;
        }
    return weight;
}

static const char *expected(const void *mem, const char *header)
{
    struct wish wishes[RANGES_MAX];
    const size_t n = read_wishes(mem, header, wishes);
    const char *best = "en";
    int best_weight = 0;
    size_t best_place = 0;

    for (size_t i = 0; i < langs_n; i++) {
        size_t place = 0;
        int weight = wish_for(wishes, n, langs[i].tag, &place);

        if (weight < 0)
            weight = wish_for(wishes, n, "*", &place);
        if (weight > best_weight || (weight > 0 && weight == best_weight && place < best_place)) {
            best = langs[i].tag;
            best_weight = weight;
            best_place = place;
        }
    }
    return best;
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t n)
{
    const char *header = fuzz_text(mem, (struct fuzz_input){ bytes, n });
    const struct lang *lang = lang_accept(header);

    FUZZ_CHECK(lang != NULL && strcmp(lang->tag, expected(mem, header)) == 0, "%s for \"%s\", not %s", lang == NULL ? "none" : lang->tag,
               header, expected(mem, header));
    FUZZ_CHECK(lang_find(header) == NULL || strcmp(lang_find(header)->tag, header) == 0, "%s", header);
}

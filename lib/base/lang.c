#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/lang.h"

#define DOMAIN "mypartner"
#define RANGES_MAX 32           /* of an Accept-Language header; browsers send fewer than ten */
#define HEADER_MAX_BYTES 1000

const struct lang langs[] = {
    { "en", "en", "English", "zh-Hans" },
    { "zh-Hans", "zh_CN", "中文", "en" },
};
const size_t langs_n = sizeof langs / sizeof *langs;

/* The ranges of an Accept-Language header that mean one of ours. A range for traditional characters means none: a reader
 * of those who lists nothing else gets the default. "zh" and the regions that write simplified ones mean zh-Hans. */
static const struct alias {
    const char *range;
    const char *tag;
} aliases[] = {
    { "en", "en" },
    { "zh", "zh-Hans" },
    { "zh-Hans", "zh-Hans" },
    { "zh-CN", "zh-Hans" },
    { "zh-SG", "zh-Hans" },
    { "zh-MY", "zh-Hans" },
};

const struct lang *lang_find(const char *tag)
{
    for (size_t i = 0; tag != NULL && i < langs_n; i++)
        if (strcmp(langs[i].tag, tag) == 0)
            return &langs[i];
    return NULL;
}

const struct lang *lang_default(void)
{
    return &langs[0];
}

struct range { const char *text; size_t n; int thousandths; };

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* The weight after a range: "" or ";q=0.5" (RFC 9110, 12.4.2). Returns -1 if it is not one. */
static int weight(const char *at, const char *end)
{
    int thousandths = 0, place = 100;

    at = skip_blanks(at);
    if (at >= end)
        return 1000;
    if (*at++ != ';')
        return -1;
    at = skip_blanks(at);
    if (end - at < 3 || (*at != 'q' && *at != 'Q') || at[1] != '=' || (at[2] != '0' && at[2] != '1'))
        return -1;
    thousandths = at[2] == '1' ? 1000 : 0;
    at += 3;
    if (at < end && *at == '.')
        for (at++; at < end && *at >= '0' && *at <= '9'; at++, place /= 10)
            thousandths += (*at - '0') * place;
    at = skip_blanks(at);
    return at < end || thousandths > 1000 ? -1 : thousandths;
}

/* Splits the header; parts that are not a range are passed over, as are those beyond the bounds. */
static size_t parse_ranges(const char *header, struct range *ranges)
{
    size_t n = 0;

    for (const char *at = header; *at != '\0' && at - header < HEADER_MAX_BYTES && n < RANGES_MAX;) {
        const char *end = at + strcspn(at, ",");
        const char *text = skip_blanks(at);
        size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-*");
        int thousandths = length > 0 ? weight(text + length, end) : -1;

        if (thousandths >= 0)
            ranges[n++] = (struct range){ .text = text, .n = length, .thousandths = thousandths };
        at = *end == ',' ? end + 1 : end;
    }
    return n;
}

static bool is_range(const struct range *range, const char *text)
{
    return strlen(text) == range->n && strncasecmp(text, range->text, range->n) == 0;
}

/* "en-GB" means "en" as well; "zh-TW" is in no row, and is not cut down to "zh". "zh-Hans-CN" is cut to "zh-Hans". */
static bool range_means(const struct range *range, const struct lang *lang)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        size_t n = strlen(aliases[i].range);

        if (strcmp(aliases[i].tag, lang->tag) != 0)
            continue;
        if (is_range(range, aliases[i].range))
            return true;
        if (strcmp(aliases[i].range, "zh") != 0 && range->n > n && range->text[n] == '-' &&
            strncasecmp(range->text, aliases[i].range, n) == 0)
            return true;
    }
    return false;
}

const struct lang *lang_accept(const char *accept_language)
{
    struct range ranges[RANGES_MAX];
    size_t n = accept_language == NULL ? 0 : parse_ranges(accept_language, ranges);
    const struct lang *best = lang_default();
    int best_weight = 0;
    size_t best_place = SIZE_MAX;

    for (size_t l = 0; l < langs_n; l++) {
        int own = -1, any = 0;
        size_t own_place = SIZE_MAX, any_place = SIZE_MAX;

        for (size_t i = 0; i < n; i++) {
            if (range_means(&ranges[i], &langs[l]) && ranges[i].thousandths > own) {
                own = ranges[i].thousandths;
                own_place = i;
            } else if (is_range(&ranges[i], "*") && ranges[i].thousandths > any) {
                any = ranges[i].thousandths;
                any_place = i;
            }
        }
        if (own < 0) {
            own = any;
            own_place = any_place;
        }
        if (own > best_weight || (own > 0 && own == best_weight && own_place < best_place)) {
            best = &langs[l];
            best_weight = own;
            best_place = own_place;
        }
    }
    return best;
}

/* glibc's gettext looks LANGUAGE up again only when this counter moves (documented in gettext's manual, "Being a gettext
 * grok"). Under the locale "C" it does not look at LANGUAGE at all; C.UTF-8 is always there. */
extern int _nl_msg_cat_cntr;

/* Texts are literals, found by where they lie; that it is still the same text there is looked at, too. */
#define TEXTS ((size_t)4096)   /* places, twice as many as there are texts; one that finds none is looked up each time */

struct known_text { const char *text; char *copy; const char *translated; };

static struct known_text known_texts[sizeof langs / sizeof *langs][TEXTS];
static struct known_text *speaking = known_texts[0];

static void forget_texts(void)
{
    for (size_t l = 0; l < langs_n; l++)
        for (size_t i = 0; i < TEXTS; i++) {
            free(known_texts[l][i].copy);
            known_texts[l][i] = (struct known_text){ .text = NULL };
        }
}

const char *lang_text(const char *text)
{
    size_t place = ((uintptr_t)text ^ (uintptr_t)text >> 12) % TEXTS;

    for (size_t tries = 0; tries < 8; tries++) {
        struct known_text *known = &speaking[(place + tries) % TEXTS];

        if (known->text == text && strcmp(known->copy, text) == 0)
            return known->translated;
        if (known->text == NULL && (known->copy = strdup(text)) != NULL) {
            known->text = text;
            known->translated = gettext(text);
            return known->translated;
        }
    }
    return gettext(text);
}

void lang_init(const char *messages_folder)
{
    forget_texts();
    if (messages_folder == NULL || *messages_folder == '\0')
        return;
    if (setlocale(LC_ALL, "C.UTF-8") == NULL || bindtextdomain(DOMAIN, messages_folder) == NULL ||
        bind_textdomain_codeset(DOMAIN, "UTF-8") == NULL || textdomain(DOMAIN) == NULL)
        abort();
    lang_use(lang_default());
}

void lang_use(const struct lang *lang)
{
    const char *current = getenv("LANGUAGE");

    speaking = known_texts[lang - langs];
    if (current != NULL && strcmp(current, lang->folder) == 0)
        return;
    if (setenv("LANGUAGE", lang->folder, 1) != 0)
        abort();
    _nl_msg_cat_cntr++;
}

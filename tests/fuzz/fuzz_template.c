/* Templates: the real ones, each section shown or not, filled once with a plain word and once with hostile values. Both times the
 * same elements with the same attributes come out, in the same order, and no address runs as a program.
 *
 * Input: a template, a language, which sections are shown, then values, each ended by a NUL. Template 255 is every one, other than
 * in a campaign, where it would take most of the time.
 */
#include <ctype.h>
#include <dirent.h>
#include <strings.h>

#include "fuzz/fuzz.h"

#include "base/buf.h"
#include "view/tpl.h"

#define FILES_MAX 160
#define NAMES_MAX 400
#define VALUES_MAX 8
#define EVERY 255

static const char *const langs[] = { "en", "zh-Hans" };

/* The markers of one template and of those it includes. */
struct template { char *file; size_t values_n, sections_n, includes_n; const char *values[NAMES_MAX], *sections[NAMES_MAX], *includes[20]; };
static struct template templates[FILES_MAX];
static size_t templates_n;
static void *site;   /* what lives as long as the process */
static bool is_campaign;

/* --- which markers a template has ---------------------------------------------------------------------------------- */

static void add_name(const char **names, size_t *n, size_t max, const char *from, size_t length)
{
    char *name = mem_copy_n(site, from, length);

    for (size_t i = 0; i < *n; i++)
        if (strcmp(names[i], name) == 0) {
            talloc_free(name);
            return;
        }
    FUZZ_CHECK(*n < max, "too many markers");
    names[(*n)++] = name;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buf *text = buf_new(site, 4096);
    char bytes[4096];
    size_t n;

    FUZZ_CHECK(file != NULL, "%s cannot be read", path);
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(text, bytes, n);
    (void)fclose(file);
    return text->bytes;
}

/* {{>MESSAGES}} is part_messages.html; some markers have names of their own. */
static const struct { const char *marker, *file; } own_names[] = {
    {"BODY", "operation_log.html"}, {"MEANING", "part_invitation.html"}, {"HISTORY", "part_rule_history.html"},
    {"CHANGED", "part_rule_history.html"}, {"PREVIEW", "part_rule_preview.html"}, {"REQUESTS", "part_chart.html"},
    {"ANSWERS", "part_chart.html"}, {"QUOTA", "part_chart.html"}, {"DELIVERIES", "part_chart.html"}, {"ESCALATED", "part_chart.html"},
};

static const char *included_file(const void *mem, const char *marker)
{
    char *file;

    for (size_t i = 0; i < sizeof own_names / sizeof *own_names; i++)
        if (strcmp(marker, own_names[i].marker) == 0)
            return own_names[i].file;
    file = mem_text(mem, "part_%s.html", marker);
    for (char *c = file; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return file;
}

static void read_markers(struct template *t, const char *file)
{
    const char *text = read_file(mem_text(site, "%s/templates/en/%s", TEST_BUILD, file));

    for (const char *at = strstr(text, "{{"); at != NULL; at = strstr(at + 2, "{{")) {
        const char *name = at + 2 + strspn(at + 2, "#/>%!^");
        size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

        if (at[2] == '#')
            add_name(t->sections, &t->sections_n, NAMES_MAX, name, n);
        else if (at[2] >= 'A' && at[2] <= 'Z')
            add_name(t->values, &t->values_n, NAMES_MAX, name, n);
        if (at[2] != '>')
            continue;
        add_name(t->includes, &t->includes_n, 20, name, n);
        read_markers(t, included_file(site, t->includes[t->includes_n - 1]));
    }
}

static int is_html(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > 5 && strcmp(entry->d_name + n - 5, ".html") == 0;
}

void fuzz_begin(void)
{
    const struct err *err = tpl_load(TEST_BUILD "/templates", langs, 2);
    struct dirent **entries;
    int n = scandir(TEST_BUILD "/templates/en", &entries, is_html, alphasort);

    FUZZ_CHECK(err == NULL, "%s", err == NULL ? "" : err->what);
    FUZZ_CHECK(n > 0 && n < FILES_MAX, "%d templates", n);
    site = mem_context(NULL, "site");
    is_campaign = getenv("FUZZ_CAMPAIGN") != NULL;
    for (int i = 0; i < n; i++) {
        templates[templates_n++].file = mem_copy(site, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    templates[templates_n++].file = mem_copy(site, "mail/notice.html");
    for (size_t i = 0; i < templates_n; i++)
        read_markers(&templates[i], templates[i].file);
}

/* --- elements and attributes, as the HTML standard's tokenizer finds them ------------------------------------------ */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void add_lower(struct buf *out, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_char(out, (char)tolower((unsigned char)from[i]));
}

/* Scripts hide behind entities and spaces; what is not shown as an address may hold anything. */
static void address_is_harmless(const char *name, size_t name_n, const char *value, size_t n)
{
    static const char *const attributes[] = { "href", "src", "action", "formaction", "poster", "data" };
    static const char *const schemes[] = { "javascript", "vbscript", "data" };
    char plain[16];
    size_t plain_n = 0;
    bool is_address = false;

    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        is_address |= strlen(attributes[i]) == name_n && strncasecmp(attributes[i], name, name_n) == 0;
    if (!is_address)
        return;
    for (size_t i = 0; i < n && plain_n < sizeof plain - 1; i++) {
        if (value[i] == ':' || strncmp(value + i, "&#58;", 5) == 0 || strncmp(value + i, "&colon;", 7) == 0) {
            plain[plain_n] = '\0';
            for (size_t j = 0; j < 3; j++)
                FUZZ_CHECK(strcasecmp(plain, schemes[j]) != 0, "%.*s=\"%.*s\"", (int)name_n, name, (int)n, value);
            return;
        }
        if ((unsigned char)value[i] > ' ')
            plain[plain_n++] = value[i];
    }
}

/* Behind the name of a start tag: adds the names of its attributes; returns what follows the tag. */
static const char *read_attributes(const char *at, struct buf *out)
{
    for (;;) {
        const char *name, *value;
        size_t name_n;
        char quote;

        while (is_space(*at) || *at == '/')
            at++;
        if (*at == '>' || *at == '\0')
            return *at == '>' ? at + 1 : at;
        for (name = at; *at != '\0' && !is_space(*at) && *at != '/' && *at != '>' && (*at != '=' || at == name); at++)
            ;
        name_n = (size_t)(at - name);
        buf_char(out, ' ');
        add_lower(out, name, name_n);
        while (is_space(*at))
            at++;
        if (*at != '=')
            continue;
        for (at++; is_space(*at); at++)
            ;
        quote = *at == '"' || *at == '\'' ? *at++ : '\0';
        for (value = at; *at != '\0' && (quote != '\0' ? *at != quote : !is_space(*at) && *at != '>'); at++)
            ;
        buf_char(out, quote == '\0' ? '~' : quote);
        address_is_harmless(name, name_n, value, (size_t)(at - value));
        at += quote != '\0' && *at == quote;
    }
}

/* Elements whose content is text up to their own end tag. */
static const char *skip_text(const char *at, const char *name, size_t n)
{
    static const char *const names[] = { "textarea", "title", "script", "style" };
    bool is_text = false;

    for (size_t i = 0; i < 4; i++)
        is_text |= strlen(names[i]) == n && strncasecmp(names[i], name, n) == 0;
    while (is_text && *at != '\0' && !(at[0] == '<' && at[1] == '/' && strncasecmp(at + 2, name, n) == 0 &&
                                       (is_space(at[2 + n]) || at[2 + n] == '>' || at[2 + n] == '/')))
        at++;
    return at;
}

static struct buf *skeleton(const void *mem, const char *html)
{
    struct buf *out = buf_new(mem, 4096);

    for (const char *at = strchr(html, '<'); at != NULL && *at != '\0'; at = strchr(at, '<')) {
        const char *name = at + 1 + (at[1] == '/');
        size_t n = strcspn(name, " \t\r\n\f/>");

        if (strncmp(at, "<!--", 4) == 0) {
            const char *end = strstr(at + 4, "-->");

            buf_text(out, "<!-->");
            at = end == NULL ? at + strlen(at) : end + 3;
        } else if (at[1] == '!' || at[1] == '?') {
            at += strcspn(at, ">");
            buf_text(out, "<!>");
        } else if (!isalpha((unsigned char)*name)) {
            at++;
        } else {
            add_lower(out, at, (size_t)(name - at));
            add_lower(out, name, n);
            at = read_attributes(name + n, out);
            buf_char(out, '>');
            if (name[-1] != '/')
                at = skip_text(at, name, n);
        }
    }
    return out;
}

/* --- filling ------------------------------------------------------------------------------------------------------- */

static struct buf *render(const void *mem, const struct template *t, const char *lang, unsigned shown,
                          const char *const *values, size_t n)
{
    struct tpl_dict *dict = tpl_dict_new(mem);
    struct buf *out = buf_new(mem, 16384);
    const struct err *err;

    for (size_t i = 0; i < t->values_n; i++)
        tpl_set(dict, t->values[i], values[i % n]);
    for (size_t i = 0; i < t->sections_n; i++)
        tpl_show_if(dict, t->sections[i], (shown >> i % 16 & 1) != 0);
    for (size_t i = 0; i < t->includes_n; i++)
        (void)tpl_include(dict, t->includes[i], included_file(mem, t->includes[i]));
    err = tpl_render(lang, t->file, dict, out);
    FUZZ_CHECK(err == NULL, "%s", err == NULL ? "" : err->what);
    return out;
}

static void skeleton_is_the_same(const void *mem, const struct template *t, const char *lang, unsigned shown, const char *const *values,
                                 size_t n)
{
    static const char *const plain[] = { "plain" };
    const struct buf *bad = render(mem, t, lang, shown, values, n);
    const struct buf *wanted = skeleton(mem, render(mem, t, lang, shown, plain, 1)->bytes), *got = skeleton(mem, bad->bytes);

    FUZZ_CHECK(got->n == wanted->n && memcmp(got->bytes, wanted->bytes, got->n) == 0, "%s:\n%s\nnot\n%s\n--\n%s", t->file, got->bytes,
               wanted->bytes, bad->bytes);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size };
    const unsigned which = fuzz_byte(&in), lang = fuzz_below(&in, 2), shown = (unsigned)fuzz_number(&in, 2);
    const char *values[VALUES_MAX];
    size_t n = 0;

    while (in.n > 0 && n < VALUES_MAX)
        values[n++] = fuzz_text_next(mem, &in);
    for (size_t i = 0; i < templates_n && n > 0; i++)
        if ((which == EVERY && !is_campaign) || which % templates_n == i)
            skeleton_is_the_same(mem, &templates[i], langs[lang], shown, values, n);
}

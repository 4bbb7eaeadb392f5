/* Mail builder: what is built is read back by a reader of its own. One recipient, the fields that are meant and no others, their
 * values and the texts as they went in, lines that any server takes.
 *
 * Input: flags, the instant, then texts ended by a NUL: to, from, the sender's name, subject, text, html, event id, language, the
 * address of the preferences. Flags put good values where the input is to be about something else.
 */
#include "fuzz/fuzz.h"

#include "base/clock.h"
#include "base/url.h"
#include "notify/channel.h"

#define LINE_MAX 998        /* RFC 5322, 2.1.1 */
#define BODY_LINE_MAX 76    /* RFC 2045, 6.7 and 6.8 */
#define BOUNDARY "--=_mypartner"

void fuzz_begin(void)
{
}

/* --- what may be sent ---------------------------------------------------------------------------------------------- */

static bool is_one_address(const char *text)
{
    size_t ats = 0;

    for (const char *c = text; *c != '\0'; c++) {
        if (*c < 0x21 || *c > 0x7E || strchr("()<>[]:;,\\\"", *c) != NULL)
            return false;
        ats += *c == '@';
    }
    return ats == 1 && text[0] != '@' && text[strlen(text) - 1] != '@' && strlen(text) <= 254;
}

static bool is_one_line(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((*c > 0 && *c < 0x20) || *c == 0x7F)
            return false;
    return fuzz_is_utf8(text, strlen(text));
}

static bool is_language(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '-'))
            return false;
    return strlen(text) <= 35;
}

static bool is_address_of_page(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (*c < 0x21 || *c > 0x7E || *c == '<' || *c == '>')
            return false;
    return strlen(text) <= 900;
}

static bool may_be_sent(const struct message *m, const char *from, const char *from_name)
{
    return is_one_address(m->to) && is_one_address(from) && is_one_line(from_name) && is_one_line(m->subject) &&
        is_one_line(m->event_id) && *m->event_id != '\0' && strlen(m->event_id) <= 200 && is_language(m->lang) &&
        is_address_of_page(m->preferences_url) && fuzz_is_utf8(m->text, strlen(m->text)) && fuzz_is_utf8(m->html, strlen(m->html));
}

/* --- reading back -------------------------------------------------------------------------------------------------- */

static void lines_are_right(const char *mail, const char *body)
{
    size_t column = 0, n = strlen(mail);

    FUZZ_CHECK(n > 2 && strcmp(mail + n - 2, "\r\n") == 0, "the last line does not end");
    for (const char *c = mail; *c != '\0'; c++) {
        FUZZ_CHECK((unsigned char)*c < 0x80 && (*c >= 0x20 || *c == '\t' || *c == '\r' || *c == '\n') && *c != 0x7F, "byte %02x", *c);
        FUZZ_CHECK(*c != '\r' || c[1] == '\n', "a CR alone");
        FUZZ_CHECK(*c != '\n' || (c > mail && c[-1] == '\r'), "an LF alone");
        column = *c == '\n' || *c == '\r' ? 0 : column + 1;
        FUZZ_CHECK(column <= (c >= body ? BODY_LINE_MAX : LINE_MAX), "a line of more than %zu", column);
    }
}

struct field { char *name, *value; };
struct head { size_t n; struct field fields[20]; };

/* Unfolded; returns what follows the empty line. */
static const char *read_head(const void *mem, const char *at, struct head *head)
{
    head->n = 0;
    while (strncmp(at, "\r\n", 2) != 0) {
        const char *end = strstr(at, "\r\n"), *colon = memchr(at, ':', (size_t)(end - at));
        struct field *field = &head->fields[head->n];

        FUZZ_CHECK(end != NULL, "the head does not end");
        if (*at == ' ' || *at == '\t') {
            FUZZ_CHECK(head->n > 0, "it begins with a continuation");
            field = &head->fields[head->n - 1];
            field->value = mem_text(mem, "%s%.*s", field->value, (int)(end - at), at);
        } else {
            FUZZ_CHECK(colon != NULL && head->n < 20, "a line that is no field: %.*s", (int)(end - at), at);
            field->name = mem_copy_n(mem, at, (size_t)(colon - at));
            colon += colon[1] == ' ' ? 2 : 1;
            field->value = mem_copy_n(mem, colon, (size_t)(end - colon));
            head->n++;
        }
        at = end + 2;
    }
    return at + 2;
}

static const char *value_of(const struct head *head, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < head->n; i++)
        if (strcasecmp(head->fields[i].name, name) == 0) {
            FUZZ_CHECK(value == NULL, "%s twice", name);
            value = head->fields[i].value;
        }
    return value;
}

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

static char *from_base64(const void *mem, const char *text, size_t n)
{
    char *out = mem_array(mem, char, n + 1);
    size_t done = 0, digits = 0;
    uint32_t bits = 0;

    for (size_t i = 0; i < n; i++) {
        if (strncmp(text + i, "\r\n", 2) == 0) {
            i++;
            continue;
        }
        if (text[i] == '=')
            continue;
        FUZZ_CHECK(base64_digit(text[i]) >= 0, "'%c' in base64", text[i]);
        bits = bits << 6 | (uint32_t)base64_digit(text[i]);
        if (++digits % 4 != 1)
            out[done++] = (char)(bits >> (6 - 2 * ((digits - 1) % 4)) & 0xFF);
    }
    out[done] = '\0';
    return out;
}

static char *from_quoted_printable(const void *mem, const char *text, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = mem_array(mem, char, n + 1);
    size_t done = 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] != '=') {
            FUZZ_CHECK((text[i] != ' ' && text[i] != '\t') || text[i + 1] != '\r', "space at the end of a line");
            out[done++] = text[i];
        } else if (strncmp(text + i + 1, "\r\n", 2) != 0) {
            FUZZ_CHECK(strchr(hex, text[i + 1]) != NULL && strchr(hex, text[i + 2]) != NULL, "=%.2s", text + i + 1);
            out[done++] = (char)((strchr(hex, text[i + 1]) - hex) * 16 + (strchr(hex, text[i + 2]) - hex));
            i += 2;
        } else {
            i += 2;
        }
    }
    out[done] = '\0';
    return out;
}

/* RFC 2047: words beside each other are one text. A text without words stands for itself. */
static char *from_words(const void *mem, const char *value)
{
    char *out = mem_copy(mem, "");

    if (strstr(value, "=?") == NULL)
        return mem_copy(mem, value);
    while (*value != '\0') {
        const char *end = strstr(value, "?=");

        FUZZ_CHECK(strncmp(value, "=?UTF-8?B?", 10) == 0 && end != NULL, "%s", value);
        FUZZ_CHECK(end + 2 - value <= 75, "a word of %d", (int)(end + 2 - value));
        value += 10;
        out = mem_text(mem, "%s%s", out, from_base64(mem, value, (size_t)(end - value)));
        FUZZ_CHECK(fuzz_is_utf8(out, strlen(out)), "a word ends inside a character");
        value = end + 2;
        FUZZ_CHECK(*value == '\0' || (*value == ' ' && value[1] != '\0'), "%s", value);
        value += *value == ' ';
    }
    return out;
}

static char *with_line_ends(const void *mem, const char *text)
{
    char *out = mem_array(mem, char, 2 * strlen(text) + 1);
    size_t n = 0;

    for (; *text != '\0'; text++) {
        if (*text == '\r' || *text == '\n') {
            out[n++] = '\r';
            out[n++] = '\n';
            text += text[0] == '\r' && text[1] == '\n';
        } else {
            out[n++] = *text;
        }
    }
    out[n] = '\0';
    return out;
}

/* --- what must be in it -------------------------------------------------------------------------------------------- */

static void part_is_right(const void *mem, const struct head *head, const char *type, const char *from, const char *end,
                          const char *text, bool ends_line)
{
    const char *encoding = value_of(head, "Content-Transfer-Encoding"), *wanted = with_line_ends(mem, text), *got;
    size_t n = strlen(wanted);

    FUZZ_CHECK(fuzz_same(value_of(head, "Content-Type"), mem_text(mem, "%s; charset=utf-8", type)), "%s", value_of(head, "Content-Type"));
    FUZZ_CHECK(encoding != NULL, "no encoding");
    if (strcmp(encoding, "base64") == 0) {
        got = from_base64(mem, from, (size_t)(end - from));
    } else {
        FUZZ_CHECK(strcmp(encoding, "quoted-printable") == 0, "%s", encoding);
        got = from_quoted_printable(mem, from, (size_t)(end - from));
        if (ends_line && n > 0 && wanted[n - 1] != '\n')
            wanted = mem_text(mem, "%s\r\n", wanted);
    }
    FUZZ_CHECK(strcmp(got, wanted) == 0, "\"%s\"\nnot\n\"%s\"", got, wanted);
}

static void from_is_right(const void *mem, const char *value, const char *from, const char *name)
{
    const char *bracket = strrchr(value, '<');
    char *phrase, *plain, *out;

    if (*name == '\0') {
        FUZZ_CHECK(strcmp(value, from) == 0, "%s", value);
        return;
    }
    FUZZ_CHECK(bracket != NULL && bracket > value && strcmp(bracket, mem_text(mem, "<%s>", from)) == 0, "%s", value);
    phrase = mem_copy_n(mem, value, (size_t)(bracket - 1 - value));
    if (phrase[0] == '"') {
        plain = out = mem_array(mem, char, strlen(phrase) + 1);
        for (const char *c = phrase + 1; *c != '"'; c++) {
            c += *c == '\\';
            FUZZ_CHECK(*c != '\0' && c[1] != '\0', "%s", phrase);
            *out++ = *c;
        }
    } else {
        plain = from_words(mem, phrase);
    }
    FUZZ_CHECK(strcmp(plain, name) == 0, "\"%s\", not \"%s\"", plain, name);
}

static void date_is_right(const char *value, int64_t at)
{
    struct civil civil = clock_civil(at, "UTC");
    int year = 0, day = 0, hour = 0, minute = 0, second = 0;
    char weekday[4] = "", month[4] = "";

    FUZZ_CHECK(sscanf(value, "%3s, %d %3s %d %d:%d:%d +0000", weekday, &day, month, &year, &hour, &minute, &second) == 7, "%s", value);
    FUZZ_CHECK(day == civil.day && year == civil.year && hour == civil.hour && minute == civil.minute && second == civil.second, "%s", value);
    FUZZ_CHECK(strncmp(&"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * (civil.month - 1)], month, 3) == 0, "%s", value);
}

static void head_is_right(const void *mem, const struct head *head, const struct message *m, const char *from, const char *from_name)
{
    bool lists = *m->preferences_url != '\0' && !m->is_secret, speaks = *m->lang != '\0', is_multipart = *m->html != '\0';
    const char *subject = value_of(head, "Subject");

    FUZZ_CHECK(head->n == 8 + (size_t)lists + (size_t)speaks + (size_t)!is_multipart, "%zu fields", head->n);
    FUZZ_CHECK(fuzz_same(value_of(head, "To"), m->to), "%s", value_of(head, "To"));
    FUZZ_CHECK(value_of(head, "Date") != NULL && value_of(head, "From") != NULL && subject != NULL, "a field is missing");
    date_is_right(value_of(head, "Date"), m->at);
    from_is_right(mem, value_of(head, "From"), from, from_name);
    FUZZ_CHECK(strcmp(from_words(mem, subject), m->subject) == 0, "\"%s\", not \"%s\"", subject, m->subject);
    FUZZ_CHECK(fuzz_same(value_of(head, "Message-ID"), mem_text(mem, " <%s@%s>", url_encode(mem, m->event_id), strchr(from, '@') + 1)),
               "%s", value_of(head, "Message-ID"));
    FUZZ_CHECK(fuzz_same(value_of(head, "Auto-Submitted"), "auto-generated"), "Auto-Submitted");
    FUZZ_CHECK(fuzz_same(value_of(head, "MIME-Version"), "1.0"), "MIME-Version");
    FUZZ_CHECK(fuzz_same(value_of(head, "List-Unsubscribe"), lists ? mem_text(mem, " <%s>", m->preferences_url) : NULL), "List-Unsubscribe");
    FUZZ_CHECK(fuzz_same(value_of(head, "Content-Language"), speaks ? m->lang : NULL), "Content-Language");
}

static void parts_are_right(const void *mem, const struct head *head, const char *body, const struct message *m)
{
    static const char *const types[] = { "text/plain", "text/html" };
    const char *const texts[] = { m->text, m->html };
    struct head part;

    if (*m->html == '\0') {
        part_is_right(mem, head, "text/plain", body, body + strlen(body), m->text, true);
        return;
    }
    FUZZ_CHECK(fuzz_same(value_of(head, "Content-Type"), "multipart/alternative; boundary=\"=_mypartner\""), "Content-Type");
    for (size_t i = 0; i < 2; i++) {
        const char *from, *end;

        FUZZ_CHECK(strncmp(body, BOUNDARY "\r\n", strlen(BOUNDARY "\r\n")) == 0, "part %zu does not begin: %s", i, body);
        from = read_head(mem, body + strlen(BOUNDARY "\r\n"), &part);
        end = strstr(from, "\r\n" BOUNDARY);
        FUZZ_CHECK(end != NULL && part.n == 2, "part %zu does not end", i);
        part_is_right(mem, &part, types[i], from, end, texts[i], false);
        body = end + 2;
    }
    FUZZ_CHECK(strcmp(body, BOUNDARY "--\r\n") == 0, "after the last part: %s", body);
}

void fuzz_one(void *mem, const uint8_t *bytes, size_t size)
{
    struct fuzz_input in = { bytes, size };
    unsigned flags = fuzz_byte(&in);
    int64_t at = (int64_t)(fuzz_number(&in, 4)) * CLOCK_SECOND;
    const char *to = (flags & 1) != 0 ? "pat@acme.example" : fuzz_text_next(mem, &in);
    const char *from = (flags & 2) != 0 ? "noreply@partner.example" : fuzz_text_next(mem, &in);
    const char *from_name = fuzz_text_next(mem, &in), *subject = fuzz_text_next(mem, &in), *text = fuzz_text_next(mem, &in);
    const struct message message = {
        .to = to, .subject = subject, .text = text, .at = at, .html = (flags & 4) != 0 ? "" : fuzz_text_next(mem, &in),
        .event_id = (flags & 8) != 0 ? "evt-1" : fuzz_text_next(mem, &in), .lang = (flags & 16) != 0 ? "en" : fuzz_text_next(mem, &in),
        .preferences_url = (flags & 32) != 0 ? "" : fuzz_text_next(mem, &in), .is_secret = (flags & 64) != 0,
    };
    char *mail = NULL;
    const struct err *err = message_build(mem, &message, from, from_name, &mail);
    struct head head;
    const char *body;

    FUZZ_CHECK((err == NULL) == may_be_sent(&message, from, from_name), "%s", err == NULL ? "built" : err->what);
    FUZZ_CHECK(err == NULL ? mail != NULL : err->kind == ERR_INPUT && mail == NULL, "%s", err == NULL ? "nothing" : err->what);
    if (err != NULL) {
        fuzz_error_is_fine(err);
        return;
    }
    body = read_head(mem, mail, &head);
    lines_are_right(mail, body);
    head_is_right(mem, &head, &message, from, from_name);
    parts_are_right(mem, &head, body, &message);
}

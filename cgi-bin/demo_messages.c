/* demo_messages SOCKET MESSAGES_DIR - shows, in the browser, the messages that the demo writes into files.
 *
 * A program of its own, started by `make run` only and never installed: it reads the files of one folder and knows no
 * database. With TEST_CLOCK=FILE in the environment it uses the clock that the tests move. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/secret.h"
#include "base/text.h"

#include "web/fcgi.h"
#include "web/form.h"
#include "web/http.h"

#include "view/format.h"

#define PATH "/demo/messages"
#define SHOWN_MAX 50
#define LOOKED_AT_MAX 5000
#define FILE_MAX_BYTES (256 * 1024)
#define BODY_MAX_BYTES (16 * 1024)   /* read, so that a POST is told 405 */
/* The demo's platform users share this secret; it is printed beside their logins. */
#define DEMO_TOTP_SECRET "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
#define TOTP_STEP_S 30

static const struct field_spec query_fields[] = {
    { "to", FIELD_EMAIL, 254, NULL },
    { NULL, FIELD_TEXT, 0, NULL },
};

struct mail { const char *to, *lang, *subject, *text; bool is_sms; };   /* lang "" when the message does not say */

/* --- decoding: what RFC 2045 and RFC 2047 do to a text ---------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_base64(struct buf *out, const char *text, size_t n)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, have = 0;

    for (size_t i = 0; i < n && text[i] != '='; i++) {
        const char *at = memchr(alphabet, text[i], sizeof alphabet - 1);

        if (at == NULL)
            continue;
        bits = (bits << 6 | (unsigned)(at - alphabet)) & 0xFFFFFF;
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_char(out, (char)(bits >> have & 0xFF));
        }
    }
}

/* is_word: the Q of RFC 2047, where "_" is a space. */
static void add_quoted(struct buf *out, const char *text, size_t n, bool is_word)
{
    for (size_t i = 0; i < n; i++) {
        int high = n - i > 2 ? hex_value(text[i + 1]) : -1, low = n - i > 2 ? hex_value(text[i + 2]) : -1;

        if (text[i] == '=' && high >= 0 && low >= 0) {
            buf_char(out, (char)(high << 4 | low));
            i += 2;
        } else if (text[i] == '=' && n - i > 2 && text[i + 1] == '\r' && text[i + 2] == '\n') {
            i += 2;
        } else if (text[i] == '=' && n - i > 1 && text[i + 1] == '\n') {
            i += 1;
        } else {
            buf_char(out, is_word && text[i] == '_' ? ' ' : text[i]);
        }
    }
}

/* "=?UTF-8?B?…?=": its length in the text, 0 if there is none here. */
static size_t add_word(struct buf *out, const char *text)
{
    const char *content = text + strlen("=?UTF-8?B?"), *end;

    if (strncasecmp(text, "=?UTF-8?B?", 10) != 0 && strncasecmp(text, "=?UTF-8?Q?", 10) != 0)
        return 0;
    end = strstr(content, "?=");
    if (end == NULL)
        return 0;
    if ((text[8] | 0x20) == 'b')
        add_base64(out, content, (size_t)(end - content));
    else
        add_quoted(out, content, (size_t)(end - content), true);
    return (size_t)(end + 2 - text);
}

/* White space between two encoded words is no part of the text (RFC 2047, section 6.2). */
static char *decode_words(const void *ctx, const char *text)
{
    struct buf *out = buf_new(ctx, strlen(text) + 1);

    while (*text != '\0') {
        size_t n = add_word(out, text), gap;

        if (n == 0) {
            buf_char(out, *text++);
            continue;
        }
        text += n;
        gap = strspn(text, " \t");
        if (strncmp(text + gap, "=?", 2) == 0)
            text += gap;
    }
    return out->bytes;
}

/* --- one message -------------------------------------------------------------------------------------------------------- */

/* The value of a header, unfolded; "" if it is not there. */
static char *header(const void *ctx, const char *head, const char *name)
{
    struct buf *value = buf_new(ctx, 128);
    size_t name_n = strlen(name);
    bool is_ours = false;

    for (const char *line = head; *line != '\0' && *line != '\r' && *line != '\n';) {
        size_t skip = 0;

        if (*line != ' ' && *line != '\t') {
            if (is_ours)
                break;
            is_ours = strncasecmp(line, name, name_n) == 0 && line[name_n] == ':';
            skip = name_n + 1;
        }
        if (is_ours)
            buf_add(value, line + skip, strcspn(line + skip, "\r\n"));
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return value->bytes + strspn(value->bytes, " \t");
}

static const char *after_head(const char *text)
{
    const char *crlf = strstr(text, "\r\n\r\n"), *lf = strstr(text, "\n\n");

    if (crlf != NULL && (lf == NULL || crlf < lf))
        return crlf + 4;
    return lf == NULL ? text + strlen(text) : lf + 2;
}

/* The first part of a multipart, or the message itself. *n bytes belong to it. */
static const char *first_part(const void *ctx, const char *mail, size_t *n)
{
    const char *type = header(ctx, mail, "Content-Type"), *boundary = strstr(type, "boundary=");
    char *line;
    const char *part, *end;

    *n = strlen(mail);
    if (strncasecmp(type, "multipart/", 10) != 0 || boundary == NULL)
        return mail;
    boundary += strlen("boundary=");
    boundary += *boundary == '"';
    line = mem_text(ctx, "\n--%.*s", (int)strcspn(boundary, "\"; "), boundary);
    part = strstr(mail, line);
    part = part == NULL ? NULL : strchr(part + 1, '\n');
    if (part == NULL)
        return mail;
    end = strstr(++part, line);
    *n = end == NULL ? strlen(part) : (size_t)(end - part);
    return part;
}

static const char *decode_body(const void *ctx, const char *mail)
{
    size_t n;
    const char *part = first_part(ctx, mail, &n), *body = after_head(part);
    const char *encoding = header(ctx, part, "Content-Transfer-Encoding");
    size_t body_n = body > part + n ? 0 : n - (size_t)(body - part);
    struct buf *out = buf_new(ctx, n + 1);

    if (strcasecmp(encoding, "base64") == 0)
        add_base64(out, body, body_n);
    else if (strcasecmp(encoding, "quoted-printable") == 0)
        add_quoted(out, body, body_n, false);
    else
        buf_add(out, body, body_n);
    return text_is_utf8(out->bytes, out->n) ? text_clean(ctx, out->bytes, true) : "(This text is not UTF-8.)";
}

static struct mail parse_mail(const void *ctx, const char *bytes, bool is_sms)
{
    struct mail mail = { .is_sms = is_sms };

    mail.to = text_clean(ctx, header(ctx, bytes, "To"), false);
    mail.lang = header(ctx, bytes, "Content-Language");
    if (is_sms) {
        mail.subject = "Text message";
        mail.text = text_clean(ctx, after_head(bytes), true);
        return mail;
    }
    mail.subject = decode_words(ctx, header(ctx, bytes, "Subject"));
    mail.subject = text_is_utf8(mail.subject, strlen(mail.subject)) ? text_clean(ctx, mail.subject, false) : "(not UTF-8)";
    mail.text = decode_body(ctx, bytes);
    return mail;
}

/* --- the folder --------------------------------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *ending)
{
    size_t n = strlen(name), ending_n = strlen(ending);

    return n > ending_n && strcmp(name + n - ending_n, ending) == 0;
}

/* "20261122T140211.123456Z-77-000001.eml": the channel's own names, whose order is the order of time. Drafts begin with
 * a dot. */
static bool is_message_name(const char *name)
{
    return name[strspn(name, "0123456789TZ.-emlsm")] == '\0' && name[0] >= '0' && name[0] <= '9' &&
        (ends_with(name, ".eml") || ends_with(name, ".sms"));
}

static int newest_first(const void *a, const void *b)
{
    return strcmp(*(char *const *)b, *(char *const *)a);
}

static char **list_names(const void *ctx, int folder, size_t *n)
{
    int copy = dup(folder);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    char **names = mem_array(ctx, char *, 1);
    size_t room = 1;

    *n = 0;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (!is_message_name(entry->d_name))
            continue;
        if (*n == room) {
            names = mem_grow(ctx, names, sizeof *names, room, 2 * room);
            room *= 2;
        }
        names[(*n)++] = mem_copy(ctx, entry->d_name);
    }
    if (dir != NULL)
        closedir(dir);
    qsort(names, *n, sizeof *names, newest_first);
    return names;
}

/* The whole file as a valid text; NULL if it is not there, is no plain file, too long, or not UTF-8. */
static char *read_message(const void *ctx, int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    char *bytes = NULL;
    ssize_t got = -1;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= FILE_MAX_BYTES) {
        bytes = mem_array(ctx, char, (size_t)status.st_size + 1);
        got = read(fd, bytes, (size_t)status.st_size);
    }
    close(fd);
    return got >= 0 && text_is_utf8(bytes, (size_t)got) ? bytes : NULL;
}

static int64_t time_in_name(const char *name)
{
    struct civil civil = { 0 };

    if (sscanf(name, "%4d%2d%2dT%2d%2d%2d", &civil.year, &civil.month, &civil.day, &civil.hour, &civil.minute,
               &civil.second) != 6 || civil.year < 1970)
        return INSTANT_NONE;
    return clock_instant(&civil, "UTC");
}

/* --- the page ----------------------------------------------------------------------------------------------------------- */

static void add_escaped(struct buf *html, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        switch (text[i]) {
        case '&': buf_text(html, "&amp;"); break;
        case '<': buf_text(html, "&lt;"); break;
        case '>': buf_text(html, "&gt;"); break;
        case '"': buf_text(html, "&quot;"); break;
        case '\'': buf_text(html, "&#39;"); break;
        default: buf_char(html, text[i]);
        }
    }
}

/* Bytes of the address that starts here, without the full stop or comma of the sentence around it; 0 if there is none. */
static size_t link_length(const char *text)
{
    size_t n = strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0 ? strcspn(text, " \t\n<>\"") : 0;

    while (n > 0 && strchr(".,;:!?)", text[n - 1]) != NULL)
        n--;
    return n;
}

static void add_text_with_links(struct buf *html, const char *text)
{
    while (*text != '\0') {
        size_t n = link_length(text);

        if (n == 0) {
            add_escaped(html, text++, 1);
            continue;
        }
        buf_text(html, "<a href=\"");
        add_escaped(html, text, n);
        buf_text(html, "\">");
        add_escaped(html, text, n);
        buf_text(html, "</a>");
        text += n;
    }
}

static void add_attributes(struct buf *html, const struct mail *mail)
{
    buf_text(html, " dir=\"auto\"");
    if (*mail->lang == '\0')
        return;
    buf_text(html, " lang=\"");
    add_escaped(html, mail->lang, strlen(mail->lang));
    buf_char(html, '"');
}

static void add_message(struct buf *html, const struct mail *mail, const char *name)
{
    int64_t at = time_in_name(name);

    buf_text(html, "<li><article class=\"card\"><header><h2");
    add_attributes(html, mail);
    buf_char(html, '>');
    add_escaped(html, mail->subject, strlen(mail->subject));
    buf_format(html, "</h2><span class=\"badge\">%s</span></header>\n<div class=\"body stack\">\n"
                     "<p class=\"muted\">To <span class=\"code\">", mail->is_sms ? "SMS" : "Email");
    add_escaped(html, mail->to, strlen(mail->to));
    buf_text(html, "</span>");
    if (at != INSTANT_NONE)
        buf_format(html, ", <time datetime=\"%s\">%s UTC</time>", format_iso(html, at, "UTC"), format_time_s(html, at, "UTC"));
    buf_text(html, "</p>\n<p class=\"pre\"");
    add_attributes(html, mail);
    buf_char(html, '>');
    add_text_with_links(html, mail->text);
    buf_text(html, "</p>\n</div></article></li>\n");
}

/* A "+" typed into an address bar arrives as a space and is trimmed away: numbers are compared without it. */
static bool is_for(const void *ctx, const char *to, const char *wanted)
{
    return *wanted == '\0' || strcmp(text_lower(ctx, to) + (*to == '+'), wanted + (*wanted == '+')) == 0;
}

static size_t add_messages(struct buf *html, const char *folder_path, const char *wanted)
{
    int folder = open(folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    size_t n, shown = 0;
    char **names;

    if (folder < 0)
        return 0;
    names = list_names(html, folder, &n);
    for (size_t i = 0; i < n && i < LOOKED_AT_MAX && shown < SHOWN_MAX; i++) {
        void *ctx = mem_context(html, names[i]);
        char *bytes = read_message(ctx, folder, names[i]);

        if (bytes != NULL) {
            struct mail mail = parse_mail(ctx, bytes, ends_with(names[i], ".sms"));

            if (is_for(ctx, mail.to, wanted)) {
                add_message(html, &mail, names[i]);
                shown++;
            }
        }
        talloc_free(ctx);
    }
    close(folder);
    return shown;
}

static void add_page(struct buf *html, const char *folder, const char *wanted, int64_t now)
{
    struct buf *list = buf_new(html, 8192);
    size_t shown = add_messages(list, folder, wanted);
    char code[7] = "";

    (void)totp_now(DEMO_TOTP_SECRET, now, code);
    buf_text(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Demo messages – mypartner</title>\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<link rel=\"icon\" href=\"/static/favicon.svg\" type=\"image/svg+xml\">\n"
                   "<link rel=\"stylesheet\" href=\"/static/console.css\">\n</head>\n<body>\n"
                   "<header class=\"bar\"><a class=\"brand\" href=\"/\">mypartner</a></header>\n<div class=\"shell alone\">\n"
                   "<main id=\"main\" class=\"narrow stack\">\n<h1>Demo messages</h1>\n"
                   "<p>The demo sends no real email or SMS. Whatever it would have sent is listed here, newest first.</p>\n");
    buf_format(html, "<section class=\"card\"><header><h2>Sign-in code of the platform users</h2></header>\n<div class=\"body\">"
                     "<p><strong class=\"code\" id=\"totp\">%s</strong> <span class=\"muted\">changes in %d seconds; reload "
                     "this page for the next one</span></p></div></section>\n",
               code, TOTP_STEP_S - (int)(now / CLOCK_SECOND % TOTP_STEP_S));
    buf_text(html, "<form method=\"get\" action=\"" PATH "\" class=\"stack\">\n<div class=\"field\">"
                   "<label for=\"to\">Only messages to this address or number</label>"
                   "<input id=\"to\" name=\"to\" type=\"text\" autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"254\" value=\"");
    add_escaped(html, wanted, strlen(wanted));
    buf_text(html, "\"></div>\n<div class=\"acts\"><button class=\"btn\" type=\"submit\">Show</button>"
                   " <a class=\"btn plain\" href=\"" PATH "\">Show all</a></div>\n</form>\n");
    if (shown == 0)
        buf_text(html, "<p>No messages yet. They appear here a few seconds after the step that sends them.</p>\n");
    else
        buf_format(html, "<p class=\"muted\">%zu %s shown.</p>\n<ul class=\"stack\">\n%s</ul>\n", shown,
                   shown == 1 ? "message" : "messages", list->bytes);
    buf_text(html, "</main>\n</div>\n</body>\n</html>\n");
}

/* --- the program -------------------------------------------------------------------------------------------------------- */

static void answer(const struct http_request *request, const struct err *err, const char *folder, struct http_response *response)
{
    struct form *form = NULL;

    if (err == NULL)
        err = form_parse(response, NULL, query_fields, request->query, strlen(request->query), false, &form);
    if (err != NULL)
        response->status = err->kind == ERR_TOO_LARGE ? 413 : 400;
    else if (strcmp(request->path, PATH) != 0)
        response->status = 404;
    else if (request->method != HTTP_GET && request->method != HTTP_HEAD)
        response->status = 405;
    http_security_headers(response, false);
    http_header(response, "Content-Type", "text/html; charset=utf-8");
    if (response->status == 405)
        http_header(response, "Allow", "GET, HEAD");
    if (response->status == 200)
        add_page(response->body, folder, form_text(form, "to"), clock_now());
    else
        buf_format(response->body, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>%s</title></head>\n"
                                   "<body><h1>%s</h1></body>\n</html>\n",
                   http_reason(response->status), http_reason(response->status));
}

static struct buf *serve(void *ctx, const struct http_source *source, void *arg)
{
    struct http_response *response = http_response_new(ctx);
    struct http_request *request;
    const struct err *err = http_parse(ctx, source, BODY_MAX_BYTES, &request);

    answer(request, err, arg, response);
    return http_response_bytes(ctx, response, request->method == HTTP_HEAD);
}

int main(int argc, char **argv)
{
    struct fcgi_server server = { .serve = serve };
    const struct err *err;

    if (argc != 3) {
        fprintf(stderr, "usage: demo_messages SOCKET MESSAGES_DIR\n");
        return 2;
    }
    log_program("demo_messages");
    clock_use_test_file(getenv("TEST_CLOCK"));
    server.socket_path = argv[1];
    server.arg = argv[2];
    err = fcgi_run(&server);
    if (err != NULL)
        log_line("stopped", "%s", err->what);
    return err == NULL ? 0 : 1;
}

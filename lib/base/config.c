#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <ini.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/config_table.h"
#include "base/memory.h"
#include "base/text.h"

#define SECRET_MAX_BYTES 1024
#define MANUAL_COLUMNS 100
#define SCRYPT_MAX_BYTES (INT64_C(1) << 30)

struct reading {
    const char *path;
    FILE *file;
    struct config *config;
    int line;                   /* of the line being read */
    int *lines;                 /* for each row the line that gave its value, 0 for the default */
    const struct err *err;      /* the first fault; nothing is read after it */
};

static const struct err *fault(const struct reading *reading, int line, const char *what)
{
    if (line == 0)
        return err_new(ERR_INPUT, 0, "%s: %s", reading->path, what);
    return err_new(ERR_INPUT, 0, "%s:%d: %s", reading->path, line, what);
}

/* --- values: each reader says what it wants when it does not get it ---------------------------------------------------- */

static bool is_word_of(const char *choices, const char *word, size_t n)
{
    for (const char *at = choices; *at != '\0';) {
        size_t length = strcspn(at, " ");

        if (length == n && strncmp(at, word, n) == 0)
            return true;
        at += length + (at[length] == ' ');
    }
    return false;
}

/* The text behind "scheme://", or NULL. */
static const char *after_scheme(const char *choices, const char *url)
{
    const char *mark = strstr(url, "://");

    return mark != NULL && is_word_of(choices, url, (size_t)(mark - url)) ? mark + 3 : NULL;
}

static bool is_origin(const char *choices, const char *text)
{
    const char *host = after_scheme(choices, text);

    return host != NULL && *host != '\0' && host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]")] == '\0';
}

static bool is_url(const char *choices, const char *text)
{
    const char *host = after_scheme(choices, text);

    return host != NULL && *host != '\0' && *host != '/' && strpbrk(text, " \"<>\\@") == NULL;
}

static bool is_plain(const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    return text_is_utf8(text, n);
}

static bool read_int(const struct config_row *row, const char *text, int64_t *value)
{
    const char *digits = text + (*text == '-');
    long long number;

    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;
    errno = 0;
    number = strtoll(text, NULL, 10);
    if (errno != 0 || number < row->min || number > row->max)
        return false;
    *value = number;
    return true;
}

static bool text_is_valid(const struct config_row *row, const char *text)
{
    int64_t n = (int64_t)strlen(text);

    if (n < row->min || n > row->max || !is_plain(text))
        return false;
    if (n == 0)
        return true;
    switch (row->type) {
    case CONFIG_CHOICE: return is_word_of(row->choices, text, (size_t)n);
    case CONFIG_ORIGIN: return is_origin(row->choices, text);
    case CONFIG_URL: return is_url(row->choices, text);
    case CONFIG_EMAIL: return text_is_email(text);
    case CONFIG_ZONE: return clock_zone_is_known(text);
    default: return true;
    }
}

/* "a whole number from 1 to 256 (processes)": the end of a message, and the manual's line. */
static char *expectation(const void *ctx, const struct config_row *row)
{
    const char *or_nothing = row->min == 0 ? ", or nothing" : "";

    switch (row->type) {
    case CONFIG_INT:
        return mem_text(ctx, "a whole number from %" PRId64 " to %" PRId64 "%s%s", row->min, row->max,
                        *row->unit == '\0' ? "" : ", in ", row->unit);
    case CONFIG_BOOL:
        return mem_text(ctx, "true or false");
    case CONFIG_CHOICE:
        return mem_text(ctx, "one of: %s", row->choices);
    case CONFIG_ORIGIN:
        return mem_text(ctx, "scheme://host or scheme://host:port with a scheme of: %s; nothing behind, lower case", row->choices);
    case CONFIG_URL:
        return mem_text(ctx, "scheme://host:port with a scheme of: %s; no user or password in it%s", row->choices, or_nothing);
    case CONFIG_EMAIL:
        return mem_text(ctx, "an email address%s", or_nothing);
    case CONFIG_ZONE:
        return mem_text(ctx, "a zone of the tz database");
    case CONFIG_TEXT:
        break;
    }
    return mem_text(ctx, "text of at most %" PRId64 " bytes%s", row->max, or_nothing);
}

/* Puts a value into its place; false if the row does not allow it. */
static bool put(struct config *config, const struct config_row *row, const char *text)
{
    char *place = (char *)config + row->offset;
    int64_t number;

    switch (row->type) {
    case CONFIG_INT:
        if (!read_int(row, text, &number))
            return false;
        memcpy(place, &number, sizeof number);
        return true;
    case CONFIG_BOOL: {
        bool is_true = strcmp(text, "true") == 0;

        if (!is_true && strcmp(text, "false") != 0)
            return false;
        memcpy(place, &is_true, sizeof is_true);
        return true;
    }
    default: {
        const char *copy;

        if (!text_is_valid(row, text))
            return false;
        copy = mem_copy(config, text);
        memcpy(place, &copy, sizeof copy);
        return true;
    }
    }
}

/* --- the file ---------------------------------------------------------------------------------------------------------- */

static bool is_section(const char *name, size_t n)
{
    for (size_t i = 0; i < config_rows_n; i++)
        if (strlen(config_rows[i].section) == n && strncmp(config_rows[i].section, name, n) == 0)
            return true;
    return false;
}

static void check_section_line(struct reading *reading, const char *line)
{
    const char *name = line + strspn(line, " \t");
    size_t n;

    if (*name != '[')
        return;
    name++;
    n = strcspn(name, "]\r\n");
    if (name[n] == ']' && !is_section(name, n)) {
        char *what = mem_text(NULL, "there is no section [%.*s]", n < 60 ? (int)n : 60, name);

        reading->err = fault(reading, reading->line, what);
        talloc_free(what);
    }
}

/* One line for libinih, which by itself would cut a long one in two and end one at a NUL. */
static char *read_line(char *line, int room, void *arg)
{
    struct reading *reading = arg;
    int n = 0, c = EOF;

    if (reading->err != NULL)
        return NULL;
    reading->line++;
    while (n < room - 1 && (c = getc(reading->file)) != EOF) {
        if (c == '\0') {
            reading->err = fault(reading, reading->line, "a NUL byte");
            return NULL;
        }
        line[n++] = (char)c;
        if (c == '\n')
            break;
    }
    line[n] = '\0';
    if (n == room - 1 && c != '\n') {
        char *what = mem_text(NULL, "the line is too long (at most %d bytes)", room - 2);

        reading->err = fault(reading, reading->line, what);
        talloc_free(what);
    } else {
        check_section_line(reading, line);
    }
    return n == 0 || reading->err != NULL ? NULL : line;
}

static const struct config_row *find_row(const char *section, const char *key)
{
    for (size_t i = 0; i < config_rows_n; i++)
        if (strcmp(config_rows[i].section, section) == 0 && strcmp(config_rows[i].key, key) == 0)
            return &config_rows[i];
    return NULL;
}

/* libinih calls this for the continuation of a value too, with the key again; that is a repeated key, and said so. */
static int take(void *arg, const char *section, const char *key, const char *text)
{
    struct reading *reading = arg;
    const struct config_row *row = find_row(section, key);
    void *work = mem_context(NULL, "config");
    const char *what = NULL;

    if (reading->err != NULL) {
        talloc_free(work);
        return 0;
    }
    if (*section == '\0')
        what = mem_text(work, "\"%s\" stands before any [section]", key);
    else if (row == NULL)
        what = mem_text(work, "[%s] has no key \"%s\"", section, key);
    else if (reading->lines[row - config_rows] != 0)
        what = mem_text(work, "[%s] %s was given in line %d already, and a line that begins with white space continues the one before",
                        section, key, reading->lines[row - config_rows]);
    else if (!put(reading->config, row, text))
        what = mem_text(work, "[%s] %s is \"%.60s\"; expected %s", section, key, text, expectation(work, row));
    if (what != NULL)
        reading->err = fault(reading, reading->line, what);
    else
        reading->lines[row - config_rows] = reading->line;
    talloc_free(work);
    return what == NULL;
}

/* --- what rows cannot say alone ------------------------------------------------------------------------------------------ */

static bool is_set(const char *text)
{
    return *text != '\0';
}

static bool is_loopback_http(const char *origin)
{
    static const char *const hosts[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t n = strlen(hosts[i]);

        if (strncmp(origin, hosts[i], n) == 0 && (origin[n] == '\0' || origin[n] == ':'))
            return true;
    }
    return false;
}

static bool scrypt_fits(const struct config *config)
{
    return 128 * config->secret.scrypt_r * (INT64_C(1) << config->secret.scrypt_log2_n) <= SCRYPT_MAX_BYTES;
}

static const struct err *check_together(const struct reading *reading)
{
    const struct config *c = reading->config;
    bool by_smtp = strcmp(c->mail.transport, "smtp") == 0, by_http = strcmp(c->sms.transport, "http") == 0;
    bool mail_to_file = strcmp(c->mail.transport, "file") == 0, sms_to_file = strcmp(c->sms.transport, "file") == 0;
    const struct { bool is_wrong; const char *section, *key, *what; } checks[] = {
        { !c->web.secure_cookies && !is_loopback_http(c->web.public_url), "web", "secure_cookies",
          "[web] secure_cookies may be false only when public_url is http://127.0.0.1, http://localhost or http://[::1]" },
        { !is_set(c->database.hosts) && !is_set(c->database.socket), "database", "socket",
          "[database] needs hosts or a socket" },
        { !scrypt_fits(c), "secret", "scrypt_log2_n",
          "[secret] 128 * scrypt_r * 2^scrypt_log2_n is more than a gibibyte" },
        { c->session.absolute_s < c->session.idle_s, "session", "absolute_s",
          "[session] absolute_s is shorter than idle_s" },
        { c->session.absolute_platform_s < c->session.idle_platform_s, "session", "absolute_platform_s",
          "[session] absolute_platform_s is shorter than idle_platform_s" },
        { c->code.resend_s > c->code.ttl_s, "code", "resend_s", "[code] resend_s is longer than ttl_s" },
        { by_smtp && !is_set(c->mail.url), "mail", "transport", "[mail] transport = smtp needs url" },
        { (by_smtp || mail_to_file) && !is_set(c->mail.from), "mail", "transport", "[mail] needs from, unless transport is off" },
        { mail_to_file && !is_set(c->mail.folder), "mail", "transport", "[mail] transport = file needs folder" },
        { by_http && !is_set(c->sms.url), "sms", "transport", "[sms] transport = http needs url" },
        { sms_to_file && !is_set(c->sms.folder), "sms", "transport", "[sms] transport = file needs folder" },
    };

    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i].is_wrong)
            return fault(reading, reading->lines[find_row(checks[i].section, checks[i].key) - config_rows], checks[i].what);
    return NULL;
}

/* --- public ---------------------------------------------------------------------------------------------------------------- */

struct config *config_defaults(const void *ctx)
{
    struct config *config = mem_new(ctx, struct config);

    for (size_t i = 0; i < config_rows_n; i++)
        if (!put(config, &config_rows[i], config_rows[i].preset))
            abort();
    return config;
}

const struct err *config_load(const void *ctx, const char *path, struct config **config)
{
    struct reading reading = { .path = path };
    struct stat status;
    int bad_line;

    reading.file = fopen(path, "re");
    if (reading.file == NULL)
        return err_new(ERR_INPUT, errno, "%s: %s", path, strerror(errno));
    if (fstat(fileno(reading.file), &status) != 0 || S_ISDIR(status.st_mode)) {
        (void)fclose(reading.file);
        return err_new(ERR_INPUT, EISDIR, "%s: a folder, not a file", path);
    }
    reading.config = config_defaults(ctx);
    reading.lines = mem_array(reading.config, int, config_rows_n);
    bad_line = ini_parse_stream(read_line, &reading, take, &reading);
    if (reading.err == NULL && ferror(reading.file))
        reading.err = fault(&reading, reading.line, "could not be read");
    (void)fclose(reading.file);
    if (reading.err == NULL && bad_line != 0)
        reading.err = fault(&reading, bad_line > 0 ? bad_line : 0, "expected [section] or key = value");
    if (reading.err == NULL)
        reading.err = check_together(&reading);
    talloc_free(reading.lines);
    if (reading.err != NULL) {
        talloc_free(reading.config);
        return reading.err;
    }
    *config = reading.config;
    return NULL;
}

/* Prints a text as comment lines, broken at spaces. */
static void print_comment(FILE *out, const char *text)
{
    while (*text != '\0') {
        size_t n = strlen(text);

        if (n > MANUAL_COLUMNS - 2) {
            n = MANUAL_COLUMNS - 2;
            while (n > 0 && text[n] != ' ')
                n--;
            if (n == 0)
                n = strcspn(text, " ");
        }
        (void)fprintf(out, "; %.*s\n", (int)n, text);
        text += n + strspn(text + n, " ");
    }
}

void config_manual(FILE *out)
{
    const char *section = "";
    void *work = mem_context(NULL, "config_manual");

    print_comment(out, "Every key with its default. A line that begins with ; or # is a comment, and so is what follows a space and "
                       "a semicolon. A key that is not here, or twice in a file, is an error. Lines are at most 198 bytes long.");
    for (size_t i = 0; i < config_rows_n; i++) {
        const struct config_row *row = &config_rows[i];

        if (strcmp(section, row->section) != 0)
            (void)fprintf(out, "\n[%s]\n", row->section);
        section = row->section;
        (void)fprintf(out, "\n");
        print_comment(out, row->paragraph);
        print_comment(out, mem_text(work, "Expected: %s.", expectation(work, row)));
        (void)fprintf(out, "%s =%s%s\n", row->key, *row->preset == '\0' ? "" : " ", row->preset);
    }
    talloc_free(work);
}

const struct err *config_secret(const void *ctx, const char *path, char **secret)
{
    char text[SECRET_MAX_BYTES + 2];
    size_t n;
    FILE *file;
    bool is_read;

    if (path == NULL || *path == '\0') {
        *secret = mem_copy(ctx, "");
        return NULL;
    }
    file = fopen(path, "re");
    if (file == NULL)
        return err_new(ERR_INPUT, errno, "secret file %s: %s", path, strerror(errno));
    n = fread(text, 1, sizeof text - 1, file);
    is_read = !ferror(file);
    (void)fclose(file);
    if (!is_read)
        return err_new(ERR_INPUT, 0, "secret file %s: could not be read", path);
    text[n] = '\0';
    if (strcspn(text, "\n") > SECRET_MAX_BYTES)
        return err_new(ERR_INPUT, 0, "secret file %s: the first line is longer than %d bytes", path, SECRET_MAX_BYTES);
    if (memchr(text, '\0', n) != NULL)
        return err_new(ERR_INPUT, 0, "secret file %s: a NUL byte", path);
    text[strcspn(text, "\r\n")] = '\0';
    *secret = mem_copy(ctx, text);
    explicit_bzero(text, sizeof text);
    return NULL;
}

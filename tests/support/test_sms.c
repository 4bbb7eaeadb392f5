#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "support/test_sms.h"

static void must(int is_true)
{
    if (!is_true)
        abort();
}

/* "a+b%0A" in place; how many bytes come out. */
static size_t decode_url(char *text)
{
    char *end = text;

    for (const char *c = text; *c != '\0'; c++) {
        char hex[3] = "";

        if (*c == '%') {
            memcpy(hex, c + 1, 2);
            *end++ = (char)strtol(hex, NULL, 16);
            c += 2;
        } else {
            *end++ = *c == '+' ? ' ' : *c;
        }
    }
    *end = '\0';
    return (size_t)(end - text);
}

static void append(struct test_sms *sms, const char *bytes, size_t n)
{
    size_t have = strlen(sms->text);

    must(have + n < sizeof sms->text);
    memcpy(sms->text + have, bytes, n);
    sms->text[have + n] = '\0';
}

static void append_ucs2(struct test_sms *sms, const char *bytes, size_t n)
{
    uint16_t units[200];
    uint8_t utf8[1000];
    size_t length = sizeof utf8;

    must(n / 2 <= 200 && n % 2 == 0);
    for (size_t i = 0; i < n / 2; i++)
        units[i] = (uint16_t)((unsigned char)bytes[2 * i] << 8 | (unsigned char)bytes[2 * i + 1]);
    /* A surrogate pair that was torn between two segments does not occur in what the tests send. */
    must(u16_to_u8(units, n / 2, utf8, &length) == utf8);
    sms->is_ucs2 = true;
    append(sms, (const char *)utf8, length);
}

/* The SMSC writes the data of a joined message as bytes: UTF-8 of the seven-bit alphabet, or UCS-2, which is no UTF-8. */
static void append_data(struct test_sms *sms, char *text)
{
    size_t n = decode_url(text);

    if (memchr(text, '\0', n) != NULL || u8_check((const uint8_t *)text, n) != NULL)
        append_ucs2(sms, text, n);
    else
        append(sms, text, n);
}

/* What stands between the angle brackets of a line; another line of a text begins with none of the words. */
static void take(struct test_sms *out, size_t *n, size_t max, char *line)
{
    char from[32], to[32], kind[16], header[64];
    int at = 0, part = 1;
    struct test_sms *sms;

    if (sscanf(line, "%31s %31s %15s %n", from, to, kind, &at) != 3 || to[0] != '+') {
        must(*n > 0);
        append(&out[*n - 1], "\n", 1);
        append(&out[*n - 1], line, strlen(line));
        return;
    }
    line += at;
    if (strcmp(kind, "udh") == 0) {
        int more = 0;

        must(sscanf(line, "%63s %15s %n", header, kind, &more) == 2 && strcmp(kind, "data") == 0);
        line += more;
        must(decode_url(header) == 6);
        part = header[5];
    }
    if (part == 1) {
        must(*n < max);
        sms = &out[(*n)++];
        *sms = (struct test_sms){ .segments = 0 };
        strcpy(sms->from, from);
        strcpy(sms->to, to);
    } else {
        must(*n > 0);
        sms = &out[*n - 1];
    }
    sms->segments++;
    if (strcmp(kind, "text") == 0)
        append(sms, line, strlen(line));
    else if (strcmp(kind, "ucs-2") == 0)
        append_ucs2(sms, line, decode_url(line));
    else
        append_data(sms, line);
}

size_t test_sms_read(const char *path, struct test_sms *out, size_t max)
{
    FILE *file = fopen(path, "re");
    char line[4000];
    size_t n = 0;

    must(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        char *begin = strstr(line, ": Got message "), *end = strrchr(line, '>');

        if (begin == NULL || (begin = strchr(begin, '<')) == NULL || end == NULL || end < begin)
            continue;
        *end = '\0';
        take(out, &n, max, begin + 1);
    }
    (void)fclose(file);
    return n;
}

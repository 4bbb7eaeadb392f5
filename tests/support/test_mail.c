#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "support/test_mail.h"

static void must(int is_true)
{
    if (!is_true)
        abort();
}

static char *room_for(size_t n)
{
    char *room = calloc(1, n + 1);

    must(room != NULL);
    return room;
}

char *mail_unix(const char *mail)
{
    char *out = room_for(strlen(mail)), *end = out;

    for (; *mail != '\0'; mail++)
        if (mail[0] != '\r' || mail[1] != '\n')
            *end++ = *mail;
    return out;
}

static int digit64(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

/* Appends at `end`, returns the new end. */
static char *add_base64(char *end, const char *text, size_t n)
{
    unsigned bits = 0, held = 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n' || text[i] == '=')
            continue;
        must(digit64(text[i]) >= 0);
        bits = (bits << 6 | (unsigned)digit64(text[i])) & 0xFFFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            *end++ = (char)(bits >> held & 0xFF);
        }
    }
    return end;
}

static char *add_quoted(char *end, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char hex[3] = "";

        if (text[i] != '=') {
            *end++ = text[i];
        } else if (i + 1 < n && text[i + 1] == '\n') {
            i++;
        } else {
            must(i + 2 < n);
            memcpy(hex, text + i + 1, 2);
            must(strspn(hex, "0123456789ABCDEF") == 2);
            *end++ = (char)strtol(hex, NULL, 16);
            i += 2;
        }
    }
    return end;
}

/* --- fields --------------------------------------------------------------------------------------------------------- */

/* White space between two encoded words is no part of the text (RFC 2047 6.2). */
static char *decode_words(const char *text)
{
    char *out = room_for(strlen(text)), *end = out, *word;

    while (*text != '\0') {
        const char *close = strncasecmp(text, "=?utf-8?B?", 10) == 0 ? strstr(text + 10, "?=") : NULL;

        if (close == NULL) {
            *end++ = *text++;
            continue;
        }
        must(close + 2 - text <= 75);
        word = end;
        end = add_base64(end, text + 10, (size_t)(close - text - 10));
        must(end > word && ((unsigned char)*word & 0xC0) != 0x80);   /* RFC 2047 5: each word holds whole characters */
        text = close + 2;
        if (strncasecmp(text + strspn(text, " "), "=?utf-8?B?", 10) == 0)
            text += strspn(text, " ");
    }
    return out;
}

char *mail_field(const char *mail, const char *name)
{
    char *lines = mail_unix(mail), *line = lines, *found = NULL;

    while (*line != '\0' && *line != '\n') {
        char *next = line, *raw, *end;

        do
            next = strchr(next, '\n') + 1;
        while (*next == ' ' || *next == '\t');
        if (strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            must(found == NULL);
            line += strlen(name) + 1;
            raw = end = room_for((size_t)(next - line));
            for (line += strspn(line, " \n"); line < next - 1; line++)
                if (*line != '\n')
                    *end++ = *line;
            found = decode_words(raw);
            free(raw);
        }
        line = next;
    }
    free(lines);
    return found;
}

/* --- parts ---------------------------------------------------------------------------------------------------------- */

static char *decode_body(const char *part)
{
    char *encoding = mail_field(part, "Content-Transfer-Encoding");
    const char *body = strstr(part, "\n\n") + 2;
    char *out = room_for(strlen(body)), *plain;

    must(encoding != NULL);
    if (strcmp(encoding, "base64") == 0) {
        (void)add_base64(out, body, strlen(body));
    } else {
        must(strcmp(encoding, "quoted-printable") == 0);
        (void)add_quoted(out, body, strlen(body));
    }
    free(encoding);
    plain = mail_unix(out);
    free(out);
    return plain;
}

static char *part_if(const char *part, const char *type)
{
    char *field = mail_field(part, "Content-Type"), *body = NULL;

    must(field != NULL);
    if (strncmp(field, type, strlen(type)) == 0 && strcmp(field + strlen(type), "; charset=utf-8") == 0)
        body = decode_body(part);
    free(field);
    return body;
}

char *mail_part(const char *mail, const char *type)
{
    char *lines = mail_unix(mail), *content = mail_field(lines, "Content-Type"), *found = NULL, *boundary, *part;

    must(content != NULL);
    boundary = strstr(content, "boundary=\"");
    if (strncmp(content, "multipart/alternative;", 22) != 0 || boundary == NULL) {
        found = part_if(lines, type);
    } else {
        char delimiter[80];

        boundary += strlen("boundary=\"");
        boundary[strcspn(boundary, "\"")] = '\0';
        (void)snprintf(delimiter, sizeof delimiter, "\n--%s", boundary);
        part = strstr(lines, delimiter);
        while (found == NULL && part != NULL && strncmp(part + strlen(delimiter), "--", 2) != 0) {
            char *next = strstr(part + 1, delimiter);

            must(next != NULL);
            *next = '\0';
            found = part_if(part + strlen(delimiter) + 1, type);
            *next = '\n';
            part = next;
        }
    }
    free(content);
    free(lines);
    return found;
}

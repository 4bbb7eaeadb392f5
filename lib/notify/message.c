#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/url.h"

#include "notify/channel.h"
#include "notify/mime.h"

#define ADDRESS_MAX_BYTES 254     /* RFC 5321 4.5.3.1.3, without the brackets */
#define VALUE_MAX_BYTES 900       /* an unfolded header line ends below RFC 5322's 998 bytes */
#define PHRASE_MAX_BYTES 60

/* Neither quoted-printable nor base64 can make "=_", so that no part can hold its own boundary (RFC 2045 6.7). */
#define BOUNDARY "=_mypartner"

/* --- what may go into a header -------------------------------------------------------------------------------------- */

/* A bare local@domain: what gives an address list, a comment, a quoted part or a second line its shape is refused. */
static bool address_is_bare(const char *address)
{
    const char *at = strchr(address, '@');

    if (at == NULL || at == address || at[1] == '\0' || strchr(at + 1, '@') != NULL || strlen(address) > ADDRESS_MAX_BYTES)
        return false;
    for (const char *c = address; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7F || strchr("()<>[]:;,\\\"", *c) != NULL)
            return false;
    return true;
}

static bool value_is_clean(const char *value)
{
    if (!text_is_utf8(value, strlen(value)))
        return false;
    for (const char *c = value; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return false;
    return true;
}

static bool lang_is_clean(const char *lang)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";

    return strspn(lang, allowed) == strlen(lang) && strlen(lang) <= 35;
}

static bool url_is_clean(const char *url)
{
    for (const char *c = url; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7F || *c == '<' || *c == '>')
            return false;
    return strlen(url) <= VALUE_MAX_BYTES;
}

static const struct err *check(const struct message *message, const char *from, const char *from_name)
{
    if (!address_is_bare(from))
        return err_new(ERR_INPUT, 0, "the sender's address is not one plain address");
    if (!address_is_bare(message->to))
        return err_new(ERR_INPUT, 0, "the recipient's address is not one plain address");
    if (!value_is_clean(from_name))
        return err_new(ERR_INPUT, 0, "the sender's name holds a control character or is not UTF-8");
    if (!value_is_clean(message->subject))
        return err_new(ERR_INPUT, 0, "the subject holds a control character or is not UTF-8");
    if (*message->event_id == '\0' || !value_is_clean(message->event_id) || strlen(message->event_id) > 200)
        return err_new(ERR_INPUT, 0, "the event id is empty, too long or holds a control character");
    if (!lang_is_clean(message->lang))
        return err_new(ERR_INPUT, 0, "the language is not a language tag");
    if (!url_is_clean(message->preferences_url))
        return err_new(ERR_INPUT, 0, "the address of the preferences is not a URL");
    if (!text_is_utf8(message->text, strlen(message->text)) || !text_is_utf8(message->html, strlen(message->html)))
        return err_new(ERR_INPUT, 0, "the text is not UTF-8");
    return NULL;
}

/* --- header fields -------------------------------------------------------------------------------------------------- */

/* RFC 5322 3.3, always in UTC and English. */
static void add_date(struct buf *out, int64_t at)
{
    static const char days[][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };   /* day 0 was a Thursday */
    static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    struct civil civil = clock_civil(at, "UTC");
    int64_t day = at / CLOCK_DAY - (at % CLOCK_DAY < 0);

    buf_format(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[(day % 7 + 7) % 7], civil.day,
               months[(civil.month - 1) % 12], civil.year, civil.hour, civil.minute, civil.second);
}

static void add_from(struct buf *out, const char *address, const char *name)
{
    buf_text(out, "From: ");
    if (*name == '\0') {
        buf_format(out, "%s\r\n", address);
        return;
    }
    if (mime_is_plain(name, PHRASE_MAX_BYTES)) {
        buf_char(out, '"');
        for (; *name != '\0'; name++) {
            if (*name == '"' || *name == '\\')
                buf_char(out, '\\');
            buf_char(out, *name);
        }
        buf_char(out, '"');
    } else {
        mime_add_words(out, name, strlen("From: "));
    }
    buf_format(out, "\r\n <%s>\r\n", address);
}

static void add_part(struct buf *out, const char *type, const char *text)
{
    enum mime_encoding encoding = mime_encoding_for(text);

    buf_format(out, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", type,
               mime_encoding_name(encoding));
    mime_add_text(out, text, encoding);
}

static void add_head(struct buf *out, const struct message *message, const char *from, const char *from_name)
{
    add_date(out, message->at);
    add_from(out, from, from_name);
    buf_format(out, "To: %s\r\n", message->to);
    mime_add_field(out, "Subject", message->subject);
    buf_format(out, "Message-ID:\r\n <%s@%s>\r\n", url_encode(out, message->event_id), strchr(from, '@') + 1);
    buf_text(out, "Auto-Submitted: auto-generated\r\n");
    if (*message->preferences_url != '\0' && !message->is_secret)
        buf_format(out, "List-Unsubscribe:\r\n <%s>\r\n", message->preferences_url);
    if (*message->lang != '\0')
        buf_format(out, "Content-Language: %s\r\n", message->lang);
    buf_text(out, "MIME-Version: 1.0\r\n");
}

const struct err *message_build(const void *ctx, const struct message *message, const char *from, const char *from_name,
                                char **text)
{
    struct buf *out;

    TRY(check(message, from, from_name));

    out = buf_new(NULL, 1024 + 2 * (strlen(message->text) + strlen(message->html)));
    add_head(out, message, from, from_name);
    if (*message->html == '\0') {
        add_part(out, "text/plain", message->text);
        if (out->bytes[out->n - 1] != '\n')
            buf_text(out, "\r\n");
    } else {
        buf_text(out, "Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"\r\n\r\n");
        buf_text(out, "--" BOUNDARY "\r\n");
        add_part(out, "text/plain", message->text);
        buf_text(out, "\r\n--" BOUNDARY "\r\n");
        add_part(out, "text/html", message->html);
        buf_text(out, "\r\n--" BOUNDARY "--\r\n");
    }
    *text = mem_copy_n(ctx, out->bytes, out->n);
    (void)talloc_free(out);
    return NULL;
}

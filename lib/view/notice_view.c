#include "view/notice_view.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"
#include "view/format.h"
#include "view/tpl.h"

struct notice_values notice_view_values(const void *ctx, enum notice_kind kind, const struct notice_values *values,
                                        const char *zone)
{
    struct notice_values words = *values;
    int64_t at;

    if (!clock_parse_utc(values->until, &at))
        return words;
    /* A code lives for minutes: its day would only be in the way. */
    words.until = text_fill(ctx, _("{time} ({zone})"), "time",
                            kind == NOTICE_CODE ? format_clock(ctx, at, zone) : format_time(ctx, at, zone), "zone",
                            format_zone(ctx, at, zone), NULL);
    return words;
}

static void fill_paragraphs(const void *ctx, struct tpl_dict *dict, const char *body)
{
    while (*body != '\0') {
        const char *end = strstr(body, "\n\n");
        size_t n = end != NULL ? (size_t)(end - body) : strlen(body);

        tpl_set(tpl_row(dict, "PARAGRAPH"), "TEXT", mem_copy_n(ctx, body, n));
        body += n;
        while (*body == '\n')
            body++;
    }
}

static const struct err *render(const void *ctx, const char *tag, const char *file, struct tpl_dict *dict, const char **text)
{
    struct buf *out = buf_new(ctx, 2048);

    TRY(tpl_render(tag, file, dict, out));
    *text = out->bytes;
    return NULL;
}

const struct err *notice_view_mail(const void *ctx, enum notice_kind kind, const struct notice_values *values,
                                   const struct notice_mail_frame *frame, struct notice_mail *mail)
{
    struct tpl_dict *dict = tpl_dict_new(ctx);
    struct notice_values words;
    struct notice_mail made;

    lang_use(frame->lang);
    words = notice_view_values(ctx, kind, values, frame->zone);
    made.subject = notice_subject(ctx, kind, &words);
    tpl_set(dict, "LANG", frame->lang->tag);
    tpl_set(dict, "SUBJECT", made.subject);
    tpl_set(dict, "SITE", text_isolate(ctx, _(frame->site)));   /* "the cloud", unless the operator has named it */
    tpl_set(dict, "SUPPORT", frame->support);
    fill_paragraphs(ctx, dict, notice_body(ctx, kind, &words));
    if (frame->link != NULL && frame->link[0] != '\0') {
        tpl_show(dict, "WITH_LINK");
        tpl_set(dict, "LINK", mem_text(ctx, "%s%s", frame->public_url, frame->link));
    }
    TRY(render(ctx, frame->lang->tag, "mail/notice.txt", dict, &made.text));
    TRY(render(ctx, frame->lang->tag, "mail/notice.html", dict, &made.html));
    *mail = made;
    return NULL;
}

/* "UTC+8", for a text message has no room for "UTC+08:00". */
static char *short_zone(const void *ctx, int64_t at, const char *zone)
{
    char *text = format_zone(ctx, at, zone);
    size_t n = strlen(text);

    if (n == strlen("UTC+08:00") && strcmp(text + n - 3, ":00") == 0)
        text[n - 3] = '\0';
    if (text[3] != '\0' && text[4] == '0')
        memmove(text + 4, text + 5, strlen(text + 5) + 1);
    return text;
}

const char *notice_view_sms(const void *ctx, enum notice_kind kind, const struct notice_values *values,
                            const struct notice_mail_frame *frame)
{
    struct notice_values words;
    int64_t at;

    lang_use(frame->lang);
    words = notice_view_values(ctx, kind, values, frame->zone);
    if (kind == NOTICE_CODE && clock_parse_utc(values->until, &at))
        words.until = mem_text(ctx, "%s %s", format_clock(ctx, at, frame->zone), short_zone(ctx, at, frame->zone));
    return notice_sms(ctx, kind, &words);
}

#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/sms_text.h"
#include "base/text.h"

#include "domain/notice.h"
#include "domain/notice_words.h"

#define PLACES 8

struct places { const char *names[PLACES], *values[PLACES]; };

static bool is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

static bool is(const char *text, const char *word)
{
    return text != NULL && strcmp(text, word) == 0;
}

static struct places places_of(const struct notice_values *values)
{
    return (struct places){
        { "customer", "partner", "request_no", "reason", "until", "code", "link", "object" },
        { values->customer, values->partner, values->request_no, values->reason, values->until, values->code, values->link,
          values->object }
    };
}

/* A customer decides, freezes, unfreezes and settles nothing but its own answers; the rest that is not the partner's is the
 * platform's. */
static enum notice_side actor_of(enum notice_kind kind, const struct notice_values *values)
{
    if (is(values->action, "COMPLETE") || is(values->action, "DISMISS"))
        return NOTICE_PLATFORM;
    if (values->by_partner)
        return NOTICE_PARTNER;
    return kind == NOTICE_FROZEN || kind == NOTICE_UNFROZEN || kind == NOTICE_CONTRACT_SETTLED ? NOTICE_PLATFORM : NOTICE_CUSTOMER;
}

static const char *detail_of(enum notice_kind kind, const struct notice_values *values)
{
    if (kind == NOTICE_CODE || kind == NOTICE_CODE_FUNCTION || kind == NOTICE_REQUEST_ESCALATED || kind == NOTICE_RESOURCE || kind == NOTICE_CONTACT ||
        kind == NOTICE_SECOND_FACTOR || kind == NOTICE_QUOTA || kind == NOTICE_ACCOUNT_CLOSED || kind == NOTICE_USER ||
        kind == NOTICE_CHANNEL)
        return values->action;
    if (kind == NOTICE_INVITATION_ACCEPTED)
        return values->freeze_type;
    if (kind != NOTICE_FROZEN && kind != NOTICE_UNFROZEN)
        return NULL;
    return values->to_partner && is_empty(values->customer) ? "SELF" : values->freeze_type;
}

static const struct notice_words *words_of(enum notice_kind kind, const struct notice_values *values)
{
    static const struct notice_words none = { .subject = "" };
    const unsigned reader = values->to_partner ? NOTICE_PARTNER : NOTICE_CUSTOMER;
    const unsigned actor = actor_of(kind, values);
    const char *detail = detail_of(kind, values);

    for (size_t i = 0; i < notice_words_n; i++) {
        const struct notice_words *words = &notice_words[i];

        if (words->kind != kind || (words->readers & reader) == 0 || (words->actors & actor) == 0)
            continue;
        if (words->detail == NULL || is(detail, words->detail))
            return words;
    }
    return &none;
}

static bool lacks_value(const char *pattern, const struct places *places)
{
    for (size_t i = 0; i < PLACES; i++) {
        char place[32] = "{";

        strcat(strcat(place, places->names[i]), "}");
        if (is_empty(places->values[i]) && strstr(pattern, place) != NULL)
            return true;
    }
    return false;
}

static char *fill(const void *ctx, const char *pattern, const struct places *places)
{
    return text_fill_n(ctx, pattern[0] != '\0' ? _(pattern) : "", places->names, places->values, PLACES);
}

/* The sentences, `between` them. Which are left out is told by the English ones, so that it is the same in all languages. */
static char *join(const void *ctx, const char *const *patterns, const char *between, const struct places *places)
{
    struct buf *buf = buf_new(ctx, 512);

    for (; *patterns != NULL; patterns++) {
        if (lacks_value(*patterns, places))
            continue;
        if (buf->n > 0)
            buf_text(buf, between);
        buf_text(buf, fill(buf, *patterns, places));
    }
    return buf->bytes;
}

char *notice_subject(const void *ctx, enum notice_kind kind, const struct notice_values *values)
{
    struct places places = places_of(values);

    return fill(ctx, words_of(kind, values)->subject, &places);
}

char *notice_body(const void *ctx, enum notice_kind kind, const struct notice_values *values)
{
    struct places places = places_of(values);

    return join(ctx, words_of(kind, values)->body, "\n\n", &places);
}

/* --- by text message -------------------------------------------------------------------------------------------------- */

#define NAME_POINTS_MIN 6      /* a shorter piece of a name tells nobody anything */

/* The last line lets a phone offer the code on our site only. Source: WICG, "Origin-bound one-time codes". */
static char *code_text(const void *ctx, const struct notice_words *words, const struct notice_values *values)
{
    struct places places = places_of(values);
    char *text = join(ctx, words->sms, "\n", &places);

    if (!is_empty(values->host) && !is_empty(values->code))
        text = mem_text(ctx, "%s\n@%s #%s", text, values->host, values->code);
    return sms_plain(ctx, text);
}

static bool fits(const char *text, struct sms_length wanted)
{
    struct sms_length length = sms_length(text);

    return length.alphabet == wanted.alphabet && length.segments <= wanted.segments;
}

/* One segment where the language allows it, else two: the other party's name is cut until it fits. One that the short alphabet
 * lacks would cost the others their place too, and "your partner" stands for it; the request's number tells the rest. */
static char *fit_code(const void *ctx, const struct notice_words *words, const struct notice_values *values)
{
    struct notice_values fitted = *values;
    const char **name = values->to_partner ? &fitted.customer : &fitted.partner;
    const char *whole = *name;
    char *text = code_text(ctx, words, values), *neutral;
    struct sms_length wanted;

    if (is_empty(whole))
        return text;
    *name = values->to_partner ? _("your customer") : _("your partner");
    neutral = code_text(ctx, words, &fitted);
    wanted = sms_length(neutral);
    wanted.segments = wanted.alphabet == SMS_GSM7 ? 1 : 2;
    for (size_t points = text_points(whole); !fits(text, wanted) && points > NAME_POINTS_MIN;) {
        *name = mem_text(ctx, "%s…", text_cut(ctx, whole, --points));
        text = code_text(ctx, words, &fitted);
    }
    return fits(text, wanted) ? text : neutral;
}

char *notice_sms(const void *ctx, enum notice_kind kind, const struct notice_values *values)
{
    const struct notice_words *words = words_of(kind, values);
    struct places places = places_of(values);

    if (kind == NOTICE_CODE)
        return fit_code(ctx, words, values);
    return sms_plain(ctx, join(ctx, words->sms, "\n", &places));
}

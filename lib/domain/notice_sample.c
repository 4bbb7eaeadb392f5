#include "domain/notice_sample.h"
#include "domain/notice_words.h"

size_t notice_samples(void)
{
    return notice_words_n;
}

static const char *side_text(unsigned sides)
{
    switch (sides) {
    case NOTICE_CUSTOMER: return "customer";
    case NOTICE_PARTNER: return "partner";
    case NOTICE_PLATFORM: return "platform";
    default: return "anyone";
    }
}

/* What makes the platform the one who acted, where nothing else does. */
static const char *platform_action(enum notice_kind kind)
{
    return kind == NOTICE_REQUEST_AGREED ? "COMPLETE" : kind == NOTICE_REQUEST_REJECTED ? "DISMISS" : "";
}

struct notice_sample notice_sample(size_t i)
{
    const struct notice_words *words = &notice_words[i];
    const char *detail = words->detail == NULL ? "" : words->detail;
    const bool is_self = words->detail != NULL && detail[0] == 'S' && detail[1] == 'E';
    const bool is_freeze = words->kind == NOTICE_FROZEN || words->kind == NOTICE_UNFROZEN;
    struct notice_sample sample = {
        .kind = words->kind, .reader = side_text(words->readers), .actor = side_text(words->actors), .detail = detail,
        .has_sms = words->sms[0] != NULL,
        .values = {
            .to_partner = words->readers == NOTICE_PARTNER, .by_partner = words->actors == NOTICE_PARTNER,
            .customer = is_self ? "" : "Acme GmbH", .partner = "Northwind Cloud Reseller", .request_no = "DR20250630-000123",
            .reason = "We agreed on this by telephone.", .until = "2026-11-22T14:02:00Z", .code = "482913",
            .action = detail, .link = "https://partner.example.com/…", .host = "partner.example.com",
            .freeze_type = is_freeze && (is_self || detail[0] == '\0') ? "ACCOUNT" : detail, .object = "R-1000234",
        },
    };

    if (words->actors == NOTICE_PLATFORM)
        sample.values.action = platform_action(words->kind);
    return sample;
}

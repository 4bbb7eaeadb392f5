/* notice_words.h - the sentences of notices, as a table. For notice_text.c. */
#ifndef DOMAIN_NOTICE_WORDS_H
#define DOMAIN_NOTICE_WORDS_H

#include <stddef.h>

#include "domain/notice.h"

#define NOTICE_PARAGRAPHS_MAX 5
#define NOTICE_SMS_LINES_MAX 3

/* Sides as bits: who reads it, and who acted. */
enum notice_side { NOTICE_CUSTOMER = 1 << 0, NOTICE_PARTNER = 1 << 1, NOTICE_PLATFORM = 1 << 2 };
#define NOTICE_ANY (NOTICE_CUSTOMER | NOTICE_PARTNER | NOTICE_PLATFORM)

/* The first row that fits is used. A paragraph that names a place without a value is left out; lists end with NULL. */
struct notice_words {
    enum notice_kind kind;
    unsigned readers, actors;
    const char *detail;          /* NULL: any. A code or switch: its action. A freeze: its type, or "SELF" for the partner's own */
    const char *subject;
    const char *body[NOTICE_PARAGRAPHS_MAX + 1];
    const char *sms[NOTICE_SMS_LINES_MAX + 1];
};

extern const struct notice_words notice_words[];
extern const size_t notice_words_n;

#endif

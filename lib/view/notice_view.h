/* notice_view.h - a notice in words: for the inbox, and as the mail or SMS that tells of it.
 *
 * An instant in notice_values.until is "2026-11-22T14:02:11Z" and is told in the reader's language and zone; any other
 * text there stays as it is.
 */
#ifndef VIEW_NOTICE_VIEW_H
#define VIEW_NOTICE_VIEW_H

#include "base/err.h"
#include "base/lang.h"
#include "domain/notice.h"

/* Values ready for notice_subject(), notice_body() and notice_sms(), in the language in use. */
struct notice_values notice_view_values(const void *ctx, enum notice_kind kind, const struct notice_values *values,
                                        const char *zone);

struct notice_mail_frame {
    const struct lang *lang;       /* of the recipient: the language in use from here on */
    const char *zone, *site, *support;
    const char *public_url;        /* "https://partner.example.com" */
    const char *link;              /* path for reading on; "" for none */
};
struct notice_mail { const char *subject, *text, *html; };

/* The mail, from templates/mail/notice.txt and notice.html. ERR_BUG when a template is missing. */
const struct err *notice_view_mail(const void *ctx, enum notice_kind kind, const struct notice_values *values,
                                   const struct notice_mail_frame *frame, struct notice_mail *mail);
/* The SMS; "" for a kind that is not sent by SMS. */
const char *notice_view_sms(const void *ctx, enum notice_kind kind, const struct notice_values *values,
                            const struct notice_mail_frame *frame);

#endif

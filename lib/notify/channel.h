/* channel.h - the ways a message leaves: email and SMS, by network or into files. One small interface.
 *
 * smtp.c, sms_http.c, webhook.c and curl_code.h are the only includers of <curl/curl.h>. Nothing here retries; the worker does.
 */
#ifndef NOTIFY_CHANNEL_H
#define NOTIFY_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"

struct message {
    const char *event_id;        /* unique: Message-ID and idempotency key */
    const char *to;              /* one address, or a number like +6591234567 */
    const char *subject;         /* email; UTF-8 */
    const char *text;            /* plain part, or the SMS */
    const char *html;            /* email; "" if none */
    const char *lang;            /* Content-Language */
    bool is_secret;              /* a code: no List-Unsubscribe */
    const char *preferences_url; /* for List-Unsubscribe; "" if none */
    const char *receipt_url;     /* SMS: where the gateway is to report what became of it, "?status=" at its end; NULL or "": nowhere */
    int64_t at;                  /* Date */
    int64_t until;               /* an attempt that has not ended by then is broken off; 0: whenever */
};

enum channel_outcome {
    CHANNEL_DELIVERED,           /* accepted by the next hop */
    CHANNEL_LATER,               /* 4xx, time-out, refused connection: try again */
    CHANNEL_DENIED,              /* we are refused, not the message: sign-in, certificate, address of the gateway. Try again, and
                                    tell somebody who can put our settings right */
    CHANNEL_REFUSED              /* 5xx, malformed address: final */
};

struct channel_result {
    enum channel_outcome outcome;
    long response_code;          /* of the server; 0 if it did not speak */
    char detail[200];            /* one clean line for the log, without the message's text */
};

struct notify_channel {
    void (*send)(struct notify_channel *channel, const struct message *message, struct channel_result *result);
};

struct smtp_settings { const char *url, *user, *password, *ca_file, *from, *from_name, *host_name; bool starttls; int64_t timeout_s; };
enum sms_dialect { SMS_KANNEL, SMS_JSON };
struct sms_settings { enum sms_dialect dialect; const char *url, *user, *password, *from; int64_t timeout_s; };

/* How long an attempt may take in ms: the channel's time, or what is left of the message's. 0: nothing is left. */
long channel_time_left(const struct message *message, long timeout_ms);

/* Members may be "" or NULL where that makes sense; all is copied. timeout_s covers one message from connecting to the last
 * reply; 0 means 30. starttls demands encryption with a checked certificate (ca_file, or the system's CAs if ""); nothing is
 * sent in clear when that fails. A 5xx for sender, recipient or text is final; one for the greeting or for our sign-in, and
 * encryption that fails, give CHANNEL_DENIED. host_name is what we call ourselves in EHLO; "": the host's name. */
struct notify_channel *channel_smtp(const void *ctx, const struct smtp_settings *settings);

/* A gateway by HTTP POST, in one of two dialects.
 *
 * SMS_KANNEL: sendsms (Kannel 1.4.5 user guide, "Using the HTTP interface to SMS gateway"); any gateway that takes it:
 *     Content-Type: text/plain; charset=UTF-8
 *     X-Kannel-Username, X-Kannel-Password, X-Kannel-From: the settings; left out when ""
 *     X-Kannel-To: the number, with its "+"
 *     X-Kannel-Coding: 0 when the text fits the GSM 7-bit alphabet, else 2 (UCS-2)
 *     X-Kannel-DLR-Mask: 19, X-Kannel-DLR-Url: receipt_url and "%d"; left out without one
 *     Idempotency-Key: the event id; Kannel passes over it
 * and the text as the body.
 *
 * SMS_JSON: for other gateways, if need be by a small program in between:
 *     Content-Type: application/json
 *     Authorization: Basic with user and password, or Bearer with the password when there is no user; none without both
 *     Idempotency-Key: the event id
 *     {"id": event id, "from": settings' from, "to": "+...", "text": "...", "receipt_url": "..."}, empty ones left out
 *
 * 2xx is delivered; 401, 402, 403, 404, 405 and 407 are denied (sign-in, credit, the URL), as is a certificate that is not good;
 * other 4xx but 408 and 429 are refused; all else is for later. Redirects are not followed. The password is in a header and not
 * in the URL, which servers log. */
struct notify_channel *channel_sms_http(const void *ctx, const struct sms_settings *settings);

struct webhook_settings { const char *url, *ca_file; struct secret_key key; int64_t timeout_s; };

/* Events for the platform's systems, by HTTP POST: text is the body, a JSON object; at is the time of this attempt; of the
 * rest only event_id counts.
 *     X-Mypartner-Event: the event id
 *     X-Mypartner-Timestamp: at, in seconds
 *     X-Mypartner-Signature: webhook_signature()
 * 2xx is delivered, 410 refused, all else for later. Redirects are not followed. timeout_s 0 means 10. */
struct notify_channel *channel_webhook(const void *ctx, const struct webhook_settings *settings);
/* "sha256=" and the HMAC-SHA-256, in hex, over "<timestamp>.<body>". */
char *webhook_signature(const void *ctx, const struct secret_key *key, int64_t timestamp_s, const char *body);

/* Files, one a message, written whole under another name first (it begins with a dot), mode 0600, in an existing folder:
 * <time>-<pid>-<n>.eml or .sms, such as 20261122T140211.123456Z-4711-000001.eml, so that sorted by name is by time.
 * .eml is what message_build makes; .sms is "To: " and the number, an empty line, the text as it is. */
struct notify_channel *channel_file_email(const void *ctx, const char *folder, const char *from, const char *from_name);
struct notify_channel *channel_file_sms(const void *ctx, const char *folder);

struct notify_channel *channel_off(const void *ctx);   /* refuses everything: "this channel is switched off" */

/* The RFC 5322 text both email channels carry: CR LF lines of less than 998 bytes. ERR_INPUT when an address is not one plain
 * ASCII address, or a header value holds a control character or is not UTF-8: nothing is sent then. The Message-ID is
 * <event_id@domain of from>. Members of `message` are "" if there is nothing, never NULL. */
const struct err *message_build(const void *ctx, const struct message *message, const char *from, const char *from_name,
                                char **text);

#endif

/* sms_text.h - how long a text message is, and how to keep it short: the GSM 7-bit alphabet or UCS-2.
 *
 * Source: 3GPP TS 23.038 6.2.1 (alphabet and its extension), TS 23.040 9.2.3.24.1 (joined messages: a header of six bytes).
 */
#ifndef BASE_SMS_TEXT_H
#define BASE_SMS_TEXT_H

#include <stddef.h>

enum sms_alphabet { SMS_GSM7, SMS_UCS2 };

struct sms_length {
    enum sms_alphabet alphabet;
    size_t units;                /* septets, of which { } [ ] ~ \ | ^ € and form feed take two; or 16-bit units */
    size_t segments;             /* messages that are sent and paid for: 1 up to 160 or 70 units, then one for each 153 or 67,
                                    where what takes two units is not torn apart; at least 1 */
};

/* text: valid UTF-8. */
struct sms_length sms_length(const char *text);

/* The same in the GSM 7-bit alphabet, when plain quotes and dashes and letters without their accents make that possible;
 * otherwise a copy. */
char *sms_plain(const void *ctx, const char *text);

#endif

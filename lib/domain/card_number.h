/* card_number.h - full card numbers in what people type, so that none is ever stored.
 *
 * A card number is 14 to 19 digits that begin as those of a card scheme do, have the length such a number has, and pass the
 * Luhn check (ISO/IEC 7812-1): every tenth number of other kinds passes that check alone. It is in one piece or parted: by
 * anything blank, invisible or dash-like, or, when each group has three digits or more, by any sign that is no letter. Digits
 * of every script count. Dates, request numbers and most telephone numbers begin otherwise or
 * are shorter. The 13 digits that a few old Visa cards had are let pass: many a mobile number has as many and begins with 4.
 */
#ifndef DOMAIN_CARD_NUMBER_H
#define DOMAIN_CARD_NUMBER_H

#include <stdbool.h>

bool card_number_in(const char *text);   /* valid UTF-8; NULL has none */

/* The same text with every digit of each card number as "*"; in ctx. */
char *card_number_mask(const void *ctx, const char *text);

#endif

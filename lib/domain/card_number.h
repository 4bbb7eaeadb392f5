/* card_number.h - full card numbers in what people type, so that none is ever stored.
 *
 * A card number is 13 to 19 digits whose Luhn check holds (ISO/IEC 7812-1), in one piece or parted by blanks, hyphens or dashes;
 * full-width digits count too. The number of a disassociation request, "DR20250630-000123", is none.
 */
#ifndef DOMAIN_CARD_NUMBER_H
#define DOMAIN_CARD_NUMBER_H

#include <stdbool.h>

bool card_number_in(const char *text);   /* valid UTF-8; NULL has none */

/* The same text with every digit of each card number as "*"; in ctx. */
char *card_number_mask(const void *ctx, const char *text);

#endif

/* money.h - amounts of money: whole minor units of a currency, and how they are written.
 *
 * How many decimals a currency has is told by ISO 4217: a minor unit of USD is a cent, one of JPY a whole yen, one of KWD a
 * thousandth of a dinar. A currency that the table does not name has two.
 */
#ifndef DOMAIN_MONEY_H
#define DOMAIN_MONEY_H

#include <stdint.h>

int money_decimals(const char *currency);   /* 0 to 4; currency: ISO 4217 code, never NULL */

/* "USD 1,234.50", "JPY 1,235", "KWD 1.250", the same in every language; without currency ("") the number alone. */
char *money_format(const void *ctx, int64_t minor, const char *currency);

#endif

/* receipt.h - what a gateway reports of a text message after it has taken it: the signed address, and the words. */
#ifndef DOMAIN_RECEIPT_H
#define DOMAIN_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"

/* "id=7&sig=...&status=": the query of the address for the receipts of one delivery; the gateway puts the status at its end. */
char *receipt_query(const void *ctx, const struct secret_key *key, int64_t delivery_id);
bool receipt_is_signed(const struct secret_key *key, int64_t delivery_id, const char *sig);

/* "BUFFERED", "DELIVERED" or "FAILED" for Kannel's numbers (1 delivered, 2 not, 4 and 8 on its way, 16 refused) and for these
 * words themselves; NULL for anything else. */
const char *receipt_find(const char *status);

#endif

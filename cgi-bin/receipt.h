/* receipt.h - answers a gateway that reports what became of a text message. Not a page: a machine calls it, with no session and
 * no form, so it is a program of its own (mypartner_receipt) with its own socket; its signed address is all that it believes. */
#ifndef CGI_RECEIPT_H
#define CGI_RECEIPT_H

#include "base/secret.h"
#include "store/db.h"
#include "web/http.h"

struct receipt_site { struct db *db; struct secret_key key; };

/* GET or POST, any path, "?id=...&sig=...&status=...": 200 when it was noted or known, 404 for a wrong signature, 400 for an
 * unknown status, 503 without a database (gateways try again). */
void receipt_answer(const struct receipt_site *site, const struct http_request *request, int64_t now, struct http_response *response);

#endif

#include "receipt.h"

#include <string.h>

#include "domain/receipt.h"
#include "store/store_notice.h"
#include "web/form.h"

static const struct field_spec fields[] = {
    {.name = "id", .kind = FIELD_NUMBER, .max = INT64_C(999999999999999999)},
    {.name = "sig", .kind = FIELD_TOKEN, .max = 40},
    {.name = "status", .kind = FIELD_TOKEN, .max = 20},
    {.name = NULL},
};

static int judge(const struct receipt_site *site, const struct form *form, int64_t now)
{
    const int64_t id = form_number(form, "id");
    const char *receipt = receipt_find(form_text(form, "status"));

    if (!receipt_is_signed(&site->key, id, form_text(form, "sig")))
        return 404;
    if (receipt == NULL)
        return 400;
    if (db_ready(site->db, now) != NULL || delivery_receipt(site->db, id, receipt, now) != NULL)
        return 503;
    return 200;
}

void receipt_answer(const struct receipt_site *site, const struct http_request *request, int64_t now, struct http_response *response)
{
    struct form *form = NULL;
    const struct err *err = form_parse(response, NULL, fields, request->query, strlen(request->query), false, &form);

    response->status = err != NULL ? 400 : judge(site, form, now);
    http_security_headers(response, false);
    http_header(response, "Content-Type", "text/plain; charset=utf-8");
    if (response->status == 503)
        http_header(response, "Retry-After", "5");
    buf_format(response->body, "%s\n", http_reason(response->status));
}

#include "domain/receipt.h"

#include <string.h>

#include "base/memory.h"

/* Long enough that nobody guesses one, short enough for gateways that keep little. */
#define SIG_BYTES 16

static const struct { const char *status, *receipt; } receipts[] = {
    { "1", "DELIVERED" }, { "2", "FAILED" }, { "4", "BUFFERED" }, { "8", "BUFFERED" }, { "16", "FAILED" },
    { "DELIVERED", "DELIVERED" }, { "FAILED", "FAILED" }, { "BUFFERED", "BUFFERED" },
};

static void sign(const struct secret_key *key, int64_t delivery_id, unsigned char mac[SECRET_DIGEST_BYTES])
{
    char *text = mem_text(NULL, "receipt|%lld", (long long)delivery_id);

    secret_hmac(key, text, strlen(text), mac);
    (void)talloc_free(text);
}

char *receipt_query(const void *ctx, const struct secret_key *key, int64_t delivery_id)
{
    unsigned char mac[SECRET_DIGEST_BYTES];

    sign(key, delivery_id, mac);
    return mem_text(ctx, "id=%lld&sig=%s&status=", (long long)delivery_id, secret_base64url(ctx, mac, SIG_BYTES));
}

bool receipt_is_signed(const struct secret_key *key, int64_t delivery_id, const char *sig)
{
    unsigned char mac[SECRET_DIGEST_BYTES], given[SIG_BYTES];

    sign(key, delivery_id, mac);
    return secret_unbase64url(sig, strlen(sig), given, sizeof given) && secret_equal(given, mac, sizeof given);
}

const char *receipt_find(const char *status)
{
    for (size_t i = 0; i < sizeof receipts / sizeof receipts[0]; i++)
        if (strcmp(receipts[i].status, status) == 0)
            return receipts[i].receipt;
    return NULL;
}

#include "action/payment.h"

#include <string.h>

#include "base/memory.h"
#include "base/rand.h"
#include "base/secret.h"

#define DECLINES "demo-declines-"

static const struct err *demo_charge(const struct payment_provider *provider, const struct payment_charge *charge,
                                     enum payment_result *result)
{
    (void)provider;
    *result = strncmp(charge->reference, DECLINES, strlen(DECLINES)) == 0 ? PAYMENT_DECLINED : PAYMENT_PAID;
    return NULL;
}

static const struct payment_provider demo = {
    .name = "demo", .page = "/payment-method/provider", .is_demo = true, .charge = demo_charge,
};

const struct payment_provider *payment_provider(const struct config *config)
{
    return strcmp(config->payment.provider, demo.name) == 0 ? &demo : NULL;
}

/* Letters only, so that no reference looks like a card number. */
const char *payment_demo_reference(const void *ctx, bool declines)
{
    char letters[25] = "";

    for (size_t i = 0; i + 1 < sizeof letters; i++)
        letters[i] = (char)('a' + rand_below(26));
    return mem_text(ctx, "%s%s", declines ? DECLINES : "demo-", letters);
}

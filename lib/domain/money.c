#include "domain/money.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

#define DECIMALS_USUAL 2
#define DECIMALS_MOST 4

/* Source: ISO 4217, list one, column "Mnr unt", of the currencies that have another number than two. */
static const struct unusual { char currency[4]; int decimals; } unusual[] = {
    { "BIF", 0 }, { "CLP", 0 }, { "DJF", 0 }, { "GNF", 0 }, { "ISK", 0 }, { "JPY", 0 }, { "KMF", 0 }, { "KRW", 0 }, { "PYG", 0 },
    { "RWF", 0 }, { "UGX", 0 }, { "UYI", 0 }, { "VND", 0 }, { "VUV", 0 }, { "XAF", 0 }, { "XOF", 0 }, { "XPF", 0 },
    { "BHD", 3 }, { "IQD", 3 }, { "JOD", 3 }, { "KWD", 3 }, { "LYD", 3 }, { "OMR", 3 }, { "TND", 3 },
    { "CLF", 4 }, { "UYW", 4 }
};

int money_decimals(const char *currency)
{
    for (size_t i = 0; i < sizeof unusual / sizeof unusual[0]; i++)
        if (strcmp(unusual[i].currency, currency) == 0)
            return unusual[i].decimals;
    return DECIMALS_USUAL;
}

static void add_grouped(struct buf *text, uint64_t whole)
{
    char digits[24];
    const int n = snprintf(digits, sizeof digits, "%" PRIu64, whole);

    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            buf_char(text, ',');
        buf_char(text, digits[i]);
    }
}

char *money_format(const void *ctx, int64_t minor, const char *currency)
{
    static const uint64_t units[DECIMALS_MOST + 1] = { 1, 10, 100, 1000, 10000 };
    const int decimals = money_decimals(currency);
    const uint64_t unit = units[decimals], amount = minor < 0 ? -(uint64_t)minor : (uint64_t)minor;
    struct buf *text = buf_new(ctx, 40);
    char *money;

    buf_format(text, "%s%s%s", currency, currency[0] != '\0' ? " " : "", minor < 0 ? "-" : "");
    add_grouped(text, amount / unit);
    if (decimals > 0)
        buf_format(text, ".%0*" PRIu64, decimals, amount % unit);
    money = mem_copy_n(ctx, text->bytes, text->n);
    talloc_free(text);
    return money;
}

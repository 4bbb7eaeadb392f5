#include "domain/contact.h"

#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "domain/code.h"

static char *clean_number(const void *ctx, const char *typed)
{
    struct buf *number = buf_new(ctx, 32);
    for (const char *p = typed; *p != '\0'; p++)
        if (strchr(" -./()", *p) == NULL)
            buf_char(number, *p);
    return strncmp(number->bytes, "00", 2) == 0 ? mem_text(ctx, "+%s", number->bytes + 2) : number->bytes;
}

char *contact_clean(const void *ctx, enum channel channel, const char *typed)
{
    return channel == CHANNEL_SMS ? clean_number(ctx, typed) : text_lower(ctx, typed);
}

bool contact_is_fine(enum channel channel, const char *address)
{
    return channel == CHANNEL_SMS ? text_is_phone(address) : text_is_email(address);
}

char *contact_mask(const void *ctx, enum channel channel, const char *address)
{
    return channel == CHANNEL_EMAIL ? code_mask_email(ctx, address) : mem_text(ctx, "…%s", code_mask_phone(ctx, address));
}

/* contact.h - addresses an account can be reached at, as people type them. */
#ifndef DOMAIN_CONTACT_H
#define DOMAIN_CONTACT_H

#include <stdbool.h>

#include "domain/account.h"

/* As it is stored: an email address in lower case; a number without the spaces, hyphens, dots and brackets people write, 00 in
 * front of it as +. */
char *contact_clean(const void *ctx, enum channel channel, const char *typed);
/* Whether a cleaned address can be written to: see text_is_email() and text_is_phone(). */
bool contact_is_fine(enum channel channel, const char *address);
/* "j***@acme.example", "…0188": in logs and notices. */
char *contact_mask(const void *ctx, enum channel channel, const char *address);

#endif

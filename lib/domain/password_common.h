/* password_common.h - passwords that everybody tries first. For sign_in.c.
 *
 * Only what the minimum length lets through needs to be known: a short list of whole passwords, and a list of words that
 * do not become a good password by figures, signs, repetition or look-alikes ("P@ssw0rd2024!").
 */
#ifndef DOMAIN_PASSWORD_COMMON_H
#define DOMAIN_PASSWORD_COMMON_H

#include <stdbool.h>

/* `lowered`: lower case, at most PASSWORD_MAX_BYTES. */
bool password_is_common(const char *lowered);

#endif

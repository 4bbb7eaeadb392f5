/* sign_in.h - the throttle of sign-in, and password rules. Numbers: security rules, section 2. */
#ifndef DOMAIN_SIGN_IN_H
#define DOMAIN_SIGN_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWORD_MIN_POINTS 12
#define PASSWORD_MAX_POINTS 128
#define PASSWORD_MAX_BYTES 512

/* Seconds to wait after the n-th failure in a row: 0 up to the 4th, then 1, 2, 4, … 900. */
int64_t sign_in_wait_s(int64_t failures);

enum password_fault { PASSWORD_FINE, PASSWORD_SHORT, PASSWORD_LONG, PASSWORD_COMMON, PASSWORD_IS_LOGIN };
/* Blocklist compared without case; a password that holds the login's local part and little else is refused too. */
enum password_fault password_judge(const char *password, const char *login);

#endif

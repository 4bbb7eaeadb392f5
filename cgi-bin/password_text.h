/* password_text.h - what is wrong with a new password, as it stands beside its field. */
#ifndef CGI_PASSWORD_TEXT_H
#define CGI_PASSWORD_TEXT_H

#include "domain/sign_in.h"

const char *password_text(enum password_fault fault);   /* in the language in use; "" for PASSWORD_FINE */

#endif

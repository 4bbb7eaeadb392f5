#include "password_text.h"

#include "base/lang.h"

static const char *const texts[] = {
    [PASSWORD_SHORT] = N_("Enter at least 12 characters"),
    [PASSWORD_LONG] = N_("Enter 128 characters or fewer"),
    [PASSWORD_COMMON] = N_("Many people use this password. Choose another one"),
    [PASSWORD_IS_LOGIN] = N_("Choose a password that is not like your user name"),
};

const char *password_text(enum password_fault fault) { return fault == PASSWORD_FINE ? "" : _(texts[fault]); }

/* test_mail.h - reads what a mail program would read out of a message's text; written apart from lib/notify. */
#ifndef TEST_MAIL_H
#define TEST_MAIL_H

#include <stddef.h>

/* All functions take lines with CR LF or LF, abort on what breaks the form, and return text that the caller frees. */

/* The field's value, unfolded and with encoded words decoded; NULL if there is no such field, abort if there are two. */
char *mail_field(const char *mail, const char *name);
/* The decoded body of the part of that type; NULL if there is none. Line ends come out as LF. */
char *mail_part(const char *mail, const char *type);
/* With every CR LF as LF. */
char *mail_unix(const char *mail);

#endif

/* lang.h - languages. C texts by gettext, templates translated at build time; both fall back to English.
 *
 * gettext works under C.UTF-8 with the LANGUAGE variable; the catalogue switch is per process, which the prefork model
 * allows. Texts to translate are marked _("…") where used, N_("…") in tables and then passed through _() when shown.
 */
#ifndef BASE_LANG_H
#define BASE_LANG_H

#include <stdbool.h>
#include <stddef.h>
#include <libintl.h>

#define _(text) lang_text(text)
#define N_(text) text

struct lang {
    const char *tag;      /* BCP 47: "en", "zh-Hans"; in URLs, cookies, the profile, <html lang> */
    const char *folder;   /* of messages: "en", "zh_CN"; templates lie in <templates>/<tag>/ */
    const char *name;     /* in itself: "English", "中文" */
    const char *other;    /* tag of the language its pages offer in the bar */
};

extern const struct lang langs[];
extern const size_t langs_n;

const struct lang *lang_find(const char *tag);                    /* exact, NULL if unknown */
const struct lang *lang_accept(const char *accept_language);      /* best of an Accept-Language header; never NULL */
const struct lang *lang_default(void);

void lang_init(const char *messages_folder);   /* once a process; NULL or "" leaves English */
void lang_use(const struct lang *lang);        /* from here on _() speaks it */
/* gettext(), of which it remembers the answers: looking one up takes longer than all else that is done with a text. */
const char *lang_text(const char *text) __attribute__((format_arg(1)));

#endif

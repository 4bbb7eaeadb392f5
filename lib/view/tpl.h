/* tpl.h - the one door to ctemplate, whose only includer is tpl.cc.
 *
 * Dictionaries are ours: C structures in a talloc context. A template's markers are looked up in its dictionary, then in
 * the parents (included templates see them too, other than in ctemplate's own). A marker whose name was never set
 * renders as nothing and is reported by tpl_missing(): in tests that is a failure. Everything in *.html is HTML-escaped by
 * AUTOESCAPE, which each file names on its first line; *.txt is plain text and not escaped. In *.html a line feed inside
 * a value becomes a space; {{VALUE:pre_escape}} keeps it.
 */
#ifndef VIEW_TPL_H
#define VIEW_TPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct tpl_dict;

struct tpl_dict *tpl_dict_new(const void *ctx);
/* Names are literals of the code, kept and not copied; values are copied. NULL is "". */
void tpl_set(struct tpl_dict *dict, const char *name, const char *value);
void tpl_set_int(struct tpl_dict *dict, const char *name, int64_t value);
/* Shows {{#SECTION}} once, with the same dictionary's values; hidden sections need no call. */
void tpl_show(struct tpl_dict *dict, const char *section);
void tpl_show_if(struct tpl_dict *dict, const char *section, bool is_shown);
/* Shows {{#SECTION}} once more, with a dictionary of its own. */
struct tpl_dict *tpl_row(struct tpl_dict *dict, const char *section);
/* Fills {{>MARKER}} with a template file (name below the language folder, copied; never taken from input). A marker that
 * was not filled shows nothing. */
struct tpl_dict *tpl_include(struct tpl_dict *dict, const char *marker, const char *file);

/* Loads every *.html and *.txt below root/<lang tag>/ for each language, then freezes; once a process before forking.
 * ERR_BUG names the first file that does not parse. A second call replaces the first (tests). */
const struct err *tpl_load(const char *root, const char *const *lang_tags, size_t n);

/* Renders into out; nothing is added on an error (ERR_BUG). */
const struct err *tpl_render(const char *lang_tag, const char *file, struct tpl_dict *dict, struct buf *out);

/* The names asked for but never set in the last render, separated by a space; "" if none. Valid until the next render. */
const char *tpl_missing(void);

#endif

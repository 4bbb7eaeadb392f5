/* page.h - the frame around every page: layout.html with bar, navigation, crumbs, messages, footer.
 *
 * A page handler fills one of these and its own dictionary; page_render() puts them together. Texts come translated.
 * Every template may use {{TITLE}} (of the page, without "Error: "), {{LANG}}, {{CSRF}}, {{ONCE}} and {{SUPPORT}}.
 */
#ifndef VIEW_PAGE_H
#define VIEW_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/account.h"
#include "view/tpl.h"

enum page_tone { TONE_INFO, TONE_OK, TONE_WARN, TONE_BAD };

struct page_link { const char *href, *text; };

struct page_message {                /* a box at the top of main */
    enum page_tone tone;
    const char *title;
    const char *text;                /* "" or one paragraph */
    struct page_link link;           /* href NULL: none */
    bool is_status;                  /* role="status"; page_message() sets it for TONE_OK. Others: "alert" if TONE_BAD */
};

struct page_fault {                  /* an error of the form: in the box, and beside the field with the same words */
    const char *field;               /* id of the input it links to */
    const char *text;
};

#define PAGE_MESSAGES_MAX 4
#define PAGE_FAULTS_MAX 12
#define PAGE_CRUMBS_MAX 4

struct page {
    const void *ctx;                 /* everything for this page lives here */
    const char *lang;                /* tag */
    const char *zone;
    int64_t now;
    const char *stem;                /* the template <stem>.html */
    const char *title;               /* of the page; " – mypartner" is added, "Error: " put before when is_error */
    bool is_error;                   /* faults or a bad message: the title says so, the box has focus */
    bool is_narrow;                  /* main.narrow */
    const char *path;                /* of this page, local: for the language link */
    const char *query;               /* "" or "a=b" kept by the language link */
    const char *current;             /* href of the navigation entry to mark; "" if none */
    struct page_link crumbs[PAGE_CRUMBS_MAX];   /* the last one is the page itself, href NULL */
    size_t crumbs_n;
    struct page_message messages[PAGE_MESSAGES_MAX];
    size_t messages_n;
    struct page_fault faults[PAGE_FAULTS_MAX];
    size_t faults_n;
    const struct actor *actor;
    int64_t unread;                  /* notifications */
    const char *csrf;                /* {{CSRF}} in forms */
    const char *once;                /* {{ONCE}} in forms */
    const char *support;             /* contact of support, from the config: {{SUPPORT}} */
    struct tpl_dict *dict;           /* the page's own values: parent of everything the template shows */
};

/* A page of the anonymous actor, in English, whose texts are empty until set. Only page_new() makes one. */
struct page *page_new(const void *ctx, const char *stem);
/* The texts given to these are copied. TONE_BAD and a fault set is_error. Faults are listed in the first TONE_BAD message;
 * without one a box "There is a problem" is made for them. */
void page_crumb(struct page *page, const char *href, const char *text);
void page_message(struct page *page, enum page_tone tone, const char *title, const char *text);   /* over the maximum: dropped */
void page_message_link(struct page *page, const char *href, const char *text);                    /* to the last message */
void page_fault(struct page *page, const char *field, const char *text);

/* For each fault of field "code" shows section CODE_FAULT with value CODE_ERROR in the page's dictionary: names are made
 * from this list by the caller, once a field. */
void page_field(struct page *page, const char *field, const char *fault_section, const char *error_name);

/* The whole document, once: rendering again would repeat the frame. */
const struct err *page_render(struct page *page, struct buf *out);

#endif

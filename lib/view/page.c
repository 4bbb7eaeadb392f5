/* page.c - see page.h. The frame's values are the parents of the page's own, so a page may use {{CSRF}} or {{SUPPORT}}
 * and cannot disturb the frame. Names that only the frame uses begin with FRAME_.
 */
#include <string.h>

#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "view/format.h"
#include "view/page.h"

/* Which pages the navigation names, in order, for whom. A page that is about one object is reached from these. */
static const struct {
    unsigned roles;
    const char *href;
    const char *text;
} navigation[] = {
    { ROLES_CUSTOMER, "/my-partner", N_("My Partner") },
    { ROLES_CUSTOMER, "/account", N_("Account") },
    { ROLES_CUSTOMER, "/resources", N_("Resources") },
    { ROLES_PARTNER, "/customers", N_("Customers") },
    { ROLES_PARTNER, "/requests", N_("Requests") },
    { ROLES_PARTNER, "/invitations", N_("Invitations") },
    { ROLES_PLATFORM, "/overview", N_("Overview") },
    { ROLES_PLATFORM, "/escalations", N_("Escalated requests") },
    { ROLES_PLATFORM, "/accounts", N_("Accounts") },
    { ROLES_PLATFORM, "/users", N_("Users") },
    { ROLES_PLATFORM, "/freezes", N_("Freezes") },
    { ROLES_PLATFORM, "/grants", N_("Granted requests") },
    { ROLES_PLATFORM, "/rule-sets", N_("Account checks") },
    { ROLES_PLATFORM, "/dead-notices", N_("Undelivered messages") },
    { ROLES_PLATFORM, "/dead-events", N_("Undelivered events") },
    { ROLES_CUSTOMER | ROLES_PARTNER, "/operation-log", N_("Operation log") },
    { ROLES_PLATFORM, "/audit-log", N_("Audit log") },
    { ROLES_CUSTOMER | ROLES_PARTNER, "/notifications", N_("Notifications") },
    { ROLE_OWNER | ROLE_ADMIN | ROLE_OPS, "/team", N_("Team") },
    { ROLES_PARTNER, "/settings", N_("Settings") },
    { ROLES_CUSTOMER | ROLES_PARTNER, "/contacts", N_("Contact details") },
    { ROLES_SIGNED_IN, "/preferences", N_("Preferences") },
    { ROLES_SIGNED_IN, "/security", N_("Security") },
    { ROLES_SIGNED_IN, "/help", N_("Help") },
};
#define NAVIGATION_N (sizeof navigation / sizeof *navigation)

/* A class of the stylesheet, and an icon of the sprite in part_messages.html. */
static const struct {
    const char *css;
    const char *icon_section;
} tones[] = {
    [TONE_INFO] = { "info", "MESSAGE_IS_INFO" },
    [TONE_OK] = { "ok", "MESSAGE_IS_OK" },
    [TONE_WARN] = { "warn", "MESSAGE_IS_WARN" },
    [TONE_BAD] = { "bad", "MESSAGE_IS_BAD" },
};

/* What page_new() makes: the page first, so that one is the other. */
struct page_with_frame {
    struct page page;
    struct tpl_dict *frame;
};

static const struct actor nobody = {
    .role = ROLE_ANONYMOUS, .login = "", .user_name = "", .account_name = "", .account_no = "",
    .lang = "", .zone = "", .theme = ""
};

struct page *page_new(const void *ctx, const char *stem)
{
    struct page_with_frame *made = mem_new(ctx, struct page_with_frame);
    made->frame = tpl_dict_new(made);
    made->page = (struct page) {
        .ctx = made, .stem = stem, .lang = lang_default()->tag, .zone = "UTC", .title = "", .path = "/", .query = "",
        .current = "", .actor = &nobody, .csrf = "", .once = "", .support = "",
        .dict = tpl_include(made->frame, "BODY", mem_text(made, "%s.html", stem))
    };
    return &made->page;
}

void page_crumb(struct page *page, const char *href, const char *text)
{
    if (page->crumbs_n == PAGE_CRUMBS_MAX) return;
    page->crumbs[page->crumbs_n++] = (struct page_link) { mem_copy(page->ctx, href), mem_copy(page->ctx, text) };
}

void page_message(struct page *page, enum page_tone tone, const char *title, const char *text)
{
    if (tone == TONE_BAD) page->is_error = true;
    if (page->messages_n == PAGE_MESSAGES_MAX) return;
    page->messages[page->messages_n++] = (struct page_message) {
        .tone = tone, .title = mem_copy(page->ctx, title), .text = mem_copy(page->ctx, text != NULL ? text : ""),
        .is_status = tone == TONE_OK
    };
}

void page_message_link(struct page *page, const char *href, const char *text)
{
    if (page->messages_n == 0) return;
    page->messages[page->messages_n - 1].link = (struct page_link) { mem_copy(page->ctx, href), mem_copy(page->ctx, text) };
}

void page_fault(struct page *page, const char *field, const char *text)
{
    page->is_error = true;
    if (page->faults_n == PAGE_FAULTS_MAX) return;
    page->faults[page->faults_n++] = (struct page_fault) { mem_copy(page->ctx, field), mem_copy(page->ctx, text) };
}

static const struct page_fault *find_fault(const struct page *page, const char *field)
{
    for (size_t i = 0; i < page->faults_n; i++) {
        if (strcmp(page->faults[i].field, field) == 0) return &page->faults[i];
    }
    return NULL;
}

void page_field(struct page *page, const char *field, const char *fault_section, const char *error_name)
{
    const struct page_fault *fault = find_fault(page, field);
    if (fault == NULL) return;
    tpl_show(page->dict, fault_section);
    tpl_set(page->dict, error_name, fault->text);
}

/* The query without a language of its own. */
static char *query_kept(const void *ctx, const char *query)
{
    struct buf *kept = buf_new(ctx, strlen(query) + 1);
    for (const char *at = query; *at != '\0';) {
        const size_t n = strcspn(at, "&");
        if (n > 0 && strncmp(at, "lang=", 5) != 0) {
            buf_add(kept, at, n);
            buf_char(kept, '&');
        }
        at += n + (at[n] == '&' ? 1 : 0);
    }
    return kept->bytes;
}

static void fill_head(const struct page *page, struct tpl_dict *frame)
{
    tpl_set(frame, "LANG", page->lang);
    tpl_set(frame, "TITLE", page->title);
    tpl_show_if(frame, "FRAME_ERROR", page->is_error);
    tpl_show_if(frame, "FRAME_LIGHT", strcmp(page->actor->theme, "light") == 0);
    tpl_show_if(frame, "FRAME_DARK", strcmp(page->actor->theme, "dark") == 0);
    tpl_show_if(frame, "FRAME_NARROW", page->is_narrow);
    tpl_set(frame, "CSRF", page->csrf);
    tpl_set(frame, "ONCE", page->once);
    tpl_set(frame, "SUPPORT", page->support);
    tpl_set(frame, "FRAME_ZONE", format_zone(page->ctx, page->now, page->zone));
}

static void fill_bar(const struct page *page, struct tpl_dict *frame)
{
    const struct lang *lang = lang_find(page->lang);
    const struct lang *other = lang_find((lang != NULL ? lang : lang_default())->other);
    tpl_set(frame, "FRAME_OTHER_TAG", other->tag);
    tpl_set(frame, "FRAME_OTHER_NAME", other->name);
    tpl_set(frame, "FRAME_OTHER_HREF",
            mem_text(page->ctx, "%s?%slang=%s", page->path, query_kept(page->ctx, page->query), other->tag));

    const unsigned role = (unsigned)page->actor->role;
    if ((role & ROLES_SIGNED_IN) == 0) {
        tpl_show(frame, "FRAME_ANONYMOUS");
        return;
    }
    tpl_show(frame, "FRAME_SIGNED_IN");
    tpl_set(frame, "FRAME_WHO",
            text_fill(page->ctx, _("{person}, {company}"), "person", page->actor->user_name, "company", page->actor->account_name,
                      NULL));
    tpl_show_if(frame, "FRAME_INBOX", (role & (ROLES_CUSTOMER | ROLES_PARTNER)) != 0);
    if (page->unread > 0) {
        tpl_show(frame, "FRAME_UNREAD");
        tpl_set_int(frame, "FRAME_UNREAD_N", page->unread);
    }
    for (size_t i = 0; i < NAVIGATION_N; i++) {
        if ((navigation[i].roles & role) == 0) continue;
        struct tpl_dict *entry = tpl_row(frame, "FRAME_NAV");
        tpl_set(entry, "FRAME_NAV_HREF", navigation[i].href);
        tpl_set(entry, "FRAME_NAV_TEXT", _(navigation[i].text));
        tpl_show_if(entry, "FRAME_NAV_CURRENT", strcmp(navigation[i].href, page->current) == 0);
    }
}

static void fill_crumbs(const struct page *page, struct tpl_dict *frame)
{
    if (page->crumbs_n == 0) return;
    tpl_show(frame, "FRAME_CRUMBS");
    for (size_t i = 0; i < page->crumbs_n; i++) {
        struct tpl_dict *crumb = tpl_row(frame, "FRAME_CRUMB");
        const char *href = page->crumbs[i].href;
        tpl_set(crumb, "FRAME_CRUMB_TEXT", page->crumbs[i].text);
        tpl_show_if(crumb, "FRAME_CRUMB_LINK", href != NULL);
        tpl_show_if(crumb, "FRAME_CRUMB_HERE", href == NULL);
        tpl_set(crumb, "FRAME_CRUMB_HREF", href);
    }
}

static struct tpl_dict *fill_message(const struct page *page, struct tpl_dict *messages, const struct page_message *message,
                                     int number)
{
    struct tpl_dict *box = tpl_row(messages, "MESSAGE");
    tpl_set(box, "MESSAGE_TONE", tones[message->tone].css);
    tpl_show(box, tones[message->tone].icon_section);
    tpl_set(box, "MESSAGE_ID", mem_text(page->ctx, "message-%d", number));
    tpl_set(box, "MESSAGE_TITLE", message->title);
    tpl_show_if(box, "MESSAGE_IS_STATUS", message->is_status);
    tpl_show_if(box, "MESSAGE_IS_ALERT", message->tone == TONE_BAD && !message->is_status);
    if (message->text[0] != '\0') {
        tpl_show(box, "MESSAGE_WITH_TEXT");
        tpl_set(box, "MESSAGE_TEXT", message->text);
    }
    if (message->link.href != NULL) {
        tpl_show(box, "MESSAGE_WITH_LINK");
        tpl_set(box, "MESSAGE_HREF", message->link.href);
        tpl_set(box, "MESSAGE_LINK", message->link.text);
    }
    return box;
}

/* The box that has the focus and lists the faults. */
static void fill_faults(const struct page *page, struct tpl_dict *box)
{
    tpl_show(box, "MESSAGE_HAS_FOCUS");
    if (page->faults_n == 0) return;
    tpl_show(box, "MESSAGE_WITH_FAULTS");
    for (size_t i = 0; i < page->faults_n; i++) {
        struct tpl_dict *fault = tpl_row(box, "MESSAGE_FAULT");
        tpl_set(fault, "MESSAGE_FAULT_FIELD", page->faults[i].field);
        tpl_set(fault, "MESSAGE_FAULT_TEXT", page->faults[i].text);
    }
}

static void fill_messages(const struct page *page, struct tpl_dict *frame)
{
    size_t focused = 0;
    while (focused < page->messages_n && page->messages[focused].tone != TONE_BAD) focused++;
    const bool has_bad = focused < page->messages_n;
    if (page->messages_n == 0 && page->faults_n == 0) return;

    struct tpl_dict *messages = tpl_include(frame, "MESSAGES", "part_messages.html");
    int number = 0;
    if (!has_bad && page->faults_n > 0) {
        const struct page_message problem = { .tone = TONE_BAD, .title = _("There is a problem"), .text = "" };
        fill_faults(page, fill_message(page, messages, &problem, ++number));
    }
    for (size_t i = 0; i < page->messages_n; i++) {
        struct tpl_dict *box = fill_message(page, messages, &page->messages[i], ++number);
        if (has_bad && i == focused) fill_faults(page, box);
    }
}

const struct err *page_render(struct page *page, struct buf *out)
{
    struct tpl_dict *frame = ((struct page_with_frame *)page)->frame;
    fill_head(page, frame);
    fill_bar(page, frame);
    fill_crumbs(page, frame);
    fill_messages(page, frame);
    return tpl_render(page->lang, "layout.html", frame, out);
}

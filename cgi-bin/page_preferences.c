#include "pages.h"

#include <string.h>

#include "action/preferences.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/store_code.h"

/* Values of the form; what is not chosen is stored as "". */
static const char *const languages[] = {"browser", "en", "zh-Hans", NULL};
static const char *const themes[] = {"device", "light", "dark", NULL};

#define ZONE_MAX 40

const struct field_spec preferences_fields[] = {
    {.name = "language", .kind = FIELD_CHOICE, .choices = languages},
    {.name = "zone", .kind = FIELD_TEXT, .max = ZONE_MAX},
    {.name = "theme", .kind = FIELD_CHOICE, .choices = themes},
    {.name = "channels", .kind = FIELD_TICK},     /* the form asks for the account's channels too */
    {.name = "by_email", .kind = FIELD_TICK},
    {.name = "by_sms", .kind = FIELD_TICK},
    {.name = NULL},
};

/* To choose from, west to east; any other name of the tz database is taken too. */
static const char *const zones[] = {
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Mexico_City", "America/Chicago",
    "America/Bogota", "America/New_York", "America/Halifax", "America/Santiago", "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires", "Atlantic/Azores", "UTC", "Europe/London", "Africa/Lagos", "Europe/Berlin",
    "Europe/Madrid", "Europe/Paris", "Europe/Rome", "Europe/Warsaw", "Africa/Cairo", "Africa/Johannesburg", "Europe/Athens",
    "Europe/Istanbul", "Europe/Moscow", "Asia/Riyadh", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata",
    "Asia/Dhaka", "Asia/Bangkok", "Asia/Jakarta", "Asia/Ho_Chi_Minh", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei",
    "Asia/Singapore", "Asia/Kuala_Lumpur", "Asia/Manila", "Australia/Perth", "Asia/Tokyo", "Asia/Seoul", "Australia/Sydney",
    "Pacific/Auckland",
};
#define ZONES_N (sizeof zones / sizeof zones[0])

struct reading { struct call *call; struct notice_channels channels; bool has_number; };

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct call *call = reading->call;
    struct contact *contacts = NULL;
    size_t n = 0;
    TRY(notice_channels_load(db, call->actor.account_id, &reading->channels));
    TRY(contact_list(db, call->mem, call->actor.account_id, &contacts, &n));
    for (size_t i = 0; i < n; i++)
        reading->has_number |= contacts[i].channel == CHANNEL_SMS && contacts[i].verified_at != INSTANT_NONE;
    return NULL;
}

static const char *otherwise(const char *stored, const char *none) { return stored[0] != '\0' ? stored : none; }

static void fill_choices(struct call *call)
{
    static const char *const language_names[] = {N_("Same as the browser"), "English", "中文"};
    static const char *const theme_names[] = {N_("Same as device"), N_("Light"), N_("Dark")};
    struct tpl_dict *dict = call->page->dict;
    const char *language = call_typed(call, "language", otherwise(call->actor.lang, "browser"));
    const char *theme = call_typed(call, "theme", otherwise(call->actor.theme, "device"));
    for (size_t i = 0; i < 3; i++) {
        struct tpl_dict *row = tpl_row(dict, "LANGUAGE");
        tpl_set(row, "ID", i == 0 ? "language" : mem_text(call->mem, "language-%zu", i));
        tpl_set(row, "VALUE", languages[i]);
        tpl_set(row, "TEXT", i == 0 ? _(language_names[i]) : language_names[i]);
        tpl_set(row, "TEXT_LANG", i == 0 ? call->lang->tag : languages[i]);
        tpl_show_if(row, "CHOSEN", strcmp(language, languages[i]) == 0);
        row = tpl_row(dict, "THEME");
        tpl_set(row, "ID", i == 0 ? "theme" : mem_text(call->mem, "theme-%zu", i));
        tpl_set(row, "VALUE", themes[i]);
        tpl_set(row, "TEXT", _(theme_names[i]));
        tpl_show_if(row, "CHOSEN", strcmp(theme, themes[i]) == 0);
    }
}

static void add_zone(struct call *call, const char *zone, const char *chosen)
{
    struct tpl_dict *row = tpl_row(call->page->dict, "ZONE");
    tpl_set(row, "VALUE", zone);
    tpl_set(row, "TEXT", mem_text(call->mem, "%s (%s)", zone, format_zone(call->mem, call->now, zone)));
    tpl_show_if(row, "CHOSEN", strcmp(zone, chosen) == 0);
}

static void fill_zones(struct call *call)
{
    const char *chosen = call_typed(call, "zone", call->actor.zone), *site = call->site->config->site.zone;
    bool is_listed = chosen[0] == '\0';
    const char *now = format_zone(call->mem, call->now, site);
    tpl_set(call->page->dict, "SITE_ZONE", strcmp(site, now) == 0 ? site : mem_text(call->mem, "%s, %s", site, now));
    tpl_show_if(call->page->dict, "ZONE_IS_SITE", is_listed);
    for (size_t i = 0; i < ZONES_N; i++) {
        is_listed |= strcmp(chosen, zones[i]) == 0;
        add_zone(call, zones[i], chosen);
    }
    if (!is_listed && clock_zone_is_known(chosen))
        add_zone(call, chosen, chosen);
}

static void fill_channels(struct call *call, const struct reading *reading)
{
    struct tpl_dict *dict = call->page->dict;
    const bool was_sent = call_typed(call, "channels", "")[0] != '\0';
    const bool by_email = was_sent ? call_typed(call, "by_email", "")[0] != '\0' : reading->channels.by_email;
    const bool by_sms = was_sent ? call_typed(call, "by_sms", "")[0] != '\0' : reading->channels.by_sms;
    if (call->actor.kind == ACCOUNT_PLATFORM)
        return;
    if (!preferences_may_set_channels(&call->actor)) {
        tpl_show(dict, "CHANNELS_READ");
        tpl_set(dict, "CHANNELS_TEXT", !reading->channels.by_sms ? _("Notices go to your account by email.")
                : !reading->channels.by_email ? _("Notices go to your account by text message.")
                : _("Notices go to your account by email, the most important ones by text message too."));
        return;
    }
    tpl_show(dict, "CHANNELS");
    tpl_show_if(dict, "BY_EMAIL", by_email);
    tpl_show_if(dict, "BY_SMS", by_sms);
    tpl_show_if(dict, "NO_NUMBER", !reading->has_number);
}

static const struct err *make_page(struct call *call)
{
    struct reading reading = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "preferences", _("Preferences"));
    page->is_narrow = true;
    page->current = "/preferences";
    fill_choices(call);
    fill_zones(call);
    fill_channels(call, &reading);
    return NULL;
}

static const struct err *show(struct call *call, int status)
{
    page_field(call->page, "language", "LANGUAGE_FAULT", "LANGUAGE_ERROR");
    page_field(call->page, "zone", "ZONE_FAULT", "ZONE_ERROR");
    page_field(call->page, "theme", "THEME_FAULT", "THEME_ERROR");
    page_field(call->page, "by_email", "CHANNELS_FAULT", "CHANNELS_ERROR");
    return call_show(call, status);
}

const struct err *preferences_get(struct call *call)
{
    TRY(make_page(call));
    return show(call, 0);
}

static const char *chosen(const char *value, const char *none) { return strcmp(value, none) == 0 ? "" : value; }

static void find_faults(struct call *call, const struct preferences *p)
{
    if (form_text(call->form, "language")[0] == '\0')
        page_fault(call->page, "language", _("Select a language"));
    if (p->zone[0] != '\0' && !clock_zone_is_known(p->zone))
        page_fault(call->page, "zone", _("Select a time zone"));
    if (form_text(call->form, "theme")[0] == '\0')
        page_fault(call->page, "theme", _("Select a theme"));
    if (p->with_channels && !p->channels.by_email && !p->channels.by_sms)
        page_fault(call->page, "by_email", _("Select at least one way to send you notices"));
}

const struct err *preferences_post(struct call *call)
{
    const struct preferences wanted = {
        .lang = chosen(form_text(call->form, "language"), "browser"), .zone = form_text(call->form, "zone"),
        .theme = chosen(form_text(call->form, "theme"), "device"), .with_channels = form_ticked(call->form, "channels"),
        .channels = {form_ticked(call->form, "by_email"), form_ticked(call->form, "by_sms")},
    };
    enum preferences_outcome outcome = PREFERENCES_DONE;
    TRY(make_page(call));
    find_faults(call, &wanted);
    if (call->page->faults_n > 0)
        return show(call, 0);
    TRY(preferences_set(call_act(call, "/preferences"), &wanted, &outcome));
    if (outcome == PREFERENCES_NO_NUMBER) {
        page_fault(call->page, "by_email", _("Add a mobile number to your contact details before you turn email off"));
        return show(call, 0);
    }
    /* The profile speaks from now on; a language chosen in this browser before gives way. */
    http_set_cookie(call->response, &call->site->cookies, "lang", "", 0);
    call_flash(call, "preferences-saved");
    return call_go(call, "/preferences");
}

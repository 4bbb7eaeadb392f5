#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "action/contact.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "contact_call.h"
#include "domain/contact.h"
#include "step_up_call.h"
#include "store/store_code.h"

#define ADDRESS_MAX 254

static const char *const channels[] = {"EMAIL", "SMS", NULL};

const struct field_spec contacts_query[] = {
    CONTACT_RETURN_FIELD,
    {.name = NULL},
};
/* What was typed comes back by the query after the password was asked for. */
const struct field_spec contact_change_query[] = {
    {.name = "channel", .kind = FIELD_CHOICE, .choices = channels},
    {.name = "address", .kind = FIELD_TEXT, .max = ADDRESS_MAX},
    CONTACT_RETURN_FIELD,
    {.name = NULL},
};
const struct field_spec contact_change_fields[] = {
    {.name = "channel", .kind = FIELD_CHOICE, .choices = channels},
    {.name = "address", .kind = FIELD_TEXT, .max = ADDRESS_MAX},
    CONTACT_RETURN_FIELD,
    {.name = NULL},
};
const struct field_spec contact_remove_fields[] = {
    {.name = "understood", .kind = FIELD_TICK},
    {.name = NULL},
};

static const char *channel_text(enum channel channel) { return channel == CHANNEL_EMAIL ? _("Email address") : _("Mobile number"); }

struct reading { struct call *call; struct contact *contacts; size_t n; };

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    return contact_list(db, reading->call->mem, reading->call->actor.account_id, &reading->contacts, &reading->n);
}

static const struct err *read_contacts(struct call *call, struct reading *reading)
{
    *reading = (struct reading){.call = call};
    return db_transaction(call->db, DB_READ_ONLY, read_all, reading);
}

static const struct contact *of_channel(const struct reading *reading, enum channel channel)
{
    for (size_t i = 0; i < reading->n; i++)
        if (reading->contacts[i].channel == channel)
            return &reading->contacts[i];
    return NULL;
}

static bool is_proven(const struct contact *contact) { return contact != NULL && contact->verified_at != INSTANT_NONE; }

/* --- the list --- */

/* Whoever only reads sees enough to recognise an address. */
static void fill_contact(struct call *call, struct tpl_dict *row, const struct contact *contact)
{
    const char *shown = contact_may_change(&call->actor) ? contact->address : contact_mask(call->mem, contact->channel, contact->address);
    tpl_show(row, "CONTACT");
    tpl_set_int(row, "ID", contact->id);
    tpl_set(row, "ADDRESS", shown);
    tpl_show_if(row, "PROVEN", is_proven(contact));
    tpl_show_if(row, "UNPROVEN", !is_proven(contact));
    if (is_proven(contact))
        tpl_set(row, "SINCE", format_date(call->mem, contact->verified_at, call->zone));
}

static void fill_row(struct call *call, const struct reading *reading, enum channel channel)
{
    const struct contact *contact = of_channel(reading, channel);
    const bool may_change = contact_may_change(&call->actor);
    struct tpl_dict *row = tpl_row(call->page->dict, "ROW");
    const char *href = mem_text(call->mem, "/contacts/change?channel=%s", channel_name(channel));
    tpl_set(row, "CHANNEL", channel_text(channel));
    if (contact != NULL) {
        fill_contact(call, row, contact);
        if (!is_proven(contact))
            href = mem_text(call->mem, "%s&address=%s", href, url_encode(call->mem, contact->address));
    }
    tpl_show_if(row, "NONE", contact == NULL);
    tpl_set(row, "CHANGE_HREF", contact_call_keep(call, href));
    tpl_show_if(row, "ADD", may_change && contact == NULL);
    tpl_show_if(row, "CHANGE", may_change && is_proven(contact));
    tpl_show_if(row, "PROVE", may_change && contact != NULL && !is_proven(contact));
    tpl_show_if(row, "REMOVE", may_change && contact != NULL);
}

const struct err *contacts_get(struct call *call)
{
    const char *return_to = contact_call_return(call);
    struct reading reading;
    TRY(read_contacts(call, &reading));
    struct page *page = call_page(call, "contacts", _("Contact details"));
    const bool is_reachable = is_proven(of_channel(&reading, CHANNEL_EMAIL)) || is_proven(of_channel(&reading, CHANNEL_SMS));
    page->current = "/contacts";
    contact_call_say(call, is_reachable ? "" : return_to);
    fill_row(call, &reading, CHANNEL_EMAIL);
    fill_row(call, &reading, CHANNEL_SMS);
    tpl_show_if(page->dict, "READS_ONLY", !contact_may_change(&call->actor));
    tpl_show_if(page->dict, "IS_PARTNER", call->actor.kind == ACCOUNT_PARTNER);
    tpl_show_if(page->dict, "GO_BACK", return_to[0] != '\0');
    tpl_set(page->dict, "BACK", contact_call_path(call, return_to));
    return call_show(call, 0);
}

/* --- adding, changing --- */

static enum channel channel_of(const struct call *call)
{
    enum channel channel = CHANNEL_EMAIL;
    return channel_find(form_text(call->form, "channel"), &channel) ? channel : CHANNEL_EMAIL;
}

static const char *title_of(enum channel channel, bool is_change)
{
    if (channel == CHANNEL_EMAIL)
        return is_change ? _("Change your email address") : _("Add an email address");
    return is_change ? _("Change your mobile number") : _("Add a mobile number");
}

static const struct err *make_change(struct call *call)
{
    const enum channel channel = channel_of(call);
    struct reading reading;
    TRY(read_contacts(call, &reading));
    const struct contact *earlier = of_channel(&reading, channel);
    struct page *page = call_page(call, "contact_change", title_of(channel, is_proven(earlier)));
    page->is_narrow = true;
    page->current = "/contacts";
    page_crumb(page, "/contacts", _("Contact details"));
    page_crumb(page, NULL, page->title);
    tpl_set(page->dict, "CHANNEL", channel_name(channel));
    tpl_set(page->dict, "ADDRESS", call_typed(call, "address", ""));
    tpl_set(page->dict, "RETURN", contact_call_return(call));
    tpl_set(page->dict, "BACK", contact_call_keep(call, "/contacts"));
    tpl_show(page->dict, channel == CHANNEL_EMAIL ? "EMAIL" : "SMS");
    tpl_show_if(page->dict, "EARLIER", is_proven(earlier));
    if (is_proven(earlier))
        tpl_set(page->dict, "EARLIER_ADDRESS", earlier->address);
    return NULL;
}

static const struct err *show_change(struct call *call, int status)
{
    page_field(call->page, "address", "ADDRESS_FAULT", "ADDRESS_ERROR");
    return call_show(call, status);
}

static const char *change_path(const struct call *call)
{
    char *path = mem_text(call->mem, "/contacts/change?channel=%s&address=%s", channel_name(channel_of(call)),
                          url_encode(call->mem, form_text(call->form, "address")));
    return contact_call_keep(call, path);
}

const struct err *contact_change_get(struct call *call)
{
    if (!call->is_stale && step_up_first(call, change_path(call)))
        return NULL;
    TRY(make_change(call));
    return show_change(call, 0);
}

const struct err *contact_change_post(struct call *call)
{
    const enum channel channel = channel_of(call);
    const char *address = contact_clean(call->mem, channel, form_text(call->form, "address"));
    enum contact_outcome outcome = CONTACT_DONE;
    if (form_text(call->form, "channel")[0] == '\0')
        return err_new(ERR_INPUT, 0, "field channel is missing");
    TRY(make_change(call));
    if (!contact_is_fine(channel, address)) {
        page_fault(call->page, "address", channel == CHANNEL_EMAIL ? _("Enter an email address, like name@example.com")
                                          : _("Enter a mobile number with its country code, like +49 1512 3456789"));
        return show_change(call, 0);
    }
    struct act *act = call_act(call, "/contacts/change/{no}");
    TRY(contact_begin(act, channel, address, contact_call_return(call), &outcome));
    switch (outcome) {
    case CONTACT_DONE:
        return call_go(call, "%s", act->location);
    case CONTACT_NO_STEP_UP:
        return step_up_go(call, change_path(call));
    case CONTACT_SAME:
    case CONTACT_LAST:
        break;
    }
    page_fault(call->page, "address", channel == CHANNEL_EMAIL ? _("This email address is your contact already")
                                                               : _("This mobile number is your contact already"));
    return show_change(call, 0);
}

/* --- removing --- */

static const char *remove_path(const struct call *call) { return mem_text(call->mem, "/contacts/%s/remove", call->vars.values[0]); }

/* *is_there false: the response is the 404 page. */
static const struct err *make_remove(struct call *call, bool *is_there)
{
    const int64_t id = strtoll(call->vars.values[0], NULL, 10);
    const struct contact *contact = NULL, *other = NULL;
    struct reading reading;
    TRY(read_contacts(call, &reading));
    for (size_t i = 0; i < reading.n; i++) {
        if (reading.contacts[i].id == id)
            contact = &reading.contacts[i];
        else
            other = &reading.contacts[i];
    }
    *is_there = contact != NULL;
    if (contact == NULL)
        return call_missing(call);
    struct page *page = call_page(call, "contact_remove", contact->channel == CHANNEL_EMAIL ? _("Remove your email address?")
                                                                                            : _("Remove your mobile number?"));
    page->is_narrow = true;
    page->current = "/contacts";
    page_crumb(page, "/contacts", _("Contact details"));
    page_crumb(page, NULL, page->title);
    tpl_set_int(page->dict, "ID", contact->id);
    tpl_set(page->dict, "ADDRESS", contact->address);
    tpl_set(page->dict, "CHANNEL_TEXT", channel_text(contact->channel));
    tpl_show_if(page->dict, "LAST", is_proven(contact) && !is_proven(other));
    tpl_show_if(page->dict, "TICKED", call_typed(call, "understood", "")[0] != '\0');
    return NULL;
}

static const struct err *show_remove(struct call *call)
{
    page_field(call->page, "understood", "TICK_FAULT", "TICK_ERROR");
    return call_show(call, 0);
}

const struct err *contact_remove_get(struct call *call)
{
    bool is_there = false;
    if (!call->is_stale && step_up_first(call, remove_path(call)))
        return NULL;
    call->form = call->is_stale ? call->form : form_empty(call->mem, NULL, contact_remove_fields);
    TRY(make_remove(call, &is_there));
    return is_there ? show_remove(call) : NULL;
}

const struct err *contact_remove_post(struct call *call)
{
    enum contact_outcome outcome = CONTACT_DONE;
    bool is_there = false;
    struct act *act = call_act(call, "/contacts");
    /* Sent twice: the contact is gone by the second time. */
    TRY(act_seen_before(act));
    if (!act->is_done)
        TRY(contact_remove(act, strtoll(call->vars.values[0], NULL, 10), form_ticked(call->form, "understood"), &outcome));
    switch (outcome) {
    case CONTACT_DONE:
        call_flash(call, "contact-removed");
        return call_go(call, "/contacts");
    case CONTACT_NO_STEP_UP:
        return step_up_go(call, remove_path(call));
    case CONTACT_LAST:
    case CONTACT_SAME:
        break;
    }
    TRY(make_remove(call, &is_there));
    if (!is_there)
        return NULL;
    page_fault(call->page, "understood", _("Tick the box to show that you have read this"));
    return show_remove(call);
}

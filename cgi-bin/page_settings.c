#include "pages.h"

#include <string.h>

#include "action/settings.h"
#include "step_up_call.h"
#include "store/store_team.h"

static const char *const positions[] = {"ON", "OFF", NULL};

const struct field_spec settings_fields[] = {
    {.name = "code", .kind = FIELD_CHOICE, .choices = positions},
    {.name = NULL},
};

struct reading { struct call *call; bool is_on; };

static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    return account_code_on(db, reading->call->actor.account_id, &reading->is_on);
}

static const struct err *make_page(struct call *call)
{
    struct reading reading = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "settings", _("Settings"));
    page->is_narrow = true;
    page->current = "/settings";
    tpl_set(page->dict, "BADGE_CSS", reading.is_on ? "ok" : "");
    tpl_set(page->dict, "BADGE", reading.is_on ? _("On") : _("Off"));
    tpl_show_if(page->dict, "FORM", call->actor.role == ROLE_ADMIN);
    tpl_show_if(page->dict, "READS_ONLY", call->actor.role != ROLE_ADMIN);
    tpl_set(page->dict, "POSITION", reading.is_on ? "OFF" : "ON");
    tpl_set(page->dict, "BUTTON", reading.is_on ? _("Switch off") : _("Switch on"));
    return NULL;
}

const struct err *settings_get(struct call *call)
{
    TRY(make_page(call));
    return call_show(call, 0);
}

const struct err *settings_post(struct call *call)
{
    const char *position = form_text(call->form, "code");
    enum settings_outcome outcome = SETTINGS_DONE;
    if (position[0] == '\0')
        return err_new(ERR_INPUT, 0, "field code is missing");
    const bool is_on = strcmp(position, "ON") == 0;
    struct act *act = call_act(call, "/settings");
    TRY(settings_set_code(act, is_on, &outcome));
    switch (outcome) {
    case SETTINGS_DONE:
    case SETTINGS_SAME:
        call_flash(call, is_on ? "code-on" : "code-off");
        return call_go(call, "/settings");
    case SETTINGS_NO_STEP_UP:
        return step_up_go(call, "/settings");
    case SETTINGS_NO_CONTACT:
        break;
    }
    TRY(make_page(call));
    page_message(call->page, TONE_BAD, _("There is nowhere to send a code to"),
                 _("Your account has no proven email address or mobile number. Add one first."));
    page_message_link(call->page, "/contacts", _("Contact details"));
    return call_show(call, 409);
}

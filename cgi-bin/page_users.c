/* The platform looks for users, and does what has to be done about one: disable, enable, end sessions, reset the second factor. */
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "action/desk_user.h"
#include "base/clock.h"
#include "base/text.h"
#include "desk_call.h"
#include "step_up_call.h"
#include "view/view_role.h"

static const char *const acts[] = {"DISABLE", "ENABLE", "END_SESSIONS", "RESET_FACTOR", NULL};   /* in the order of enum desk_user_act */

const struct field_spec users_query[] = {
    {.name = "q", .kind = FIELD_TEXT, .max = LOGIN_MAX},
    {.name = NULL},
};
const struct field_spec user_fields[] = {
    {.name = "act", .kind = FIELD_CHOICE, .choices = acts},
    {.name = "reason", .kind = FIELD_LINES, .max = DESK_REASON_MAX_POINTS},
    {.name = NULL},
};

/* --- the list ---------------------------------------------------------------------------------------------------------- */

struct listing { struct call *call; const char *search; struct desk_user *list; size_t n; bool has_more; };

static const struct err *read_list(struct db *db, void *arg)
{
    struct listing *l = arg;
    return desk_user_list(db, l->call->mem, l->search, l->call->now, &l->list, &l->n, &l->has_more);
}

static void fill_user(struct page *page, struct tpl_dict *row, const struct desk_user *user)
{
    const bool can_sign_in = user->is_active && user->account_is_open;
    tpl_set_int(row, "ID", user->id);
    tpl_set(row, "LOGIN", user->login);
    tpl_set(row, "NAME", user->name);
    tpl_set(row, "ROLE", view_role(user->role));
    tpl_set(row, "ACCOUNT_NAME", user->account_name);
    tpl_set(row, "ACCOUNT_NO", user->account_no);
    tpl_show_if(row, "OF_ACCOUNT", user->kind != ACCOUNT_PLATFORM);
    tpl_show_if(row, "OF_PLATFORM", user->kind == ACCOUNT_PLATFORM);
    tpl_set(row, "CSS", can_sign_in ? "ok" : "");
    tpl_set(row, "STATUS", can_sign_in ? _("Active") : user->is_active ? _("Account closed") : _("Disabled"));
    tpl_set(row, "FACTOR", user->has_factor ? _("On") : _("Off"));
    tpl_set_int(row, "SESSIONS", user->sessions);
    tpl_set(row, "SEEN", user->seen_at == INSTANT_NONE ? _("Never") : format_time(page->ctx, user->seen_at, page->zone));
}

const struct err *users_get(struct call *call)
{
    struct listing l = {.call = call, .search = form_text(call->form, "q")};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_list, &l));
    struct page *page = call_page(call, "users", _("Users"));
    page->current = "/users";
    tpl_set(page->dict, "Q", l.search);
    tpl_set(page->dict, "CAPTION", l.search[0] == '\0' ? _("Who runs the platform") : _("Users found"));
    tpl_show_if(page->dict, "FILTERED", l.search[0] != '\0');
    tpl_show_if(page->dict, "EMPTY", l.n == 0);
    tpl_show_if(page->dict, "LIST", l.n > 0);
    tpl_show_if(page->dict, "TOO_MANY", l.has_more);
    for (size_t i = 0; i < l.n; i++)
        fill_user(page, tpl_row(page->dict, "USER"), &l.list[i]);
    return call_show(call, 0);
}

/* --- one user ---------------------------------------------------------------------------------------------------------- */

struct reading { struct call *call; struct desk_user *user; };

static const struct err *read_user(struct db *db, void *arg)
{
    struct reading *r = arg;
    return desk_user_load(db, r->call->mem, strtoll(r->call->vars.values[0], NULL, 10), r->call->now, &r->user);
}

static const struct err *find(struct call *call, struct desk_user **user)
{
    struct reading r = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_user, &r));
    *user = r.user;
    return r.user == NULL ? call_missing(call) : NULL;
}

static void fill_acts(struct call *call, const struct desk_user *user)
{
    struct tpl_dict *dict = call->page->dict;
    const bool is_own = user->id == call->actor.user_id, may = desk_call_may(call) && !is_own && user->account_is_open;
    const char *chosen = call_typed(call, "act", "");
    tpl_show_if(dict, "IS_OWN", is_own && desk_call_may(call));
    /* Asked for the password before the reason is typed, not after. */
    const bool is_recent = call->request->method == HTTP_POST || step_up_is_recent(call);
    tpl_show_if(dict, "FORM", may && is_recent);
    tpl_show_if(dict, "FIRST_STEP_UP", may && !is_recent);
    const bool can[] = {user->is_active, !user->is_active, user->sessions > 0, user->has_factor};
    static const char *const shown[] = {"CAN_DISABLE", "CAN_ENABLE", "CAN_END", "CAN_RESET"};
    static const char *const checked[] = {"DISABLE_CHOSEN", "ENABLE_CHOSEN", "END_CHOSEN", "RESET_CHOSEN"};
    for (size_t i = 0; i < DESK_USER_ACTS; i++) {
        tpl_show_if(dict, shown[i], can[i]);
        tpl_show_if(dict, checked[i], strcmp(chosen, acts[i]) == 0);
    }
}

static void make_page(struct call *call, const struct desk_user *user)
{
    struct page *page = call_page(call, "user", user->login);
    page->current = "/users";
    page->is_narrow = true;
    page_crumb(page, "/users", _("Users"));
    page_crumb(page, NULL, page->title);
    fill_user(page, page->dict, user);
    tpl_set(page->dict, "CREATED", format_date(call->mem, user->created_at, call->zone));
    tpl_show_if(page->dict, "WITH_FACTOR", user->has_factor);
    tpl_set_int(page->dict, "RECOVERY", user->recovery_left);
    tpl_show_if(page->dict, "WITHOUT_PASSWORD", !user->has_password);
    tpl_show_if(page->dict, "WAITS", user->wait_until != INSTANT_NONE && user->wait_until > call->now);
    tpl_set(page->dict, "WAIT_UNTIL", user->wait_until == INSTANT_NONE ? "" : format_time_s(call->mem, user->wait_until, call->zone));
    fill_acts(call, user);
}

static const struct err *show(struct call *call, int status)
{
    page_field(call->page, "act", "ACT_FAULT", "ACT_ERROR");
    desk_call_reason(call, _("Why?"), _("The person and the account see this. At most 500 characters."));
    return call_show(call, status);
}

const struct err *user_get(struct call *call)
{
    struct desk_user *user = NULL;
    TRY(find(call, &user));
    if (user == NULL)
        return NULL;
    make_page(call, user);
    return show(call, 0);
}

static bool read_act(const struct call *call, enum desk_user_act *what)
{
    for (int i = 0; i < DESK_USER_ACTS; i++)
        if (strcmp(form_text(call->form, "act"), acts[i]) == 0) {
            *what = (enum desk_user_act)i;
            return true;
        }
    return false;
}

static const struct err *refused(struct call *call, const struct desk_user *user, enum desk_outcome outcome)
{
    switch (outcome) {
    case DESK_NO_STEP_UP:
        return step_up_go(call, mem_text(call->mem, "/users/%lld", (long long)user->id));
    case DESK_OWN:
        return call_error_page(call, 409, _("You can’t do this to yourself"), _("Another operator has to do it for you."),
                               mem_text(call->mem, "/users/%lld", (long long)user->id), _("Go back"));
    default:
        page_message(call->page, TONE_BAD, _("There is nothing to change"),
                     _("It is so already, or somebody was faster. See how things are now."));
        return show(call, 409);
    }
}

const struct err *user_post(struct call *call)
{
    static const char *const said[] = {"user-disabled", "user-enabled", "user-sessions-ended", "user-factor-reset"};
    struct desk_user *user = NULL;
    enum desk_user_act what = DESK_USER_DISABLE;
    enum desk_outcome outcome = DESK_DONE;
    TRY(find(call, &user));
    if (user == NULL)
        return NULL;
    make_page(call, user);
    if (!read_act(call, &what))
        page_fault(call->page, "act", _("Select what to do"));
    desk_call_judge_reason(call);
    if (call->page->faults_n > 0)
        return show(call, 0);
    struct act *act = call_act(call, mem_text(call->mem, "/users/%lld", (long long)user->id));
    TRY(desk_user(act, user->id, what, form_text(call->form, "reason"), &outcome));
    if (!act->is_done)
        return refused(call, user, outcome);
    call_flash(call, said[what]);
    return call_go(call, "%s", act->location);
}

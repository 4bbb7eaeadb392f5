/* A person's own sessions and password. The second factor is in page_second_factor.c. */
#include "pages.h"

#include <stdlib.h>

#include "action/security.h"
#include "action/step_up.h"
#include "base/clock.h"
#include "base/text.h"
#include "password_text.h"
#include "step_up_call.h"
#include "view/browser_name.h"
#include "store/store_security.h"

const struct field_spec security_password_fields[] = {
    {.name = "password", .kind = FIELD_PASSWORD},
    {.name = NULL},
};

struct reading { struct call *call; struct session_seen *sessions; size_t n; struct second_factor factor; };

/* A session that gave its place to another after a password was confirmed has a minute left and is not listed. */
static const struct err *read_all(struct db *db, void *arg)
{
    struct reading *reading = arg;
    const struct call *call = reading->call;
    TRY(session_list(db, call->mem, call->actor.user_id, call->now, STEP_UP_OVERLAP_S, &reading->sessions, &reading->n));
    return second_factor_load(db, call->mem, call->actor.user_id, call->now - SECOND_FACTOR_PENDING_S * CLOCK_SECOND, &reading->factor);
}

static void fill_sessions(struct call *call, const struct reading *reading)
{
    for (size_t i = 0; i < reading->n; i++) {
        const struct session_seen *session = &reading->sessions[i];
        const bool is_this = session->id == call->actor.session_id;
        struct tpl_dict *row = tpl_row(call->page->dict, "SESSION");
        tpl_set_int(row, "ID", session->id);
        tpl_set(row, "AGENT", browser_name(call->mem, session->agent));
        tpl_set(row, "IP", session->ip);
        tpl_set(row, "SINCE", format_time(call->mem, session->created_at, call->zone));
        tpl_set(row, "SEEN", format_time(call->mem, session->seen_at, call->zone));
        tpl_show_if(row, "THIS", is_this);
        tpl_show_if(row, "OTHER", !is_this);
    }
    tpl_show_if(call->page->dict, "OTHERS", reading->n > 1);
}

static void fill_factor(struct call *call, const struct second_factor *factor)
{
    struct tpl_dict *dict = call->page->dict;
    const bool is_platform = call->actor.kind == ACCOUNT_PLATFORM;
    tpl_show_if(dict, "FACTOR_ON", factor->is_on);
    tpl_show_if(dict, "FACTOR_OFF", !factor->is_on);
    tpl_show_if(dict, "FACTOR_REQUIRED", is_platform);
    tpl_show_if(dict, "MAY_SWITCH_OFF", factor->is_on && !is_platform);
    tpl_set(dict, "LEFT", text_fill(call->mem, ngettext("{n} recovery code is left.", "{n} recovery codes are left.",
                                                        (unsigned long)factor->recovery_left),
                                    "n", mem_text(call->mem, "%lld", (long long)factor->recovery_left), NULL));
}

const struct err *security_get(struct call *call)
{
    struct reading reading = {.call = call};
    TRY(db_transaction(call->db, DB_READ_ONLY, read_all, &reading));
    struct page *page = call_page(call, "security", _("Security"));
    page->current = "/security";
    fill_sessions(call, &reading);
    fill_factor(call, &reading.factor);
    return call_show(call, 0);
}

static const struct err *end(struct call *call, enum security_outcome outcome, const char *said)
{
    if (outcome == SECURITY_NO_STEP_UP)
        return step_up_go(call, "/security");
    call_flash(call, outcome == SECURITY_DONE ? said : "session-gone");
    return call_go(call, "/security");
}

const struct err *security_end_post(struct call *call)
{
    enum security_outcome outcome = SECURITY_DONE;
    struct act *act = call_act(call, "/security");
    /* Sent twice: the session is over by the second time. */
    TRY(act_seen_before(act));
    if (!act->is_done)
        TRY(security_end_session(act, strtoll(call->vars.values[0], NULL, 10), &outcome));
    return end(call, outcome, "session-ended");
}

const struct err *security_end_others_post(struct call *call)
{
    enum security_outcome outcome = SECURITY_DONE;
    TRY(security_end_others(call_act(call, "/security"), &outcome));
    return end(call, outcome, "sessions-ended");
}

/* --- password --- */

static void make_password(struct call *call)
{
    struct page *page = call_page(call, "security_password", _("Change your password"));
    page->is_narrow = true;
    page->current = "/security";
    page_crumb(page, "/security", _("Security"));
    page_crumb(page, NULL, page->title);
    tpl_set(page->dict, "LOGIN", call->actor.login);
    tpl_set_int(page->dict, "MIN", PASSWORD_MIN_POINTS);
}

static const struct err *show_password(struct call *call)
{
    page_field(call->page, "password", "PASSWORD_FAULT", "PASSWORD_ERROR");
    return call_show(call, 0);
}

const struct err *security_password_get(struct call *call)
{
    if (!call->is_stale && step_up_first(call, "/security/password"))
        return NULL;
    make_password(call);
    return show_password(call);
}

const struct err *security_password_post(struct call *call)
{
    const char *password = form_text(call->form, "password");
    enum security_outcome outcome = SECURITY_DONE;
    enum password_fault fault = PASSWORD_FINE;
    make_password(call);
    if (password[0] == '\0') {
        page_fault(call->page, "password", _("Enter a new password"));
        return show_password(call);
    }
    TRY(security_set_password(call_act(call, "/security"), password, &outcome, &fault));
    if (outcome == SECURITY_NO_STEP_UP)
        return step_up_go(call, "/security/password");
    if (outcome == SECURITY_REFUSED) {
        page_fault(call->page, "password", password_text(fault));
        return show_password(call);
    }
    call_flash(call, "password-changed");
    return call_go(call, "/security");
}

#include <string.h>

#include "action/register.h"
#include "base/clock.h"
#include "base/text.h"
#include "code_words.h"
#include "invitation_page.h"
#include "pages.h"
#include "password_text.h"
#include "sign_in_page.h"
#include "view/view_code.h"

const struct field_spec register_fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .max = REGISTER_NAME_MAX_POINTS},
    {.name = "company", .kind = FIELD_TEXT, .max = REGISTER_NAME_MAX_POINTS},
    {.name = "email", .kind = FIELD_EMAIL, .max = LOGIN_MAX},
    {.name = "password", .kind = FIELD_PASSWORD},
    {.name = NULL},
};
/* As part_code.html sends them; there is one channel, and no draft to be overtaken. */
const struct field_spec register_code_fields[] = {
    {.name = "code", .kind = FIELD_CODE, .max = 16},
    {.name = "rev", .kind = FIELD_NUMBER, .max = 1},
    {.name = NULL},
};
static const char *const channels[] = {"EMAIL", NULL};
const struct field_spec register_send_fields[] = {
    {.name = "channel", .kind = FIELD_CHOICE, .choices = channels},
    {.name = "rev", .kind = FIELD_NUMBER, .max = 1},
    {.name = NULL},
};

static struct register_visit visit_of(const struct call *call)
{
    struct register_visit visit = {.token = call->vars.values[0]};
    secret_sha256(call->session_token, strlen(call->session_token), visit.visit_hash);
    return visit;
}

/* *is_answered: the response is made, as there is no invitation to register on, or somebody is signed in already. */
static const struct err *enter(struct call *call, struct invitation_found *found, bool *is_answered)
{
    *is_answered = true;
    TRY(invitation_page_read(call, found));
    if (found->invitation == NULL || found->status != INVITATION_OPEN)
        return invitation_page_closed(call, found);
    /* Gates for nobody signed in: the partner is unable, and the invitation's own page says so. */
    if (call->actor.role != ROLE_ANONYMOUS || found->gates != 0)
        return call_go(call, "%s", invitation_page_path(call, ""));
    *is_answered = false;
    return NULL;
}

/* --- what is typed --- */

static struct page *make_form(struct call *call, const struct invitation *invitation, const struct register_state *state)
{
    struct page *page = call_page(call, "register", _("Register a cloud account"));
    bool is_fixed = invitation->kind == INVITATION_EMAIL;
    page->is_narrow = true;
    tpl_set(page->dict, "PARTNER_NAME", invitation->partner_name);
    tpl_set(page->dict, "ACTION", invitation_page_path(call, "/register"));
    tpl_set(page->dict, "BACK", invitation_page_path(call, ""));
    tpl_set(page->dict, "NAME", call_typed(call, "name", state->email != NULL ? state->name : ""));
    tpl_set(page->dict, "COMPANY", call_typed(call, "company", state->email != NULL ? state->company : ""));
    tpl_set(page->dict, "EMAIL", is_fixed ? invitation->email : call_typed(call, "email", state->email != NULL ? state->email : ""));
    tpl_show(page->dict, is_fixed ? "EMAIL_FIXED" : "EMAIL_TYPED");
    tpl_set_int(page->dict, "MIN", PASSWORD_MIN_POINTS);
    return page;
}

static const struct err *show_form(struct call *call)
{
    page_field(call->page, "name", "NAME_FAULT", "NAME_ERROR");
    page_field(call->page, "company", "COMPANY_FAULT", "COMPANY_ERROR");
    page_field(call->page, "email", "EMAIL_FAULT", "EMAIL_ERROR");
    page_field(call->page, "password", "PASSWORD_FAULT", "PASSWORD_ERROR");
    return call_show(call, 0);
}

const struct err *register_get(struct call *call)
{
    struct invitation_found found;
    struct register_state state;
    bool is_answered = false;
    TRY(enter(call, &found, &is_answered));
    if (is_answered)
        return NULL;
    const struct register_visit visit = visit_of(call);
    TRY(register_read(call_act(call, NULL), &visit, &state));
    make_form(call, found.invitation, &state);
    return show_form(call);
}

static void check_name(struct page *page, const struct form *form, const char *field, const char *missing)
{
    if (form_field(form, field)->fault == FIELD_TOO_LONG)
        page_fault(page, field, _("Use 120 characters or fewer"));
    else if (form_text(form, field)[0] == '\0')
        page_fault(page, field, missing);
}

static void check_form(struct page *page, const struct form *form, const struct invitation *invitation)
{
    check_name(page, form, "name", _("Enter your name"));
    check_name(page, form, "company", _("Enter the name of your company"));
    if (invitation->kind == INVITATION_LINK &&
        (!text_is_email(form_text(form, "email")) || form_field(form, "email")->fault != FIELD_FINE))
        page_fault(page, "email", _("Enter an email address, like name@example.com"));
    if (form_text(form, "password")[0] == '\0')
        page_fault(page, "password", _("Enter a password"));
}

const struct err *register_post(struct call *call)
{
    static const struct register_state nothing = {.email = NULL};
    struct invitation_found found;
    struct register_result result;
    bool is_answered = false;
    TRY(enter(call, &found, &is_answered));
    if (is_answered)
        return NULL;
    struct page *page = make_form(call, found.invitation, &nothing);
    check_form(page, call->form, found.invitation);
    if (page->faults_n > 0)
        return show_form(call);

    const struct register_visit visit = visit_of(call);
    const struct register_form form = {
        .name = form_text(call->form, "name"), .company = form_text(call->form, "company"),
        .email = form_text(call->form, "email"), .password = form_text(call->form, "password"),
    };
    struct act *act = call_act(call, NULL);
    TRY(register_keep(act, &visit, &form, &result));
    if (act->is_done)
        return call_go(call, "%s", invitation_page_path(call, "/register/code"));
    if (result.outcome == REGISTER_CLOSED)
        return call_go(call, "%s", invitation_page_path(call, ""));
    page_fault(page, "password", password_text(result.fault));
    return show_form(call);
}

/* --- the code --- */

static void say_sent(struct call *call, const struct register_state *state)
{
    int64_t digits = call->site->config->code.digits;
    for (size_t i = 0; i < call->page->messages_n; i++)
        if (call->page->messages[i].is_status)
            return;
    if (state->delivery_failed)
        page_message(call->page, TONE_BAD, _("We couldn’t send the code"), _("Check the address, or try again in a few minutes."));
    else if (state->is_enterable)
        page_message(call->page, TONE_OK, _("Code sent"), view_code_sent(call->mem, CHANNEL_EMAIL, state->email, digits));
}

static const struct err *show_code(struct call *call, const struct register_state *state, const struct code_fault *fault)
{
    const struct contact email = {.channel = CHANNEL_EMAIL, .address = state->email, .verified_at = INSTANT_NONE};
    bool can_enter = state->is_enterable && !state->delivery_failed;
    struct page *page = call_page(call, "register_code", can_enter ? _("Enter the code") : _("Prove your email address"));
    struct view_code view = {
        .mode = can_enter ? VIEW_CODE_ENTER : VIEW_CODE_SEND, .check_action = invitation_page_path(call, "/register/code"),
        .send_action = invitation_page_path(call, "/register/code/send"), .change_href = "", .next_href = "",
        .back_href = invitation_page_path(call, "/register"), .channels = {.email = &email}, .channel = CHANNEL_EMAIL,
        .is_again = state->is_sent, .digits = call->site->config->code.digits, .expires_at = state->expires_at,
        .may_send_at = state->is_sent ? state->may_send_at : INSTANT_NONE, .sentence = "", .typed = call_typed(call, "code", ""),
    };
    page->is_narrow = true;
    if (fault->text != NULL)
        page_fault(page, can_enter ? fault->field : "send", fault->text);
    else
        say_sent(call, state);
    view_code_fill(page, &view);
    return call_show(call, 0);
}

/* Reads where the registration stands. *is_answered as above, or: nothing was typed yet. */
static const struct err *enter_code(struct call *call, const struct register_visit *visit, struct register_state *state,
                                    bool *is_answered)
{
    struct invitation_found found;
    TRY(enter(call, &found, is_answered));
    if (*is_answered)
        return NULL;
    TRY(register_read(call_act(call, NULL), visit, state));
    *is_answered = state->email == NULL;
    return *is_answered ? call_go(call, "%s", invitation_page_path(call, "/register")) : NULL;
}

const struct err *register_code_get(struct call *call)
{
    const struct register_visit visit = visit_of(call);
    struct register_state state;
    bool is_answered = false;
    TRY(enter_code(call, &visit, &state, &is_answered));
    return is_answered ? NULL : show_code(call, &state, &(struct code_fault){.text = NULL});
}

const struct err *register_send_post(struct call *call)
{
    const struct register_visit visit = visit_of(call);
    struct register_send_result result;
    struct register_state state;
    struct code_fault fault;
    bool is_answered = false;
    TRY(enter_code(call, &visit, &state, &is_answered));
    if (is_answered)
        return NULL;
    struct act *act = call_act(call, NULL);
    TRY(register_send(act, &visit, &result));
    if (act->is_done || result.outcome == REGISTER_SEND_GONE || result.outcome == REGISTER_SEND_CLOSED)
        return call_go(call, "%s", invitation_page_path(call, "/register/code"));
    if (result.outcome == REGISTER_SEND_WAIT)
        fault = code_words_wait(call, result.at);
    else if (result.outcome == REGISTER_SEND_TOO_MANY)
        fault = code_words_too_many(call, result.at);
    else if (result.outcome == REGISTER_SEND_PAUSED)
        fault = code_words_until(call, _("We can’t send codes at the moment, because unusually many were asked for. "
                                         "Try again after {time}, or contact support"), result.at);
    else
        fault = code_words_locked(call, result.at);
    return show_code(call, &state, &fault);
}

static const struct err *show_taken(struct call *call)
{
    struct page *page = call_page(call, "register_code", _("You already have an account"));
    page->is_narrow = true;
    tpl_show(page->dict, "LOGIN_TAKEN");
    tpl_set(page->dict, "SIGN_IN_HREF", invitation_page_sign_in(call));
    return call_show(call, 409);
}

static const struct err *signed_in(struct call *call, const char *session_token)
{
    if (session_token != NULL) {
        http_set_cookie(call->response, &call->site->cookies, "session", session_token, -1);
        sign_in_drop_cookie(call, "visit");
        call_flash(call, "registered");
    }
    return call_go(call, "%s", invitation_page_path(call, ""));
}

const struct err *register_code_post(struct call *call)
{
    const struct register_visit visit = visit_of(call);
    const char *code = form_text(call->form, "code");
    const struct code_fault typed = code_words_typed(call, code);
    struct register_proof_result result;
    struct register_state state;
    bool is_answered = false;
    struct act *act = call_act(call, NULL);

    TRY(act_seen_before(act));
    if (act->is_done)
        return signed_in(call, NULL);
    TRY(enter_code(call, &visit, &state, &is_answered));
    if (is_answered)
        return NULL;
    if (typed.text != NULL)
        return show_code(call, &state, &typed);
    TRY(register_prove(act, &visit, code, call->request->user_agent, &result));
    switch (result.outcome) {
    case REGISTER_PROVEN:
        return signed_in(call, result.session_token);
    case REGISTER_LOGIN_TAKEN:
        return show_taken(call);
    case REGISTER_GONE:
    case REGISTER_INVITATION_CLOSED:
        return call_go(call, "%s", invitation_page_path(call, ""));
    case REGISTER_CODE:
        break;
    }
    TRY(register_read(call_act(call, NULL), &visit, &state));
    if (state.email == NULL)
        return call_go(call, "%s", invitation_page_path(call, "/register"));
    const struct code_fault fault = code_words_answer(call, result.answer, result.tries_left, state.locked_until);
    return show_code(call, &state, &fault);
}

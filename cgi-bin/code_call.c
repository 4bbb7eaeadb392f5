/* The code step as both wizards have it: outcomes of the actions as words beside the right field. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"
#include "base/text.h"
#include "view/view_code.h"
#include "wizard_call.h"

const char *const wizard_channels[] = {"EMAIL", "SMS", NULL};

static enum channel typed_channel(const struct call *call)
{
    enum channel channel = CHANNEL_NONE;
    return channel_find(call_typed(call, "channel", ""), &channel) ? channel : CHANNEL_NONE;
}

static const struct code_fault fine = {"", NULL};

/* The same form a second time: the answer is where the first one led. */
static const struct err *came_before(struct call *call, struct act *act, bool *answered)
{
    TRY(act_seen_before(act));
    *answered = act->is_done;
    return act->is_done ? call_go(call, "%s", act->location) : NULL;
}

static const struct err *refuse_send(struct call *call, struct wizard_call *w, const struct send_result *result,
                                     struct code_fault *fault)
{
    switch (result->outcome) {
    case SEND_OK:
        break;
    case SEND_NO_CHANNEL:
        *fault = (struct code_fault){"send", _("There is no email address or mobile number to send a code to. "
                                               "Add one in your contact details")};
        return NULL;
    case SEND_CHOOSE:
        *fault = (struct code_fault){"channel", _("Select where to send the code")};
        return NULL;
    case SEND_WAIT:
        *fault = code_words_wait(call, result->at);
        return NULL;
    case SEND_TOO_MANY:
        *fault = code_words_too_many(call, result->at);
        return NULL;
    case SEND_PAUSED:
        *fault = code_words_until(call, _("We can’t send a code this way at the moment, because unusually many were asked for. "
                                          "Try again after {time}, or send it another way"), result->at);
        return NULL;
    case SEND_LOCKED:
        *fault = code_words_locked(call, result->at);
        return NULL;
    case SEND_MOVED:
        return wizard_call_go_on(call, w, "moved");
    case SEND_GONE:
        return wizard_call_go_on(call, w, "draft-gone");
    case SEND_NOT_YET:
        return wizard_call_go_on(call, w, "finish-first");
    }
    return NULL;
}

const struct err *code_call_send(struct call *call, struct wizard_call *w, struct code_fault *fault)
{
    struct act *act = call_act(call, wizard_call_path(call, w, STEP_VERIFY));
    struct send_result result;
    bool answered = false;
    *fault = fine;
    TRY(came_before(call, act, &answered));
    if (answered)
        return NULL;
    TRY(code_step_send(act, &w->target, form_number(call->form, "rev"), typed_channel(call), &result));
    if (act->is_done) {
        call_flash(call, result.superseded ? "code-resent" : "code-sent");
        return call_go(call, "%s", act->location);
    }
    TRY(came_before(call, act, &answered));
    return answered ? NULL : refuse_send(call, w, &result, fault);
}

static const struct err *read_state(struct call *call, struct wizard_call *w, struct code_state_now **state)
{
    return code_step_read(call->db, call->mem, call_act(call, NULL), &w->target, w->wizard, state);
}

/* The same form a second time is one try: the page shows what the first one came to. */
static const struct err *compared_before(struct call *call, struct wizard_call *w)
{
    TRY(wizard_call_reload(call, w));
    return wizard_call_go_on(call, w, w->step == STEP_VERIFY ? "code-wrong" : "");
}

/* What is typed is compared in the name of `act`: right, a fault, gone, or the response is made. */
static const struct err *compare(struct call *call, struct wizard_call *w, struct act *act, int64_t *revision,
                                 enum code_compared *how, struct code_fault *fault)
{
    const char *code = form_text(call->form, "code");
    struct prove_result result;
    *fault = code_words_typed(call, code);
    *how = fault->text == NULL ? COMPARED_ANSWERED : COMPARED_FAULT;
    if (fault->text != NULL)
        return NULL;
    TRY(code_step_prove(act, &w->target, *revision, code, &result));
    *revision = result.revision;
    if (result.answer == CODE_RIGHT || result.is_gone) {
        *how = result.is_gone ? COMPARED_GONE : COMPARED_RIGHT;
        return NULL;
    }
    if (result.is_overtaken)
        return wizard_call_go_on(call, w, "moved");
    if (act->is_replay)
        return compared_before(call, w);
    TRY(wizard_call_reload(call, w));
    if (w->wizard == NULL) {
        *how = COMPARED_GONE;
        return NULL;
    }
    struct code_state_now *state = NULL;
    TRY(read_state(call, w, &state));
    *how = COMPARED_FAULT;
    *fault = code_words_answer(call, result.answer, result.tries_left, state->budget.locked_until);
    return NULL;
}

static const struct err *finish_first(struct call *call, struct wizard_call *w)
{
    return wizard_call_go_on(call, w, w->is_expired ? "draft-gone" : "finish-first");
}

const struct err *code_call_prove(struct call *call, struct wizard_call *w, const char *then, struct code_fault *fault)
{
    struct act *act = call_act(call, then);
    enum code_compared how = COMPARED_ANSWERED;
    int64_t revision = 0;
    *fault = fine;
    TRY(act_seen_before(act));
    if (act->is_done)
        return compared_before(call, w);
    if (w->step < STEP_VERIFY)
        return finish_first(call, w);
    TRY(compare(call, w, act, &revision, &how, fault));
    if (how == COMPARED_GONE)
        return wizard_call_go_on(call, w, "draft-gone");
    return how == COMPARED_RIGHT ? call_go(call, "%s", then) : NULL;
}

/* Of no draft: a form that names none is not taken for any. */
#define NO_REVISION (-1)

/* One form is one try, although its own key is used up by the decision only. */
static const unsigned char *try_key(struct call *call, const unsigned char *once_digest)
{
    unsigned char text[SECRET_DIGEST_BYTES + 3], *key = mem_array(call->mem, unsigned char, SECRET_DIGEST_BYTES);
    memcpy(text, once_digest, SECRET_DIGEST_BYTES);
    memcpy(text + SECRET_DIGEST_BYTES, "try", 3);
    secret_sha256(text, sizeof text, key);
    return key;
}

const struct err *code_call_compare(struct call *call, struct wizard_call *w, enum code_compared *how, int64_t *revision,
                                    struct code_fault *fault)
{
    struct act *act = call_act(call, NULL);
    bool answered = false;
    *how = COMPARED_ANSWERED;
    *revision = form_number(call->form, "rev") > 0 ? form_number(call->form, "rev") : NO_REVISION;
    *fault = fine;
    TRY(came_before(call, call_act(call, ""), &answered));
    if (answered)
        return NULL;
    if (w->step < STEP_VERIFY)
        return finish_first(call, w);
    if (act->once_digest != NULL)
        act->once_digest = try_key(call, act->once_digest);
    TRY(compare(call, w, act, revision, how, fault));
    if (*how == COMPARED_RIGHT)
        return NULL;
    /* The same form may have got through meanwhile. */
    TRY(came_before(call, call_act(call, ""), &answered));
    if (answered)
        *how = COMPARED_ANSWERED;
    return NULL;
}

/* --- the page --- */

/* The draft's own code, not one of an earlier draft. */
static const struct code *current_code(const struct wizard_call *w, const struct code_state_now *state)
{
    return state->code != NULL && state->code->id == w->wizard->code_id ? state->code : NULL;
}

static enum view_code_mode mode_of(const struct code_state_now *state, const struct code *code, bool is_changing)
{
    if (state->email == NULL && state->sms == NULL)
        return VIEW_CODE_NO_CHANNEL;
    if (is_changing)
        return VIEW_CODE_SEND;
    if (state->grant == GRANT_GOOD)
        return VIEW_CODE_VERIFIED;
    return state->is_enterable && !code->delivery_failed ? VIEW_CODE_ENTER : VIEW_CODE_SEND;
}

static void say_what_became(struct call *call, const struct wizard_call *w, const struct code_state_now *state,
                            const struct code *code)
{
    struct page *page = call->page;
    bool is_of_other_session = code != NULL && code->session_id != call->actor.session_id;
    if (code != NULL && code->delivery_failed && code->state == CODE_LIVE) {
        page_message(page, TONE_BAD, _("We couldn’t send the code"), _("Try again or send it another way."));
    } else if (state->grant == GRANT_EXPIRED) {
        char *ttl = format_duration(call->mem, call->site->config->code.grant_s);
        page_message(page, TONE_INFO, _("Your verification ran out"),
                     text_fill(call->mem, w->wizard->reason != REASON_NONE
                                   ? _("For your security a verification lasts {duration}. The reason you entered is saved. "
                                       "Verify again and you go straight back to it.")
                                   : _("For your security a verification lasts {duration}. Your answers are saved. Verify "
                                       "again and you go straight back to them."),
                               "duration", ttl, NULL));
    } else if (state->grant == GRANT_OTHER_SESSION ||
               (is_of_other_session && (code->state == CODE_LIVE || code->state == CODE_PROVEN))) {
        page_message(page, TONE_INFO, _("Verify it’s you again"),
                     _("A code works only for the sign-in that asked for it. Your answers are saved."));
    } else if (code != NULL && code->state == CODE_LIVE && call->now >= code->expires_at && page->faults_n == 0) {
        page_message(page, TONE_WARN, _("This code has expired"), _("Send a new one."));
    } else if (code != NULL && code->state == CODE_DEAD && page->faults_n == 0) {
        page_message(page, TONE_WARN, _("Too many wrong codes"), _("Send a new code."));
    }
}

static void say_sent(struct call *call, const struct code *code)
{
    if (strcmp(call->flash, "code-sent") != 0 && strcmp(call->flash, "code-resent") != 0)
        return;
    page_message(call->page, TONE_OK, _("Code sent"),
                 strcmp(call->flash, "code-resent") == 0
                     ? _("We sent a new code. The earlier one no longer works.")
                     : view_code_sent(call->mem, code->channel, code->destination, call->site->config->code.digits));
}

static void say_wrong(struct call *call, const struct code_state_now *state)
{
    if (strcmp(call->flash, "code-wrong") != 0 || !state->is_enterable || call->page->faults_n > 0)
        return;
    page_message(call->page, TONE_BAD, _("The code is not correct"),
                 text_fill(call->mem, ngettext("You have {n} attempt left.", "You have {n} attempts left.",
                                       (unsigned long)state->tries_left),
                           "n", mem_text(call->mem, "%lld", (long long)state->tries_left), NULL));
}

static const char *title_of(enum view_code_mode mode, const struct code_state_now *state)
{
    if (mode == VIEW_CODE_NO_CHANNEL)
        return _("We can’t verify you yet");
    if (mode == VIEW_CODE_ENTER)
        return _("Enter the code");
    return state->grant == GRANT_EXPIRED || state->grant == GRANT_OTHER_SESSION ? _("Verify it’s you again")
                                                                               : _("Verify it’s you");
}

/* The contacts, from where one comes back to this step. */
static const char *contacts_href(struct call *call, const struct wizard_call *w)
{
    const char *to = w->target.purpose != WIZARD_SUBMIT ? w->target.request_no
        : w->target.side == SIDE_PARTNER ? w->association->customer_no : "verify";
    return mem_text(call->mem, "/contacts?return=%s", to);
}

const struct err *code_call_fill(struct call *call, struct wizard_call *w, const char *back, const char *next,
                                 const char *sentence, const struct code_fault *fault)
{
    struct code_state_now *state = NULL;
    TRY(read_state(call, w, &state));
    const struct code *code = current_code(w, state);
    bool has_both = state->email != NULL && state->sms != NULL;
    bool is_choice_missing = fault->text != NULL && strcmp(fault->field, "channel") == 0;
    bool is_changing = has_both && (is_choice_missing || strcmp(call_typed(call, "change", ""), "1") == 0);
    enum channel kept = w->wizard->channel, typed = typed_channel(call);
    if ((kept == CHANNEL_EMAIL && state->email == NULL) || (kept == CHANNEL_SMS && state->sms == NULL))
        kept = CHANNEL_NONE;
    struct view_code view = {
        .mode = mode_of(state, code, is_changing),
        .check_action = wizard_call_path(call, w, STEP_VERIFY), .back_href = back, .next_href = next,
        .add_href = contacts_href(call, w),
        .revision = w->revision, .channels = {.email = state->email, .sms = state->sms},
        .is_choosing = has_both && (is_changing || kept == CHANNEL_NONE || (code != NULL && code->delivery_failed)),
        .is_again = code != NULL, .digits = call->site->config->code.digits,
        .may_send_at = state->may_send == CODE_SEND_WAIT ? state->may_send_at : INSTANT_NONE,
        .sentence = sentence, .typed = call_typed(call, "code", ""),
    };
    view.send_action = mem_text(call->mem, "%s/send", view.check_action);
    view.change_href = mem_text(call->mem, "%s?change=1", view.check_action);
    view.channel = view.is_choosing ? typed : kept != CHANNEL_NONE ? kept : state->email != NULL ? CHANNEL_EMAIL : CHANNEL_SMS;
    view.expires_at = view.mode == VIEW_CODE_ENTER ? code->expires_at : w->wizard->grant_expires_at;
    if (fault->text != NULL)
        page_fault(call->page, strcmp(fault->field, "code") == 0 && view.mode != VIEW_CODE_ENTER ? "send" : fault->field,
                   fault->text);
    call->page->title = title_of(view.mode, state);
    if (view.mode != VIEW_CODE_VERIFIED && view.mode != VIEW_CODE_NO_CHANNEL)
        say_what_became(call, w, state, code);
    if (code != NULL)
        say_sent(call, code);
    say_wrong(call, state);
    view_code_fill(call->page, &view);
    return NULL;
}

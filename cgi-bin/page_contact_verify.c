/* The code that proves a new contact. */
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "action/contact.h"
#include "base/clock.h"
#include "base/text.h"
#include "code_words.h"
#include "contact_call.h"
#include "view/view_code.h"

/* As part_code.html sends them; the channel is the change's own, and there is no draft to be overtaken. */
const struct field_spec contact_code_fields[] = {
    {.name = "code", .kind = FIELD_CODE, .max = 16},
    {.name = "rev", .kind = FIELD_NUMBER, .max = 1},
    {.name = NULL},
};
static const char *const channels[] = {"EMAIL", "SMS", NULL};
const struct field_spec contact_send_fields[] = {
    {.name = "channel", .kind = FIELD_CHOICE, .choices = channels},
    {.name = "rev", .kind = FIELD_NUMBER, .max = 1},
    {.name = NULL},
};

static const struct code_fault fine = {"", NULL};

static int64_t id_of(const struct call *call) { return strtoll(call->vars.values[0], NULL, 10); }

static const char *path_of(const struct call *call) { return mem_text(call->mem, "/contacts/change/%s", call->vars.values[0]); }

static void say_sent(struct call *call, const struct contact_change *change, const struct contact_state *state)
{
    const bool is_again = strcmp(call->flash, "code-resent") == 0;
    if (state->delivery_failed)
        page_message(call->page, TONE_BAD, _("We couldn’t send the code"), _("Check the address, then try again."));
    else if (state->is_enterable && (is_again || strcmp(call->flash, "code-sent") == 0))
        page_message(call->page, TONE_OK, _("Code sent"),
                     is_again ? _("We sent a new code. The earlier one no longer works.")
                              : view_code_sent(call->mem, change->channel, change->address, call->site->config->code.digits));
}

static const struct err *show(struct call *call, const struct contact_state *state, const struct code_fault *fault)
{
    const struct contact_change *change = state->change;
    const struct contact contact = {.channel = change->channel, .address = change->address, .verified_at = INSTANT_NONE};
    const bool is_email = change->channel == CHANNEL_EMAIL, can_enter = state->is_enterable && !state->delivery_failed;
    struct page *page = call_page(call, "contact_verify", can_enter ? _("Enter the code") : is_email ? _("Prove your email address")
                                                                                                     : _("Prove your mobile number"));
    struct view_code view = {
        .mode = can_enter ? VIEW_CODE_ENTER : VIEW_CODE_SEND, .check_action = path_of(call),
        .send_action = mem_text(call->mem, "%s/send", path_of(call)), .change_href = "", .next_href = "", .add_href = "",
        .back_href = mem_text(call->mem, "/contacts/change?channel=%s%s%s", channel_name(change->channel),
                              change->return_to[0] != '\0' ? "&return=" : "", change->return_to),
        .channels = {.email = is_email ? &contact : NULL, .sms = is_email ? NULL : &contact}, .channel = change->channel,
        .is_again = state->is_sent, .digits = call->site->config->code.digits, .expires_at = state->expires_at,
        .may_send_at = state->is_sent ? state->may_send_at : INSTANT_NONE, .sentence = "", .typed = call_typed(call, "code", ""),
    };
    page->is_narrow = true;
    page->current = "/contacts";
    page_crumb(page, "/contacts", _("Contact details"));
    page_crumb(page, NULL, page->title);
    tpl_set(page->dict, "ADDRESS", change->address);
    if (fault->text != NULL)
        page_fault(page, can_enter ? fault->field : "send", fault->text);
    else
        say_sent(call, change, state);
    view_code_fill(page, &view);
    return call_show(call, 0);
}

/* *is_answered: the change is not there any more, and the response says so. */
static const struct err *read_state(struct call *call, struct contact_state *state, bool *is_answered)
{
    TRY(contact_read(call_act(call, NULL), id_of(call), state));
    *is_answered = state->change == NULL;
    return *is_answered ? call_missing(call) : NULL;
}

static const struct err *show_fault(struct call *call, const struct code_fault *fault)
{
    struct contact_state state;
    bool is_answered = false;
    TRY(read_state(call, &state, &is_answered));
    return is_answered ? NULL : show(call, &state, fault);
}

const struct err *contact_verify_get(struct call *call) { return show_fault(call, &fine); }

const struct err *contact_send_post(struct call *call)
{
    struct contact_send_result result;
    struct code_fault fault = fine;
    struct act *act = call_act(call, path_of(call));
    TRY(contact_send_code(act, id_of(call), &result));
    if (act->is_done) {
        call_flash(call, result.superseded ? "code-resent" : "code-sent");
        return call_go(call, "%s", act->location);
    }
    switch (result.outcome) {
    case CONTACT_SENT:
    case CONTACT_SEND_GONE:
        return call_missing(call);
    case CONTACT_SEND_WAIT:
        fault = code_words_wait(call, result.at);
        break;
    case CONTACT_SEND_TOO_MANY:
        fault = code_words_too_many(call, result.at);
        break;
    case CONTACT_SEND_PAUSED:
        fault = code_words_until(call, _("We can’t send codes at the moment, because unusually many were asked for. "
                                         "Try again after {time}, or contact support"), result.at);
        break;
    case CONTACT_SEND_LOCKED:
        fault = code_words_locked(call, result.at);
        break;
    }
    return show_fault(call, &fault);
}

const struct err *contact_verify_post(struct call *call)
{
    const char *code = form_text(call->form, "code");
    const struct code_fault typed = code_words_typed(call, code);
    struct contact_proof proof;
    struct contact_state state;
    bool is_answered = false;
    struct act *act = call_act(call, "/contacts");

    TRY(act_seen_before(act));
    if (act->is_done)
        return call_go(call, "%s", act->location);
    TRY(read_state(call, &state, &is_answered));
    if (is_answered)
        return NULL;
    if (typed.text != NULL)
        return show(call, &state, &typed);
    act->location = contact_call_path(call, state.change->return_to);
    TRY(contact_prove(act, id_of(call), code, &proof));
    if (proof.is_proven) {
        call_flash(call, "contact-proven");
        return call_go(call, "%s", act->location);
    }
    TRY(read_state(call, &state, &is_answered));
    if (is_answered)
        return NULL;
    const struct code_fault fault = code_words_answer(call, proof.answer, proof.tries_left, state.locked_until);
    return show(call, &state, &fault);
}

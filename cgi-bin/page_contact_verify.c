/* The code that proves a new contact. */
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "action/contact.h"
#include "base/clock.h"
#include "base/text.h"
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

struct fault { const char *field, *text; };
static const struct fault fine = {"", NULL};

static int64_t id_of(const struct call *call) { return strtoll(call->vars.values[0], NULL, 10); }

static const char *path_of(const struct call *call) { return mem_text(call->mem, "/contacts/change/%s", call->vars.values[0]); }

static const char *with_n(struct call *call, const char *pattern, int64_t n)
{
    return text_fill(call->mem, pattern, "n", mem_text(call->mem, "%lld", (long long)n), NULL);
}

/* Today the clock says enough; a lock until tomorrow needs its day. */
static const char *with_time(struct call *call, const char *pattern, int64_t at)
{
    char *time = at - call->now < 12 * CLOCK_HOUR ? format_clock(call->mem, at, call->zone) : format_time(call->mem, at, call->zone);
    return text_fill(call->mem, pattern, "time", time, NULL);
}

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

static const struct err *show(struct call *call, const struct contact_state *state, const struct fault *fault)
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

static const struct err *show_fault(struct call *call, const struct fault *fault)
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
    struct fault fault = {"send", ""};
    struct act *act = call_act(call, path_of(call));
    TRY(contact_send_code(act, id_of(call), &result));
    if (act->is_done) {
        call_flash(call, result.superseded ? "code-resent" : "code-sent");
        return call_go(call, "%s", act->location);
    }
    const int64_t wait_s = result.at > call->now ? (result.at - call->now + CLOCK_SECOND - 1) / CLOCK_SECOND : 0;
    switch (result.outcome) {
    case CONTACT_SENT:
    case CONTACT_SEND_GONE:
        return call_missing(call);
    case CONTACT_SEND_WAIT:
        fault.text = with_n(call, ngettext("Wait {n} more second before you ask for another code",
                                           "Wait {n} more seconds before you ask for another code", (unsigned long)wait_s), wait_s);
        break;
    case CONTACT_SEND_TOO_MANY:
        fault.text = with_time(call, _("You have asked for too many codes. Try again after {time}, or contact support"), result.at);
        break;
    case CONTACT_SEND_PAUSED:
        fault.text = with_time(call, _("We can’t send codes at the moment, because unusually many were asked for. "
                                       "Try again after {time}, or contact support"), result.at);
        break;
    case CONTACT_SEND_LOCKED:
        fault.text = with_time(call, _("Too many wrong codes. Try again after {time}, or contact support"), result.at);
        break;
    }
    return show_fault(call, &fault);
}

static struct fault fault_of(struct call *call, const struct contact_proof *proof, int64_t locked_until)
{
    switch (proof->answer) {
    case CODE_WRONG:
        return (struct fault){"code", with_n(call, ngettext("The code is not correct. You have {n} attempt left",
                                                            "The code is not correct. You have {n} attempts left",
                                                            (unsigned long)proof->tries_left), proof->tries_left)};
    case CODE_EXHAUSTED:
        return (struct fault){"send", _("Too many wrong codes. Send a new code")};
    case CODE_EXPIRED:
        return (struct fault){"send", _("This code has expired. Send a new one")};
    case CODE_BUDGET_LOCKED:
        return (struct fault){"send", with_time(call, _("Too many wrong codes. Try again after {time}, or contact support"),
                                                locked_until)};
    case CODE_NOT_LIVE:
    case CODE_RIGHT:
        break;
    }
    return (struct fault){"send", _("This code no longer works. Send a new one")};
}

const struct err *contact_verify_post(struct call *call)
{
    const char *code = form_text(call->form, "code");
    const int64_t digits = call->site->config->code.digits;
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
    if (!code_is_well_formed(code, digits)) {
        const char *text = code[0] == '\0' ? _("Enter the code")
            : with_n(call, ngettext("Enter the {n} digit", "Enter all {n} digits", (unsigned long)digits), digits);
        return show(call, &state, &(struct fault){"code", text});
    }
    act->location = contact_call_path(call, state.change->return_to);
    TRY(contact_prove(act, id_of(call), code, &proof));
    if (proof.is_proven) {
        call_flash(call, "contact-proven");
        return call_go(call, "%s", act->location);
    }
    TRY(read_state(call, &state, &is_answered));
    if (is_answered)
        return NULL;
    const struct fault fault = fault_of(call, &proof, state.locked_until);
    return show(call, &state, &fault);
}

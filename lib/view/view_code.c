/* view_code.c - see view_code.h. Sentences are whole, one for each channel: no language has to glue them. */
#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "view/format.h"
#include "view/view_code.h"

#define COUNTDOWN_MAX_S 60   /* the stylesheet has classes cd-1 to cd-60 */

static const struct {
    const char *sent, *will_send, *option;
} words[CHANNELS] = {
    [CHANNEL_EMAIL] = { N_("We sent a {n}-digit code by email to {address}."), N_("We will send a code to {address}."),
                        N_("Email to {address}") },
    [CHANNEL_SMS] = { N_("We sent a {n}-digit code by text message to the mobile number ending in {digits}."),
                      N_("We will send a code to the mobile number ending in {digits}."),
                      N_("Text message to the mobile number ending in {digits}") },
};

static char *about(const void *ctx, const char *pattern, enum channel channel, const char *address, int64_t n)
{
    char *mask = channel == CHANNEL_EMAIL ? code_mask_email(ctx, address) : code_mask_phone(ctx, address);

    return text_fill(ctx, pattern, channel == CHANNEL_EMAIL ? "address" : "digits", mask, "n",
                     mem_text(ctx, "%lld", (long long)n), NULL);
}

char *view_code_sent(const void *ctx, enum channel channel, const char *address, int64_t digits)
{
    return about(ctx, _(words[channel].sent), channel, address, digits);
}

static const struct contact *contact_of(const struct view_code *code, enum channel channel)
{
    return channel == CHANNEL_EMAIL ? code->channels.email : code->channels.sms;
}

static void fill_enter(struct page *page, struct tpl_dict *dict, const struct view_code *code)
{
    char *hint = text_fill(page->ctx,
                           ngettext("{n} digit. The code works until {time}. You can paste it.",
                                    "{n} digits. The code works until {time}. You can paste it.", (unsigned long)code->digits),
                           "n", mem_text(page->ctx, "%lld", (long long)code->digits),
                           "time", format_clock(page->ctx, code->expires_at, page->zone), NULL);

    tpl_show(dict, "CODE_ENTER");
    tpl_set(dict, "CODE_HINT", hint);
    tpl_set(dict, "CODE_TYPED", code->typed);
    page_field(page, "code", "CODE_FAULT", "CODE_ERROR");
}

static void fill_options(struct page *page, struct tpl_dict *dict, const struct view_code *code)
{
    static const enum channel order[] = { CHANNEL_SMS, CHANNEL_EMAIL };

    tpl_show(dict, "CODE_CHOOSE");
    page_field(page, "channel", "CHANNEL_FAULT", "CHANNEL_ERROR");
    for (int i = 0; i < 2; i++) {
        struct tpl_dict *option = tpl_row(dict, "CODE_OPTION");

        /* The first one is what an error links to. */
        tpl_set(option, "CODE_OPTION_ID", i == 0 ? "channel" : "channel-2");
        tpl_set(option, "CODE_OPTION_VALUE", channel_name(order[i]));
        tpl_set(option, "CODE_OPTION_TEXT",
                about(page->ctx, _(words[order[i]].option), order[i], contact_of(code, order[i])->address, 0));
        tpl_show_if(option, "CODE_OPTION_CHECKED", code->channel == order[i]);
    }
}

static void fill_wait(struct page *page, struct tpl_dict *dict, const struct view_code *code)
{
    int64_t left_s = code->may_send_at == INSTANT_NONE ? 0 : (code->may_send_at - page->now + CLOCK_SECOND - 1) / CLOCK_SECOND;

    if (left_s <= 0)
        return;
    tpl_show(dict, "CODE_WAIT");
    tpl_set(dict, "CODE_WAIT_TEXT",
            text_fill(page->ctx, _("You can ask for another code from {time}."), "time",
                      format_clock_s(page->ctx, code->may_send_at, page->zone), NULL));
    /* A longer wait than the stylesheet counts is told by the clock alone. */
    tpl_show_if(dict, "CODE_COUNTDOWN", left_s <= COUNTDOWN_MAX_S);
    tpl_set_int(dict, "CODE_WAIT_S", left_s);
}

static void fill_send(struct page *page, struct tpl_dict *dict, const struct view_code *code)
{
    bool has_both = code->channels.email != NULL && code->channels.sms != NULL;
    bool is_card = code->mode == VIEW_CODE_ENTER;

    tpl_show(dict, "CODE_SEND");
    tpl_show_if(dict, "CODE_CARD", is_card);
    tpl_show_if(dict, "CODE_PLAIN", !is_card);
    tpl_show_if(dict, "CODE_BY_EMAIL", is_card && code->channel == CHANNEL_EMAIL);
    tpl_show_if(dict, "CODE_BY_SMS", is_card && code->channel != CHANNEL_EMAIL);
    tpl_set_int(dict, "CODE_REVISION", code->revision);
    page_field(page, "send", "SEND_FAULT", "SEND_ERROR");
    if (code->is_choosing) {
        fill_options(page, dict, code);
    } else {
        const struct contact *contact = contact_of(code, code->channel);

        tpl_show(dict, "CODE_FIXED");
        tpl_set(dict, "CODE_CHANNEL", channel_name(code->channel));
        tpl_set(dict, "CODE_WILL_SEND", about(page->ctx, _(words[code->channel].will_send), code->channel, contact->address, 0));
    }
    tpl_show_if(dict, "CODE_ANOTHER_WAY", has_both && !code->is_choosing);
    tpl_set(dict, "CODE_CHANGE", code->change_href);
    tpl_show_if(dict, "CODE_AGAIN", code->is_again);
    tpl_show_if(dict, "CODE_FIRST", !code->is_again);
    fill_wait(page, dict, code);
}

void view_code_fill(struct page *page, const struct view_code *code)
{
    struct tpl_dict *dict = tpl_include(page->dict, "CODE", "part_code.html");

    tpl_set(dict, "CODE_CHECK_ACTION", code->check_action);
    tpl_set(dict, "CODE_SEND_ACTION", code->send_action);
    tpl_set(dict, "CODE_BACK", code->back_href);
    if (code->sentence[0] != '\0' && code->mode != VIEW_CODE_NO_CHANNEL) {
        tpl_show(dict, "CODE_WITH_SENTENCE");
        tpl_set(dict, "CODE_SENTENCE", code->sentence);
    }
    switch (code->mode) {
    case VIEW_CODE_NO_CHANNEL:
        tpl_show(dict, "CODE_NO_CHANNEL");
        tpl_set(dict, "CODE_ADD", code->add_href);
        break;
    case VIEW_CODE_VERIFIED:
        tpl_show(dict, "CODE_VERIFIED");
        tpl_set(dict, "CODE_NEXT", code->next_href);
        tpl_set(dict, "CODE_VERIFIED_TEXT",
                text_fill(page->ctx, _("You are verified until {time}."), "time",
                          format_clock(page->ctx, code->expires_at, page->zone), NULL));
        break;
    case VIEW_CODE_ENTER:
        fill_enter(page, dict, code);
        fill_send(page, dict, code);
        break;
    case VIEW_CODE_SEND:
        fill_send(page, dict, code);
        break;
    }
}

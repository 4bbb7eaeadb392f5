#include "view/view_invitation.h"

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"
#include "view/format.h"

static const struct view_badge badges[INVITATION_STATUSES] = {
    [INVITATION_OPEN] = {"info", N_("Sent")},         [INVITATION_ACCEPTED] = {"ok", N_("Accepted")},
    [INVITATION_DECLINED] = {"bad", N_("Declined")},  [INVITATION_REVOKED] = {"", N_("Revoked")},
    [INVITATION_EXPIRED] = {"warn", N_("Expired")},
};

static bool has_failed(const struct invitation *invitation, int64_t now)
{
    enum invitation_status status = invitation_status_at(invitation, now);
    if (status != INVITATION_OPEN && status != INVITATION_EXPIRED)
        return false;
    return invitation->mail_failed || invitation->failure != GATE_NONE;
}

struct view_badge view_invitation_badge(const struct invitation *invitation, int64_t now)
{
    enum invitation_status status = invitation_status_at(invitation, now);
    struct view_badge badge = badges[status];
    if (has_failed(invitation, now) && status == INVITATION_OPEN)
        badge = (struct view_badge){"bad", N_("Failed")};
    else if (status == INVITATION_OPEN && invitation->kind == INVITATION_LINK)
        badge.text = N_("Open");
    badge.text = _(badge.text);
    return badge;
}

char *view_invitation_failure(const void *ctx, const struct invitation *invitation, int64_t now, const char *zone)
{
    if (!has_failed(invitation, now))
        return mem_copy(ctx, "");
    if (invitation->mail_failed)
        return mem_copy(ctx, _("The message could not be delivered. Check the address, then send a new invitation."));
    return text_fill(ctx, _("{cause} ({time})"), "cause", _(invitation_gate_info(invitation->failure)->for_inviter), "time",
                     format_time(ctx, invitation->failed_at, zone), NULL);
}

void view_invitation_meaning(struct page *page, const struct invitation *invitation, bool starts_frozen)
{
    struct tpl_dict *dict = tpl_include(page->dict, "MEANING", "part_invitation.html");
    tpl_set(dict, "PARTNER_NAME", invitation->partner_name);
    tpl_set(dict, "PARTNER_NO", invitation->partner_no);
    tpl_show_if(dict, "WITH_EMAIL", invitation->partner_email[0] != '\0');
    tpl_set(dict, "PARTNER_EMAIL", invitation->partner_email);
    tpl_show_if(dict, "WITH_PHONE", invitation->partner_phone[0] != '\0');
    tpl_set(dict, "PARTNER_PHONE", invitation->partner_phone);
    tpl_show_if(dict, "WITHOUT_CONTACT", invitation->partner_email[0] == '\0' && invitation->partner_phone[0] == '\0');
    tpl_show_if(dict, "WITH_UNTIL", invitation->expires_at != INSTANT_NONE);
    tpl_set(dict, "UNTIL", invitation->expires_at == INSTANT_NONE ? "" : format_time(page->ctx, invitation->expires_at, page->zone));
    tpl_show_if(dict, "STARTS_FROZEN", starts_frozen);
}

void view_invitation_gates(struct page *page, unsigned gates, const struct invitation_facts *facts,
                           bool (*has_page)(const char *path))
{
    struct tpl_dict *dict = tpl_include(page->dict, "GATES", "part_gates.html");
    bool is_same = (gates & 1u << GATE_SAME_PARTNER) != 0;
    tpl_set(dict, "GATES_TITLE", is_same ? _("You don’t need this invitation") : _("You can’t accept this invitation yet"));
    if (is_same)
        gates = 1u << GATE_SAME_PARTNER;   /* nothing else is left to be mended */
    for (int i = 0; i < GATES; i++) {
        enum invitation_gate gate = (enum invitation_gate)i;
        const struct invitation_gate_info *info = invitation_gate_info(gate);
        if ((gates & 1u << i) == 0)
            continue;
        struct tpl_dict *row = tpl_row(dict, "GATE");
        tpl_set(row, "GATE_TITLE", _(info->title));
        tpl_set(row, "GATE_CAUSE", invitation_gate_text(page->ctx, info->cause, gate, facts));
        tpl_set(row, "GATE_REMEDY", invitation_gate_text(page->ctx, info->remedy, gate, facts));
        if (info->href == NULL || !has_page(info->href))
            continue;
        tpl_show(row, "GATE_WITH_LINK");
        tpl_set(row, "GATE_HREF", info->href);
        tpl_set(row, "GATE_LINK", _(info->link));
    }
}

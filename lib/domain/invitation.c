#include "domain/invitation.h"

#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"
#include "domain/names.h"

static const char *const kinds[INVITATION_KINDS] = {"EMAIL", "LINK"};
static const char *const statuses[INVITATION_STATUSES] = {"OPEN", "ACCEPTED", "DECLINED", "REVOKED", "EXPIRED"};

/* --- the gates --- */

static bool partner_unable(const struct invitation_facts *facts) { return !facts->inviter_is_able; }
static bool is_platform(const struct invitation_facts *facts) { return facts->kind == ACCOUNT_PLATFORM; }
static bool is_partner(const struct invitation_facts *facts) { return facts->kind == ACCOUNT_PARTNER; }
static bool same_partner(const struct invitation_facts *facts)
{
    return facts->partner_id != 0 && facts->partner_id == facts->inviter_id;
}
static bool has_partner(const struct invitation_facts *facts) { return facts->partner_id != 0 && !same_partner(facts); }
static bool is_member(const struct invitation_facts *facts) { return facts->master_name[0] != '\0'; }
static bool has_reserved(const struct invitation_facts *facts) { return facts->reserved_instances > 0; }
static bool has_contract(const struct invitation_facts *facts) { return facts->special_contracts > 0; }

static const struct {
    bool (*is_closed)(const struct invitation_facts *facts);
    struct invitation_gate_info info;
} gates[GATES] = {
    [GATE_PARTNER_UNABLE] = {partner_unable,
        {"PARTNER_UNABLE", N_("This partner can’t take new customers now"),
         N_("The account of {inviter} is frozen or closed."), N_("Ask {inviter} when you can open the invitation again."),
         N_("Your account was frozen"), NULL, NULL}},
    [GATE_IS_PLATFORM] = {is_platform,
        {"IS_PLATFORM", N_("You are signed in for the platform"), N_("Only a customer can accept an invitation."),
         N_("Sign out, then open the invitation again."), N_("It was opened by a user of the platform"), NULL, NULL}},
    [GATE_IS_PARTNER] = {is_partner,
        {"IS_PARTNER", N_("Your account is a partner account"), N_("A partner can’t become the customer of another partner."),
         N_("Sign out and use a customer account, or register a new one."), N_("The account is a partner account"), NULL, NULL}},
    [GATE_SAME_PARTNER] = {same_partner,
        {"SAME_PARTNER", N_("You are already associated with this partner"), N_("{inviter} is your partner now."),
         N_("There is nothing left to do. The invitation stays unused."), N_("It is your customer already"),
         "/my-partner", N_("Go to My Partner")}},
    [GATE_HAS_PARTNER] = {has_partner,
        {"HAS_PARTNER", N_("You already have a partner"),
         N_("Your account is associated with {partner} and can have one partner only."),
         N_("Leave that partner first. Then open this invitation again, or ask {inviter} to send a new one."),
         N_("This customer already has a partner"), "/my-partner", N_("Go to My Partner")}},
    [GATE_IS_MEMBER] = {is_member,
        {"IS_MEMBER", N_("Your account is a member account"),
         N_("It is linked to the enterprise master account {master} and can’t have a partner of its own."),
         N_("Ask {master} to end the link to your account. Then open this invitation again."),
         N_("The account is a member of an enterprise master account"), NULL, NULL}},
    [GATE_RESERVED_INSTANCES] = {has_reserved,
        {"RESERVED_INSTANCES", N_("You have active reserved instances"),
         N_("Reserved instances that are still active: {n}."),
         N_("Unsubscribe from all of them, or wait until they end. Then open this invitation again."),
         N_("The account has active reserved instances"), "/subscriptions", N_("Review and unsubscribe")}},
    [GATE_SPECIAL_CONTRACT] = {has_contract,
        {"SPECIAL_CONTRACT", N_("A special commerce contract is in effect"),
         N_("Special commerce contracts that are in effect: {n}."),
         N_("This can’t be settled online. Ask support how to end it. Then open this invitation again."),
         N_("The account has a special commerce contract in effect"), NULL, NULL}},
};

const struct invitation_gate_info *invitation_gate_info(enum invitation_gate gate)
{
    static const struct invitation_gate_info none = {.code = "", .title = "", .cause = "", .remedy = "", .for_inviter = ""};
    return gate < GATES ? &gates[gate].info : &none;
}

bool invitation_gate_find(const char *code, enum invitation_gate *gate)
{
    for (int i = 0; code != NULL && i < GATES; i++) {
        if (strcmp(gates[i].info.code, code) != 0)
            continue;
        *gate = (enum invitation_gate)i;
        return true;
    }
    return false;
}

unsigned invitation_gates(const struct invitation_facts *facts)
{
    unsigned closed = 0;
    for (int i = 0; i < GATES; i++)
        if (gates[i].is_closed(facts))
            closed |= 1u << i;
    return closed;
}

enum invitation_gate invitation_first_gate(unsigned closed)
{
    int i = 0;
    while (i < GATES && (closed & 1u << i) == 0)
        i++;
    return (enum invitation_gate)i;
}

char *invitation_gate_text(const void *ctx, const char *pattern, enum invitation_gate gate, const struct invitation_facts *facts)
{
    int64_t n = gate == GATE_RESERVED_INSTANCES ? facts->reserved_instances : facts->special_contracts;
    return text_fill(ctx, _(pattern), "inviter", facts->inviter_name, "partner", facts->partner_name, "master",
                     facts->master_name, "n", mem_text(ctx, "%lld", (long long)n), NULL);
}

/* --- names and status --- */

const char *invitation_kind_name(enum invitation_kind kind) { return names_at(kinds, INVITATION_KINDS, (int)kind); }

bool invitation_kind_find(const char *name, enum invitation_kind *kind)
{
    int found;
    if (!names_find(kinds, INVITATION_KINDS, name, &found))
        return false;
    *kind = (enum invitation_kind)found;
    return true;
}

bool invitation_status_find(const char *name, enum invitation_status *status)
{
    int found;
    if (!names_find(statuses, INVITATION_STATUSES, name, &found))
        return false;
    *status = (enum invitation_status)found;
    return true;
}

enum invitation_status invitation_status_at(const struct invitation *invitation, int64_t now)
{
    bool is_over = invitation->expires_at != INSTANT_NONE && now >= invitation->expires_at;
    return invitation->status == INVITATION_OPEN && is_over ? INVITATION_EXPIRED : invitation->status;
}

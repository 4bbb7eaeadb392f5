#include "domain/import_kind.h"

#include <string.h>

#include "base/memory.h"

/* --- the table ------------------------------------------------------------------------------------------------------- */

#define KEY {"id", IMPORT_ID, IMPORT_IS_KEY, true, 0, NULL, "its name in the source system"}
#define OF(what) {"account", IMPORT_OF_ACCOUNT, IMPORT_IS_NUMBER, true, 0, NULL, what}
#define TEXT(name, slot, max, about) {name, slot, IMPORT_IS_TEXT, true, max, NULL, about}
#define NOTE(name, max, about) {name, IMPORT_NOTE, IMPORT_IS_TEXT, false, max, NULL, about}
#define END {NULL, IMPORT_ID, IMPORT_IS_KEY, false, 0, NULL, NULL}

static const struct import_field account_fields[] = {
    {"id", IMPORT_ID, IMPORT_IS_NUMBER, true, 0, NULL, "the account's number, as people see it"},
    {"type", IMPORT_TYPE, IMPORT_IS_WORD, true, 0, "CUSTOMER|PARTNER", NULL},
    TEXT("name", IMPORT_NAME, 120, "company or person"),
    {"currency", IMPORT_CURRENCY, IMPORT_IS_CURRENCY, false, 0, NULL, "settlement currency; once set it cannot be another"},
    {"email", IMPORT_NOTE, IMPORT_IS_EMAIL, false, 0, NULL, "contact that the source system has verified; kept if there is one already"},
    {"phone", IMPORT_REFERENCE, IMPORT_IS_PHONE, false, 0, NULL, "the same, for SMS"},
    END};
static const struct import_field user_fields[] = {
    {"login", IMPORT_ID, IMPORT_IS_EMAIL, true, 0, NULL, "for signing in; no password is set: the first one comes by the forgotten-password link"},
    OF("whose user"),
    TEXT("name", IMPORT_NAME, 120, "the person; a user who is there already stays as it is"),
    {"role", IMPORT_TYPE, IMPORT_IS_WORD, true, 0, "owner|viewer|admin|manager", "owner and viewer of a customer, admin and manager of a partner"},
    END};
static const struct import_field association_fields[] = {
    {"customer", IMPORT_OF_ACCOUNT, IMPORT_IS_NUMBER, true, 0, NULL, NULL},
    {"partner", IMPORT_OTHER, IMPORT_IS_NUMBER, true, 0, NULL, NULL},
    {"since", IMPORT_AT, IMPORT_IS_PAST, true, 0, NULL, "an association that began then or later, even one that has ended, is not begun again"},
    {"model", IMPORT_TYPE, IMPORT_IS_WORD, false, 0, "RESELLER|REFERRAL", NULL},
    END};
static const struct import_field commitment_fields[] = {
    KEY, OF("customer"),
    {"type", IMPORT_TYPE, IMPORT_IS_WORD, true, 0, "RI|PARTNER_SUPPORT_PLAN|SERVICE_SUPPORT_PLAN", NULL},
    TEXT("name", IMPORT_NAME, 120, "as on the bill"),
    {"valid_from", IMPORT_AT, IMPORT_IS_INSTANT, true, 0, NULL, NULL},
    {"valid_to", IMPORT_UNTIL, IMPORT_IS_INSTANT, true, 0, NULL, "at that very instant it is over"},
    {"status", IMPORT_STATUS, IMPORT_IS_WORD, false, 0, "VALID|UNSUBSCRIBED", "UNSUBSCRIBED is final"},
    END};
static const struct import_field contract_fields[] = {
    KEY, OF("customer"),
    TEXT("number", IMPORT_NAME, 40, "number on the paper"),
    {"starts_at", IMPORT_AT, IMPORT_IS_INSTANT, true, 0, NULL, NULL},
    {"ends_at", IMPORT_UNTIL, IMPORT_IS_INSTANT, true, 0, NULL, NULL},
    {"status", IMPORT_STATUS, IMPORT_IS_WORD, false, 0, "EFFECTIVE|SETTLED|EXPIRED", "SETTLED is final"},
    NOTE("note", 500, "how it was settled"),
    END};
static const struct import_field member_fields[] = {
    KEY,
    {"master", IMPORT_OF_ACCOUNT, IMPORT_IS_NUMBER, true, 0, NULL, "enterprise master account, a customer"},
    {"member", IMPORT_OTHER, IMPORT_IS_NUMBER, true, 0, NULL, "member account, a customer"},
    {"accounting", IMPORT_TYPE, IMPORT_IS_WORD, true, 0, "UNIFIED|INDEPENDENT", "UNIFIED: the master pays"},
    {"since", IMPORT_AT, IMPORT_IS_PAST, true, 0, NULL, NULL},
    {"ended_at", IMPORT_UNTIL, IMPORT_IS_PAST, false, 0, NULL, "final"},
    END};
static const struct import_field resource_fields[] = {
    KEY, OF("customer"),
    TEXT("name", IMPORT_NAME, 120, NULL),
    {"next_charge_at", IMPORT_UNTIL, IMPORT_IS_INSTANT, true, 0, NULL, "when the next payment is due; it only moves forward, and only while the resource is ACTIVE here"},
    {"amount_minor", IMPORT_AMOUNT, IMPORT_IS_AMOUNT, true, 0, NULL, "price of a period in minor units of the currency"},
    {"currency", IMPORT_CURRENCY, IMPORT_IS_CURRENCY, true, 0, NULL, NULL},
    {"period_months", IMPORT_MONTHS, IMPORT_IS_MONTHS, false, 0, NULL, "calendar months that one payment is for; 1 if not given"},
    {"site", IMPORT_OTHER, IMPORT_IS_LABEL, false, 0, NULL, "decides with the tier how long grace and retention last; main if not given"},
    {"tier", IMPORT_TYPE, IMPORT_IS_LABEL, false, 0, NULL, "standard if not given"},
    {"status", IMPORT_STATUS, IMPORT_IS_WORD, false, 0, "ACTIVE|RELEASED", "RELEASED: deleted; final. Grace and retention are reckoned here"},
    END};
static const struct import_field freeze_fields[] = {
    KEY, OF("customer or partner"),
    {"type", IMPORT_TYPE, IMPORT_IS_WORD, true, 0, "ACCOUNT|ACCOUNT_AND_RESOURCES", NULL},
    {"source", IMPORT_STATUS, IMPORT_IS_WORD, true, 0, "PARTNER|BUDGET|PLATFORM", "PARTNER: only of a customer that has one"},
    TEXT("reason", IMPORT_NAME, 256, "shown to the frozen account"),
    {"frozen_at", IMPORT_AT, IMPORT_IS_PAST, true, 0, NULL, NULL},
    {"lifted_at", IMPORT_UNTIL, IMPORT_IS_PAST, false, 0, NULL, "final; without it the freeze is in force"},
    NOTE("lift_reason", 256, NULL),
    END};
static const struct import_field order_fields[] = {
    KEY, OF("customer"),
    TEXT("name", IMPORT_NAME, 120, "what was ordered"),
    {"status", IMPORT_STATUS, IMPORT_IS_WORD, true, 0, "WAITING_FOR_PARTNER|PAID|CANCELLED", "PAID and CANCELLED are final"},
    {"ordered_at", IMPORT_AT, IMPORT_IS_PAST, true, 0, NULL, NULL},
    END};
static const struct import_field balance_fields[] = {
    OF("customer"),
    {"currency", IMPORT_CURRENCY, IMPORT_IS_CURRENCY, true, 0, NULL, NULL},
    {"owed_minor", IMPORT_AMOUNT, IMPORT_IS_AMOUNT, true, 0, NULL, "arrears in minor units of the currency; 0: nothing is owed"},
    END};
static const struct import_field payment_method_fields[] = {
    KEY, OF("customer"),
    {"type", IMPORT_TYPE, IMPORT_IS_WORD, true, 0, "CARD|BANK", NULL},
    {"last_four", IMPORT_OTHER, IMPORT_IS_LAST_FOUR, true, 0, NULL, "never the whole number"},
    {"provider_reference", IMPORT_REFERENCE, IMPORT_IS_REFERENCE, true, 0, NULL, "the payment provider's name for it"},
    {"added_at", IMPORT_AT, IMPORT_IS_PAST, true, 0, NULL, NULL},
    {"valid_to", IMPORT_UNTIL, IMPORT_IS_INSTANT, false, 0, NULL, "expiry; without it there is none"},
    {"status", IMPORT_STATUS, IMPORT_IS_WORD, false, 0, "ACTIVE|REMOVED", "REMOVED is final"},
    END};
static const struct import_field payment_fields[] = {
    KEY, OF("customer"),
    {"resource", IMPORT_OTHER, IMPORT_IS_KEY, true, 0, NULL, "id of the resource that was charged for"},
    {"result", IMPORT_TYPE, IMPORT_IS_WORD, true, 0, "PAID|FAILED", "PAID ends grace and retention; after FAILED the charge counts as due since due_at. Each payment counts once; a released resource stays released"},
    {"at", IMPORT_AT, IMPORT_IS_PAST, true, 0, NULL, "when it was tried; of several new ones for a resource the latest decides"},
    {"due_at", IMPORT_UNTIL, IMPORT_IS_INSTANT, true, 0, NULL, "when this charge was due"},
    {"next_charge_at", IMPORT_NEXT, IMPORT_IS_INSTANT, false, 0, NULL, "when the next one is; needed when PAID, and only then"},
    {"amount_minor", IMPORT_AMOUNT, IMPORT_IS_AMOUNT, true, 0, NULL, "in minor units of the currency"},
    {"currency", IMPORT_CURRENCY, IMPORT_IS_CURRENCY, true, 0, NULL, NULL},
    END};

static const struct import_kind_info infos[IMPORT_KINDS] = {
    [IMPORT_ACCOUNT] = {"account", "a customer or partner. Other lines refer to accounts by this number, whether they are in the file or here already", account_fields},
    [IMPORT_USER] = {"user", "a person who signs in for an account", user_fields},
    [IMPORT_ASSOCIATION] = {"association", "a customer is associated with a partner", association_fields},
    [IMPORT_COMMITMENT] = {"commitment", "a reserved instance or support plan", commitment_fields},
    [IMPORT_CONTRACT] = {"contract", "a special commerce contract", contract_fields},
    [IMPORT_MEMBER] = {"member", "an enterprise master and one of its members", member_fields},
    [IMPORT_RESOURCE] = {"resource", "a resource that costs money", resource_fields},
    [IMPORT_FREEZE] = {"freeze", "a freeze of an account. The account is told", freeze_fields},
    [IMPORT_ORDER] = {"order", "an order that waits for the partner's payment, or did", order_fields},
    [IMPORT_BALANCE] = {"balance", "what a customer owes", balance_fields},
    [IMPORT_PAYMENT_METHOD] = {"payment_method", "how a customer pays", payment_method_fields},
    [IMPORT_PAYMENT] = {"payment", "what became of a charge", payment_fields},
};

const struct import_kind_info *import_kind_info(enum import_kind kind) { return &infos[kind < IMPORT_KINDS ? kind : 0]; }

bool import_kind_find(const char *name, enum import_kind *kind)
{
    for (int i = 0; i < IMPORT_KINDS; i++)
        if (strcmp(infos[i].name, name) == 0) {
            *kind = (enum import_kind)i;
            return true;
        }
    return false;
}

const char *import_field_name(enum import_kind kind, enum import_slot slot)
{
    for (const struct import_field *field = import_kind_info(kind)->fields; field->name != NULL; field++)
        if (field->slot == slot)
            return field->name;
    return "";
}

const char *import_default_word(const void *ctx, const char *words)
{
    return mem_copy_n(ctx, words, strcspn(words, "|"));
}

/* --- the manual ------------------------------------------------------------------------------------------------------ */

const char *import_field_kind(const void *ctx, const struct import_field *field)
{
    static const char *const texts[] = {
        [IMPORT_IS_KEY] = "1 to 64 of A-Z a-z 0-9 . _ -", [IMPORT_IS_NUMBER] = "number of an account",
        [IMPORT_IS_EMAIL] = "email address", [IMPORT_IS_PHONE] = "phone number like +6561234567",
        [IMPORT_IS_CURRENCY] = "ISO 4217, like USD", [IMPORT_IS_LAST_FOUR] = "four digits",
        [IMPORT_IS_REFERENCE] = "1 to 64 visible ASCII characters", [IMPORT_IS_INSTANT] = "instant",
        [IMPORT_IS_PAST] = "instant, not in the future", [IMPORT_IS_AMOUNT] = "whole number, not negative",
        [IMPORT_IS_LABEL] = "1 to 20 of a-z 0-9 -", [IMPORT_IS_MONTHS] = "whole number from 1 to 36",
    };
    if (field->type == IMPORT_IS_TEXT)
        return mem_text(ctx, "text, at most %d characters", field->max_points);
    if (field->type == IMPORT_IS_WORD && !field->is_needed)
        return mem_text(ctx, "%s; %s if not given", field->words, import_default_word(ctx, field->words));
    return field->type == IMPORT_IS_WORD ? field->words : texts[field->type];
}

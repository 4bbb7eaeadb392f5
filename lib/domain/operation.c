#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/secret.h"

#include "domain/operation.h"

/* The parties' log shows what ended or began; the steps before a request is sent would tell the other side too early. */
static const struct operation_info infos[OPERATIONS] = {
    [OP_ASSOCIATED] = { "ASSOCIATED", N_("Association started"), true, true },
    [OP_DISASSOCIATED] = { "DISASSOCIATED", N_("Association ended"), true, true },
    [OP_REQUEST_SUBMITTED] = { "REQUEST_SUBMITTED", N_("Disassociation requested"), true, true },
    [OP_REQUEST_AGREED] = { "REQUEST_AGREED", N_("Disassociation request agreed to"), true, true },
    [OP_REQUEST_REJECTED] = { "REQUEST_REJECTED", N_("Disassociation request rejected"), true, true },
    [OP_REQUEST_WITHDRAWN] = { "REQUEST_WITHDRAWN", N_("Disassociation request withdrawn"), true, true },
    [OP_REQUEST_ESCALATED] = { "REQUEST_ESCALATED", N_("Disassociation request passed to the platform"), true, true },
    [OP_REQUEST_EXPIRED] = { "REQUEST_EXPIRED", N_("Disassociation request expired"), true, true },
    [OP_REQUEST_COMPLETED] = { "REQUEST_COMPLETED", N_("Disassociation request agreed to by the platform"), true, true },
    [OP_REQUEST_DISMISSED] = { "REQUEST_DISMISSED", N_("Disassociation request rejected by the platform"), true, true },
    [OP_REQUEST_CANCELLED] = { "REQUEST_CANCELLED", N_("Disassociation request cancelled"), true, true },
    [OP_CHECK_RUN] = { "CHECK_RUN", N_("Account checks run"), false, false },
    [OP_STATEMENT_ACCEPTED] = { "STATEMENT_ACCEPTED", N_("Statement accepted"), false, false },
    [OP_CODE_SENT] = { "CODE_SENT", N_("Verification code sent"), false, false },
    [OP_CODE_PROVEN] = { "CODE_PROVEN", N_("Verification code accepted"), false, false },
    [OP_CODE_FAILED] = { "CODE_FAILED", N_("Wrong verification code"), false, false },
    [OP_DRAFT_CANCELLED] = { "DRAFT_CANCELLED", N_("Unfinished request discarded"), false, false },
    [OP_FROZEN] = { "FROZEN", N_("Account frozen"), false, false },
    [OP_UNFROZEN] = { "UNFROZEN", N_("Account unfrozen"), false, false },
    [OP_UNFREEZE_ASKED] = { "UNFREEZE_ASKED", N_("Partner asked to unfreeze"), false, false },
    [OP_SIGNED_IN] = { "SIGNED_IN", N_("Signed in"), false, false },
    [OP_SIGN_IN_FAILED] = { "SIGN_IN_FAILED", N_("Sign-in failed"), false, false },
    [OP_SIGNED_OUT] = { "SIGNED_OUT", N_("Signed out"), false, false },
    [OP_PASSWORD_RESET_ASKED] = { "PASSWORD_RESET_ASKED", N_("New password asked for"), false, false },
    [OP_PASSWORD_CHANGED] = { "PASSWORD_CHANGED", N_("Password changed"), false, false },
    [OP_ACCOUNT_CREATED] = { "ACCOUNT_CREATED", N_("Account created"), false, false },
    [OP_USER_CREATED] = { "USER_CREATED", N_("User created"), false, false },
    [OP_CONTACT_ADDED] = { "CONTACT_ADDED", N_("Contact added"), false, false },
    [OP_LOG_EXPORTED] = { "LOG_EXPORTED", N_("Operation log exported"), false, false },
    [OP_LOG_EXPORT_READ] = { "LOG_EXPORT_READ", N_("Export of the operation log downloaded"), false, false },
    [OP_CONTRACT_SETTLED] = { "CONTRACT_SETTLED", N_("Contract marked as settled"), false, false },
    [OP_CODE_FUNCTION_SET] = { "CODE_FUNCTION_SET", N_("Verification-code function switched"), false, false },
    [OP_NAMES_SHOWN] = { "NAMES_SHOWN", N_("Full names of customers shown"), false, false },
    [OP_USER_INVITED] = { "USER_INVITED", N_("User invited"), false, false },
    [OP_INVITATION_ENDED] = { "INVITATION_ENDED", N_("Invitation taken back"), false, false },
    [OP_USER_REMOVED] = { "USER_REMOVED", N_("User removed"), false, false },
    [OP_USER_ROLE_SET] = { "USER_ROLE_SET", N_("Role of a user changed"), false, false },
    [OP_STEPPED_UP] = { "STEPPED_UP", N_("Password confirmed"), false, false },
    [OP_STEP_UP_FAILED] = { "STEP_UP_FAILED", N_("Password not confirmed"), false, false },
    [OP_CONTACT_CHANGED] = { "CONTACT_CHANGED", N_("Contact changed"), false, false },
    [OP_CONTACT_REMOVED] = { "CONTACT_REMOVED", N_("Contact removed"), false, false },
    [OP_PREFERENCES_SET] = { "PREFERENCES_SET", N_("Preferences changed"), false, false },
    [OP_SESSIONS_ENDED] = { "SESSIONS_ENDED", N_("Sessions ended"), false, false },
    [OP_SECOND_FACTOR_ON] = { "SECOND_FACTOR_ON", N_("Second factor set up"), false, false },
    [OP_SECOND_FACTOR_OFF] = { "SECOND_FACTOR_OFF", N_("Second factor switched off"), false, false },
    [OP_RECOVERY_CODES_MADE] = { "RECOVERY_CODES_MADE", N_("Recovery codes made"), false, false },
    [OP_CURRENCY_SET] = { "CURRENCY_SET", N_("Settlement currency set"), false, false },
    [OP_UNSUBSCRIBED] = { "UNSUBSCRIBED", N_("Reserved instance or support plan ended"), false, false },
    [OP_MEMBER_RELEASED] = { "MEMBER_RELEASED", N_("Member account disassociated"), false, false },
    [OP_INFORMATION_SAVED] = { "INFORMATION_SAVED", N_("Account information saved"), false, false },
    [OP_WATCH_SET] = { "WATCH_SET", N_("Notice asked for when all checks pass"), false, false },
    [OP_WATCH_TOLD] = { "WATCH_TOLD", N_("Told that all checks pass"), false, false },
    [OP_INVITED] = { "INVITED", N_("Customer invited"), false, true },
    [OP_INVITATION_SENT_AGAIN] = { "INVITATION_SENT_AGAIN", N_("Invitation sent again"), false, true },
    [OP_INVITATION_REVOKED] = { "INVITATION_REVOKED", N_("Invitation revoked"), false, true },
    [OP_INVITATION_EXPIRED] = { "INVITATION_EXPIRED", N_("Invitation expired"), false, true },
    [OP_INVITATION_ACCEPTED] = { "INVITATION_ACCEPTED", N_("Invitation accepted"), false, true },
    [OP_INVITATION_DECLINED] = { "INVITATION_DECLINED", N_("Invitation declined"), false, true },
    [OP_QUOTA_GRANTED] = { "QUOTA_GRANTED", N_("More requests granted"), false, false },
    [OP_QUOTA_REVOKED] = { "QUOTA_REVOKED", N_("Granted requests taken back"), false, false },
    [OP_USER_DISABLED] = { "USER_DISABLED", N_("User disabled"), false, false },
    [OP_USER_ENABLED] = { "USER_ENABLED", N_("User enabled"), false, false },
    [OP_FACTOR_RESET] = { "FACTOR_RESET", N_("Two-step sign-in reset by the platform"), false, false },
    [OP_CONTACT_REPLACED] = { "CONTACT_REPLACED", N_("Contact replaced by the platform"), false, false },
    [OP_ACCOUNT_CLOSED] = { "ACCOUNT_CLOSED", N_("Account closed"), false, true },
    [OP_NOTICES_RETRIED] = { "NOTICES_RETRIED", N_("Undelivered messages sent again"), false, false },
    [OP_EVENTS_RETRIED] = { "EVENTS_RETRIED", N_("Undelivered events sent again"), false, false },
    [OP_RULE_CHANGED] = { "RULE_CHANGED", N_("Account check changed"), false, false },
    [OP_RULE_SET_USED] = { "RULE_SET_USED", N_("Set of account checks put in force"), false, false },
    [OP_FACTORS_SEALED] = { "FACTORS_SEALED", N_("Second factors sealed"), false, false },
    [OP_FACTS_IMPORTED] = { "FACTS_IMPORTED", N_("Facts imported from the billing system"), false, false },
    [OP_INVITATION_REFUSED] = { "INVITATION_REFUSED", N_("Invitation could not be accepted"), false, true },
    [OP_PAYMENT_METHOD_ADDED] = { "PAYMENT_METHOD_ADDED", N_("Payment method added"), false, true },
    [OP_PAYMENT_METHOD_DEFAULT] = { "PAYMENT_METHOD_DEFAULT", N_("Default payment method chosen"), false, true },
    [OP_PAYMENT_METHOD_REMOVED] = { "PAYMENT_METHOD_REMOVED", N_("Payment method removed"), false, true },
    [OP_RESOURCE_PAID] = { "RESOURCE_PAID", N_("Resource paid for"), false, false },
    [OP_RESOURCE_GRACE] = { "RESOURCE_GRACE", N_("Grace period started"), false, true },
    [OP_RESOURCE_RETENTION] = { "RESOURCE_RETENTION", N_("Retention period started"), false, true },
    [OP_RESOURCE_RELEASED] = { "RESOURCE_RELEASED", N_("Resource released"), false, true },
    [OP_RESOURCE_RESTORED] = { "RESOURCE_RESTORED", N_("Resource restored"), false, true }
};

static const struct { const char *result, *text; } results[] = {
    { "DONE", N_("Done") },
    { "PENDING", N_("Waiting for an answer") },
    { "AGREED", N_("Agreed") },
    { "REJECTED", N_("Rejected") },
    { "WITHDRAWN", N_("Withdrawn") },
    { "ESCALATED", N_("With the platform") },
    { "EXPIRED", N_("Expired") },
    { "COMPLETED", N_("Agreed") },
    { "CANCELLED", N_("Cancelled") },
    { "PASSED", N_("Passed") },
    { "FAILED", N_("Failed") },
    { "ACCEPTED", N_("Accepted") },
    { "DECLINED", N_("Declined") },
    { "REVOKED", N_("Revoked") },
    { "REFUSED", N_("Refused") }
};

const struct operation_info *operation_info(enum operation operation)
{
    static const struct operation_info none = { "", N_("Unknown operation"), false, false };

    return operation < OPERATIONS ? &infos[operation] : &none;
}

bool operation_find(const char *code, enum operation *operation)
{
    if (code == NULL)
        return false;
    for (int i = 0; i < OPERATIONS; i++) {
        if (strcmp(infos[i].code, code) != 0)
            continue;
        *operation = (enum operation)i;
        return true;
    }
    return false;
}

/* Where the bytes of a row are put together: kept, as it grows to the longest row and no further. */
static struct buf *row_bytes;

static void add_int(int64_t value)
{
    const uint64_t big_endian = __builtin_bswap64((uint64_t)value);

    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bytes are swapped as on a little-endian machine");
    buf_add(row_bytes, &big_endian, sizeof big_endian);
}

static void add_field(const void *bytes, size_t n)
{
    add_int((int64_t)n);
    buf_add(row_bytes, bytes, n);
}

static void add_text(const char *text)
{
    if (text == NULL)
        text = "";
    add_field(text, strlen(text));
}

static void add_number(int64_t value)
{
    add_int(8);
    add_int(value);
}

void operation_hash(const struct operation_row *row, unsigned char hash[OPERATION_HASH_BYTES])
{
    if (row_bytes == NULL)
        row_bytes = buf_new(NULL, 4096);
    buf_clear(row_bytes);
    add_field(row->prev_hash, sizeof row->prev_hash);
    add_number(row->chain_id);
    add_number(row->seq);
    add_number(row->at);
    /* By name, so that a new member of an enum changes no hash. */
    add_text(operation_info(row->operation)->code);
    add_number(row->association_id);
    add_number(row->customer_id);
    add_number(row->partner_id);
    add_number(row->account_id);
    add_text(side_name(row->initiated_by));
    add_number(row->user_id);
    add_text(row->user_name);
    add_text(row->object);
    add_number(row->request_id);
    add_text(row->request_no);
    add_text(row->from_state);
    add_text(row->to_state);
    add_text(row->result);
    add_text(row->remark);
    add_text(row->ip);
    add_text(row->http_id);
    secret_sha256(row_bytes->bytes, row_bytes->n, hash);
}

const char *operation_result_text(const char *result)
{
    if (result == NULL)
        return "";
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (strcmp(results[i].result, result) == 0)
            return _(results[i].text);
    return result;
}

const char *operation_result_at(size_t i)
{
    return i < sizeof results / sizeof results[0] ? results[i].result : NULL;
}

bool operation_result_is_known(const char *result)
{
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (strcmp(results[i].result, result) == 0)
            return true;
    return false;
}

#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "domain/account.h"
#include "domain/association.h"
#include "domain/invitation.h"
#include "domain/rule.h"

#include "view/format.h"
#include "view/view_customer.h"
#include "view/view_operation_log.h"
#include "view/view_role.h"

static const struct { const char *result, *css; } colours[] = {
    { "DONE", "ok" }, { "AGREED", "ok" }, { "COMPLETED", "ok" }, { "PASSED", "ok" },
    { "ESCALATED", "warn" },
    { "REJECTED", "bad" }, { "FAILED", "bad" }, { "REFUSED", "bad" },
};

struct view_badge view_operation_result(const struct operation_row *row)
{
    struct view_badge badge = { "", operation_result_text(row->result) };
    if (strcmp(row->result, "PENDING") == 0)
        badge.text = row->operation == OP_REQUEST_SUBMITTED ? _("Submitted") : _("Sent");
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
        if (strcmp(colours[i].result, row->result) == 0) badge.css = colours[i].css;
    return badge;
}

static const char *side_text(enum side side, enum side reader)
{
    switch (side) {
    case SIDE_CUSTOMER:
        return reader == SIDE_PLATFORM ? _("Customer") : _("The customer");
    case SIDE_PARTNER:
        return reader == SIDE_PLATFORM ? _("Partner") : _("Your partner");
    case SIDE_PLATFORM:
        return _("Platform");
    case SIDE_SYSTEM:
    case SIDES:
        break;
    }
    return _("System");
}

char *view_operation_initiator(const void *ctx, const struct operation_row *row, enum side reader)
{
    const bool is_named = row->user_name[0] != '\0';
    if (row->initiated_by == reader && reader != SIDE_PLATFORM)
        return is_named ? text_fill(ctx, _("You ({name})"), "name", row->user_name, NULL) : mem_copy(ctx, _("You"));
    if (reader == SIDE_PLATFORM && is_named)
        return text_fill(ctx, _("{side} ({name})"), "side", side_text(row->initiated_by, reader), "name", row->user_name, NULL);
    return mem_copy(ctx, side_text(row->initiated_by, reader));
}

/* --- details ---------------------------------------------------------------------------------------------------------- */

/* What the actions write for these operations, as it stands in the database. */
static const struct { enum operation operation; const char *remark, *text; } remarks[] = {
    { OP_ASSOCIATED, "RESELLER", N_("Reseller") },
    { OP_ASSOCIATED, "REFERRAL", N_("Referral") },
    { OP_CODE_FUNCTION_SET, "ON", N_("Switched on") },
    { OP_CODE_FUNCTION_SET, "OFF", N_("Switched off") },
    { OP_CODE_SENT, "REGISTER", N_("For a registration") },
    { OP_CODE_PROVEN, "REGISTER", N_("For a registration") },
    { OP_CODE_FAILED, "REGISTER", N_("For a registration") },
    { OP_SIGNED_IN, "one-time password", N_("With a one-time password") },
    { OP_SIGNED_IN, "registered", N_("After registering") },
    { OP_SIGN_IN_FAILED, "password", N_("Wrong password") },
    { OP_SIGN_IN_FAILED, "one-time password", N_("Wrong one-time password") },
    { OP_SIGN_IN_FAILED, "used before, or changed meanwhile", N_("The one-time password was used before") },
    { OP_SIGN_IN_FAILED, "may not sign in", N_("The user may not sign in") },
    { OP_PASSWORD_CHANGED, "by a mailed link", N_("By a mailed link") },
};

static const char *known_remark(const struct operation_row *row)
{
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++)
        if (remarks[i].operation == row->operation && strcmp(remarks[i].remark, row->remark) == 0)
            return _(remarks[i].text);
    return NULL;
}

/* The first word, and behind it what follows the blank; "" if there is none. */
static char *first_word(const void *ctx, const char *text, const char **rest)
{
    const size_t n = strcspn(text, " ");
    *rest = text[n] == ' ' ? text + n + 1 : "";
    return mem_copy_n(ctx, text, n);
}

/* How an invitation went out, or the gate that was closed. */
static const char *invitation_details(const struct operation_row *row)
{
    enum invitation_kind kind;
    enum invitation_gate gate;
    if (invitation_kind_find(row->remark, &kind))
        return kind == INVITATION_EMAIL ? _("By email") : _("By link");
    return invitation_gate_find(row->remark, &gate) ? _(invitation_gate_info(gate)->for_inviter) : NULL;
}

/* "owner", "owner, by invitation", "owner to viewer". */
static const char *role_details(const void *ctx, const struct operation_row *row)
{
    const char *rest;
    char *name = first_word(ctx, row->remark, &rest);
    const bool is_invited = name[0] != '\0' && name[strlen(name) - 1] == ',';
    enum role role, to;
    if (is_invited)
        name[strlen(name) - 1] = '\0';
    if (!role_find(name, &role))
        return NULL;
    if (is_invited)
        return text_fill(ctx, _("{role}, by invitation"), "role", view_role(role), NULL);
    if (strncmp(rest, "to ", 3) == 0 && role_find(rest + 3, &to))
        return text_fill(ctx, _("{from}, now {to}"), "from", view_role(role), "to", view_role(to), NULL);
    return rest[0] == '\0' ? view_role(role) : NULL;
}

/* "ACCOUNT PARTNER: a person's words"; without the words where there are none. */
static const char *freeze_details(const void *ctx, const struct operation_row *row)
{
    const char *rest, *words = strstr(row->remark, ": ");
    const char *codes = words == NULL ? row->remark : mem_copy_n(ctx, row->remark, (size_t)(words - row->remark));
    const char *name = first_word(ctx, codes, &rest);
    enum freeze_type type;
    enum freeze_source source;
    if (!freeze_type_find(name, &type) || !freeze_source_find(rest, &source))
        return NULL;
    const char *told = text_fill(ctx, _("{what}. {by}"), "what", view_freeze_type(type), "by",
                                 view_freeze_source_for_platform(source), NULL);
    return words == NULL ? told : text_fill(ctx, _("{what}: {reason}"), "what", told, "reason", words + 2, NULL);
}

/* "2025-06-30.1 en" */
static const char *statement_details(const void *ctx, const struct operation_row *row)
{
    const char *tag, *version = first_word(ctx, row->remark, &tag);
    const struct lang *lang = lang_find(tag);
    return lang == NULL ? NULL : text_fill(ctx, _("Version {version}, read in {language}"), "version", version, "language", lang->name, NULL);
}

static const char *check_details(const void *ctx, const struct operation_row *row)
{
    struct rule_report report = { .at = row->at };
    int failed = 0;
    if (!rule_report_unpack(row->remark, &report))
        return NULL;
    for (size_t i = 0; i < RULES; i++)
        failed += report.results[i].outcome == RULE_FAILED || report.results[i].outcome == RULE_UNKNOWN;
    return text_fill(ctx, failed == 0 ? _("All {n} items passed") : _("{k} of {n} items did not pass"),
                     "k", mem_text(ctx, "%d", failed), "n", mem_text(ctx, "%d", (int)RULES), NULL);
}

/* "2026-11-23T21:45:19Z" as far as the comma or the end, in the reader's words; NULL if it is none. *text moves behind it. */
static const char *read_time(const void *ctx, const char **text, const char *zone)
{
    const size_t n = strcspn(*text, ",");
    int64_t at = 0;
    if (!clock_parse_utc(mem_copy_n(ctx, *text, n), &at))
        return NULL;
    *text += n;
    return format_time(ctx, at, zone);
}

/* Where the last `mark` begins; NULL if there is none. A name may hold one too. */
static const char *last(const char *text, const char *mark)
{
    const char *found = NULL;
    for (const char *at = strstr(text, mark); at != NULL; at = strstr(at + 1, mark))
        found = at;
    return found;
}

/* "Web server: due 2026-11-23T21:45:19Z, until 2026-12-23T21:45:19Z"; the end only where there is one. */
static const char *resource_details(const void *ctx, const struct operation_row *row, const char *zone)
{
    static const char due_mark[] = ": due ", until_mark[] = ", until ";
    const char *text = last(row->remark, due_mark);
    if (text == NULL)
        return NULL;
    const char *name = mem_copy_n(ctx, row->remark, (size_t)(text - row->remark));
    text += sizeof due_mark - 1;
    const char *due = read_time(ctx, &text, zone), *until = NULL;
    if (due != NULL && strncmp(text, until_mark, sizeof until_mark - 1) == 0) {
        text += sizeof until_mark - 1;
        until = read_time(ctx, &text, zone);
    }
    if (due == NULL || *text != '\0')
        return NULL;
    return text_fill(ctx, until != NULL ? _("{name}: due {due}, until {until}") : _("{name}: due {due}"), "name", name, "due", due,
                     "until", until == NULL ? "" : until, NULL);
}

/* "Web server: USD 33.00, due 2026-11-23T21:45:19Z, paid by customer" */
static const char *paid_details(const void *ctx, const struct operation_row *row, const char *zone)
{
    static const char due_mark[] = ", due ", payer_mark[] = ", paid by ";
    const char *text = last(row->remark, due_mark);
    if (text == NULL)
        return NULL;
    const char *what = mem_copy_n(ctx, row->remark, (size_t)(text - row->remark));
    text += sizeof due_mark - 1;
    const char *due = read_time(ctx, &text, zone);
    if (due == NULL || strncmp(text, payer_mark, sizeof payer_mark - 1) != 0)
        return NULL;
    const bool is_partners = strcmp(text + sizeof payer_mark - 1, "partner") == 0;
    return text_fill(ctx, is_partners ? _("{what}, due {due}, paid by the partner") : _("{what}, due {due}, paid by the customer"),
                     "what", what, "due", due, NULL);
}

/* "CARD 4242" */
static const char *method_details(const void *ctx, const struct operation_row *row)
{
    const char *digits;
    const char *kind = first_word(ctx, row->remark, &digits);
    if (strcmp(kind, "CARD") != 0 && strcmp(kind, "BANK") != 0)
        return NULL;
    return text_fill(ctx, kind[0] == 'C' ? _("Card ending in {digits}") : _("Bank account ending in {digits}"), "digits", digits, NULL);
}

static const char *details_of(const void *ctx, const struct operation_row *row, const char *zone)
{
    switch (row->operation) {
    case OP_RESOURCE_GRACE:
    case OP_RESOURCE_RETENTION:
    case OP_RESOURCE_RELEASED:
    case OP_RESOURCE_RESTORED:
        return resource_details(ctx, row, zone);
    case OP_RESOURCE_PAID:
        return paid_details(ctx, row, zone);
    case OP_PAYMENT_METHOD_ADDED:
    case OP_PAYMENT_METHOD_DEFAULT:
    case OP_PAYMENT_METHOD_REMOVED:
        return method_details(ctx, row);
    case OP_INVITED:
    case OP_INVITATION_SENT_AGAIN:
    case OP_INVITATION_REVOKED:
    case OP_INVITATION_EXPIRED:
    case OP_INVITATION_DECLINED:
    case OP_INVITATION_REFUSED:
        return invitation_details(row);
    case OP_USER_CREATED:
    case OP_USER_INVITED:
    case OP_INVITATION_ENDED:
    case OP_USER_REMOVED:
    case OP_USER_ROLE_SET:
        return role_details(ctx, row);
    case OP_FROZEN:
    case OP_UNFROZEN:
        return freeze_details(ctx, row);
    case OP_STATEMENT_ACCEPTED:
        return statement_details(ctx, row);
    case OP_CHECK_RUN:
        return check_details(ctx, row);
    default:
        return known_remark(row);
    }
}

char *view_operation_details(const void *ctx, const struct operation_row *row, const char *zone, bool *is_quoted)
{
    const char *details = details_of(ctx, row, zone);
    if (is_quoted != NULL)
        *is_quoted = details == NULL;
    return mem_copy(ctx, details != NULL ? details : text_isolate(ctx, row->remark));
}

/* --- before and after ------------------------------------------------------------------------------------------------- */

/* Whose remark is "BEFORE -> AFTER: a person's words", as the platform's desk writes it; the words are missing where none are
 * asked for. */
static bool is_desk_change(enum operation operation)
{
    switch (operation) {
    case OP_QUOTA_GRANTED:
    case OP_QUOTA_REVOKED:
    case OP_USER_DISABLED:
    case OP_USER_ENABLED:
    case OP_SESSIONS_ENDED:
    case OP_FACTOR_RESET:
    case OP_CONTACT_REPLACED:
    case OP_ACCOUNT_CLOSED:
    case OP_NOTICES_RETRIED:
    case OP_RULE_CHANGED:
    case OP_RULE_SET_USED:
        return true;
    default:
        return false;
    }
}

/* "4, until 2026-12-25T00:00:00Z", as a grant of requests ends, in the reader's words; anything else as it is. */
static const char *with_end(const void *ctx, const char *text, const char *zone)
{
    static const char mark[] = ", until ";
    const char *found = strstr(text, mark), *rest = found == NULL ? NULL : found + sizeof mark - 1;
    const char *end = rest == NULL ? NULL : read_time(ctx, &rest, zone);
    if (end == NULL || *rest != '\0')
        return text;
    return text_fill(ctx, _("{n}, until {time}"), "n", mem_copy_n(ctx, text, (size_t)(found - text)), "time", end, NULL);
}

static struct view_change desk_change(const void *ctx, const struct operation_row *row, const char *zone)
{
    const char *arrow = strstr(row->remark, " -> "), *after = arrow == NULL ? NULL : arrow + 4;
    const char *words = after == NULL ? NULL : strstr(after, ": ");
    if (after == NULL)
        return (struct view_change){ .words = row->remark };
    return (struct view_change){
        .before = mem_copy_n(ctx, row->remark, (size_t)(arrow - row->remark)),
        .after = with_end(ctx, words == NULL ? after : mem_copy_n(ctx, after, (size_t)(words - after)), zone),
        .words = words == NULL ? "" : words + 2 };
}

/* Frozen is what was not, and the other way round. */
static struct view_change freeze_change(const char *details, bool is_frozen)
{
    return (struct view_change){ .before = is_frozen ? _("Not frozen") : _("Frozen"), .after = is_frozen ? _("Frozen") : _("Not frozen"),
                                 .words = details };
}

struct view_change view_operation_change(const void *ctx, const struct operation_row *row, const char *zone)
{
    const char *details = view_operation_details(ctx, row, zone, NULL);
    if (row->from_state[0] != '\0' || row->to_state[0] != '\0')
        return (struct view_change){ .before = row->from_state, .after = row->to_state, .words = details };
    if (row->operation == OP_FROZEN || row->operation == OP_UNFROZEN)
        return freeze_change(details, row->operation == OP_FROZEN);
    if (row->operation == OP_CONTRACT_SETTLED)
        return (struct view_change){ .before = _("In effect"), .after = _("Settled"), .words = details };
    return is_desk_change(row->operation) ? desk_change(ctx, row, zone) : (struct view_change){ .words = details };
}

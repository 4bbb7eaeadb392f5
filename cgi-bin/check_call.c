#include "check_call.h"

#include <string.h>

#include "base/buf.h"
#include "known.h"
#include "return_call.h"

struct compute { struct call *call; const struct wizard_call *w; struct check *check; };

static const struct err *do_compute(struct db *db, void *arg)
{
    struct compute *compute = arg;
    const struct wizard_call *w = compute->w;
    if (w->known != NULL)
        return check_known(db, compute->call->mem, w->association, w->known->set, w->known->facts, w->operation, compute->call->now,
                           &compute->check);
    return check_compute(db, compute->call->mem, w->association, w->target.side, w->operation, compute->call->now,
                         &compute->check);
}

const struct err *check_call_now(struct call *call, const struct wizard_call *w, struct check **check)
{
    struct compute compute = {.call = call, .w = w};
    TRY(db_transaction(call->db, DB_READ_ONLY, do_compute, &compute));
    *check = compute.check;
    return NULL;
}

struct view_checks check_call_view(struct call *call, const struct wizard_call *w, const struct check *check)
{
    const struct association *association = w->association;
    bool is_partner = w->target.side == SIDE_PARTNER;
    bool can_mend = is_partner && call->actor.role == ROLE_ADMIN && !association->partner_is_frozen;
    return (struct view_checks){
        .set = check->set, .facts = check->facts, .report = &check->report, .for_partner = is_partner,
        .partner_email = association->partner_email, .partner_phone = association->partner_phone,
        .kept_days = call->site->config->request.retention_days,
        .customer_href = can_mend ? mem_text(call->mem, "/customers/%s", association->customer_no) : NULL,
        .unfreeze_once = call->actor.role == ROLE_OWNER ? call_once_for(call, "/my-partner") : NULL,
        .unfreeze_asked_at = check->unfreeze_asked_at,
        .with_account_pages = !is_partner,
        .return_to = w->target.purpose == WIZARD_SUBMIT ? "check" : w->request->no,
    };
}

/* "C4.C5" as a packed outcome, "C4=F C5=F". It comes from a cookie: what is no rule's code is not understood, and said to
 * nobody. */
static char *as_failed(struct call *call, const char *codes)
{
    struct buf *packed = buf_new(call->mem, 64);
    for (const char *p = codes; *p != '\0';) {
        size_t n = strcspn(p, ".");
        if (packed->n > 0)
            buf_char(packed, ' ');
        buf_add(packed, p, n);
        buf_text(packed, "=F");
        p += n + (p[n] == '.');
    }
    return packed->bytes;
}

/* Whoever comes back from the page that mends an item is told so, also when no check was kept before; "": from nowhere. */
static const char *mended(const struct call *call)
{
    static const struct { const char *flash, *code; } pages[] = {
        {"currency.", "C5"}, {"unsubscribed", "C4"}, {"member-released", "C1"},
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (strncmp(call->flash, pages[i].flash, strlen(pages[i].flash)) == 0)
            return pages[i].code;
    return "";
}

void check_call_say_fixed(struct call *call, const struct wizard_call *w, const struct check *check)
{
    /* After [Check again] the kept outcome is the new one, so what it mended comes along as rule codes: "fixed.C4.C5". */
    const char *before = w->wizard != NULL ? w->wizard->checked_report : "";
    char *fixed = before[0] != '\0' ? view_checks_fixed(call->mem, before, &check->report) : NULL;
    if (strncmp(call->flash, "fixed.", 6) == 0)
        fixed = view_checks_fixed(call->mem, as_failed(call, call->flash + 6), &check->report);
    else if (mended(call)[0] != '\0')
        fixed = view_checks_fixed(call->mem, mem_text(call->mem, "%s%s%s=F", before, before[0] != '\0' ? " " : "", mended(call)), &check->report);
    return_call_say_currency(call);
    if (fixed != NULL)
        page_message(call->page, TONE_OK, fixed, "");
}

/* Which rules failed in the kept outcome and pass now: "fixed.C4.C5", "" for none. */
static char *fixed_flash(struct call *call, const char *before, const struct rule_report *now)
{
    struct rule_report then;
    char *flash = mem_copy(call->mem, "");
    if (!rule_report_unpack(before, &then))
        return flash;
    for (int i = 0; i < RULES; i++)
        if (then.results[i].outcome == RULE_FAILED && now->results[i].outcome == RULE_PASSED)
            flash = mem_text(call->mem, "%s.%s", flash[0] != '\0' ? flash : "fixed", rule_code_name((enum rule_code)i));
    return flash;
}

const struct err *check_call_again(struct call *call, struct wizard_call *w)
{
    /* The row is there so that its outcome is kept: without one nobody could say what was mended since. */
    struct act *begin = call_act(call, NULL), *act = call_act(call, wizard_call_path(call, w, STEP_CHECK));
    struct wizard *wizard = NULL;
    struct check *check = NULL;
    begin->once_digest = NULL;
    TRY(wizard_begin(begin, &w->target, &wizard));
    TRY(check_again(act, w->association, w->target.purpose, w->target.target_id, w->operation, &check));
    if (!act->is_replay && check != NULL && wizard != NULL) {
        const char *flash = fixed_flash(call, wizard->checked_report, &check->report);
        if (flash[0] != '\0')
            call_flash(call, flash);
    }
    return call_go(call, "%s", act->location);
}

#include "action/import_freeze.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "store/store_import.h"

#define PAGE 200

static const struct err *tell_one(struct act *act, int64_t account_id, enum notice_kind kind, const struct notice_values *values,
                                  int64_t freeze_id)
{
    return act_notify(act, account_id, kind, values, values->to_partner ? "/customers" : "/my-partner", 0,
                      mem_text(act->mem, "F%lld-%s", (long long)freeze_id, notice_info(kind)->code));
}

/* The frozen account; of a customer whom somebody else than its partner froze, the partner too. */
static const struct err *tell(struct act *act, const struct import_freeze *f, enum notice_kind kind, const char *reason, int64_t id)
{
    const bool is_partner = f->account_kind == ACCOUNT_PARTNER, by_partner = f->freeze.source == FREEZE_BY_PARTNER;
    struct notice_values values = {
        .to_partner = is_partner, .by_partner = by_partner, .customer = is_partner ? "" : f->account_name,
        .partner = is_partner ? f->account_name : f->partner_name, .reason = reason, .freeze_type = freeze_type_name(f->freeze.type),
    };
    TRY(tell_one(act, f->account_id, kind, &values, id));
    if (f->association_id == 0 || by_partner)
        return NULL;
    values.to_partner = true;
    return tell_one(act, f->partner_id, kind, &values, id);
}

static const struct err *log_it(struct act *act, const struct import_freeze *f, enum operation operation, const char *reason)
{
    const bool is_partner = f->account_kind == ACCOUNT_PARTNER;
    struct operation_row row = {
        .operation = operation, .association_id = f->association_id, .customer_id = is_partner ? 0 : f->account_id,
        .partner_id = is_partner ? f->account_id : f->partner_id, .object = f->account_name, .result = "DONE",
        .remark = mem_text(act->mem, "%s %s: %s", freeze_type_name(f->freeze.type), freeze_source_name(f->freeze.source), reason),
    };
    return act_log(act, &row);
}

static const struct err *begin(struct act *act, const struct import_freeze *f)
{
    int64_t id = 0;
    const struct err *err = import_freeze_insert(act->db, f, &id);
    if (db_is_duplicate(err, "freeze_open"))
        return db_again("somebody else froze the account meanwhile");
    TRY(err);
    /* One that is over is history: it is kept, and nobody is told. */
    if (f->freeze.lifted_at != INSTANT_NONE)
        return NULL;
    TRY(tell(act, f, NOTICE_FROZEN, f->freeze.reason, id));
    return log_it(act, f, OP_FROZEN, f->freeze.reason);
}

static const struct err *lift(struct act *act, const struct import_freeze *f)
{
    bool lifted = false, closed = false;
    TRY(import_freeze_lift(act->db, f, &lifted));
    if (!lifted)
        return db_again("the freeze was lifted meanwhile");
    if (f->association_id != 0)
        TRY(task_close(act->db, f->partner_id, "UNFREEZE", f->association_id, act->now, &closed));
    TRY(tell(act, f, NOTICE_UNFROZEN, f->lift_reason, f->freeze.id));
    return log_it(act, f, OP_UNFROZEN, f->lift_reason);
}

/* Those done are not listed again. */
static const struct err *each(struct act *act, bool is_lifted, const struct err *(*one)(struct act *act, const struct import_freeze *f))
{
    for (size_t n = PAGE; n == PAGE;) {
        void *mem = mem_context(NULL, "import freezes");
        struct act within = *act;
        struct import_freeze *freezes;
        within.mem = mem;
        const struct err *err = import_freeze_list(act->db, mem, is_lifted, PAGE, &freezes, &n);
        for (size_t i = 0; err == NULL && i < n; i++)
            err = one(&within, &freezes[i]);
        talloc_free(mem);
        TRY(err);
    }
    return NULL;
}

/* Lifted ones first: the account may be frozen anew in the same file. */
const struct err *import_freezes(struct act *act)
{
    TRY(each(act, true, lift));
    return each(act, false, begin);
}

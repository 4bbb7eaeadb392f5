#include "action/contract.h"

#include "base/memory.h"
#include "base/text.h"
#include "store/store_association.h"

struct settling {
    struct act *act;
    int64_t id;
    const char *note;
    enum contract_outcome *outcome;
};

/* The active association of the contract's customer too; NULL if it has no partner. */
static const struct err *find(struct act *act, int64_t id, struct contract **contract, struct contract_customer *customer,
                              struct association **association)
{
    *association = NULL;
    TRY(contract_load(act->db, act->mem, id, contract));
    if (*contract == NULL)
        return NULL;
    TRY(association_active(act->db, act->mem, (*contract)->customer_id, association));
    const bool is_partners = *association != NULL && act_is_own(act, (*association)->partner_id);
    if (act->actor->role != ROLE_OPS && !is_partners) {
        *contract = NULL;
        return NULL;
    }
    return contract_customer(act->db, act->mem, (*contract)->customer_id, customer);
}

const struct err *contract_of_actor(struct act *act, int64_t id, struct contract **contract, struct contract_customer *customer)
{
    struct association *association = NULL;
    return find(act, id, contract, customer, &association);
}

static const struct err *refuse(const struct settling *s, enum contract_outcome outcome)
{
    *s->outcome = outcome;
    return act_refuse();
}

static const struct err *tell(const struct settling *s, const struct contract *contract, const struct contract_customer *customer,
                              const struct association *association)
{
    struct act *act = s->act;
    const struct notice_values values = {
        .by_partner = act_side(act) == SIDE_PARTNER, .customer = customer->name, .object = contract->number, .reason = s->note,
        .partner = association == NULL ? "" : association->partner_name,
    };
    struct operation_row row = {
        .operation = OP_CONTRACT_SETTLED, .customer_id = contract->customer_id, .object = contract->number, .result = "DONE",
        .remark = s->note,
    };
    if (association != NULL) {
        row.association_id = association->id;
        row.partner_id = association->partner_id;
    }
    TRY(act_notify(act, contract->customer_id, NOTICE_CONTRACT_SETTLED, &values, "/my-partner", 0,
                   mem_text(act->mem, "C%lld-SETTLED", (long long)contract->id)));
    return act_log(act, &row);
}

static const struct err *work(struct db *db, void *arg)
{
    const struct settling *s = arg;
    struct act *act = s->act;
    struct contract *contract = NULL;
    struct contract_customer customer;
    struct association *association = NULL;
    bool bumped = false, settled = false;

    *s->outcome = CONTRACT_DONE;
    TRY(find(act, s->id, &contract, &customer, &association));
    if (contract == NULL)
        return err_new(ERR_MISSING, 0, "contract %lld is not the actor's", (long long)s->id);
    if ((act->actor->role & (ROLE_ADMIN | ROLE_OPS)) == 0)
        return err_new(ERR_DENIED, 0, "only an admin or ops may settle a contract");
    const size_t points = text_points(s->note);
    if (contract->is_settled || contract->is_expired)
        return refuse(s, CONTRACT_ALREADY);
    if (points == 0 || points > CONTRACT_NOTE_MAX_POINTS)
        return refuse(s, CONTRACT_NO_NOTE);
    TRY(account_bump(db, contract->customer_id, customer.version, &bumped));
    if (!bumped)
        return db_again("the customer was changed meanwhile");
    TRY(contract_settle(db, contract->id, s->note, act->now, &settled));
    if (!settled)
        return db_again("the contract was changed meanwhile");
    return tell(s, contract, &customer, association);
}

const struct err *settle_contract(struct act *act, int64_t id, const char *note, enum contract_outcome *outcome)
{
    struct settling s = {.act = act, .id = id, .note = note, .outcome = outcome};
    TRY(act_run(act, work, &s));
    if (act->is_replay)
        *outcome = CONTRACT_DONE;
    return NULL;
}

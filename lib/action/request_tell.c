#include "base/clock.h"
#include "base/memory.h"

#include "action/request_tell.h"

static const char *result_of(const struct request_move *move)
{
    if (move->event == REQUEST_AGREE)
        return "AGREED";
    return move->event == REQUEST_ESCALATE ? "ESCALATED" : request_state_name(move->to);
}

const struct err *request_log(struct act *act, const struct request *request, const struct request_move *move, const char *remark)
{
    struct operation_row row = {
        .association_id = request->association_id, .customer_id = request->customer_id, .partner_id = request->partner_id,
        .object = act_side(act) == SIDE_CUSTOMER ? request->partner_name : request->customer_name,
        .request_id = request->id, .request_no = request->no,
        .from_state = move->from == REQUEST_NONE ? "" : request_state_name(move->from), .to_state = request_state_name(move->to),
        .result = result_of(move), .remark = remark
    };

    if (!operation_find(move->verb, &row.operation))
        return err_new(ERR_BUG, 0, "%s is no operation of the log", move->verb);
    return act_log(act, &row);
}

/* A customer's own request has a page that stays; one of its partner's has it while it waits for the answer. */
static const char *link_of(const struct act *act, const struct request *request, enum side to, enum notice_kind kind)
{
    if (to == SIDE_PARTNER)
        return mem_text(act->mem, "/requests/%s", request->no);
    if (request->initiator == SIDE_CUSTOMER)
        return mem_text(act->mem, "/disassociate/submitted/%s", request->no);
    if (kind == NOTICE_REQUEST_RECEIVED || kind == NOTICE_REQUEST_REMINDER)
        return mem_text(act->mem, "/process-request/%s", request->no);
    return "/my-partner";
}

struct told { struct notice_values values; struct act_notice notice; };

static void tell(struct act *act, const struct request *request, enum side to, const struct request_news *news, struct told *told)
{
    told->values = (struct notice_values){
        .to_partner = to == SIDE_PARTNER, .by_partner = news->by_partner, .customer = request->customer_name,
        .partner = request->partner_name, .request_no = request->no, .reason = news->reason, .action = news->action,
        .until = news->until_at == INSTANT_NONE ? "" : act_time(act, news->until_at)
    };
    told->notice = (struct act_notice){
        .account_id = to == SIDE_PARTNER ? request->partner_id : request->customer_id, .kind = news->kind, .values = &told->values,
        .link = link_of(act, request, to, news->kind), .request_id = request->id,
        .event = mem_text(act->mem, "R%lld-%s", (long long)request->id, news->event)
    };
}

const struct err *request_notify(struct act *act, const struct request *request, enum side to, const struct request_news *news)
{
    struct told told;

    tell(act, request, to, news, &told);
    return act_notify_all(act, &told.notice, 1);
}

const struct err *request_notify_each(struct act *act, const struct request *request, const struct request_news *to_customer,
                                      const struct request_news *to_partner)
{
    struct told customer, partner;

    tell(act, request, SIDE_CUSTOMER, to_customer, &customer);
    tell(act, request, SIDE_PARTNER, to_partner, &partner);
    return act_notify_all(act, (const struct act_notice[]){ customer.notice, partner.notice }, 2);
}

const struct err *request_notify_both(struct act *act, const struct request *request, const struct request_news *news)
{
    return request_notify_each(act, request, news, news);
}

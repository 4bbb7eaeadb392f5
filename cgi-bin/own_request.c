#include "own_request.h"

#include "store/store_request.h"

const struct err *own_request_find(struct call *call, struct request **request)
{
    struct request *found = NULL;
    *request = NULL;
    if (!request_no_is_valid(call->vars.values[0]))
        return NULL;
    TRY(request_load_no(call->db, call->mem, call->vars.values[0], &found));
    if (found != NULL && request_mover(found, side_of_kind(call->actor.kind), call->actor.account_id) == MOVER_INITIATOR)
        *request = found;
    return NULL;
}

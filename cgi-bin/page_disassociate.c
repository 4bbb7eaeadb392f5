/* /disassociate: where [Disassociate] on My Partner leads, and [Request disassociation] on the partner's page of a customer:
 * /customers/{no}/disassociate. Begins, or goes on at the first unfinished step. The pages of all steps are those of both. */
#include "pages.h"
#include "wizard_call.h"

const struct err *disassociate_get(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(wizard_call_submit(call, &w));
    if (w == NULL)
        return NULL;
    if (w->is_expired)
        call_flash(call, "draft-gone");
    else if (wizard_call_holds_answers(w))
        call_flash(call, "kept");
    return call_go(call, "%s", wizard_call_path(call, w, w->step));
}

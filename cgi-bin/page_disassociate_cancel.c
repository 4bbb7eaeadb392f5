/* Leaving a draft: asked only when a reason was typed, which is what would be lost. */
#include "pages.h"
#include "wizard_call.h"

const struct field_spec disassociate_cancel_fields[] = {{.name = "again", .kind = FIELD_TICK}, {.name = NULL}};

const struct err *disassociate_cancel_get(struct call *call)
{
    struct wizard_call *w = NULL;
    TRY(wizard_call_submit(call, &w));
    if (w == NULL)
        return NULL;
    if (!wizard_call_holds_reason(w))
        return call_go(call, "%s", w->home);
    (void)wizard_call_page(call, w, "disassociate_cancel", _("Leave this request?"));
    wizard_call_messages(call, w);
    tpl_set(call->page->dict, "START", w->start);
    tpl_set(call->page->dict, "GO_ON", wizard_call_path(call, w, w->step));
    return call_show(call, 0);
}

const struct err *disassociate_cancel_post(struct call *call)
{
    bool is_again = form_ticked(call->form, "again");
    struct act *act = call_act(call, "");
    struct wizard_call *w = NULL;
    TRY(act_seen_before(act));
    if (!act->is_done) {
        TRY(wizard_call_submit(call, &w));
        if (w == NULL)
            return NULL;
        act->location = is_again ? wizard_call_path(call, w, STEP_CHECK) : w->home;
        TRY(wizard_leave(act, &w->target));
        if (act->is_done && !is_again)
            call_flash(call, "draft-left");
    }
    return call_go(call, "%s", act->location);
}

/* "Tell me when all checks pass", asked for on the page of the checks. */
#include "pages.h"

#include "action/check_watch.h"

const struct err *check_watch_post(struct call *call)
{
    struct act *act = call_act(call, "/disassociate/check");
    enum watch_outcome outcome = WATCH_DONE;
    TRY(watch_checks(act, &outcome));
    if (outcome == WATCH_PASSED)
        call_flash(call, "watch-passed");
    else if (outcome != WATCH_NOTHING)
        call_flash(call, "watching");
    return call_go(call, "/disassociate/check");
}

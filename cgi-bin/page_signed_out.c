#include "pages.h"
#include "sign_in_page.h"

const struct err *sign_out_post(struct call *call)
{
    struct act *act = call_act(call, "/signed-out");
    TRY(sign_out(act));
    sign_in_drop_cookie(call, "session");
    sign_in_drop_cookie(call, "visit");
    http_header(call->response, "Clear-Site-Data", "\"cache\", \"storage\"");
    return call_go(call, "/signed-out");
}

const struct err *signed_out_get(struct call *call)
{
    call_page(call, "signed_out", _("You are signed out"))->is_narrow = true;
    return call_show(call, 0);
}

#include "pages.h"

const struct err *accessibility_get(struct call *call)
{
    call_page(call, "accessibility", _("Accessibility"));
    return call_show(call, 0);
}

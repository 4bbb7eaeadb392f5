#include "pages.h"

const struct err *start_get(struct call *call)
{
    switch (call->actor.role) {
    case ROLE_OWNER:
    case ROLE_VIEWER:
        return call_go(call, "/my-partner");
    case ROLE_ADMIN:
    case ROLE_MANAGER:
        return call_go(call, "/requests");
    case ROLE_OPS:
        return call_go(call, "/escalations");
    case ROLE_AUDITOR:
        return call_go(call, "/audit-log");
    case ROLE_ANONYMOUS:
        break;
    }
    return call_go(call, "/sign-in");
}

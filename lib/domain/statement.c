#include "base/lang.h"

#include "domain/statement.h"

/* A change of these words is a new STATEMENT_VERSION: the log says which ones were read. */
static const char *const points[STATEMENT_POINTS] = {
    N_("Your partner stops billing you. From then on you pay for your resources yourself, so update your account details and "
       "add a valid payment method straight away."),
    N_("If a payment fails, a grace period starts. During it you can open and use only some of your resources."),
    N_("A retention period follows. During it you can’t open or use your resources, but the data in them is kept."),
    N_("If you haven’t renewed or paid what you owe when the retention period ends, the data is deleted and the resources are "
       "released. This can’t be undone.")
};

const char *statement_point(int i)
{
    return i >= 0 && i < STATEMENT_POINTS ? _(points[i]) : "";
}

const char *statement_tick(void)
{
    return _("I understand the preceding statement and confirm to disassociate from the partner account");
}

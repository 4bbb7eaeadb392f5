#include "base/lang.h"

#include "domain/statement.h"

/* A change of these words is a new STATEMENT_VERSION: the log says which ones were read. */
static const char *const customers[STATEMENT_POINTS] = {
    N_("Your partner stops billing you. From then on you pay for your resources yourself, so update your account details and "
       "add a valid payment method straight away."),
    N_("If a payment fails, a grace period starts. During it you can open and use only some of your resources."),
    N_("A retention period follows. During it you can’t open or use your resources, but the data in them is kept."),
    N_("If you haven’t renewed or paid what you owe when the retention period ends, the data is deleted and the resources are "
       "released. This can’t be undone.")
};
static const char *const partners[STATEMENT_POINTS] = {
    N_("You stop billing the customer. From then on it pays for its resources itself, with a payment method of its own."),
    N_("If a payment fails, a grace period starts. During it the customer can open and use only some of its resources."),
    N_("A retention period follows. During it the customer can’t open or use its resources, but the data in them is kept."),
    N_("If the customer hasn’t renewed or paid what it owes when the retention period ends, the data is deleted and the "
       "resources are released. This can’t be undone.")
};

const char *statement_point(enum side reader, int i)
{
    if (i < 0 || i >= STATEMENT_POINTS)
        return "";
    return reader == SIDE_PARTNER ? _(partners[i]) : _(customers[i]);
}

const char *statement_tick(enum side reader)
{
    return reader == SIDE_PARTNER ? _("I understand the preceding statement and confirm to disassociate from the customer account")
                                  : _("I understand the preceding statement and confirm to disassociate from the partner account");
}

#include "demo.h"

#include "base/clock.h"
#include "store/store_demo.h"
#include "domain/quota.h"

/* Times before the load. */
#define AGO(days) (demo->now - (days) * CLOCK_DAY)

/* Asked, rejected a few hours later, and read. */
static const struct err *rejected(struct demo *demo, const char *who, int64_t at, const char *text)
{
    const char *no;

    TRY(demo_ask(demo, who, who, at, REASON_PRICE, "", &no));
    TRY(demo_answer(demo, "partner", no, at + 5 * CLOCK_HOUR, REQUEST_REJECT, text));
    return demo_see(demo, who, no, at + 6 * CLOCK_HOUR);
}

static const struct err *used_quotas(struct demo *demo)
{
    /* Sent so long ago that its three months ended a minute before the load: it took four minutes to send. */
    int64_t edge_at = clock_add_months(demo->now, -3, demo->ctl->config->site.zone) - 5 * CLOCK_MINUTE;

    TRY(rejected(demo, "quota", AGO(70), "The project is not finished yet."));
    TRY(rejected(demo, "quota", AGO(40), "Your last invoice is still open."));
    TRY(rejected(demo, "quota", AGO(12), "Please call us first."));
    TRY(rejected(demo, "quotaedge", edge_at, "Please wait for the end of the quarter."));
    TRY(rejected(demo, "quotaedge", AGO(60), "The project is not finished yet."));
    return rejected(demo, "quotaedge", AGO(20), "Please call us first.");
}

static const struct err *partner_asks(struct demo *demo)
{
    const char *no;

    TRY(demo_ask(demo, "partner", "asked", AGO(3), REASON_PROJECT_ENDED, "", &no));
    TRY(demo_ask(demo, "partner", "asked2", AGO(2), REASON_OTHER, "We no longer sell in your country.", &no));
    TRY(demo_ask(demo, "partner", "askedfrozen", AGO(2) + CLOCK_HOUR, REASON_PROJECT_ENDED, "", &no));
    return demo_ask(demo, "careful", "carefultwo", AGO(2) + 2 * CLOCK_HOUR, REASON_PROJECT_ENDED, "", &no);
}

/* Of the last weeks, when nobody looked. */
static const struct err *forget_reminders(struct demo *demo)
{
    int64_t id;

    TRY(demo_account_of(demo, "former", &id));
    return demo_task_told(demo->ctl->db, id);
}

static const struct err *customers_ask(struct demo *demo)
{
    const struct config *config = demo->ctl->config;
    const char *no;

    TRY(demo_ask(demo, "former", "former", AGO(21), REASON_DIRECT, "", &no));
    TRY(demo_answer(demo, "partner", no, AGO(20), REQUEST_AGREE, "Thank you for working with us."));
    TRY(demo_see(demo, "former", no, AGO(20) + CLOCK_HOUR));
    TRY(forget_reminders(demo));

    TRY(demo_ask(demo, "escalated", "escalated", AGO(11), REASON_SERVICE, "Nobody answers our tickets.", &no));
    TRY(demo_escalate(demo, no, AGO(11) + config->request.deadline_s * CLOCK_SECOND + 5 * CLOCK_MINUTE));

    TRY(demo_ask(demo, "declined", "declined", AGO(2), REASON_OTHER_PARTNER, "", &no));
    TRY(demo_answer(demo, "partner", no, AGO(1), REQUEST_REJECT, "Your contract runs until December. Let us talk before you go."));

    TRY(demo_ask(demo, "waiting", "waiting", AGO(1), REASON_PRICE, "", &no));
    TRY(demo_ask(demo, "carefulone", "carefulone", AGO(1) + CLOCK_HOUR, REASON_DIRECT, "", &no));

    TRY(demo_ask(demo, "icyone", "icyone", AGO(4), REASON_SERVICE, "", &no));
    /* A partner that is frozen cannot agree, so what waits for it goes to the platform at once. */
    TRY(demo_freeze(demo, NULL, "icy", FREEZE_ACCOUNT, FREEZE_BY_PLATFORM, "Invoices of the platform are unpaid.", AGO(3)));
    return demo_escalate(demo, no, AGO(3) + CLOCK_MINUTE);
}

static const struct err *freezes(struct demo *demo)
{
    TRY(demo_freeze(demo, "partner", "frozen", FREEZE_ACCOUNT, FREEZE_BY_PARTNER, "Invoice 2026-0815 is overdue.", AGO(9)));
    TRY(demo_freeze(demo, "partner", "frozenall", FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER,
                    "Two invoices are overdue.", AGO(5)));
    TRY(demo_freeze(demo, "partner", "everything", FREEZE_ACCOUNT_AND_RESOURCES, FREEZE_BY_PARTNER,
                    "Three invoices are overdue.", AGO(6)));
    TRY(demo_freeze(demo, "partner", "askedfrozen", FREEZE_ACCOUNT, FREEZE_BY_PARTNER, "Invoice 2026-0911 is overdue.", AGO(1)));
    return demo_freeze(demo, NULL, "budget", FREEZE_ACCOUNT, FREEZE_BY_BUDGET, "The month’s budget is used up.", AGO(6));
}

const struct err *demo_make_stories(struct demo *demo)
{
    TRY(used_quotas(demo));
    TRY(customers_ask(demo));
    TRY(partner_asks(demo));
    return freezes(demo);
}

#include "demo.h"

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_demo.h"
#include "store/store_user.h"

#define YEAR (365 * CLOCK_DAY)

/* Who pays by card once nobody pays for it: everybody but those whose row says that it lacks one. */
static const char *const with_card[] = {
    "clean", "clean2", "clean3", "clean4", "clean5", "clean6", "clean7", "clean8", "clean9", "mailonly", "mobileonly",
    "nocontact", "master", "frozen", "frozenall", "reserved", "supported", "nocurrency", "contract", "everything", "quota",
    "quotaedge", "asked", "asked2", "askedfrozen", "waiting", "declined", "escalated", "budget", "referral", "zhang",
    "carefulone", "carefultwo", "icyone"
};

/* Accounts that are only members of another: nobody signs in there. */
static const struct { const char *no, *name, *master; bool is_independent, has_service_plan; } members[] = {
    { "C-100201", "Master North", "master", true, false },
    { "C-100202", "Master South", "master", true, false },
    { "C-100203", "Master Shared Services", "master", false, false },
    { "C-100204", "Everything Branch", "everything", true, false },
    { "C-100205", "Warned Radar", "warned", false, true }
};

/* Times in days from the load. */
static const struct { const char *login; enum commitment_kind kind; const char *name; int from, to; } commitments[] = {
    { "reserved", COMMITMENT_RI, "Reserved instance c7.large, 1 year", -100, 265 },
    { "reserved", COMMITMENT_RI, "Reserved instance c6.large, 1 year", -400, -35 },
    { "supported", COMMITMENT_PARTNER_SUPPORT_PLAN, "Northwind Business Support", -60, 305 },
    { "everything", COMMITMENT_RI, "Reserved instance s6.xlarge, 1 year", -30, 335 },
    { "warned", COMMITMENT_SERVICE_SUPPORT_PLAN, "Business support plan", -20, 345 }
};

static const struct { const char *login, *number; int from, to; } contracts[] = {
    { "contract", "SC-2026-0117", -150, 215 },
    { "everything", "SC-2026-0230", -80, 285 }
};

static int64_t days(const struct demo *demo, int n)
{
    return demo->now + n * CLOCK_DAY;
}

static const struct err *add_cards(struct demo *demo)
{
    for (size_t i = 0; i < sizeof with_card / sizeof with_card[0]; i++) {
        int64_t id;

        TRY(demo_account_of(demo, with_card[i], &id));
        TRY(demo_card(demo->ctl->db, id, mem_text(demo->mem, "%04d", 4001 + (int)i), demo->now + 2 * YEAR, days(demo, -180)));
    }
    return NULL;
}

static const struct err *add_members(struct demo *demo)
{
    struct db *db = demo->ctl->db;

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const struct account_new account = {
            .kind = ACCOUNT_CUSTOMER, .no = members[i].no, .name = members[i].name, .at = days(demo, -170)
        };
        int64_t master_id, id;

        TRY(demo_account_of(demo, members[i].master, &master_id));
        TRY(account_insert(db, &account, &id));
        TRY(demo_link(db, master_id, id, members[i].is_independent, days(demo, -160)));
        if (members[i].has_service_plan)
            TRY(demo_commitment(db, id, COMMITMENT_SERVICE_SUPPORT_PLAN, "Basic support plan", days(demo, -50), days(demo, 315)));
    }
    return NULL;
}

/* All that is good to know but stops nothing; the card is missing too. */
static const struct err *add_warnings(struct demo *demo)
{
    struct db *db = demo->ctl->db;
    const struct account_new group = {
        .kind = ACCOUNT_CUSTOMER, .no = "C-100206", .name = "Weather Group", .at = days(demo, -170)
    };
    int64_t id, group_id;

    TRY(demo_account_of(demo, "warned", &id));
    TRY(demo_order(db, id, "Cloud servers, 12 months", days(demo, -2)));
    TRY(demo_order(db, id, "Object storage package", days(demo, -1)));
    TRY(demo_balance(db, id, "USD", 12350));
    TRY(account_insert(db, &group, &group_id));
    return demo_link(db, group_id, id, false, days(demo, -160));
}

/* Left 20 days ago: charges have failed since, for want of a payment method. */
static const struct err *add_resources(struct demo *demo)
{
    const struct config *config = demo->ctl->config;
    int64_t grace = config->request.grace_days * CLOCK_DAY, retention = config->request.retention_days * CLOCK_DAY, id;
    struct db *db = demo->ctl->db;

    TRY(demo_account_of(demo, "former", &id));
    TRY(demo_resource(db, id, "Database server, orders", days(demo, -20), "RETENTION", days(demo, -20) + grace + retention));
    TRY(demo_resource(db, id, "Web server, shop", days(demo, -5), "GRACE", days(demo, -5) + grace));
    TRY(demo_resource(db, id, "Object storage, pictures", days(demo, 10), "ACTIVE", INSTANT_NONE));
    TRY(demo_account_of(demo, "clean", &id));
    TRY(demo_resource(db, id, "Web server, production", days(demo, 12), "ACTIVE", INSTANT_NONE));
    return demo_resource(db, id, "Object storage, backups", days(demo, 3), "ACTIVE", INSTANT_NONE);
}

const struct err *demo_make_facts(struct demo *demo)
{
    struct db *db = demo->ctl->db;
    int64_t id;

    TRY(add_cards(demo));
    TRY(add_members(demo));
    TRY(add_warnings(demo));
    TRY(add_resources(demo));
    for (size_t i = 0; i < sizeof commitments / sizeof commitments[0]; i++) {
        TRY(demo_account_of(demo, commitments[i].login, &id));
        TRY(demo_commitment(db, id, commitments[i].kind, commitments[i].name, days(demo, commitments[i].from),
                            days(demo, commitments[i].to)));
    }
    for (size_t i = 0; i < sizeof contracts / sizeof contracts[0]; i++) {
        TRY(demo_account_of(demo, contracts[i].login, &id));
        TRY(demo_contract(db, id, contracts[i].number, days(demo, contracts[i].from), days(demo, contracts[i].to)));
    }
    return NULL;
}

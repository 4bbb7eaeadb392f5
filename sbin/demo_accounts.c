#include "demo.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/store_association.h"
#include "store/store_demo.h"
#include "store/store_user.h"

#define ACCOUNTS_AGE (200 * CLOCK_DAY)
#define ASSOCIATIONS_AGE (190 * CLOCK_DAY)

enum { EMAIL = 1 << 0, MOBILE = 1 << 1, BOTH = EMAIL | MOBILE, NO_CURRENCY = 1 << 2, CODE_ON = 1 << 3, REFERRAL = 1 << 4 };

/* Each account with its first user, whose login is <login>@demo.test; "" for an account without a user. */
static const struct {
    enum account_kind kind;
    const char *login, *account, *user, *lang;
    const char *partner;             /* login of the partner it is associated with; "" for none */
    unsigned is;
} accounts[] = {
    { ACCOUNT_PLATFORM, "ops", "Cloud platform", "Olga Ops", "", "", 0 },
    { ACCOUNT_PARTNER, "partner", "Northwind Cloud Reseller", "Paula Partner", "", "", BOTH },
    { ACCOUNT_PARTNER, "careful", "Careful Cloud", "Carl Careful", "", "", BOTH | CODE_ON },
    { ACCOUNT_PARTNER, "icy", "Icy Cloud", "Ida Icy", "", "", BOTH },
    { ACCOUNT_PARTNER, "stranger", "Other Cloud", "Sam Stranger", "", "", BOTH },

    { ACCOUNT_CUSTOMER, "clean", "Clean Robotics", "Clara Clean", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "clean2", "Clean Analytics", "Cora Two", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "clean3", "Clean Logistics", "Colin Three", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "clean4", "Clean Foods", "Celia Four", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "clean5", "Clean Energy", "Cyril Five", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "clean6", "Clean Media", "Chloe Six", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "clean7", "Clean Games", "Cem Seven", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "clean8", "Clean Health", "Cleo Eight", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "clean9", "Clean Travel", "Carla Nine", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "mailonly", "Mailonly Design", "Mia Mail", "", "partner", EMAIL },
    { ACCOUNT_CUSTOMER, "mobileonly", "Mobileonly Taxis", "Max Mobile", "", "partner", MOBILE },
    { ACCOUNT_CUSTOMER, "nocontact", "Nocontact Archive", "Nora Nobody", "", "partner", 0 },
    { ACCOUNT_CUSTOMER, "master", "Master Holding", "Maya Master", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "frozen", "Frozen Fish", "Fred Frozen", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "frozenall", "Frozen Storage", "Fay Frozen", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "reserved", "Reserved Compute", "Rita Reserved", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "supported", "Supported Systems", "Sven Supported", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "nocurrency", "Nocurrency Start-up", "Nils New", "", "partner", BOTH | NO_CURRENCY },
    { ACCOUNT_CUSTOMER, "contract", "Contract Builders", "Connie Contract", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "everything", "Everything at Once", "Eve Everything", "", "partner", BOTH | NO_CURRENCY },
    { ACCOUNT_CUSTOMER, "quota", "Quota Testing", "Quinn Quota", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "quotaedge", "Quota Edge", "Quentin Edge", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "asked", "Asked Tours", "Ada Asked", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "asked2", "Asked Tools", "Ali Asked", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "askedfrozen", "Asked and Frozen", "Ann Asked", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "waiting", "Waiting Rooms", "Will Waiting", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "declined", "Declined Desk", "Dora Declined", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "escalated", "Escalated Lifts", "Emil Escalated", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "warned", "Warned Weather", "Wanda Warned", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "budget", "Budget Bakery", "Bea Budget", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "referral", "Referral Reading", "Rolf Referral", "", "partner", BOTH | REFERRAL },
    { ACCOUNT_CUSTOMER, "zhang", "张氏贸易", "张伟", "zh-Hans", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "former", "Former Furniture", "Fiona Former", "", "partner", BOTH },
    { ACCOUNT_CUSTOMER, "alone", "Alone Astronomy", "Alan Alone", "", "", BOTH },
    { ACCOUNT_CUSTOMER, "carefulone", "Careful One", "Otto One", "", "careful", BOTH },
    { ACCOUNT_CUSTOMER, "carefultwo", "Careful Two", "Tina Two", "", "careful", BOTH },
    { ACCOUNT_CUSTOMER, "icyone", "Icy One", "Iris One", "", "icy", BOTH }
};
enum { ACCOUNTS = sizeof accounts / sizeof accounts[0] };

/* Further users, of the account whose first user is named. */
static const struct { const char *login, *of, *name; enum role role; } users[] = {
    { "auditor", "ops", "Audrey Auditor", ROLE_AUDITOR },
    { "manager", "partner", "Mark Manager", ROLE_MANAGER },
    { "viewer", "clean", "Vera Viewer", ROLE_VIEWER },
    { "second", "clean2", "Sasha Second", ROLE_OWNER }
};

static const struct { const char *login, *email, *phone; } shown[] = {
    { "partner", "care@northwind.example", "+6560000100" },
    { "careful", "care@careful.example", "+6560000200" },
    { "icy", "care@icy.example", "+6560000300" },
    { "stranger", "care@other.example", "+6560000400" }
};

static const char *address(const struct demo *demo, const char *login)
{
    return mem_text(demo->mem, "%s@demo.test", login);
}

static enum role first_role(enum account_kind kind)
{
    switch (kind) {
    case ACCOUNT_PARTNER:
        return ROLE_ADMIN;
    case ACCOUNT_PLATFORM:
        return ROLE_OPS;
    case ACCOUNT_CUSTOMER:
    case ACCOUNT_KINDS:
        break;
    }
    return ROLE_OWNER;
}

const struct err *demo_account_of(struct demo *demo, const char *login, int64_t *account_id)
{
    struct user *user;

    TRY(user_find(demo->ctl->db, demo->mem, address(demo, login), &user));
    if (user == NULL)
        return err_new(ERR_BUG, 0, "the demo has no %s", login);
    *account_id = user->account_id;
    return NULL;
}

static const struct err *add_user(struct demo *demo, int64_t account_id, const char *login, const char *name, const char *lang,
                                  enum role role, int64_t at)
{
    const struct user_new user = {
        .account_id = account_id, .at = at, .login = address(demo, login), .name = name, .password_hash = demo->hash,
        .totp_secret = (role & ROLES_PLATFORM) != 0 ? DEMO_TOTP : NULL, .lang = lang, .role = role
    };
    struct operation_row row = {
        .operation = OP_USER_CREATED, .object = user.login, .result = "DONE", .remark = role_name(role)
    };
    struct act *act;
    int64_t id;

    TRY(user_insert(demo->ctl->db, &user, &id));
    TRY(demo_act(demo, NULL, at, &act));
    return act_log(act, &row);
}

static const struct err *add_account(struct demo *demo, size_t i)
{
    static const char *const prefixes[ACCOUNT_KINDS] = { "C", "P", "S" };
    struct db *db = demo->ctl->db;
    int64_t at = demo->now - ACCOUNTS_AGE + (int64_t)i * CLOCK_MINUTE, id, contact_id;
    const struct account_new account = {
        .kind = accounts[i].kind, .no = mem_text(demo->mem, "%s-%d", prefixes[accounts[i].kind], 100101 + (int)i),
        .name = accounts[i].account, .at = at
    };
    struct operation_row row = {
        .operation = OP_ACCOUNT_CREATED, .object = account.no, .result = "DONE", .remark = account.name
    };
    struct act *act;

    TRY(account_insert(db, &account, &id));
    if (account.kind != ACCOUNT_PLATFORM)
        TRY(demo_account_settings(db, id, account.kind == ACCOUNT_CUSTOMER && !(accounts[i].is & NO_CURRENCY) ? "USD" : NULL,
                                  (accounts[i].is & CODE_ON) != 0));
    if (accounts[i].is & EMAIL)
        TRY(contact_insert(db, id, CHANNEL_EMAIL, address(demo, accounts[i].login), at, &contact_id));
    if (accounts[i].is & MOBILE)
        TRY(contact_insert(db, id, CHANNEL_SMS, mem_text(demo->mem, "+6591000%03d", (int)i), at, &contact_id));
    row.customer_id = account.kind == ACCOUNT_CUSTOMER ? id : 0;
    row.partner_id = account.kind == ACCOUNT_PARTNER ? id : 0;
    TRY(demo_act(demo, NULL, at, &act));
    TRY(act_log(act, &row));
    return add_user(demo, id, accounts[i].login, accounts[i].user, accounts[i].lang, first_role(account.kind), at);
}

static const struct err *associate(struct demo *demo, size_t i)
{
    struct db *db = demo->ctl->db;
    enum association_model model = accounts[i].is & REFERRAL ? MODEL_REFERRAL : MODEL_RESELLER;
    int64_t at = demo->now - ASSOCIATIONS_AGE + (int64_t)i * CLOCK_MINUTE, customer_id, partner_id;
    struct operation_row row = {
        .operation = OP_ASSOCIATED, .object = accounts[i].account, .to_state = association_status_name(ASSOCIATION_ACTIVE),
        .result = "DONE", .remark = association_model_name(model)
    };
    struct act *act;

    TRY(demo_account_of(demo, accounts[i].login, &customer_id));
    TRY(demo_account_of(demo, accounts[i].partner, &partner_id));
    TRY(association_insert(db, customer_id, partner_id, model, at, &row.association_id));
    if (model == MODEL_RESELLER)
        TRY(account_set_billing_partner(db, customer_id));
    row.customer_id = customer_id;
    row.partner_id = partner_id;
    TRY(demo_act(demo, NULL, at, &act));
    return act_log(act, &row);
}

const struct err *demo_make_accounts(struct demo *demo)
{
    int64_t id;

    for (size_t i = 0; i < ACCOUNTS; i++)
        TRY(add_account(demo, i));
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        TRY(demo_account_of(demo, users[i].of, &id));
        TRY(add_user(demo, id, users[i].login, users[i].name, "", users[i].role,
                     demo->now - ACCOUNTS_AGE + CLOCK_DAY + (int64_t)i * CLOCK_MINUTE));
    }
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        TRY(demo_account_of(demo, shown[i].login, &id));
        TRY(account_set_public(demo->ctl->db, id, shown[i].email, shown[i].phone));
    }
    for (size_t i = 0; i < ACCOUNTS; i++)
        if (accounts[i].partner[0] != '\0')
            TRY(associate(demo, i));
    return NULL;
}

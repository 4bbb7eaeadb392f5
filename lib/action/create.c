#include "create.h"

#include <string.h>

#include "action/factor_secret.h"
#include "action/hashing.h"
#include "base/memory.h"
#include "base/rand.h"
#include "store/store_association.h"
#include "store/store_user.h"

#define NUMBER_TRIES 20
#define NUMBER_FIRST 100000u
#define NUMBERS 900000u
#define TOTP_CHARS 32

static const char *const number_prefixes[ACCOUNT_KINDS] = {
    [ACCOUNT_CUSTOMER] = "C", [ACCOUNT_PARTNER] = "P", [ACCOUNT_PLATFORM] = "S"};

static const struct err *refuse(enum create_outcome *outcome, enum create_outcome why)
{
    *outcome = why;
    return act_refuse();
}

/* --- users --- */

static const struct err *add_user(struct act *act, const struct create_user *user, const char *hash, int64_t account_id,
                                  enum create_outcome *outcome)
{
    const struct user_new row = {
        .account_id = account_id, .at = act->now, .login = user->login, .name = user->name, .password_hash = hash,
        .totp_secret = factor_seal(act->mem, act->keys, user->login, user->totp_secret), .lang = user->lang, .role = user->role,
    };
    int64_t id = 0;
    const struct err *err = user_insert(act->db, &row, &id);
    if (db_is_duplicate(err, "user_login"))
        return refuse(outcome, CREATE_LOGIN_TAKEN);
    TRY(err);
    struct operation_row log = {
        .operation = OP_USER_CREATED, .object = user->login, .result = "DONE", .remark = role_name(user->role)};
    return act_log(act, &log);
}

struct user_work { struct act *act; const struct create_user *user; const char *hash; enum create_outcome *outcome; };

static const struct err *user_work(struct db *db, void *arg)
{
    struct user_work *work = arg;
    struct account *account = NULL;
    *work->outcome = CREATE_DONE;
    TRY(account_find(db, work->act->mem, work->user->account_no, &account));
    if (account == NULL || !account->is_open)
        return refuse(work->outcome, CREATE_NO_ACCOUNT);
    if (!role_fits(work->user->role, account->kind))
        return refuse(work->outcome, CREATE_ROLE_MISFIT);
    return add_user(work->act, work->user, work->hash, account->id, work->outcome);
}

const struct err *create_user(struct act *act, const struct create_user *user, enum create_outcome *outcome)
{
    char *hash = NULL;
    TRY(hashing_make(act->mem, act->config, user->password, &hash));
    struct user_work work = {.act = act, .user = user, .hash = hash, .outcome = outcome};
    return act_run(act, user_work, &work);
}

/* --- accounts --- */

struct account_work { struct act *act; struct create_account *account; const char *hash; enum create_outcome *outcome; };

/* Numbers are drawn, so that nobody can count the customers by them. */
const struct err *create_account_row(struct act *act, struct create_account *account)
{
    for (int i = 0; i < NUMBER_TRIES; i++) {
        account->no = mem_text(act->mem, "%s-%u", number_prefixes[account->kind], NUMBER_FIRST + rand_below(NUMBERS));
        const struct account_new row = {.kind = account->kind, .no = account->no, .name = account->name, .at = act->now};
        const struct err *err = account_insert(act->db, &row, &account->id);
        if (!db_is_duplicate(err, "account_no"))
            return err;
    }
    return err_new(ERR_BUSY, 0, "no free account number was drawn");
}

static const struct err *add_contact(struct act *act, int64_t account_id, enum channel channel, const char *address)
{
    int64_t id = 0;
    if (address == NULL || address[0] == '\0')
        return NULL;
    return contact_insert(act->db, account_id, channel, address, act->now, &id);
}

static const char *text_of(const char *text) { return text == NULL ? "" : text; }

static const struct err *account_work(struct db *db, void *arg)
{
    struct account_work *work = arg;
    struct act *act = work->act;
    struct create_account *account = work->account;
    struct account *platform = NULL;

    *work->outcome = CREATE_DONE;
    if (account->kind == ACCOUNT_PLATFORM)
        TRY(account_platform(db, act->mem, &platform));
    if (platform != NULL) {
        account->id = platform->id;
        account->no = platform->no;
        return add_user(act, &account->user, work->hash, account->id, work->outcome);
    }
    TRY(create_account_row(act, account));
    TRY(add_contact(act, account->id, CHANNEL_EMAIL, account->email));
    TRY(add_contact(act, account->id, CHANNEL_SMS, account->phone));
    if (account->kind == ACCOUNT_PARTNER)
        TRY(account_set_public(db, account->id, text_of(account->email), text_of(account->phone)));
    struct operation_row log = {
        .operation = OP_ACCOUNT_CREATED, .object = account->no, .result = "DONE", .remark = account->name};
    if (account->kind == ACCOUNT_CUSTOMER)
        log.customer_id = account->id;
    if (account->kind == ACCOUNT_PARTNER)
        log.partner_id = account->id;
    TRY(act_log(act, &log));
    return add_user(act, &account->user, work->hash, account->id, work->outcome);
}

const struct err *create_account(struct act *act, struct create_account *account, enum create_outcome *outcome)
{
    char *hash = NULL;
    if (!role_fits(account->user.role, account->kind)) {
        *outcome = CREATE_ROLE_MISFIT;
        return NULL;
    }
    TRY(hashing_make(act->mem, act->config, account->user.password, &hash));
    struct account_work work = {.act = act, .account = account, .hash = hash, .outcome = outcome};
    return act_run(act, account_work, &work);
}

/* --- associations --- */

struct association_work {
    struct act *act;
    const char *customer_no, *partner_no;
    enum association_model model;
    enum create_outcome *outcome;
};

static const struct err *find_open(struct act *act, const char *no, enum account_kind kind, struct account **account)
{
    TRY(account_find(act->db, act->mem, no, account));
    if (*account != NULL && ((*account)->kind != kind || !(*account)->is_open))
        *account = NULL;
    return NULL;
}

static const struct err *association_work(struct db *db, void *arg)
{
    struct association_work *work = arg;
    struct act *act = work->act;
    struct account *customer = NULL, *partner = NULL;
    struct association *association = NULL;
    int64_t id = 0;
    bool bumped = false;

    *work->outcome = CREATE_DONE;
    TRY(find_open(act, work->customer_no, ACCOUNT_CUSTOMER, &customer));
    TRY(find_open(act, work->partner_no, ACCOUNT_PARTNER, &partner));
    if (customer == NULL || partner == NULL)
        return refuse(work->outcome, CREATE_NO_ACCOUNT);
    TRY(association_active(db, act->mem, customer->id, &association));
    if (association != NULL)
        return refuse(work->outcome, CREATE_HAS_PARTNER);
    TRY(account_bump(db, customer->id, customer->version, &bumped));
    if (!bumped)
        return db_again("the customer changed meanwhile");
    TRY(association_insert(db, customer->id, partner->id, work->model, act->now, &id));
    if (work->model == MODEL_RESELLER)
        TRY(account_set_billing_partner(db, customer->id));
    struct operation_row log = {
        .operation = OP_ASSOCIATED, .association_id = id, .customer_id = customer->id, .partner_id = partner->id,
        .object = mem_text(act->mem, "%s, %s", customer->no, partner->no), .to_state = association_status_name(ASSOCIATION_ACTIVE), .result = "DONE",
        .remark = association_model_name(work->model),
    };
    return act_log(act, &log);
}

const struct err *create_association(struct act *act, const char *customer_no, const char *partner_no,
                                     enum association_model model, enum create_outcome *outcome)
{
    struct association_work work = {
        .act = act, .customer_no = customer_no, .partner_no = partner_no, .model = model, .outcome = outcome};
    return act_run(act, association_work, &work);
}

/* RFC 4648, section 6: five bits a character, so 32 of them need no padding. */
char *create_totp_secret(const void *ctx)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned char bytes[TOTP_CHARS];
    char secret[TOTP_CHARS + 1] = "";
    rand_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < TOTP_CHARS; i++)
        secret[i] = alphabet[bytes[i] & 31];
    char *copy = mem_copy(ctx, secret);
    secret_wipe(bytes, sizeof bytes);
    secret_wipe(secret, sizeof secret);
    return copy;
}

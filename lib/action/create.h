/* create.h - making accounts, users and associations on the operator's word. All of it is logged. */
#ifndef ACTION_CREATE_H
#define ACTION_CREATE_H

#include "action/act.h"
#include "domain/association.h"

#define CREATE_NAME_MAX_POINTS 120

enum create_outcome {
    CREATE_DONE,
    CREATE_LOGIN_TAKEN,
    CREATE_NO_ACCOUNT,       /* no open account of that kind has the number */
    CREATE_ROLE_MISFIT,      /* the role is not one of the account's kind */
    CREATE_HAS_PARTNER       /* the customer is associated already */
};

struct create_user {
    const char *account_no;         /* ignored when the account is made with the user */
    const char *login;              /* an email address in lower case */
    const char *name;
    const char *password;           /* fulfils the rules */
    const char *totp_secret;        /* base32; NULL: no second factor */
    const char *lang;               /* "" or NULL: not chosen */
    enum role role;
};

struct create_account {
    enum account_kind kind;
    const char *name;
    const char *email, *phone;      /* verified contacts; NULL or "": none. A partner shows them to its customers */
    const char *no;                 /* out: the number people see */
    int64_t id;                     /* out */
    struct create_user user;        /* the first of its users */
};

/* For the platform, whose account is one: it is made with the first user and found with the others. */
const struct err *create_account(struct act *act, struct create_account *account, enum create_outcome *outcome);
const struct err *create_user(struct act *act, const struct create_user *user, enum create_outcome *outcome);
const struct err *create_association(struct act *act, const char *customer_no, const char *partner_no,
                                     enum association_model model, enum create_outcome *outcome);

/* Within the transaction of another action: the row alone, of this kind and name, with a number drawn for it. */
const struct err *create_account_row(struct act *act, struct create_account *account);

/* 160 random bits in base32: the secret of a second factor. */
char *create_totp_secret(const void *ctx);

#endif

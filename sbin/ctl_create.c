#include "ctl_create.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/url.h"
#include "domain/card_number.h"

const struct err *ctl_name(const struct ctl *ctl, const char *option, const char *typed, const char **name)
{
    if (!text_is_utf8(typed, strlen(typed)))
        return err_new(ERR_INPUT, 0, "%s is not UTF-8", option);
    *name = text_clean(ctl->mem, typed, false);
    if (card_number_in(*name))
        return err_new(ERR_INPUT, 0, "%s holds a card number", option);
    if ((*name)[0] == '\0' || text_points(*name) > CREATE_NAME_MAX_POINTS)
        return err_new(ERR_INPUT, 0, "%s must have 1 to %d characters", option, CREATE_NAME_MAX_POINTS);
    return NULL;
}

const struct err *ctl_login(const struct ctl *ctl, const char *typed, const char **login)
{
    *login = text_lower(ctl->mem, typed);
    if (!text_is_email(*login))
        return err_new(ERR_INPUT, 0, "--login must be an email address");
    return NULL;
}

static const struct err *read_contacts(const struct ctl *ctl, struct create_account *account)
{
    if (account->email != NULL)
        account->email = text_lower(ctl->mem, account->email);
    if (account->email != NULL && !text_is_email(account->email))
        return err_new(ERR_INPUT, 0, "--email must be an email address");
    if (account->phone != NULL && !text_is_phone(account->phone))
        return err_new(ERR_INPUT, 0, "--phone must be like +6561234567");
    return NULL;
}

const struct err *ctl_created(enum create_outcome outcome)
{
    switch (outcome) {
    case CREATE_DONE:
        return NULL;
    case CREATE_LOGIN_TAKEN:
        return err_new(ERR_CONFLICT, 0, "somebody has this login already; nothing was made");
    case CREATE_NO_ACCOUNT:
        return err_new(ERR_CONFLICT, 0, "there is no such open account; nothing was made");
    case CREATE_ROLE_MISFIT:
        return err_new(ERR_CONFLICT, 0, "that role does not fit this kind of account; nothing was made");
    case CREATE_HAS_PARTNER:
        return err_new(ERR_CONFLICT, 0, "the customer is associated with a partner already; nothing was made");
    }
    return err_new(ERR_BUG, 0, "unknown outcome");
}

void ctl_tell_user(const struct ctl *ctl, const struct create_user *user, const char *account_no, bool password_is_made)
{
    if (account_no != NULL)
        printf("account   %s\n", account_no);
    printf("login     %s\n", user->login);
    if (password_is_made)
        printf("password  %s\n", user->password);
    if (user->totp_secret == NULL)
        return;
    /* The form that authenticator programs read: github.com/google/google-authenticator, wiki, Key Uri Format. */
    printf("secret    %s\n", user->totp_secret);
    printf("otpauth   otpauth://totp/mypartner:%s?secret=%s&issuer=mypartner\n", url_encode(ctl->mem, user->login),
           user->totp_secret);
}

const struct err *ctl_create_account(struct ctl *ctl, enum account_kind kind, enum role role)
{
    const char *name, *login, *user_name, *email, *phone, *from_stdin;
    const struct ctl_option options[] = {
        {"--name", &name, false, true},        {"--login", &login, false, true},  {"--user-name", &user_name, false, true},
        {"--email", &email, false, false},     {"--phone", &phone, false, false}, {"--password-stdin", &from_stdin, true, false},
        {NULL, NULL, false, false},
    };
    TRY(ctl_options(ctl, options));
    struct create_account account = {.kind = kind, .email = email, .phone = phone, .user = {.role = role}};
    TRY(ctl_name(ctl, "--name", name, &account.name));
    TRY(ctl_name(ctl, "--user-name", user_name, &account.user.name));
    TRY(ctl_login(ctl, login, &account.user.login));
    TRY(read_contacts(ctl, &account));
    bool is_made = false;
    TRY(ctl_password(ctl, from_stdin != NULL, account.user.login, &account.user.password, &is_made));

    struct act act = ctl_act(ctl);
    enum create_outcome outcome = CREATE_DONE;
    TRY(create_account(&act, &account, &outcome));
    TRY(ctl_created(outcome));
    ctl_tell_user(ctl, &account.user, account.no, is_made);
    return NULL;
}

#include "ctl_create.h"

const struct err *ctl_create_platform_user(struct ctl *ctl)
{
    const char *role, *login, *name, *from_stdin;
    const struct ctl_option options[] = {
        {"--role", &role, false, true}, {"--login", &login, false, true}, {"--name", &name, false, true},
        {"--password-stdin", &from_stdin, true, false}, {NULL, NULL, false, false},
    };
    TRY(ctl_options(ctl, options));
    struct create_account account = {.kind = ACCOUNT_PLATFORM, .name = ctl->config->site.name};
    if (!role_find(role, &account.user.role) || !role_fits(account.user.role, ACCOUNT_PLATFORM))
        return err_new(ERR_INPUT, 0, "--role must be ops or auditor");
    TRY(ctl_name(ctl, "--name", name, &account.user.name));
    TRY(ctl_login(ctl, login, &account.user.login));
    bool is_made = false;
    TRY(ctl_password(ctl, from_stdin != NULL, account.user.login, &account.user.password, &is_made));
    account.user.totp_secret = create_totp_secret(ctl->mem);

    struct act act = ctl_act(ctl);
    enum create_outcome outcome = CREATE_DONE;
    TRY(create_account(&act, &account, &outcome));
    TRY(ctl_created(outcome));
    ctl_tell_user(ctl, &account.user, account.no, is_made);
    return NULL;
}

#include "ctl_create.h"

const struct err *ctl_create_user(struct ctl *ctl)
{
    const char *account, *role, *login, *name, *from_stdin;
    const struct ctl_option options[] = {
        {"--account", &account, false, true}, {"--role", &role, false, true}, {"--login", &login, false, true},
        {"--name", &name, false, true}, {"--password-stdin", &from_stdin, true, false}, {NULL, NULL, false, false},
    };
    TRY(ctl_options(ctl, options));
    struct create_user user = {.account_no = account};
    /* Users of the platform have a second factor, which their own command makes. */
    if (!role_find(role, &user.role) || (user.role & (ROLES_CUSTOMER | ROLES_PARTNER)) == 0)
        return err_new(ERR_INPUT, 0, "--role must be owner, viewer, admin or manager");
    TRY(ctl_name(ctl, "--name", name, &user.name));
    TRY(ctl_login(ctl, login, &user.login));
    bool is_made = false;
    TRY(ctl_password(ctl, from_stdin != NULL, user.login, &user.password, &is_made));

    struct act act = ctl_act(ctl);
    enum create_outcome outcome = CREATE_DONE;
    TRY(create_user(&act, &user, &outcome));
    TRY(ctl_created(outcome));
    ctl_tell_user(ctl, &user, NULL, is_made);
    return NULL;
}

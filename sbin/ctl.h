/* ctl.h - the operator's tool: what each command is given, and the table of commands.
 *
 * A command is one file, ctl_<name>.c, and one row in ctl_commands.c.
 */
#ifndef SBIN_CTL_H
#define SBIN_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "action/act.h"
#include "base/config.h"
#include "base/err.h"
#include "store/db.h"

struct ctl {
    void *mem;
    const struct config *config;
    struct db *db;                /* of commands that need one: connected */
    struct act_keys keys;         /* of commands that need them */
    int64_t now;
    const char *const *args;      /* after the command's name, NULL-ended */
};

enum ctl_needs { CTL_DB = 1 << 0, CTL_KEYS = 1 << 1, CTL_CONFIG = 1 << 2 };   /* either of the first two: the config too */

struct ctl_command {
    const char *name;
    const char *usage;            /* what follows the name; "" for nothing */
    const char *about;            /* one line */
    unsigned needs;               /* bits of enum ctl_needs */
    /* Prints its outcome on standard output. ERR_INPUT: asked wrongly, usage is shown; any other error: it failed. */
    const struct err *(*run)(struct ctl *ctl);
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_commands_n;

/* One command line, after the program's name: "-c FILE command ...". Returns the exit status: 0 done, 1 failed, 2 asked wrongly. */
int ctl_main(int argc, const char *const *argv);

/* --- for commands --- */

/* An option "--name value", or "--name" alone when it is a flag. */
struct ctl_option {
    const char *name;             /* with its dashes; NULL ends a list */
    const char **value;           /* NULL until given; a flag gets "" */
    bool is_flag, is_needed;
};
/* Reads the whole of ctl->args. ERR_INPUT names what is unknown, repeated or missing; without options in the list, all is. */
const struct err *ctl_options(const struct ctl *ctl, const struct ctl_option *options);

/* An act of the system, outside any web request. */
struct act ctl_act(const struct ctl *ctl);

/* The password for a new user: the first line of standard input when from_stdin (judged by the site's rules), otherwise one
 * made here, which the caller prints once; *is_made tells. */
const struct err *ctl_password(const struct ctl *ctl, bool from_stdin, const char *login, const char **password, bool *is_made);

const struct err *ctl_help(struct ctl *ctl);
const struct err *ctl_migrate(struct ctl *ctl);
const struct err *ctl_create_platform_user(struct ctl *ctl);
const struct err *ctl_create_partner(struct ctl *ctl);
const struct err *ctl_create_customer(struct ctl *ctl);
const struct err *ctl_create_user(struct ctl *ctl);
const struct err *ctl_associate(struct ctl *ctl);
const struct err *ctl_import(struct ctl *ctl);
void ctl_import_manual(const struct ctl *ctl);   /* every kind of line and its fields, on standard output */
const struct err *ctl_demo(struct ctl *ctl);
const struct err *ctl_generate(struct ctl *ctl);
const struct err *ctl_check(struct ctl *ctl);
const struct err *ctl_seal_factors(struct ctl *ctl);
const struct err *ctl_recount_notices(struct ctl *ctl);
const struct err *ctl_states(struct ctl *ctl);
const struct err *ctl_preview_message(struct ctl *ctl);
const struct err *ctl_verify_log(struct ctl *ctl);
const struct err *ctl_export_log(struct ctl *ctl);

#endif

/* What the operator's tool can do; each command is in ctl_<name>.c. */
#include "ctl.h"

const struct ctl_command ctl_commands[] = {
    {"help", "[import]", "lists the commands, or describes the lines of a facts file", 0, ctl_help},
    {"migrate", "[FOLDER]", "brings the database schema up to date", CTL_DB, ctl_migrate},
    {"create-platform-user", "--role ops|auditor --login EMAIL --name NAME [--password-stdin]",
     "makes a user of the platform, with a second factor", CTL_DB | CTL_KEYS, ctl_create_platform_user},
    {"create-partner", "--name NAME --login EMAIL --user-name NAME [--email EMAIL] [--phone +NUMBER] [--password-stdin]",
     "makes a partner account with its first administrator", CTL_DB, ctl_create_partner},
    {"create-customer", "--name NAME --login EMAIL --user-name NAME [--email EMAIL] [--phone +NUMBER] [--password-stdin]",
     "makes a customer account with its first owner", CTL_DB, ctl_create_customer},
    {"create-user", "--account NUMBER --role owner|viewer|admin|manager --login EMAIL --name NAME [--password-stdin]",
     "adds a user to an account", CTL_DB, ctl_create_user},
    {"associate", "--customer NUMBER --partner NUMBER [--model RESELLER|REFERRAL]", "associates a customer with a partner",
     CTL_DB, ctl_associate},
    {"import", "FILE|- [--source NAME]", "takes over facts from a billing system, JSON Lines, all or nothing (`help import`)", CTL_DB,
     ctl_import},
    {"export-log", "[--format csv|jsonl] [--about NUMBER] [--operation CODE] [--side SIDE] [--result RESULT] [--actor LOGIN] "
     "[--from DATE] [--to DATE] [--output FILE]",
     "writes the rows of the operation log that match, oldest first; the export is itself logged", CTL_DB, ctl_export_log},
    {"verify-log", "[--checkpoints FILE] [--public-key FILE]", "recomputes the chains of the operation log and compares them with the checkpoints",
     CTL_DB, ctl_verify_log},
    {"check", "[--invariants FOLDER]", "looks for anything that must never be in the database", CTL_DB, ctl_check},
    {"recount-notices", "", "counts the notices of customers and what users have read anew, should `check` find them counted wrong; while "
     "nothing else writes", CTL_DB, ctl_recount_notices},
    {"seal-factors", "", "seals second factors that were stored in clear by an earlier version", CTL_DB | CTL_KEYS, ctl_seal_factors},
    {"preview-message", "[EVENT|all [--lang en|zh-Hans] [--channel email|html|sms]]",
     "shows the messages of an event as they are sent, with made-up names; without one the events", CTL_CONFIG, ctl_preview_message},
    {"states", "", "prints the states of a request and who may move it where", 0, ctl_states},
    {"demo", "", "loads the demo data into an empty database, where mail.transport is file", CTL_DB | CTL_KEYS, ctl_demo},
    {"generate", "--customers N [--log-rows N] [--seed N] [--until DATE] [--beside-other-data]",
     "fills an empty database with made-up customers and their histories: the same seed and date make the same data", CTL_DB,
     ctl_generate},
};
const size_t ctl_commands_n = sizeof ctl_commands / sizeof ctl_commands[0];

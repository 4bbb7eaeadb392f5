#include "ctl.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/rand.h"
#include "base/text.h"
#include "domain/sign_in.h"

#define CONFIG_FILE "/etc/mypartner/mypartnerctl.ini"
#define PASSWORD_BYTES 18      /* 144 bits, 24 characters */

static const struct ctl_command *find_command(const char *name)
{
    for (size_t i = 0; i < ctl_commands_n; i++)
        if (strcmp(ctl_commands[i].name, name) == 0)
            return &ctl_commands[i];
    return NULL;
}

static const struct err *prepare(struct ctl *ctl, const struct ctl_command *command, const char *file)
{
    struct config *config = NULL;
    if (command->needs == 0)
        return NULL;
    TRY(config_load(ctl->mem, file, &config));
    ctl->config = config;
    if (config->test.clock_file[0] != '\0')
        clock_use_test_file(config->test.clock_file);
    ctl->now = clock_now();
    lang_init(config->web.messages);
    if (command->needs & CTL_KEYS) {
        struct secret_key key;
        TRY(secret_key_load(config->secret.key_file, &key));
        act_keys(&key, &ctl->keys);
        secret_wipe(&key, sizeof key);
    }
    if (command->needs & CTL_DB) {
        TRY(db_of_config(ctl->mem, config, &ctl->db));
        TRY(db_ready(ctl->db, ctl->now));
    }
    return NULL;
}

static int failed(const struct ctl_command *command, const struct err *err)
{
    fprintf(stderr, "mypartnerctl: %s\n", err->what);
    if (err->kind == ERR_UNCERTAIN)
        fprintf(stderr, "mypartnerctl: whether it was done is not known; look before you do it again\n");
    if (err->kind != ERR_INPUT)
        return 1;
    fprintf(stderr, "usage: mypartnerctl [-c FILE] %s %s\n", command->name, command->usage);
    return 2;
}

static int run(const struct ctl_command *command, const char *file, const char *const *args)
{
    struct ctl ctl = {.mem = mem_context(NULL, "mypartnerctl"), .args = args};
    const struct err *err = prepare(&ctl, command, file);
    /* A fault of the config is not answered with the command's usage. */
    if (err != NULL && err->kind == ERR_INPUT)
        err = err_new(ERR_BUG, 0, "%s", mem_copy(ctl.mem, err->what));
    if (err == NULL)
        err = command->run(&ctl);
    int status = err == NULL ? 0 : failed(command, err);
    if (fflush(stdout) != 0 && status == 0)
        status = 1;
    talloc_free(ctl.mem);
    return status;
}

int ctl_main(int argc, const char *const *argv)
{
    const char *file = CONFIG_FILE;
    int at = 1;
    log_program("mypartnerctl");
    if (argc > 2 && strcmp(argv[1], "-c") == 0) {
        file = argv[2];
        at = 3;
    }
    const struct ctl_command *command = at < argc ? find_command(argv[at]) : NULL;
    if (command != NULL)
        return run(command, file, argv + at + 1);
    if (at < argc)
        fprintf(stderr, "mypartnerctl: there is no command %s\n", argv[at]);
    fprintf(stderr, "usage: mypartnerctl [-c FILE] COMMAND ...   (FILE is %s if not given; `help` lists the commands)\n", CONFIG_FILE);
    return 2;
}

const struct err *ctl_help(struct ctl *ctl)
{
    if (ctl->args[0] != NULL && strcmp(ctl->args[0], "import") == 0 && ctl->args[1] == NULL) {
        ctl_import_manual(ctl);
        return NULL;
    }
    if (ctl->args[0] != NULL)
        return err_new(ERR_INPUT, 0, "help takes nothing, or import");
    printf("mypartnerctl [-c FILE] COMMAND ...   FILE is %s if not given\n", CONFIG_FILE);
    for (size_t i = 0; i < ctl_commands_n; i++)
        printf("\n  %s %s\n      %s\n", ctl_commands[i].name, ctl_commands[i].usage, ctl_commands[i].about);
    return NULL;
}

/* --- what commands share --- */

static const struct ctl_option *find_option(const struct ctl_option *options, const char *name)
{
    for (const struct ctl_option *option = options; option->name != NULL; option++)
        if (strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

const struct err *ctl_options(const struct ctl *ctl, const struct ctl_option *options)
{
    for (const struct ctl_option *option = options; option->name != NULL; option++)
        *option->value = NULL;
    for (const char *const *arg = ctl->args; *arg != NULL; arg++) {
        const struct ctl_option *option = find_option(options, *arg);
        if (option == NULL)
            return err_new(ERR_INPUT, 0, "%s is not an option of this command", *arg);
        if (*option->value != NULL)
            return err_new(ERR_INPUT, 0, "%s is given twice", option->name);
        if (option->is_flag) {
            *option->value = "";
            continue;
        }
        if (arg[1] == NULL)
            return err_new(ERR_INPUT, 0, "%s needs a value", option->name);
        *option->value = *++arg;
    }
    for (const struct ctl_option *option = options; option->name != NULL; option++)
        if (option->is_needed && *option->value == NULL)
            return err_new(ERR_INPUT, 0, "%s is needed", option->name);
    return NULL;
}

struct act ctl_act(const struct ctl *ctl)
{
    return (struct act){
        .mem = ctl->mem, .db = ctl->db, .config = ctl->config, .keys = &ctl->keys, .now = ctl->now, .actor = act_system,
        .ip = "", .http_id = "", .lang = "en",
    };
}

static const struct err *read_password(const struct ctl *ctl, const char *login, const char **password)
{
    static const char *const faults[] = {
        [PASSWORD_SHORT] = "is too short: at least 12 characters", [PASSWORD_LONG] = "is too long: at most 128 characters",
        [PASSWORD_COMMON] = "is one that many people use", [PASSWORD_IS_LOGIN] = "is mostly the login",
    };
    char line[PASSWORD_MAX_BYTES + 3];
    if (fgets(line, sizeof line, stdin) == NULL)
        return err_new(ERR_INPUT, 0, "a password was expected in the first line of standard input");
    line[strcspn(line, "\r\n")] = '\0';
    if (!text_is_utf8(line, strlen(line)))
        return err_new(ERR_INPUT, 0, "the password is not UTF-8");
    *password = mem_copy(ctl->mem, line);
    enum password_fault fault = password_judge(text_clean_password(ctl->mem, line), login);
    secret_wipe(line, sizeof line);
    if (fault != PASSWORD_FINE)
        return err_new(ERR_INPUT, 0, "the password %s", faults[fault]);
    return NULL;
}

const struct err *ctl_password(const struct ctl *ctl, bool from_stdin, const char *login, const char **password, bool *is_made)
{
    *is_made = !from_stdin;
    if (from_stdin)
        return read_password(ctl, login, password);
    *password = rand_token(ctl->mem, PASSWORD_BYTES);
    return NULL;
}

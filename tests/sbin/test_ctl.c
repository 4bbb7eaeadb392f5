/* The operator's tool, as it is called: arguments in; status, output and the database out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "action/sign_in.h"
#include "base/clock.h"
#include "base/memory.h"
#include "ctl.h"
#include "domain/import_kind.h"
#include "support/test_db.h"

#define PASSWORD "correct horse battery"
#define ARGS_MAX 24

static void *mem;
static struct db *db;
static char folder[64];
static const char *config_path, *lock_path;
static const char *out, *errors;      /* of the last run */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *read_file(const char *path)
{
    char bytes[16384];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    return mem_copy_n(mem, bytes, n);
}

/* In a context of the program's whole time: some paths are kept by it. */
static const char *path_of(const char *name)
{
    static void *paths;
    if (paths == NULL)
        paths = mem_context(NULL, "paths");
    return mem_text(paths, "%s/%s", folder, name);
}

static int open_all(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    (void)snprintf(folder, sizeof folder, "/tmp/mypartner-test-ctl.XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    config_path = path_of("ctl.ini");
    lock_path = path_of("hash.lock");
    const struct config *config = test_db_config();
    FILE *file = fopen(config_path, "w");
    if (file == NULL)
        return -1;
    (void)fprintf(file, "[web]\nhash_lock = %s\nmessages =\ntemplates = " TEST_BUILD "/templates\n[database]\nsocket = %s\nname = %s\nuser = %s\n[secret]\nkey_file = %s\n"
                        "scrypt_log2_n = 10\nscrypt_p = 1\n[site]\nname = Example Cloud\n", lock_path, config->database.socket,
                  config->database.name, config->database.user, path_of("site.key"));
    if (fclose(file) != 0)
        return -1;
    write_file(path_of("site.key"), "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
    return chmod(path_of("site.key"), 0600);
}

static int close_all(void **state)
{
    static const char *const names[] = {"ctl.ini", "hash.lock", "site.key", "out", "err", "in"};
    (void)state;
    talloc_free(db);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

static int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    test_db_clear(db);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

/* Streams of this process are put aside while the command has them. */
static int with_files(const char *input, int argc, const char *const *argv)
{
    char paths[3][128];
    int kept[3];
    static const char *const names[] = {"in", "out", "err"};
    for (int i = 0; i < 3; i++)
        (void)snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
    write_file(paths[0], input);
    (void)fflush(stdout);
    (void)fflush(stderr);
    for (int i = 0; i < 3; i++)
        kept[i] = dup(i);
    assert_non_null(freopen(paths[0], "r", stdin));
    assert_non_null(freopen(paths[1], "w", stdout));
    assert_non_null(freopen(paths[2], "w", stderr));
    int status = ctl_main(argc, argv);
    (void)fflush(stdout);
    (void)fflush(stderr);
    for (int i = 0; i < 3; i++) {
        (void)dup2(kept[i], i);
        (void)close(kept[i]);
    }
    out = read_file(paths[1]);
    errors = read_file(paths[2]);
    return status;
}

static int run_with(const char *input, const char *first, ...)
{
    const char *argv[ARGS_MAX] = {"mypartnerctl", "-c", config_path, first};
    int argc = 4;
    va_list args;
    va_start(args, first);
    for (const char *arg; (arg = va_arg(args, const char *)) != NULL && argc < ARGS_MAX - 1;)
        argv[argc++] = arg;
    va_end(args);
    return with_files(input, argc, argv);
}
#define run(...) run_with("", __VA_ARGS__, NULL)

/* The value after a label of the output. */
static const char *printed(const char *label)
{
    const char *at = strstr(out, label);
    if (at == NULL)
        fail_msg("not printed: %s in\n%s%s", label, out, errors);
    at += strlen(label);
    at += strspn(at, " ");
    return mem_copy_n(mem, at, strcspn(at, "\n"));
}

static int64_t count(const char *what) { return test_db_number(db, "SELECT COUNT(*) FROM %s", what); }

static const char *make_account(const char *command, const char *name, const char *login)
{
    assert_int_equal(run(command, "--name", name, "--login", login, "--user-name", "Pat"), 0);
    return printed("account");
}

static struct sign_in attempt(const char *login, const char *password)
{
    struct config *config = test_db_config();
    struct sign_in sign_in = {.agent = ""};
    struct act_keys keys = {.code = {.bytes = {1}}};
    struct act act = {.mem = mem, .db = db, .config = config, .keys = &keys, .now = clock_now(), .actor = &sign_in_nobody,
                      .ip = "192.0.2.1", .http_id = "", .lang = "en"};
    assert_null(sign_in_password(&act, login, password, &sign_in));
    return sign_in;
}

static void help_lists_every_command(void **state)
{
    (void)state;
    assert_int_equal(run("help"), 0);
    for (size_t i = 0; i < ctl_commands_n; i++)
        assert_non_null(strstr(out, mem_text(mem, "\n  %s ", ctl_commands[i].name)));
}

static void messages_are_previewed_by_event_channel_and_language(void **state)
{
    (void)state;
    assert_int_equal(run("preview-message"), 0);
    assert_non_null(strstr(out, "REQUEST_AGREED\n"));
    assert_int_equal(run("preview-message", "REQUEST_RECEIVED"), 0);
    assert_non_null(strstr(out, "=== REQUEST_RECEIVED, to customer, by anyone: email\nSubject: Your partner wants to end the association\n"));
    assert_non_null(strstr(out, "=== REQUEST_RECEIVED, to partner, by anyone: sms\n"));
    assert_null(strstr(out, "<html"));
    assert_int_equal(run("preview-message", "CODE", "--channel", "sms"), 0);
    assert_non_null(strstr(out, "@partner.example.com #482913\n("));
    assert_null(strstr(out, "2 segments"));
    assert_int_equal(run("preview-message", "all", "--channel", "html", "--lang", "zh-Hans"), 0);
    assert_non_null(strstr(out, "<html lang=\"zh-Hans\">"));
    assert_int_equal(run("preview-message", "COFFEE"), 2);
    assert_int_equal(run("preview-message", "CODE", "--channel", "fax"), 2);
    assert_int_equal(run("preview-message", "CODE", "--lang", "xx"), 2);
}

static void no_two_commands_have_one_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < ctl_commands_n; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ctl_commands[i].name, ctl_commands[j].name);
}

static void an_unknown_command_is_refused(void **state)
{
    (void)state;
    assert_int_equal(run("make-coffee"), 2);
    assert_non_null(strstr(errors, "there is no command make-coffee"));
}

static void no_command_at_all_shows_how_to_ask(void **state)
{
    (void)state;
    const char *const argv[] = {"mypartnerctl", NULL};
    assert_int_equal(with_files("", 1, argv), 2);
    assert_non_null(strstr(errors, "usage:"));
}

static void a_config_that_is_not_there_is_told(void **state)
{
    (void)state;
    const char *const argv[] = {"mypartnerctl", "-c", "/nowhere/ctl.ini", "migrate", NULL};
    assert_int_equal(with_files("", 4, argv), 1);
    assert_non_null(strstr(errors, "/nowhere/ctl.ini"));
}

static void migrating_again_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(run("migrate", TEST_SOURCE_ROOT "/db/migrations"), 0);
    assert_non_null(strstr(out, "up to date"));
    assert_int_equal(run("migrate", "/nowhere"), 2);
}

static void a_partner_can_sign_in_with_the_password_printed(void **state)
{
    (void)state;
    assert_int_equal(run("create-partner", "--name", "Northwind", "--login", "Pat@North.example", "--user-name", "Pat", "--email",
                         "office@north.example", "--phone", "+6561234567"), 0);
    assert_memory_equal(printed("account"), "P-", 2);
    assert_string_equal(printed("login"), "pat@north.example");
    assert_int_equal(attempt("pat@north.example", printed("password")).outcome, SIGN_IN_DONE);
    assert_int_equal(count("account WHERE public_email = 'office@north.example' AND public_phone = '+6561234567'"), 1);
    assert_int_equal(count("contact WHERE verified_at IS NOT NULL"), 2);
    assert_int_equal(count("operation_log WHERE operation = 'ACCOUNT_CREATED' AND initiated_by = 'SYSTEM'"), 1);
    assert_int_equal(count("operation_log WHERE operation = 'USER_CREATED'"), 1);
    assert_int_equal(count("user WHERE role = 'admin'"), 1);
}

static void the_printed_password_is_different_each_time(void **state)
{
    (void)state;
    (void)make_account("create-customer", "Acme", "a@acme.example");
    const char *first = printed("password");
    (void)make_account("create-customer", "Acme", "b@acme.example");
    assert_string_not_equal(first, printed("password"));
}

static void a_password_can_come_from_standard_input_and_is_not_printed(void **state)
{
    (void)state;
    assert_int_equal(run_with(PASSWORD "\n", "create-customer", "--name", "Acme", "--login", "ada@acme.example", "--user-name",
                              "Ada", "--password-stdin", NULL), 0);
    assert_null(strstr(out, PASSWORD));
    assert_null(strstr(out, "password"));
    assert_int_equal(attempt("ada@acme.example", PASSWORD).outcome, SIGN_IN_DONE);
    assert_int_equal(count("user WHERE role = 'owner'"), 1);
}

static void a_poor_password_is_refused(void **state)
{
    (void)state;
    static const char *const poor[] = {"short\n", "passwordpassword\n", "", "ada@acme.example\n"};
    for (size_t i = 0; i < sizeof poor / sizeof *poor; i++)
        assert_int_equal(run_with(poor[i], "create-customer", "--name", "Acme", "--login", "ada@acme.example", "--user-name",
                                  "Ada", "--password-stdin", NULL), 2);
    assert_int_equal(count("account"), 0);
}

static void a_platform_user_gets_a_second_factor(void **state)
{
    (void)state;
    char code[7];
    assert_int_equal(run("create-platform-user", "--role", "ops", "--login", "otto@site.example", "--name", "Otto"), 0);
    const char *secret = printed("secret");
    assert_int_equal(strlen(secret), 32);
    assert_true(totp_now(secret, clock_now(), code));
    assert_non_null(strstr(out, mem_text(mem, "otpauth://totp/mypartner:otto%%40site.example?secret=%s&issuer=mypartner", secret)));
    assert_int_equal(attempt("otto@site.example", printed("password")).outcome, SIGN_IN_HALF);
}

static void second_factors_of_before_are_sealed(void **state)
{
    (void)state;
    assert_int_equal(run("create-platform-user", "--role", "ops", "--login", "otto@site.example", "--name", "Otto"), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE totp_secret LIKE 'v1.%%' LIMIT 1"), 1);
    assert_int_equal(run("seal-factors"), 0);
    assert_string_equal(out, "All second factors are sealed.\n");
    test_db_sql(db, "UPDATE user SET totp_secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'");
    assert_int_equal(run("seal-factors"), 0);
    assert_string_equal(out, "1 sealed.\n");
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM user WHERE totp_secret LIKE 'v1.%%' LIMIT 1"), 1);
    assert_int_equal(run("seal-factors", "now"), 2);
}

static void the_platform_has_one_account(void **state)
{
    (void)state;
    assert_int_equal(run("create-platform-user", "--role", "ops", "--login", "otto@site.example", "--name", "Otto"), 0);
    assert_int_equal(run("create-platform-user", "--role", "auditor", "--login", "aud@site.example", "--name", "Aud"), 0);
    assert_int_equal(count("account WHERE kind = 'PLATFORM' AND name = 'Example Cloud'"), 1);
    assert_int_equal(count("user"), 2);
}

static void a_login_that_is_taken_makes_nothing(void **state)
{
    (void)state;
    (void)make_account("create-customer", "Acme", "ada@acme.example");
    assert_int_equal(run("create-partner", "--name", "Other", "--login", "ADA@acme.example", "--user-name", "Ada"), 1);
    assert_non_null(strstr(errors, "somebody has this login already"));
    assert_int_equal(count("account"), 1);
}

static void users_are_added_in_roles_that_fit(void **state)
{
    (void)state;
    const char *no = make_account("create-customer", "Acme", "ada@acme.example");
    assert_int_equal(run("create-user", "--account", no, "--role", "viewer", "--login", "vi@acme.example", "--name", "Vi"), 0);
    assert_int_equal(run("create-user", "--account", no, "--role", "admin", "--login", "ad@acme.example", "--name", "Ad"), 1);
    assert_int_equal(run("create-user", "--account", no, "--role", "ops", "--login", "op@acme.example", "--name", "Op"), 2);
    assert_int_equal(run("create-user", "--account", no, "--role", "king", "--login", "ki@acme.example", "--name", "Ki"), 2);
    assert_int_equal(run("create-user", "--account", "C-1", "--role", "viewer", "--login", "x@acme.example", "--name", "X"), 1);
    assert_int_equal(count("user"), 2);
}

static void a_customer_is_associated_once(void **state)
{
    (void)state;
    const char *customer = make_account("create-customer", "Acme", "ada@acme.example");
    const char *partner = make_account("create-partner", "North", "pat@north.example");
    assert_int_equal(run("associate", "--customer", customer, "--partner", partner), 0);
    assert_int_equal(count("association WHERE status = 'ACTIVE' AND model = 'RESELLER'"), 1);
    assert_int_equal(count("account WHERE billing_mode = 'PARTNER' AND version = 2 AND kind = 'CUSTOMER'"), 1);
    assert_int_equal(count("operation_log l JOIN association a ON a.id = l.association_id WHERE l.operation = 'ASSOCIATED' "
                           "AND l.chain_id = a.id AND l.is_transition = 1"), 1);
    assert_int_equal(run("associate", "--customer", customer, "--partner", partner), 1);
    assert_non_null(strstr(errors, "associated with a partner already"));
    assert_int_equal(count("association"), 1);
}

static void only_a_customer_and_a_partner_are_associated(void **state)
{
    (void)state;
    const char *customer = make_account("create-customer", "Acme", "ada@acme.example");
    const char *partner = make_account("create-partner", "North", "pat@north.example");
    assert_int_equal(run("associate", "--customer", partner, "--partner", customer), 1);
    assert_int_equal(run("associate", "--customer", customer, "--partner", customer), 1);
    assert_int_equal(run("associate", "--customer", customer, "--partner", "P-1"), 1);
    assert_int_equal(run("associate", "--customer", customer, "--partner", partner, "--model", "FRANCHISE"), 2);
    assert_int_equal(count("association"), 0);
    assert_int_equal(run("associate", "--customer", customer, "--partner", partner, "--model", "REFERRAL"), 0);
    assert_int_equal(count("account WHERE billing_mode = 'PARTNER'"), 0);
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    assert_int_equal(run("create-partner", "--name", "North", "--login", "p@n.example"), 2);
    assert_non_null(strstr(errors, "--user-name is needed"));
    assert_int_equal(run("create-partner", "--name", "North", "--name", "South"), 2);
    assert_non_null(strstr(errors, "--name is given twice"));
    assert_int_equal(run("create-partner", "--colour", "red"), 2);
    assert_non_null(strstr(errors, "--colour is not an option"));
    assert_int_equal(run("create-partner", "--name"), 2);
    assert_non_null(strstr(errors, "--name needs a value"));
    assert_int_equal(run("create-partner", "--name", "North", "--login", "no address", "--user-name", "P"), 2);
    assert_non_null(strstr(errors, "--login must be an email address"));
    assert_int_equal(run("create-partner", "--name", "North", "--login", "p@n.example", "--user-name", "P", "--phone", "123"), 2);
    assert_int_equal(run("create-partner", "--name", "North", "--login", "p@n.example", "--user-name", "P", "--email", "x"), 2);
    assert_int_equal(run("create-partner", "--name", " ", "--login", "p@n.example", "--user-name", "P"), 2);
    assert_int_equal(run("create-partner", "--name", "4111 1111 1111 1111", "--login", "p@n.example", "--user-name", "P"), 2);
    assert_int_equal(run("create-partner", "--name", "\xFF", "--login", "p@n.example", "--user-name", "P"), 2);
    assert_int_equal(count("account"), 0);
}

/* Its accounts have a published password. */
static void demo_data_is_not_loaded_where_mail_could_leave(void **state)
{
    (void)state;
    assert_int_equal(run("demo"), 1);
    assert_non_null(strstr(errors, "mail.transport must be file"));
    assert_int_equal(count("account"), 0);
}

static void every_user_that_is_granted_something_is_made_first(void **state)
{
    const char *users = read_file(TEST_SOURCE_ROOT "/db/users.sql"), *at = read_file(TEST_SOURCE_ROOT "/db/grants.sql");
    int named = 0;
    (void)state;
    while ((at = strstr(at, "'mypartner_")) != NULL) {
        const char *name = mem_copy_n(mem, at, strcspn(at, ";"));
        assert_non_null(strstr(users, mem_text(mem, "CREATE USER %s IDENTIFIED BY", name)));
        at += strlen(name);
        named++;
    }
    assert_true(named > 3);
    assert_non_null(strstr(users, "GRANT ALL PRIVILEGES ON `mypartner`.* TO 'mypartner_ctl'@'localhost'"));
}

/* --- import --- */

#define CUSTOMER_LINE "{\"kind\":\"account\",\"id\":\"C-9\",\"type\":\"CUSTOMER\",\"name\":\"Nine\"}\n"

static void facts_are_imported_from_standard_input(void **state)
{
    (void)state;
    assert_int_equal(run_with("\r\n" CUSTOMER_LINE, "import", "-", NULL), 0);
    assert_non_null(strstr(out, "1 lines read"));
    assert_non_null(strstr(out, "account         1 new or changed"));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM account WHERE no = 'C-9' LIMIT 1"), 1);
    assert_int_equal(run_with(CUSTOMER_LINE, "import", "-", NULL), 0);
    assert_non_null(strstr(out, "nothing was changed"));
}

static void facts_are_imported_from_a_file_without_an_end_of_line(void **state)
{
    (void)state;
    const char *path = path_of("in");
    assert_int_equal(run_with("{\"kind\":\"account\",\"id\":\"C-9\",\"type\":\"CUSTOMER\",\"name\":\"Nine\"}", "import", path, "--source",
                              "other", NULL), 0);
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM account WHERE no = 'C-9' LIMIT 1"), 1);
}

static void a_wrong_line_is_told_with_its_number_and_nothing_is_imported(void **state)
{
    (void)state;
    assert_int_equal(run_with(CUSTOMER_LINE "\n{\"kind\":\"order\"}\n", "import", "-", NULL), 1);
    assert_non_null(strstr(out, "line 3: id is missing"));
    assert_non_null(strstr(errors, "nothing was changed"));
    assert_int_equal(test_db_number(db, "SELECT COUNT(*) FROM account LIMIT 1"), 0);
}

static void a_line_without_end_is_told_and_not_kept_in_memory(void **state)
{
    (void)state;
    char *line = talloc_zero_array(mem, char, 100002);
    memset(line, 'x', 100000);
    line[100000] = '\n';
    assert_int_equal(run_with(line, "import", "-", NULL), 1);
    assert_non_null(strstr(out, "line 1: is longer than 16384 bytes"));
}

static void an_import_without_file_or_with_a_bad_source_is_refused(void **state)
{
    (void)state;
    assert_int_equal(run("import"), 2);
    assert_int_equal(run("import", "-", "--source", "Not Good"), 2);
    assert_int_equal(run("import", "/nowhere/facts.jsonl"), 1);
    assert_non_null(strstr(errors, "/nowhere/facts.jsonl"));
}

static void every_kind_of_line_is_described(void **state)
{
    (void)state;
    assert_int_equal(run("help", "import"), 0);
    for (int kind = 0; kind < IMPORT_KINDS; kind++)
        assert_non_null(strstr(out, mem_text(mem, "\n%s - ", import_kind_info((enum import_kind)kind)->name)));
    assert_int_equal(run("help", "nothing"), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(help_lists_every_command), TEST(facts_are_imported_from_standard_input),
        TEST(facts_are_imported_from_a_file_without_an_end_of_line),
        TEST(a_wrong_line_is_told_with_its_number_and_nothing_is_imported),
        TEST(a_line_without_end_is_told_and_not_kept_in_memory),
        TEST(an_import_without_file_or_with_a_bad_source_is_refused), TEST(every_kind_of_line_is_described),
        TEST(messages_are_previewed_by_event_channel_and_language), TEST(no_two_commands_have_one_name),
        TEST(an_unknown_command_is_refused),
        TEST(no_command_at_all_shows_how_to_ask),
        TEST(a_config_that_is_not_there_is_told),
        TEST(migrating_again_changes_nothing),
        TEST(a_partner_can_sign_in_with_the_password_printed),
        TEST(the_printed_password_is_different_each_time),
        TEST(a_password_can_come_from_standard_input_and_is_not_printed),
        TEST(a_poor_password_is_refused),
        TEST(a_platform_user_gets_a_second_factor),
        TEST(second_factors_of_before_are_sealed),
        TEST(the_platform_has_one_account),
        TEST(a_login_that_is_taken_makes_nothing),
        TEST(users_are_added_in_roles_that_fit),
        TEST(a_customer_is_associated_once),
        TEST(only_a_customer_and_a_partner_are_associated),
        TEST(wrong_options_are_named),
        TEST(demo_data_is_not_loaded_where_mail_could_leave),
        TEST(every_user_that_is_granted_something_is_made_first),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

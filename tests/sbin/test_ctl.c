/* The operator's tool, as it is called: arguments in; status, output and the database out. */
#include "sbin/ctl_run.h"

#include "action/sign_in.h"

#define PASSWORD "correct horse battery"

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

static void notices_that_are_counted_wrong_are_counted_anew(void **state)
{
    (void)state;
    assert_int_equal(run("create-platform-user", "--role", "ops", "--login", "otto@site.example", "--name", "Otto"), 0);
    test_db_sql(db, "UPDATE user SET notices_read = 5");
    assert_int_equal(run("recount-notices"), 0);
    assert_int_equal(test_db_number(db, "SELECT MAX(notices_read) FROM user"), 0);
    assert_int_equal(run("recount-notices", "now"), 2);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(help_lists_every_command), TEST(notices_that_are_counted_wrong_are_counted_anew),
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

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/config.h"
#include "base/config_table.h"
#include "base/memory.h"
#include "support/rows.h"

static char path[] = "/tmp/test_config.XXXXXX";

static void write_file(const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static const struct err *load(const void *ctx, const char *text, struct config **config)
{
    write_file(text, strlen(text));
    return config_load(ctx, path, config);
}

/* --- what is read ---------------------------------------------------------------------------------------------------------- */

static void empty_file_is_the_defaults(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct config *c = NULL;

    (void)state;
    assert_null(load(ctx, "", &c));
    assert_int_equal(c->session.idle_s, 30 * 60);
    assert_int_equal(c->session.idle_platform_s, 15 * 60);
    assert_int_equal(c->session.absolute_s, 12 * 3600);
    assert_int_equal(c->session.absolute_platform_s, 8 * 3600);
    assert_int_equal(c->code.digits, 6);
    assert_int_equal(c->code.ttl_s, 600);
    assert_int_equal(c->code.tries, 5);
    assert_int_equal(c->request.deadline_s, 10 * 86400);
    assert_int_equal(c->secret.scrypt_log2_n, 15);
    assert_true(c->web.secure_cookies);
    assert_string_equal(c->site.zone, "UTC");
    assert_string_equal(c->mail.transport, "off");
    assert_string_equal(c->test.clock_file, "");
    talloc_free(ctx);
}

static void values_comments_and_blanks_are_read(void **state)
{
    static const char text[] =
        "\xEF\xBB\xBF; a comment\r\n"
        "# another\r\n"
        "[web]\r\n"
        "workers=12\r\n"
        "  \r\n"
        "socket =   /tmp/a b;c   ; behind a blank this is a comment\r\n"
        "\r\n"
        "[ site ]\n"
        "[site]\n"
        "name : Wölkchen 云\n"
        "zone = Asia/Singapore\n"
        "[web]\n"
        "secure_cookies = false\n"
        "public_url = http://127.0.0.1:8080";
    static const char *const without = "[ site ]\n";
    void *ctx = mem_context(NULL, "test");
    char *good = mem_copy(ctx, text);
    char *cut = strstr(good, without);
    struct config *c = NULL;

    (void)state;
    memmove(cut, cut + strlen(without), strlen(cut + strlen(without)) + 1);
    assert_null(load(ctx, good, &c));
    assert_int_equal(c->web.workers, 12);
    assert_string_equal(c->web.socket, "/tmp/a b;c");
    assert_string_equal(c->site.name, "Wölkchen 云");
    assert_string_equal(c->site.zone, "Asia/Singapore");
    assert_false(c->web.secure_cookies);
    assert_string_equal(c->web.public_url, "http://127.0.0.1:8080");
    assert_int_equal(c->web.hash_slots, 2);
    assert_int_equal(load(ctx, text, &c)->kind, ERR_INPUT);
    talloc_free(ctx);
}

static void text_may_be_emptied_where_nothing_is_allowed(void **state)
{
    struct config *c = NULL;

    (void)state;
    assert_null(load(NULL, "[web]\nsocket =\n", &c));
    assert_string_equal(c->web.socket, "");
    talloc_free(c);
}

static void transports_with_what_they_need_are_read(void **state)
{
    struct config *c = NULL;

    (void)state;
    assert_null(load(NULL, "[mail]\ntransport = file\nfolder = /tmp/m\nfrom = no-reply@demo.test\n"
                           "[sms]\ntransport = http\nurl = http://127.0.0.1:13013/cgi-bin/sendsms\n", &c));
    assert_string_equal(c->mail.from, "no-reply@demo.test");
    assert_string_equal(c->sms.url, "http://127.0.0.1:13013/cgi-bin/sendsms");
    talloc_free(c);
}

/* --- what is refused ------------------------------------------------------------------------------------------------------- */

static const struct bad { const char *claim, *text; int line; const char *says; } bad[] = {
    { "unknown_key_names_its_line", "[web]\n\nsockte = /a\n", 3, "[web] has no key \"sockte\"" },
    { "key_of_another_section_is_unknown", "[web]\nzone = UTC\n", 2, "has no key" },
    { "unknown_section_names_its_line", "[web]\n[wbe]\nworkers = 2\n", 2, "no section [wbe]" },
    { "empty_unknown_section_is_refused", "; x\n\n[nothing]\n", 3, "no section [nothing]" },
    { "empty_section_name_is_refused", "[]\n", 1, "no section []" },
    { "section_in_other_case_is_refused", "[Web]\n", 1, "no section [Web]" },
    { "key_before_any_section_is_refused", "workers = 2\n", 1, "before any [section]" },
    { "repeated_key_names_both_lines", "[web]\nworkers = 2\n\nworkers = 2\n", 4, "in line 2" },
    { "repeated_key_in_a_repeated_section_is_refused", "[web]\nworkers = 2\n[site]\n[web]\nworkers = 3\n", 5, "in line 2" },
    { "continued_line_is_refused", "[web]\nsocket = /a\n  /b\n", 3, "white space continues" },
    { "line_without_value_is_refused", "[web]\nworkers = 2\nworkers\n", 3, "expected [section] or key = value" },
    { "unclosed_section_is_refused", "[web\n", 1, "expected [section]" },
    { "number_below_range_is_refused", "[web]\nworkers = 0\n", 2, "from 1 to 256, in processes" },
    { "number_above_range_is_refused", "[web]\nworkers = 257\n", 2, "from 1 to 256" },
    { "number_with_unit_is_refused", "[session]\nidle_s = 30m\n", 2, "a whole number from 60 to 86400, in s" },
    { "fraction_is_refused", "[web]\nworkers = 2.5\n", 2, "a whole number" },
    { "number_with_plus_is_refused", "[web]\nworkers = +2\n", 2, "a whole number" },
    { "hexadecimal_is_refused", "[web]\nworkers = 0x10\n", 2, "a whole number" },
    { "missing_number_is_refused", "[web]\nworkers =\n", 2, "a whole number" },
    { "minus_alone_is_refused", "[web]\nworkers = -\n", 2, "a whole number" },
    { "number_beyond_64_bits_is_refused", "[web]\nworkers = 99999999999999999999\n", 2, "a whole number" },
    { "number_that_wraps_to_two_is_refused", "[web]\nworkers = 18446744073709551618\n", 2, "a whole number" },
    { "yes_is_no_bool", "[web]\nsecure_cookies = yes\n", 2, "true or false" },
    { "bool_in_capitals_is_refused", "[web]\nsecure_cookies = TRUE\n", 2, "true or false" },
    { "unknown_choice_is_refused", "[mail]\ntransport = pigeon\n", 2, "one of: smtp file off" },
    { "part_of_a_choice_is_refused", "[mail]\ntransport = smt\n", 2, "one of:" },
    { "two_choices_are_refused", "[mail]\ntransport = smtp file\n", 2, "one of:" },
    { "empty_choice_is_refused", "[mail]\ntransport =\n", 2, "one of:" },
    { "unknown_zone_is_refused", "[site]\nzone = Mars/Olympus\n", 2, "a zone of the tz database" },
    { "zone_that_climbs_is_refused", "[site]\nzone = ../../../etc/passwd\n", 2, "a zone of" },
    { "origin_with_slash_is_refused", "[web]\npublic_url = https://a.test/\n", 2, "scheme://host" },
    { "origin_with_path_is_refused", "[web]\npublic_url = https://a.test/x\n", 2, "scheme://host" },
    { "origin_of_other_scheme_is_refused", "[web]\npublic_url = ftp://a.test\n", 2, "a scheme of: https http" },
    { "origin_without_host_is_refused", "[web]\npublic_url = https://\n", 2, "scheme://host" },
    { "origin_in_capitals_is_refused", "[web]\npublic_url = https://A.test\n", 2, "lower case" },
    { "origin_with_user_is_refused", "[web]\npublic_url = https://u@a.test\n", 2, "scheme://host" },
    { "url_of_other_scheme_is_refused", "[mail]\nurl = http://127.0.0.1\n", 2, "a scheme of: smtp smtps" },
    { "url_with_password_is_refused", "[mail]\nurl = smtp://u:p@127.0.0.1\n", 2, "no user or password" },
    { "address_that_is_none_is_refused", "[mail]\nfrom = me\n", 2, "an email address" },
    { "empty_text_is_refused_where_one_is_needed", "[database]\nname =\n", 2, "text of at most 64 bytes" },
    { "control_character_is_refused", "[site]\nname = a\x01" "b\n", 2, "text of at most" },
    { "invalid_utf8_is_refused", "[site]\nname = a\xFF\n", 2, "text of at most" },
    { "socket_too_long_for_the_system_is_refused",
      "[web]\nsocket = /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
      2, "at most 107 bytes" },
    { "insecure_cookies_on_a_real_host_are_refused", "[web]\nsecure_cookies = false\npublic_url = http://a.test\n", 2, "may be false only" },
    { "insecure_cookies_with_tls_are_refused", "[web]\nsecure_cookies = false\npublic_url = https://127.0.0.1\n", 2, "may be false only" },
    { "insecure_cookies_on_a_look_alike_are_refused", "[web]\nsecure_cookies = false\npublic_url = http://127.0.0.1.evil.test\n", 2,
      "may be false only" },
    { "no_database_at_all_is_refused", "[database]\nsocket =\n", 2, "needs hosts or a socket" },
    { "mail_to_files_without_folder_is_refused", "[mail]\nfrom = a@b.test\ntransport = file\n", 3, "needs folder" },
    { "mail_without_sender_is_refused", "[mail]\ntransport = smtp\n", 2, "needs from" },
    { "smtp_without_server_is_refused", "[mail]\ntransport = smtp\nurl =\nfrom = a@b.test\n", 2, "needs url" },
    { "sms_without_gateway_is_refused", "[sms]\ntransport = http\n", 2, "needs url" },
    { "sms_to_files_without_folder_is_refused", "[sms]\ntransport = file\n", 2, "needs folder" },
    { "session_that_ends_before_it_idles_is_refused", "[session]\nidle_s = 7200\nabsolute_s = 3600\n", 3, "shorter than idle_s" },
    { "hash_of_too_much_memory_is_refused", "[secret]\nscrypt_log2_n = 20\nscrypt_r = 32\n", 2, "gibibyte" },
    { "resend_after_the_code_died_is_refused", "[code]\nresend_s = 700\n", 2, "longer than ttl_s" },
    { "first_of_two_faults_is_named", "[web]\nworkers = x\nsockte = y\n", 2, "workers is \"x\"" },
};

static void check_bad(void **state)
{
    const struct bad *row = *state;
    struct config *c = NULL;
    const struct err *err = load(NULL, row->text, &c);
    char place[64];

    assert_non_null(err);
    assert_int_equal(err->kind, ERR_INPUT);
    assert_null(c);
    (void)snprintf(place, sizeof place, "%s:%d: ", path, row->line);
    if (strncmp(err->what, place, strlen(place)) != 0 || strstr(err->what, row->says) == NULL)
        fail_msg("wanted \"%s\" and \"%s\", got \"%s\"", place, row->says, err->what);
}

static void line_is_at_most_198_bytes(void **state)
{
    char text[300];
    struct config *c = NULL;
    const struct err *err;

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "[web]\n;", 7);
    text[6 + 198] = '\n';
    text[6 + 199] = '\0';
    assert_null(load(NULL, text, &c));
    talloc_free(c);
    text[6 + 198] = 'x';
    text[6 + 199] = '\n';
    text[6 + 200] = '\0';
    err = load(NULL, text, &c);
    assert_non_null(err);
    assert_non_null(strstr(err->what, ":2: the line is too long (at most 198 bytes)"));
}

static void nul_byte_is_refused(void **state)
{
    struct config *c = NULL;
    const struct err *err;

    (void)state;
    write_file("[web]\nworkers = 2\0 3\n", 21);
    err = config_load(NULL, path, &c);
    assert_non_null(err);
    assert_non_null(strstr(err->what, ":2: a NUL byte"));
}

static void missing_file_is_named(void **state)
{
    struct config *c = NULL;
    const struct err *err = config_load(NULL, "/tmp/there/is/no.ini", &c);

    (void)state;
    assert_int_equal(err->kind, ERR_INPUT);
    assert_int_equal(err->code, ENOENT);
    assert_non_null(strstr(err->what, "/tmp/there/is/no.ini"));
    assert_non_null(config_load(NULL, "/tmp", &c));
    assert_null(c);
}

/* --- the table ------------------------------------------------------------------------------------------------------------- */

static void each_row_is_complete_and_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_rows_n; i++) {
        const struct config_row *row = &config_rows[i];
        size_t end = strlen(row->paragraph);

        assert_true(end > 10 && row->paragraph[end - 1] == '.');
        assert_true(row->min <= row->max);
        for (size_t j = 0; j < i; j++) {
            assert_false(strcmp(config_rows[j].section, row->section) == 0 && strcmp(config_rows[j].key, row->key) == 0);
            assert_int_not_equal(config_rows[j].offset, row->offset);
        }
    }
}

/* Each member takes eight bytes, the flags with their padding. A member without a row would stay zero: NULL for a text. */
static void each_member_has_a_row(void **state)
{
    (void)state;
    assert_int_equal(8 * config_rows_n, sizeof(struct config));
}

static void manual_reads_as_the_defaults(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct config *c = NULL, *defaults = config_defaults(ctx);
    FILE *file = fopen(path, "w");

    (void)state;
    assert_non_null(file);
    config_manual(file);
    assert_int_equal(fclose(file), 0);
    assert_null(config_load(ctx, path, &c));
    for (size_t i = 0; i < config_rows_n; i++) {
        const char *a = (const char *)c + config_rows[i].offset, *b = (const char *)defaults + config_rows[i].offset;

        if (config_rows[i].type == CONFIG_BOOL) {
            assert_memory_equal(a, b, sizeof(bool));
        } else if (config_rows[i].type == CONFIG_INT) {
            assert_memory_equal(a, b, sizeof(int64_t));
        } else {
            const char *text, *expected;

            memcpy(&text, a, sizeof text);
            memcpy(&expected, b, sizeof expected);
            assert_string_equal(text, expected);
        }
    }
    talloc_free(ctx);
}

static void manual_names_every_key(void **state)
{
    char *manual = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&manual, &n);

    (void)state;
    assert_non_null(out);
    config_manual(out);
    assert_int_equal(fclose(out), 0);
    for (size_t i = 0; i < config_rows_n; i++) {
        char line[400];

        (void)snprintf(line, sizeof line, "\n%s =%s%s\n", config_rows[i].key, *config_rows[i].preset == '\0' ? "" : " ",
                       config_rows[i].preset);
        assert_non_null(strstr(manual, line));
    }
    for (const char *line = manual; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_true(strcspn(line, "\n") <= 120);
    free(manual);
}

/* --- secrets --------------------------------------------------------------------------------------------------------------- */

static const struct secret { const char *claim, *text; size_t n; const char *secret; } secrets[] = {
    { "secret_is_the_first_line", "pass word\nmore\n", 15, "pass word" },
    { "secret_needs_no_line_end", "pass", 4, "pass" },
    { "secret_of_windows_has_no_cr", "pass\r\n", 6, "pass" },
    { "secret_keeps_its_blanks", " pass ; # \n", 11, " pass ; # " },
    { "empty_secret_file_is_empty", "", 0, "" },
    { "secret_with_nul_is_refused", "pa\0ss\n", 6, NULL },
};

static void check_secret(void **state)
{
    const struct secret *row = *state;
    char *secret = NULL;
    const struct err *err;

    write_file(row->text, row->n);
    err = config_secret(NULL, path, &secret);
    if (row->secret == NULL) {
        assert_non_null(err);
        assert_non_null(strstr(err->what, path));
        assert_null(secret);
        return;
    }
    assert_null(err);
    assert_string_equal(secret, row->secret);
    talloc_free(secret);
}

static void secret_is_at_most_1024_bytes(void **state)
{
    char text[1026];
    char *secret = NULL;
    const struct err *err;

    (void)state;
    memset(text, 'x', sizeof text);
    text[1024] = '\n';
    write_file(text, sizeof text);
    assert_null(config_secret(NULL, path, &secret));
    assert_int_equal(strlen(secret), 1024);
    talloc_free(secret);
    secret = NULL;
    text[1024] = 'x';
    write_file(text, 1025);
    err = config_secret(NULL, path, &secret);
    assert_non_null(err);
    assert_null(secret);
    assert_null(strstr(err->what, "xxxxxxxxxx"));
}

static void no_path_is_no_secret_and_a_missing_file_is_named(void **state)
{
    char *secret = NULL;
    const struct err *err;

    (void)state;
    assert_null(config_secret(NULL, "", &secret));
    assert_string_equal(secret, "");
    talloc_free(secret);
    err = config_secret(NULL, "/tmp/there/is/no/secret", &secret);
    assert_non_null(err);
    assert_int_equal(err->code, ENOENT);
    assert_non_null(strstr(err->what, "/tmp/there/is/no/secret"));
    assert_non_null(config_secret(NULL, "/tmp", &secret));
}

int main(void)
{
    struct rows rows = { .n = 0 };
    int fd = mkstemp(path), failed;

    if (fd < 0)
        return 1;
    (void)close(fd);
    ROWS_TEST(&rows, empty_file_is_the_defaults);
    ROWS_TEST(&rows, values_comments_and_blanks_are_read);
    ROWS_TEST(&rows, text_may_be_emptied_where_nothing_is_allowed);
    ROWS_TEST(&rows, transports_with_what_they_need_are_read);
    ROWS_TABLE(&rows, check_bad, bad);
    ROWS_TEST(&rows, line_is_at_most_198_bytes);
    ROWS_TEST(&rows, nul_byte_is_refused);
    ROWS_TEST(&rows, missing_file_is_named);
    ROWS_TEST(&rows, each_row_is_complete_and_alone);
    ROWS_TEST(&rows, each_member_has_a_row);
    ROWS_TEST(&rows, manual_reads_as_the_defaults);
    ROWS_TEST(&rows, manual_names_every_key);
    ROWS_TABLE(&rows, check_secret, secrets);
    ROWS_TEST(&rows, secret_is_at_most_1024_bytes);
    ROWS_TEST(&rows, no_path_is_no_secret_and_a_missing_file_is_named);
    failed = ROWS_RUN(&rows);
    (void)unlink(path);
    return failed;
}

/* mypartnerctl import: facts from a file or standard input. */
#include "sbin/ctl_run.h"

#include "domain/import_kind.h"

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
    static const struct CMUnitTest tests[] = {
        TEST(facts_are_imported_from_standard_input),
        TEST(facts_are_imported_from_a_file_without_an_end_of_line),
        TEST(a_wrong_line_is_told_with_its_number_and_nothing_is_imported),
        TEST(a_line_without_end_is_told_and_not_kept_in_memory),
        TEST(an_import_without_file_or_with_a_bad_source_is_refused),
        TEST(every_kind_of_line_is_described),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}

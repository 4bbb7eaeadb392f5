/* Markup, template markers, SQL and letters that are not ASCII, typed and stored wherever there is room for text: every page of every role shows them as text, and
 * nothing of them is run.
 *
 * First every free text of the database is such a text while each page is shown; then each field of each form and query is. */
#include "cgi-bin/access_forms.h"

#include "base/url.h"

#define ATTACK "<script>x</script>\"'><b>{{X}}' OR 1=1 -- "
#define FOREIGN "Zo\xC3\xAB \xE9\x98\xBF\xE9\x87\x8C \xF0\x9F\x92\xA5"   /* where the tables have only ASCII, too */

static int seen_stored, seen_typed;   /* answers in which it stood, escaped */

static void judge(const struct browser *b, const struct route *route, enum role role, const char *field)
{
    static const char *const raw[] = {"<script", "<b>{{", "x</script>", "\"'><b"};
    if (b->status >= 500)
        fail_msg("%s %s as %s, %s: %d", method_name(route), b->path, role_name(role), field, b->status);
    if (strstr(b->headers, "application/json") != NULL)
        return;   /* no browser takes it for markup: nosniff, and sent as a file */
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++)
        if (strstr(b->body, raw[i]) != NULL || strstr(b->headers, raw[i]) != NULL)
            fail_msg("%s %s as %s, %s: %s stands in the answer as it is", method_name(route), b->path, role_name(role), field, raw[i]);
}

/* --- stored -------------------------------------------------------------------------------------------------------------- */

/* Texts of people: what is kept in ASCII, as JSON or for rules is written by the program alone. */
static void spoil(void)
{
    static const struct db_statement texts = {"markup_texts",
        "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = "
        "c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE' WHERE c.table_schema = DATABASE() AND "
        "c.data_type = 'varchar' AND c.character_set_name = 'utf8mb4' AND c.character_maximum_length >= 40 AND c.is_generated = 'NEVER' "
        "AND c.column_name NOT LIKE '%version' AND c.table_name NOT IN ('rule', 'rule_set', 'schema_version', 'settlement_currency') "
        "LIMIT 200", "", "ss"};
    struct db_rows *rows = NULL;
    assert_null(db_query(db, w.mem, &texts, &rows));
    assert_true(rows->n > 20);
    for (size_t i = 0; i < rows->n; i++)
        test_db_sql(db, "UPDATE IGNORE `%s` SET `%s` = '%s' WHERE `%s` IS NOT NULL", db_text(rows, i, 0), db_text(rows, i, 1),
                    "<script>x</script>\"\\'><b>{{X}}", db_text(rows, i, 1));
}

static void page_shows_stored_markup_as_text(void **state)
{
    const struct route *route = *state;
    for (size_t i = 0; i < ROLES_N; i++) {
        if ((route->roles & roles[i]) == 0)
            continue;
        const char *variable = world_with_own(route, roles[i]);
        if (variable != NULL) {
            struct browser *b = browser_of(roles[i]);
            spoil();
            browser_get(b, path_of(route, variable));
            judge(b, route, roles[i], "stored");
            seen_stored += strstr(b->body, "&lt;script&gt;x") != NULL;
            talloc_free(b);
        }
        world_end(&w);
    }
}

/* --- typed --------------------------------------------------------------------------------------------------------------- */

/* `body` with this text in the field: in place of its value, or added. */
static const char *with_text(const char *body, const char *name, const char *text)
{
    const char *wanted = mem_text(w.mem, "&%s=", name), *at = strstr(body, wanted);
    if (at == NULL)
        return mem_text(w.mem, "%s%s%s", body, body[0] == '\0' ? wanted + 1 : wanted, url_encode(w.mem, text));
    at += strlen(wanted);
    return mem_text(w.mem, "%.*s%s%s", (int)(at - body), body, url_encode(w.mem, text), at + strcspn(at, "&"));
}

static void type(struct browser *b, const struct asking *asking, enum role role, const char *variable, const char *field, const char *text)
{
    const struct route *route = asking->route;
    if (asking->form != NULL)
        browser_post_body(b, path_of(route, variable), with_text(form_body_of(route, asking->form, role, b), field, text));
    else
        browser_get(b, mem_text(w.mem, "%s?%s", path_of(route, variable), with_text("", field, text)));
    judge(b, route, role, field);
    seen_typed += strstr(b->body, "&lt;script&gt;x") != NULL;
    if (b->status == 303)
        browser_get(b, b->location);
    judge(b, route, role, field);
}

static void type_into(const struct asking *asking, enum role role, const char *field)
{
    const struct route *route = asking->route;
    const char *variable = world_with_own(route, role);
    if (variable != NULL) {
        struct browser *b = browser_of(role);
        if (asking->form != NULL)
            go_before(asking->form, role, b, variable);
        type(b, asking, role, variable, field, ATTACK);
        type(b, asking, role, variable, field, FOREIGN);
        talloc_free(b);
    }
    world_end(&w);
}

/* A form as the first of the roles that may send it, a query as each. */
static void field_is_shown_again_as_text(void **state)
{
    const struct asking *asking = *state;
    const struct route *route = asking->route;
    bool is_first = true;
    for (size_t i = 0; i < ROLES_N; i++) {
        if ((route->roles & roles[i]) == 0 || (asking->form != NULL && !is_first))
            continue;
        for (const struct field_spec *field = route->fields; field != NULL && field->name != NULL; field++)
            type_into(asking, roles[i], field->name);
        is_first = false;
    }
}

/* Else nothing was shown, and nothing proven. */
static void it_was_seen_on_many_pages(void **state)
{
    (void)state;
    assert_in_range(seen_stored, 60, 10000);
    assert_in_range(seen_typed, 10, 10000);
}

static int open_site(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    site = test_site(db);
    return 0;
}

int main(void)
{
    void *mem = mem_context(NULL, "tests");
    size_t askings_n = 0, n = 0;
    struct asking *askings = askings_new(mem, &askings_n);
    struct CMUnitTest *tests = mem_array(mem, struct CMUnitTest, 2 * askings_n + 1);
    for (size_t i = 0; i < askings_n; i++) {
        const struct route *route = askings[i].route;
        if (route->method == HTTP_GET)
            tests[n++] = (struct CMUnitTest){mem_text(mem, "stored, %s", route->pattern), page_shows_stored_markup_as_text, NULL, NULL,
                                             (void *)(uintptr_t)route};
        if (route->fields != NULL)
            tests[n++] = (struct CMUnitTest){mem_text(mem, "typed, %s", asking_name(mem, &askings[i])), field_is_shown_again_as_text,
                                             NULL, NULL, &askings[i]};
    }
    tests[n++] = (struct CMUnitTest){"it was seen on many pages", it_was_seen_on_many_pages, NULL, NULL, NULL};
    int failed = _cmocka_run_group_tests("markup", tests, n, open_site, NULL);
    talloc_free(mem);
    return failed;
}

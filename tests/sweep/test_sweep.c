/* Every route, with each of its forms, while something fails beneath it: the n-th call of the database, the n-th allocation, read or
 * write, and death before or after the n-th write, for n = 1, 2, … until the request no longer notices.
 *
 * What must come of each: the page that comes when all is well, word for word, or 503 with Retry-After and a whole page; a request
 * that only reads has changed nothing; the same form sent again gets what it would have got, and then the tables have as many rows as
 * if nothing had failed; nothing breaks an invariant; nothing leaks. Out of memory ends the process (lib/base/memory.h), so
 * allocations, and deaths, are tried in a fork.
 *
 * SWEEP=full takes every n and every way; else a few of them, of a sixth of the ways for each form. SWEEP_STEP=k takes every k-th n,
 * SWEEP_ONLY='POST*' some of the routes. */
#include "cgi-bin/access_forms.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "invariants.h"
#include "support/fail.h"
#include "sweep/sweep_page.h"

#ifdef __SANITIZE_ADDRESS__
extern int __lsan_do_recoverable_leak_check(void);
#define IS_SANITIZED true
#else
static int __lsan_do_recoverable_leak_check(void) { return 0; }
#define IS_SANITIZED false
#endif

#define N_MAX 100000
#define LOST 2013          /* the connection was lost: errmsg.h */
#define DEADLOCK 1213
#define FULL 1114          /* the table is full, for want of room on the disk */

/* --- ways to fail --------------------------------------------------------------------------------------------------------- */

enum means { BY_PLACE, BY_CALL };

static const struct way {
    const char *name;
    enum means means;
    struct fault fault;      /* BY_PLACE */
    enum fail_kind fail;     /* BY_CALL */
    bool is_deadly;          /* in a fork */
} ways[] = {
    {"the connection is lost before a call", BY_PLACE,
     {FAULT_BEFORE, FAULT_CONNECT | FAULT_READ | FAULT_WRITE | FAULT_COMMIT, 0, false, LOST}, 0, false},
    {"the connection is lost after a call", BY_PLACE, {FAULT_AFTER, FAULT_READ | FAULT_WRITE | FAULT_COMMIT, 0, false, LOST}, 0, false},
    {"the database is away from a call on", BY_PLACE,
     {FAULT_BEFORE, FAULT_CONNECT | FAULT_READ | FAULT_WRITE | FAULT_COMMIT, 0, true, LOST}, 0, false},
    {"a deadlock", BY_PLACE, {FAULT_BEFORE, FAULT_READ | FAULT_WRITE | FAULT_COMMIT, 0, false, DEADLOCK}, 0, false},
    {"the disk is full", BY_PLACE, {FAULT_BEFORE, FAULT_WRITE | FAULT_COMMIT, 0, true, FULL}, 0, false},
    {"death before a write", BY_PLACE, {FAULT_BEFORE, FAULT_WRITE | FAULT_COMMIT, 0, false, FAULT_DIE}, 0, true},
    {"death after a write", BY_PLACE, {FAULT_AFTER, FAULT_WRITE | FAULT_COMMIT, 0, false, FAULT_DIE}, 0, true},
    {"a read fails", BY_CALL, {0}, FAIL_READ, false},
    {"a write fails", BY_CALL, {0}, FAIL_WRITE, false},
    {"an allocation fails", BY_CALL, {0}, FAIL_ALLOCATION, true},
};
#define WAYS_N (sizeof ways / sizeof *ways)

static const struct way *way;
static int nth, counted;
static int loud = -1;   /* the standard error while it is silenced */

#ifdef FAULT_POINTS
static void set_place(void)
{
    struct fault fault = way->fault;

    fault.nth = nth;
    fault_set(&fault);
}
static int end_place(void)
{
    const int n = fault_count();

    fault_set(NULL);
    return n;
}
static bool is_possible(const struct way *of) { return of->means == BY_PLACE || fail_is_possible(of->fail); }
#else
static void set_place(void) { }
static int end_place(void) { return 0; }
static bool is_possible(const struct way *of) { return of->means == BY_CALL && fail_is_possible(of->fail); }
#endif

/* A line for every request, and one for each that runs out of memory. */
static void silence(void)
{
    static int nowhere = -1;

    if (nowhere < 0)
        nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (loud >= 0)
        (void)dup2(nowhere, 2);
}

static void begin_failing(void)
{
    if (way->means == BY_PLACE)
        set_place();
    else
        fail_set(way->fail, nth);
}

static void end_failing(void)
{
    counted = way->means == BY_PLACE ? end_place() : fail_end();
}

/* --- the subject: one route, its form, a world ------------------------------------------------------------------------------ */

static struct subject {
    const struct asking *asking;
    const struct route *route;
    enum role role;
    struct browser *b, as_it_was; /* as_it_was: with the cookies that the form was shown with */
    const char *path, *body;      /* body NULL: GET */
    int64_t before;               /* fingerprint */
    int64_t arranged_at;
    int broken;                   /* invariants that the made-up world breaks by itself */
    int clean_status;
    const char *clean_location, *clean_headers, *clean_page;   /* page_without_names(); live as long as the test */
    int64_t clean_rows;
    int again_status;             /* a refused form sent a second time, when all is well */
    bool is_fresh;
    void *mem;
} s;

/* What the last broken one said. */
static char violation[200];

static int broken_invariants(void)
{
    static struct invariant *invariants;
    static size_t n;
    int broken = 0;

    if (invariants == NULL)
        assert_null(invariants_load(mem_context(NULL, "invariants"), TEST_SOURCE_ROOT "/db/invariants", &invariants, &n));
    for (size_t i = 0; i < n; i++) {
        void *mem = mem_context(NULL, "invariant");
        struct db_rows *rows = NULL;

        assert_null(invariant_run(db, mem, &invariants[i], &rows));
        broken += (int)rows->n;
        if (rows->n > 0)
            (void)snprintf(violation, sizeof violation, "%s", db_text(rows, 0, 0));
        talloc_free(mem);
    }
    return broken;
}

/* How many rows each table has, as one number: what is done once leaves as many behind however it came about. */
static int64_t row_counts(void)
{
    static struct db_statement all = {"sweep_rows", NULL, "", "i"};

    if (all.text == NULL) {
        static const struct db_statement tables = {
            "sweep_tables", "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
            "AND table_type = 'BASE TABLE' ORDER BY table_name LIMIT 200", "", "s"};
        struct db_rows *names = NULL;
        struct buf *text = buf_new(site, 4096);

        assert_null(db_query(db, site, &tables, &names));
        buf_text(text, "SELECT CAST(CRC32(CONCAT_WS(','");
        for (size_t i = 0; i < names->n; i++)
            buf_format(text, ", (SELECT COUNT(*) FROM `%s`)", db_text(names, i, 0));
        buf_text(text, ")) AS SIGNED) LIMIT 1");
        all.text = text->bytes;
    }
    struct db_rows *rows = NULL;
    assert_null(db_query(db, w.mem, &all, &rows));
    return db_int(rows, 0, 0);
}

static void arrange(void)
{
    const struct object_maker *maker = maker_of(s.route->pattern);

    if (s.b != NULL)
        talloc_free(s.b);
    if (w.mem != NULL)
        world_end(&w);
    world_begin(&w, db);
    world_log_beginnings(&w);
    auditor = world_user(&w, w.ops->account_id, ROLE_AUDITOR, "Audrey Auditor");
    const char *variable = maker == NULL ? "" : maker->make(s.role, OBJECT_OWN);
    assert_non_null(variable);
    test_site_clock_at(w.now);
    s.b = browser_of(s.role);
    s.path = path_of(s.route, variable);
    s.body = NULL;
    if (s.asking->form != NULL) {
        go_before(s.asking->form, s.role, s.b, variable);
        s.body = form_body_of(s.route, s.asking->form, s.role, s.b);
    }
    s.as_it_was = *s.b;
    s.arranged_at = clock_now();
    s.before = fingerprint();
    s.broken = broken_invariants();
    s.is_fresh = true;
}

static void ask(void)
{
    memcpy(s.b->cookies, s.as_it_was.cookies, sizeof s.b->cookies);
    s.b->cookies_n = s.as_it_was.cookies_n;
    if (s.body != NULL)
        browser_post_body(s.b, s.path, s.body);
    else
        browser_get(s.b, s.path);
}

static void ask_failing(void)
{
    s.b->before_serving = begin_failing;
    s.b->after_serving = end_failing;
    ask();
    s.b->before_serving = s.b->after_serving = NULL;
}

static void wrong(const char *what)
{
    if (loud >= 0)
        (void)dup2(loud, 2);
    fail_msg("%s, %s as %s, %s, %d of %d: %s (%d %s; without: %d %s)\n%.800s", asking_name(w.mem, s.asking), s.path, role_name(s.role),
             way->name, nth, counted, what, s.b->status, s.b->location, s.clean_status, s.clean_location,
             s.b->body_n > 0 ? browser_text(s.b) : "");
}

/* --- judging ------------------------------------------------------------------------------------------------------------- */

static bool leads_as_when_all_is_well(void)
{
    return s.b->status == s.clean_status && strcmp(page_without_names(s.b->mem, s.b->location), s.clean_location) == 0;
}

/* NULL: the very page that comes when all is well, or 503 and the page of that. Else what is wrong with it. */
static const char *what_is_wrong_with_page(void)
{
    static const char end[] = "</html>\n";
    const size_t n = sizeof end - 1;

    if (leads_as_when_all_is_well()) {
        const char *what = page_difference(s.b->mem, s.clean_page, page_without_names(s.b->mem, s.b->body));
        return what != NULL ? what : page_difference(s.b->mem, s.clean_headers, page_without_names(s.b->mem, s.b->headers));
    }
    if (s.b->status != 503 || browser_header(s.b, "Retry-After")[0] == '\0')
        return "neither the right page nor 503 with Retry-After";
    if (s.b->body_n < n || strcmp(s.b->body + s.b->body_n - n, end) != 0 || strncmp(s.b->body, "<!DOCTYPE html>", 15) != 0)
        return "503 without a whole page";
    return NULL;
}

static void judge_page(void)
{
    const char *what = what_is_wrong_with_page();

    if (what != NULL)
        wrong(what);
}

static void judge_database(bool is_changed)
{
    if (is_changed && s.body == NULL)
        wrong("a GET has changed something");
    if (is_changed && broken_invariants() > s.broken)
        wrong(mem_text(w.mem, "an invariant is broken: %s", violation));
}

/* Whoever was told that it failed, or was told nothing, sends the form again. */
static void judge_again(bool is_changed)
{
    const struct sent_form *form = s.asking->form;
    const bool is_done = form != NULL && is_done_by(form, s.role), is_once = is_done && (form->own & OWN_DONE_ANEW) == 0;

    ask();
    /* With the session goes what would tell that this form has ended it. */
    if (s.body != NULL && strcmp(s.route->pattern, "/sign-out") == 0 && strcmp(s.b->location, "/sign-in") == 0)
        return;
    const bool may_differ = is_changed && (!is_done || (form->own & OWN_DONE_ONCE) != 0);
    if (!leads_as_when_all_is_well() && !(may_differ && s.b->status == s.again_status))
        wrong("sent again, something else came of it");
    if (is_once && leads_as_when_all_is_well() && row_counts() != s.clean_rows)
        wrong("sent again, there are more rows or fewer than if nothing had failed");
    if (broken_invariants() > s.broken)
        wrong(mem_text(w.mem, "sent again, an invariant is broken: %s", violation));
}

/* --- in a fork ------------------------------------------------------------------------------------------------------------- */

struct told { int counted, status; bool is_served; char wrong[400]; };

static int tell_to;

static void tell_served(void)
{
    struct told told = {.is_served = true};

    end_failing();
    told.counted = counted;
    (void)!write(tell_to, &told, sizeof told);
}

static _Noreturn void be_child(int to)
{
    struct told told = {.is_served = true};

    tell_to = to;
    site->db = db_new(site, test_db_config(), "");
    if (db_ready(site->db, test_site_now()) != NULL)
        _exit(3);
    s.b->before_serving = begin_failing;
    s.b->after_serving = tell_served;
    ask();
    told.counted = counted;
    told.status = s.b->status;
    const char *what = what_is_wrong_with_page();
    if (what != NULL)
        (void)snprintf(told.wrong, sizeof told.wrong, "%s", what);
    (void)!write(to, &told, sizeof told);
    _exit(0);
}

/* False: it was not noticed, there were fewer than n. */
static bool try_in_fork(void)
{
    struct told told = {.is_served = false}, last = {.is_served = false};
    int ends[2], status = 0;

    assert_int_equal(pipe(ends), 0);
    (void)fflush(NULL);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        be_child(ends[1]);
    (void)close(ends[1]);
    while (read(ends[0], &told, sizeof told) == (ssize_t)sizeof told)
        last = told;
    (void)close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    counted = last.counted;
    s.b->status = last.status;
    s.b->location = "";
    s.b->body_n = 0;
    if (WIFSIGNALED(status) && (last.is_served || WTERMSIG(status) != (way->means == BY_PLACE ? SIGKILL : SIGABRT)))
        wrong(mem_text(w.mem, "ended by signal %d", WTERMSIG(status)));
    if (!WIFSIGNALED(status) && WEXITSTATUS(status) != 0)
        wrong(mem_text(w.mem, "exit %d", WEXITSTATUS(status)));
    if (!WIFSIGNALED(status) && last.wrong[0] != '\0')
        wrong(last.wrong);
    return WIFSIGNALED(status) || counted >= nth;
}

/* --- the sweep -------------------------------------------------------------------------------------------------------------- */

static bool is_full(void)
{
    const char *text = getenv("SWEEP");

    return text != NULL && strcmp(text, "full") == 0;
}

static bool try_once(void)
{
    bool is_noticed;

    if (way->is_deadly) {
        is_noticed = try_in_fork();
    } else {
        ask_failing();
        is_noticed = counted >= nth;
        judge_page();
    }
    const bool is_changed = fingerprint() != s.before;
    judge_database(is_changed);
    if (is_changed || is_full() || nth % 4 == 1)
        judge_again(is_changed);
    s.is_fresh = s.body == NULL || (!is_changed && fingerprint() == s.before);
    return is_noticed;
}

static void clean_run(void)
{
    way = &ways[0];
    arrange();
    ask();
    s.clean_status = s.b->status;
    s.clean_location = page_without_names(s.mem, s.b->location);
    s.clean_headers = page_without_names(s.mem, s.b->headers);
    s.clean_page = page_without_names(s.mem, s.b->body);
    s.clean_rows = row_counts();
    if (s.b->status >= 500)
        wrong("a fault without a fault");
    if (s.asking->form != NULL && is_done_by(s.asking->form, s.role) && (!leads_on(s.asking->form, s.b) || fingerprint() == s.before))
        wrong("not done");
    if (s.body != NULL && broken_invariants() > s.broken)
        wrong(mem_text(w.mem, "an invariant is broken: %s", violation));
    ask();
    s.again_status = s.b->status;
}

static void sweep(const struct way *one, int first, int step)
{
    way = one;
    for (nth = first; nth < N_MAX; nth += step) {
        /* What the authenticator shows is good for a while only. */
        if (!s.is_fresh || clock_now() - s.arranged_at > 20 * CLOCK_SECOND)
            arrange();
        if (!try_once())
            return;
    }
    wrong("it does not end");
}

static void the_route_withstands(void **state)
{
    static unsigned turn, routes_begun;
    const char *asked = getenv("SWEEP_STEP");

    routes_begun++;
    silence();
    const struct asking *asking = *state;
    s = (struct subject){.asking = asking, .route = asking->route, .b = NULL, .mem = mem_context(NULL, "subject")};
    w.mem = NULL;
    for (size_t i = 0; i < ROLES_N && s.role == 0; i++)
        if ((s.route->roles & roles[i]) != 0)
            s.role = roles[i];
    clean_run();
    s.is_fresh = false;
    for (size_t i = 0; i < WAYS_N; i++) {
        const bool is_allocation = ways[i].means == BY_CALL && ways[i].fail == FAIL_ALLOCATION;
        const int step = asked != NULL ? atoi(asked) : is_full() ? 1 : is_allocation ? 797 : 31;

        /* In short, a sixth of the ways for each form, the next ones for the next form. */
        if (!is_possible(&ways[i]) || (!is_full() && asked == NULL && (i + routes_begun) % 6 != 0))
            continue;
        sweep(&ways[i], is_full() && asked == NULL ? 1 : 1 + (int)(turn++ * 7 % (unsigned)step), step);
    }
    talloc_free(s.b);
    world_end(&w);
    talloc_free(s.mem);
    if (__lsan_do_recoverable_leak_check() != 0)
        fail_msg("%s leaks", asking_name(site, asking));
}

static int open_site(void **state)
{
    (void)state;
    db = test_db_open(NULL);
    site = test_site(db_new(db, test_db_config(), ""));
    test_db_config()->worker.exports = "/nonexistent";   /* exports are asked for; nobody writes them here */
    assert_null(db_ready(site->db, test_site_now()));
    if (!IS_SANITIZED && getenv("SWEEP_LOUD") == NULL) {
        loud = dup(2);
        assert_true(loud >= 0);
    }
    return 0;
}

int main(void)
{
    void *mem = mem_context(NULL, "tests");
    size_t n = 0;
    struct asking *askings = askings_new(mem, &n);
    struct CMUnitTest *tests = mem_array(mem, struct CMUnitTest, n);

    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){asking_name(mem, &askings[i]), the_route_withstands, NULL, NULL, &askings[i]};
    if (getenv("SWEEP_ONLY") != NULL)
        cmocka_set_test_filter(getenv("SWEEP_ONLY"));
    int failed = _cmocka_run_group_tests("sweep", tests, n, open_site, NULL);
    talloc_free(mem);
    return failed;
}

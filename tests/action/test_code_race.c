/* The code step when many do it at once, each with a connection of its own; beside it the naive way, which must be seen to
 * break. RACE_ROUNDS sets how often. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "action/code_world.h"

#define GUESSERS 50

/* Whether there is one more round; each but the first has a world of its own made here. */
static bool another_round(int *round)
{
    const char *text = getenv("RACE_ROUNDS");
    const int rounds = text == NULL ? 1 : atoi(text);

    if (*round > 0 && *round < rounds) {
        (void)teardown(NULL);
        (void)begin(NULL);
    }
    return (*round)++ < rounds;
}

/* In a child: waits at the start line, guesses once; its exit status says whether digits were compared. */
static void guesser(const char *digits, bool (*guess)(const char *digits), const int go[2])
{
    char byte;

    (void)close(go[1]);
    world_reconnect(&world);
    if (read(go[0], &byte, 1) != 0)
        _exit(3);
    _exit(guess(digits) ? 1 : 0);
}

static int compared_of(bool (*guess)(const char *digits))
{
    const char *digits = wrong();
    pid_t children[GUESSERS];
    int compared = 0, go[2];

    assert_int_equal(pipe(go), 0);
    for (int i = 0; i < GUESSERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            guesser(digits, guess, go);
    }
    (void)close(go[1]);
    (void)close(go[0]);
    for (int i = 0; i < GUESSERS; i++) {
        int status = 0;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        compared += WEXITSTATUS(status);
    }
    return compared;
}

/* A comparison uses the form up, whatever comes of it; a refusal does not. */
static bool guess_as_built(const char *digits)
{
    struct act act = world_act(&world, world.owner);
    struct prove_result result;
    const struct err *err = code_step_prove(&act, &target, 0, digits, &result);

    if (err != NULL && err->kind != ERR_BUSY && err->kind != ERR_CONFLICT)
        _exit(4);
    return err == NULL && act.is_done;
}

/* Compares first and counts after: what must be seen to fail. */
static bool guess_naively(const char *digits)
{
    static const struct db_statement count = { "naive_count", "UPDATE verification_code SET tries = tries + 1 WHERE id = ?", "i", "" };
    struct code *code = NULL;

    (void)digits;
    if (code_latest(world.db, world.mem, world.customer, CODE_SUBMIT, target.target_id, &code) != NULL)
        _exit(4);
    if (code->tries >= world.config->code.tries)
        return false;
    (void)usleep(2000);   /* the comparison */
    return db_exec(world.db, &count, NULL, code->id) == NULL;
}

static void fifty_guesses_at_once_compare_no_more_than_the_tries(void **state)
{
    (void)state;
    for (int round = 0; another_round(&round);) {
        sent();
        const int compared = compared_of(guess_as_built);
        assert_in_range(compared, 1, world.config->code.tries);
        assert_int_equal(world_count(&world, "verification_code", "tries = %lld", L(world.config->code.tries)), 1);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_FAILED'"), compared);
        assert_int_equal(world_count(&world, "code_budget", "failures = %d", compared), 1);
        assert_int_equal(prove(right()), CODE_EXHAUSTED);
    }
}

static void comparing_before_counting_would_be_outrun(void **state)
{
    int worst = 0;

    (void)state;
    sent();
    for (int i = 0; i < 10 && worst <= world.config->code.tries; i++) {
        test_db_sql(world.db, "UPDATE verification_code SET tries = 0");
        const int compared = compared_of(guess_naively);

        worst = compared > worst ? compared : worst;
    }
    assert_true(worst > world.config->code.tries);
}

static int64_t seen;

/* The same form, or one of another page, sent many times at once: none of them is told that the code was wrong. */
static bool right_by_the_same_form(const char *digits)
{
    struct act act = world_form(&world, world.owner, 1, NULL);
    struct prove_result result;

    (void)digits;
    return code_step_prove(&act, &target, seen, right(), &result) == NULL && result.answer == CODE_RIGHT &&
           result.revision == seen + 1;
}

static bool right_by_another_form(const char *digits)
{
    struct act act = world_form(&world, world.owner, (int)getpid() % 250 + 1, NULL);
    struct prove_result result;

    (void)digits;
    return code_step_prove(&act, &target, 0, right(), &result) == NULL && result.answer == CODE_RIGHT;
}

static void right_code_at_once_is_right_everywhere(void **state)
{
    (void)state;
    for (int round = 0; another_round(&round);) {
        sent();
        seen = revision();
        assert_int_equal(compared_of(right_by_the_same_form), GUESSERS);
        assert_int_equal(world_count(&world, "verification_code", "state = 'PROVEN' AND tries = 1"), 1);
        world.now += CLOCK_MINUTE;
        assert_int_equal(send_one(), SEND_OK);
        assert_int_equal(compared_of(right_by_another_form), GUESSERS);
        assert_int_equal(world_count(&world, "operation_log", "operation = 'CODE_FAILED'"), 0);
    }
}

static bool send_at_once(const char *digits)
{
    struct act act = world_act(&world, world.owner);
    struct send_result result;
    const struct err *err = code_step_send(&act, &target, revision(), CHANNEL_NONE, &result);

    (void)digits;
    return err == NULL && result.outcome == SEND_OK;
}

static void fifty_sends_at_once_send_one_code(void **state)
{
    (void)state;
    for (int round = 0; another_round(&round);) {
        sent();
        world.now += CLOCK_MINUTE;
        assert_int_equal(compared_of(send_at_once), 1);
        assert_int_equal(world_count(&world, "verification_code", "1"), 2);
        assert_int_equal(world_count(&world, "verification_code", "state = 'LIVE'"), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fifty_guesses_at_once_compare_no_more_than_the_tries), TEST(comparing_before_counting_would_be_outrun),
        TEST(fifty_sends_at_once_send_one_code), TEST(right_code_at_once_is_right_everywhere),
    };

    if (getenv("RACE_ONLY") != NULL)
        cmocka_set_test_filter(getenv("RACE_ONLY"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}

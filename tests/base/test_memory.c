#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "base/memory.h"
#include "support/rows.h"

#ifdef __SANITIZE_ADDRESS__
#define TEST_IS_SANITIZED true    /* it ends such a process itself */
#else
#define TEST_IS_SANITIZED false
#endif

static void fresh_memory_is_zero(void **state)
{
    void *ctx = mem_context(NULL, "test");
    int *numbers = mem_array(ctx, int, 50);

    (void)state;
    for (size_t i = 0; i < 50; i++)
        assert_int_equal(numbers[i], 0);
    assert_string_equal(talloc_get_name(numbers), "int[]");
    talloc_free(ctx);
}

static void array_of_none_is_a_pointer(void **state)
{
    void *ctx = mem_context(NULL, "test");

    (void)state;
    assert_non_null(mem_array(ctx, int, 0));
    talloc_free(ctx);
}

static void copy_of_null_is_null(void **state)
{
    (void)state;
    assert_null(mem_copy(NULL, NULL));
    assert_null(mem_copy_n(NULL, NULL, 0));
}

static void copy_n_keeps_nul_bytes_and_ends(void **state)
{
    char *copy = mem_copy_n(NULL, "a\0bc", 3);

    (void)state;
    assert_memory_equal(copy, "a\0b\0", 4);
    talloc_free(copy);
}

static void growing_keeps_and_zeroes(void **state)
{
    void *ctx = mem_context(NULL, "test");
    uint16_t *numbers = mem_array(ctx, uint16_t, 2);

    (void)state;
    numbers[0] = 7;
    numbers[1] = 9;
    numbers = mem_grow(ctx, numbers, sizeof *numbers, 2, 1000);
    assert_int_equal(numbers[0], 7);
    assert_int_equal(numbers[1], 9);
    for (size_t i = 2; i < 1000; i++)
        assert_int_equal(numbers[i], 0);
    assert_ptr_equal(talloc_parent(numbers), ctx);
    talloc_free(ctx);
}

static void growing_nothing_makes_an_array(void **state)
{
    void *ctx = mem_context(NULL, "test");
    int *numbers = mem_grow(ctx, NULL, sizeof *numbers, 0, 3);

    (void)state;
    assert_int_equal(numbers[2], 0);
    assert_ptr_equal(talloc_parent(numbers), ctx);
    talloc_free(ctx);
}

static void shrinking_to_none_stays_valid(void **state)
{
    void *ctx = mem_context(NULL, "test");
    int *numbers = mem_array(ctx, int, 3);

    (void)state;
    numbers = mem_grow(ctx, numbers, sizeof *numbers, 3, 0);
    assert_non_null(numbers);
    numbers = mem_grow(ctx, numbers, sizeof *numbers, 0, 2);
    assert_int_equal(numbers[0], 0);
    assert_int_equal(numbers[1], 0);
    talloc_free(ctx);
}

static void text_is_formatted_and_owned(void **state)
{
    void *ctx = mem_context(NULL, "test");
    char *text = mem_text(ctx, "%s-%d", "a", 5);

    (void)state;
    assert_string_equal(text, "a-5");
    assert_ptr_equal(talloc_parent(text), ctx);
    talloc_free(ctx);
}

static void taken_chunks_are_zero_apart_and_aligned(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct mem_heap heap = { .ctx = ctx };
    char *chunks[400];

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        chunks[i] = mem_take(&heap, i + 1, "chunk");
        assert_int_equal((uintptr_t)chunks[i] % 16, 0);
        for (size_t b = 0; b <= i; b++)
            assert_int_equal(chunks[i][b], 0);
        memset(chunks[i], (int)(i % 255) + 1, i + 1);
    }
    for (size_t i = 0; i < 400; i++)
        for (size_t b = 0; b <= i; b++)
            assert_int_equal((unsigned char)chunks[i][b], i % 255 + 1);
    talloc_free(ctx);
}

static void a_big_chunk_is_taken_whole(void **state)
{
    void *ctx = mem_context(NULL, "test");
    struct mem_heap heap = { .ctx = ctx };
    char *small = mem_take(&heap, 1, "small"), *big = mem_take(&heap, 1000000, "big");

    (void)state;
    memset(big, 'x', 1000000);
    assert_int_equal(*small, 0);
    assert_true(talloc_total_size(ctx) >= 1000000);
    talloc_free(ctx);
}

/* By itself jansson returns NULL, and makes an object without the member. */
static void json_without_memory_ends_the_process(void **state)
{
    int status = 0;
    const pid_t pid = fork();

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit no_core = { 0, 0 };

        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGABRT, SIG_DFL);
        (void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        _exit(json_stringn_nocheck("x", SIZE_MAX / 4) == NULL ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) > 1 || (WEXITSTATUS(status) == 1 && TEST_IS_SANITIZED));
}

int main(void)
{
    struct rows rows = { .n = 0 };

    ROWS_TEST(&rows, fresh_memory_is_zero);
    ROWS_TEST(&rows, array_of_none_is_a_pointer);
    ROWS_TEST(&rows, copy_of_null_is_null);
    ROWS_TEST(&rows, copy_n_keeps_nul_bytes_and_ends);
    ROWS_TEST(&rows, growing_keeps_and_zeroes);
    ROWS_TEST(&rows, growing_nothing_makes_an_array);
    ROWS_TEST(&rows, shrinking_to_none_stays_valid);
    ROWS_TEST(&rows, text_is_formatted_and_owned);
    ROWS_TEST(&rows, taken_chunks_are_zero_apart_and_aligned);
    ROWS_TEST(&rows, a_big_chunk_is_taken_whole);
    ROWS_TEST(&rows, json_without_memory_ends_the_process);
    return ROWS_RUN(&rows);
}

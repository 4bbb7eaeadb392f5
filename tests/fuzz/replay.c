/* Runs the kept inputs of one target, tests/fuzz/corpus/<target>, or the files that are named, without libFuzzer: in every
 * build, with every compiler. Says so in TAP as one test. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

#define INPUT_MAX_BYTES 65536

static size_t inputs;

static void run_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX_BYTES];
    FILE *file = fopen(path, "rb");
    uint8_t *input;
    size_t n;

    if (file == NULL) {
        (void)printf("not ok 1 - %s cannot be read\n", path);
        exit(1);
    }
    n = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    /* The last name before an end that is none is the input that showed it. */
    (void)printf("# %s\n", path);
    (void)fflush(stdout);
    /* Its own block of its own size, so that one byte read past its end is seen. */
    input = malloc(n > 0 ? n : 1);
    if (input == NULL)
        abort();
    memcpy(input, bytes, n);
    (void)LLVMFuzzerTestOneInput(input, n);
    free(input);
    inputs++;
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_folder(const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_input, alphasort);

    for (int i = 0; i < n; i++) {
        char *path = mem_text(NULL, "%s/%s", folder, entries[i]->d_name);

        run_file(path);
        talloc_free(path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    const char *target = (name != NULL ? name + 1 : argv[0]) + strlen("fuzz_");
    char *folder = mem_text(NULL, "%s/tests/fuzz/corpus/%s", TEST_SOURCE_ROOT, target);

    (void)LLVMFuzzerInitialize(&argc, &argv);
    (void)printf("1..1\n");
    if (argc == 1)
        run_folder(folder);
    for (int i = 1; i < argc; i++)
        run_file(argv[i]);
    if (inputs == 0) {
        (void)printf("not ok 1 - no inputs in %s\n", folder);
        return 1;
    }
    talloc_free(folder);
    (void)printf("ok 1 - what must hold for %s holds for its %zu kept inputs\n", target, inputs);
    return 0;
}

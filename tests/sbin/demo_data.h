/* demo_data.h - the demo data in the test database, loaded by the command itself. */
#ifndef TESTS_SBIN_DEMO_DATA_H
#define TESTS_SBIN_DEMO_DATA_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ctl.h"
#include "support/test_db.h"

static const struct secret_key demo_data_key = { "0123456789abcdef0123456789abcde" };

/* A command's context with these arguments. Hashes are cheap. */
static inline struct ctl demo_data_ctl(const void *mem, struct db *db, const char *const *args)
{
    struct config *config = test_db_config();
    struct ctl ctl = { .mem = mem_context(mem, "ctl"), .config = config, .db = db, .now = clock_now(), .args = args };

    config->secret.scrypt_log2_n = 10;
    config->secret.scrypt_r = 1;
    config->secret.scrypt_p = 1;
    config->mail.transport = "file";
    act_keys(&demo_data_key, &ctl.keys);
    return ctl;
}

/* What commands print is not the test's output. */
static inline const struct err *demo_data_quietly(const struct err *(*run)(struct ctl *ctl), struct ctl *ctl)
{
    const struct err *err;
    int out;

    (void)fflush(stdout);
    out = dup(STDOUT_FILENO);
    if (out < 0 || freopen("/dev/null", "w", stdout) == NULL)
        abort();
    err = run(ctl);
    (void)fflush(stdout);
    if (dup2(out, STDOUT_FILENO) < 0)
        abort();
    (void)close(out);
    return err;
}

static inline void demo_data_load(struct db *db)
{
    static const char *const none[] = { NULL };
    void *mem = mem_context(NULL, "demo");
    struct ctl ctl = demo_data_ctl(mem, db, none);
    const struct err *err;

    test_db_clear(db);
    err = demo_data_quietly(ctl_demo, &ctl);
    if (err != NULL) {
        (void)fprintf(stderr, "demo data: %s\n", err->what);
        abort();
    }
    talloc_free(mem);
}

#endif

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ctl.h"
#include "demo.h"
#include "generate.h"
#include "progress.h"

#define ROWS_EACH 40             /* of the log, a customer, if not told otherwise */
#define NUMBER_MAX INT64_C(1000000000)

static const struct err *read_number(const char *name, const char *text, int64_t otherwise, int64_t *number)
{
    char *end;

    *number = otherwise;
    if (text == NULL)
        return NULL;
    *number = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || *number > NUMBER_MAX)
        return err_new(ERR_INPUT, 0, "%s must be a whole number up to %" PRId64, name, NUMBER_MAX);
    return NULL;
}

/* Where mail really leaves, nobody gets a password that everybody knows. */
static const struct err *password(const struct ctl *ctl, const char **hash)
{
    const struct config *config = ctl->config;
    const struct password_cost cost = {
        .log2_n = (int)config->secret.scrypt_log2_n, .r = (int)config->secret.scrypt_r, .p = (int)config->secret.scrypt_p
    };
    char *made = NULL;

    if (strcmp(config->mail.transport, "file") == 0)
        TRY(password_hash(ctl->mem, DEMO_PASSWORD, strlen(DEMO_PASSWORD), cost, &made));
    *hash = made;
    return NULL;
}

static void show(void *arg, int64_t rows)
{
    progress_show(arg, rows);
}

static const struct err *read_until(const struct ctl *ctl, const char *until, struct generate_options *options)
{
    if (until != NULL)
        TRY(clock_parse_date(until, "UTC", &options->until_at));
    else
        options->until_at = ctl->now - ctl->now % CLOCK_DAY;
    return options->until_at > ctl->now ? err_new(ERR_INPUT, 0, "--until must not be later than today") : NULL;
}

const struct err *ctl_generate(struct ctl *ctl)
{
    const char *customers = NULL, *rows = NULL, *seed = NULL, *until = NULL, *beside = NULL;
    const struct ctl_option list[] = {
        { "--customers", &customers, false, true }, { "--log-rows", &rows, false, false }, { "--seed", &seed, false, false },
        { "--until", &until, false, false }, { "--beside-other-data", &beside, true, false }, { NULL, NULL, false, false }
    };
    struct generate_options options = { .progress = show };
    struct generate_result result;
    struct generate_start start;
    struct progress progress;

    TRY(ctl_options(ctl, list));
    TRY(read_number("--customers", customers, 0, &options.customers));
    TRY(read_number("--log-rows", rows, ROWS_EACH * options.customers, &options.log_rows));
    TRY(read_number("--seed", seed, 1, &options.seed));
    TRY(read_until(ctl, until, &options));
    db_limit_statements(ctl->db, false);
    TRY(db_ready(ctl->db, ctl->now));
    TRY(generate_start(ctl->db, &start));
    if (!start.is_empty && beside == NULL)
        return err_new(ERR_CONFLICT, 0, "there is data in this database: made-up customers among real ones are there for good. "
                       "--beside-other-data makes them all the same; nothing was changed");
    TRY(password(ctl, &options.password_hash));
    progress = progress_begin("rows of the log", options.log_rows);
    options.arg = &progress;
    TRY(generate(ctl, &options, &result));
    progress_end(&progress, options.log_rows);
    printf("%" PRId64 " customers of %" PRId64 " partners, %" PRId64 " requests, %" PRId64 " rows of the log.\n", options.customers,
           result.partners, result.requests, options.log_rows);
    if (options.password_hash != NULL)
        printf("Logins: customer-N@generated.test, partner-N@generated.test with N from their numbers; ops@generated.test and\n"
               "auditor@generated.test. Every password is %s.\n", DEMO_PASSWORD);
    return NULL;
}

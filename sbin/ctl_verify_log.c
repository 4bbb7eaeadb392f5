#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"
#include "checkpoint.h"
#include "ctl.h"
#include "log_verify.h"

#define SHOWN_MAX 50

struct shown { int64_t faults; bool is_terminal; };

static void show_fault(void *arg, const char *text)
{
    struct shown *shown = arg;

    if (++shown->faults <= SHOWN_MAX)
        printf("%s\n", text);
    else if (shown->faults == SHOWN_MAX + 1)
        printf("...\n");
}

static void show_progress(void *arg, int64_t rows)
{
    const struct shown *shown = arg;

    if (shown->is_terminal)
        fprintf(stderr, "\r%" PRId64 " rows ", rows);
}

static const struct err *load_key(const struct ctl *ctl, struct secret_key *key)
{
    struct secret_key site_key;

    TRY(secret_key_load(ctl->config->secret.key_file, &site_key));
    checkpoint_key(&site_key, key);
    secret_wipe(&site_key, sizeof site_key);
    return NULL;
}

/* Without --checkpoints the config's file is compared if it is there: a site that publishes none still verifies its chains. */
const struct err *ctl_verify_log(struct ctl *ctl)
{
    const char *file = NULL;
    const struct ctl_option options[] = { { "--checkpoints", &file, false, false }, { NULL, NULL, false, false } };
    struct shown shown = { .is_terminal = isatty(STDERR_FILENO) != 0 };
    struct log_verify verify = { .fault = show_fault, .progress = show_progress, .arg = &shown };
    struct secret_key key;
    const struct err *err;

    TRY(ctl_options(ctl, options));
    verify.checkpoints = file != NULL ? file : ctl->config->worker.checkpoints;
    if (file == NULL && verify.checkpoints[0] != '\0' && access(verify.checkpoints, F_OK) != 0) {
        printf("There are no checkpoints in %s: a tail that was cut off with its head would not be found.\n", verify.checkpoints);
        verify.checkpoints = "";
    }
    if (verify.checkpoints[0] != '\0') {
        TRY(load_key(ctl, &key));
        verify.key = &key;
    }
    db_limit_statements(ctl->db, false);
    TRY(db_ready(ctl->db, ctl->now));
    err = log_verify(ctl->db, &verify);
    if (shown.is_terminal)
        fputc('\n', stderr);
    TRY(err);
    printf("%" PRId64 " rows in %" PRId64 " chains, %" PRId64 " checkpoint lines, %" PRId64 " faults\n", verify.rows, verify.chains,
           verify.lines, verify.faults);
    return verify.faults == 0 ? NULL : err_new(ERR_CONFLICT, 0, "the operation log is not as it was written");
}

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ctl.h"
#include "log_verify.h"
#include "progress.h"
#include "store/store_checkpoint.h"

#define SHOWN_MAX 50

struct shown { int64_t faults; struct log_verify *verify; struct progress progress; bool is_begun; };

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
    struct shown *shown = arg;

    if (!shown->is_begun) {
        shown->progress = progress_begin("rows verified", shown->verify->rows_expected);
        shown->is_begun = true;
    }
    progress_show(&shown->progress, rows);
}

static const struct err *load_key(struct ctl *ctl, const char *file, const struct sign_key **key)
{
    struct sign_key *loaded;

    if (file == NULL)
        file = ctl->config->worker.checkpoint_public_file;
    if (file[0] == '\0')
        return err_new(ERR_CONFLICT, 0, "what is genuine in the checkpoints is known by their public key: --public-key FILE, or "
                       "worker.checkpoint_public_file");
    TRY(sign_public_load(ctl->mem, file, &loaded));
    *key = loaded;
    return NULL;
}

/* Without --checkpoints the config's file is compared if it is there: a site that publishes none still verifies its chains. */
static const struct err *find_checkpoints(struct ctl *ctl, const char *named, const char **file)
{
    const char *path = ctl->config->worker.checkpoints;
    struct checkpoint_end *ends;
    size_t n;
    char at[32];

    *file = named != NULL ? named : path;
    if (named != NULL || (path[0] != '\0' && access(path, F_OK) == 0))
        return NULL;
    *file = "";
    TRY(checkpoint_end_list(ctl->db, ctl->mem, &ends, &n));
    if (n > 0) {
        clock_format_utc(ends[0].at, false, at);
        return err_new(ERR_MISSING, 0, "checkpoints were published in %s, last at %s: give that file, or a copy, with --checkpoints",
                       ends[0].place, at);
    }
    printf("There are no checkpoints%s%s: a tail that was cut off with its head would not be found.\n", path[0] != '\0' ? " in " : "",
           path);
    return NULL;
}

const struct err *ctl_verify_log(struct ctl *ctl)
{
    const char *file = NULL, *key_file = NULL;
    const struct ctl_option options[] = {
        { "--checkpoints", &file, false, false }, { "--public-key", &key_file, false, false }, { NULL, NULL, false, false }
    };
    struct shown shown = { .faults = 0 };
    struct log_verify verify = { .fault = show_fault, .progress = show_progress, .arg = &shown };
    const struct err *err;

    TRY(ctl_options(ctl, options));
    shown.verify = &verify;
    db_limit_statements(ctl->db, false);
    TRY(db_ready(ctl->db, ctl->now));
    TRY(find_checkpoints(ctl, file, &verify.checkpoints));
    if (verify.checkpoints[0] != '\0')
        TRY(load_key(ctl, key_file, &verify.key));
    err = log_verify(ctl->db, &verify);
    if (shown.is_begun)
        progress_end(&shown.progress, verify.rows);
    TRY(err);
    printf("%" PRId64 " rows in %" PRId64 " chains, %" PRId64 " checkpoint lines, %" PRId64 " faults\n", verify.rows, verify.chains,
           verify.lines, verify.faults);
    return verify.faults == 0 ? NULL : err_new(ERR_CONFLICT, 0, "the operation log is not as it was written");
}

#include <stdio.h>

#include "base/memory.h"
#include "ctl.h"
#include "invariants.h"

#define FOLDER SHARE "/db/invariants"

static void show(const struct invariant *invariant, const struct db_rows *rows)
{
    printf("%s: %s\n", invariant->name, invariant->sentence);
    for (size_t i = 0; i < rows->n; i++)
        printf("    not so: %s\n", db_text(rows, i, 0));
}

const struct err *ctl_check(struct ctl *ctl)
{
    const char *folder = NULL;
    const struct ctl_option options[] = { { "--invariants", &folder, false, false }, { NULL, NULL, false, false } };
    struct invariant *invariants;
    size_t n, broken = 0;

    TRY(ctl_options(ctl, options));
    TRY(invariants_load(ctl->mem, folder != NULL ? folder : FOLDER, &invariants, &n));
    db_limit_statements(ctl->db, false);
    TRY(db_ready(ctl->db, ctl->now));
    for (size_t i = 0; i < n; i++) {
        struct db_rows *rows;

        TRY(invariant_run(ctl->db, ctl->mem, &invariants[i], &rows));
        if (rows->n == 0)
            continue;
        show(&invariants[i], rows);
        broken++;
    }
    db_close(ctl->db);   /* before the statements go */
    printf("%zu of %zu hold\n", n - broken, n);
    return broken == 0 ? NULL : err_new(ERR_CONFLICT, 0, "%zu of %zu things that must always hold do not", broken, n);
}

#include <stdio.h>

#include "ctl.h"
#include "store/migrate.h"

#define FOLDER SHARE "/db/migrations"

static void report(const char *name, void *arg)
{
    (void)arg;
    printf("%s\n", name);
}

const struct err *ctl_migrate(struct ctl *ctl)
{
    const char *folder = ctl->args[0] != NULL ? ctl->args[0] : FOLDER;
    int applied = 0;
    if (ctl->args[0] != NULL && ctl->args[1] != NULL)
        return err_new(ERR_INPUT, 0, "migrate takes one folder");
    db_limit_statements(ctl->db, false);
    TRY(db_ready(ctl->db, ctl->now));
    TRY(migrate(ctl->db, folder, ctl->now, &applied, report, NULL));
    if (applied == 0)
        printf("The schema is up to date.\n");
    return NULL;
}

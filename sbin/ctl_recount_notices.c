#include <stdio.h>

#include "ctl.h"
#include "store/store_notice.h"

static const struct err *work(struct db *db, void *arg)
{
    (void)arg;
    return notice_recount(db);
}

const struct err *ctl_recount_notices(struct ctl *ctl)
{
    if (ctl->args[0] != NULL)
        return err_new(ERR_INPUT, 0, "recount-notices takes nothing");
    db_limit_statements(ctl->db, false);
    TRY(db_ready(ctl->db, ctl->now));
    TRY(db_transaction(ctl->db, DB_READ_WRITE, work, NULL));
    printf("Notices and read marks are counted.\n");
    return NULL;
}

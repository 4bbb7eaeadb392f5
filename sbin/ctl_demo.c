#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "demo.h"
#include "store/store_demo.h"
#include "store/store_notice.h"

/* What was told longer ago has been read. */
#define UNREAD_AGE (2 * CLOCK_DAY + 12 * CLOCK_HOUR)

static const struct err *hash_password(struct demo *demo)
{
    const struct config *config = demo->ctl->config;
    const struct password_cost cost = {
        .log2_n = (int)config->secret.scrypt_log2_n, .r = (int)config->secret.scrypt_r, .p = (int)config->secret.scrypt_p
    };
    char *hash = NULL;

    TRY(password_hash(demo->mem, DEMO_PASSWORD, strlen(DEMO_PASSWORD), cost, &hash));
    demo->hash = hash;
    return NULL;
}

static const struct err *make_world(struct db *db, void *arg)
{
    struct demo *demo = arg;

    (void)db;
    TRY(demo_make_accounts(demo));
    return demo_make_facts(demo);
}

const struct err *ctl_demo(struct ctl *ctl)
{
    struct demo demo = { .ctl = ctl, .mem = mem_context(ctl->mem, "demo"), .now = ctl->now };
    bool is_empty;

    if (ctl->args[0] != NULL)
        return err_new(ERR_INPUT, 0, "demo takes nothing");
    /* Its accounts have a password that everybody knows: they have no place where mail really leaves. */
    if (strcmp(ctl->config->mail.transport, "file") != 0)
        return err_new(ERR_CONFLICT, 0, "the demo data is for a demo only: mail.transport must be file; nothing was changed");
    TRY(demo_is_empty(ctl->db, &is_empty));
    if (!is_empty) {
        printf("There are accounts already; nothing was changed.\n");
        return NULL;
    }
    TRY(hash_password(&demo));
    TRY(db_transaction(ctl->db, DB_READ_WRITE, make_world, &demo));
    TRY(demo_make_stories(&demo));
    TRY(demo_end_sessions(ctl->db));
    TRY(demo_read_notices(ctl->db, ctl->now - UNREAD_AGE));
    TRY(notice_recount(ctl->db));
    printf("The demo data is loaded. Every password is %s.\n", DEMO_PASSWORD);
    talloc_free(demo.mem);
    return NULL;
}

/* invited.h - invitations for tests, made by the actions themselves, and the tokens in their mails and links. */
#ifndef TESTS_SUPPORT_INVITED_H
#define TESTS_SUPPORT_INVITED_H

#include <stdlib.h>
#include <string.h>

#include "action/invite.h"
#include "base/memory.h"
#include "store/store_invitation.h"
#include "support/test_world.h"

/* The words of the last mail of this kind, as they wait sealed in the outbox. */
static inline struct notice_values sealed_words(struct world *world, const char *kind)
{
    static const struct db_statement last = { "sealed_words",
        "SELECT event_id, sealed FROM delivery WHERE kind = ? ORDER BY id DESC LIMIT 1", "s", "sb" };
    struct notice_values values = { .code = NULL };
    struct db_rows *rows = NULL;
    size_t sealed_n = 0, n = 0;
    char *json = NULL;

    if (db_query(world->db, world->mem, &last, &rows, kind) != NULL || rows->n == 0)
        abort();
    const char *sealed = db_bytes(rows, 0, 1, &sealed_n);
    if (secret_open(world->mem, &world->keys.outbox, db_text(rows, 0, 0), sealed, sealed_n, &json, &n) != NULL ||
        !notice_unpack(world->mem, json, &values))
        abort();
    return values;
}

/* What follows "/invitation/" in a link. */
static inline const char *token_in(const char *link)
{
    const char *at = link == NULL ? NULL : strstr(link, "/invitation/");

    return at == NULL ? NULL : at + strlen("/invitation/");
}

static inline struct invitation *invitation_of(struct world *world, int64_t id)
{
    struct invitation *invitation = NULL;

    if (invitation_load(world->db, world->mem, id, &invitation) != NULL || invitation == NULL)
        abort();
    return invitation;
}

/* By this admin; its number goes to *id, which may be NULL. */
static inline const char *invited_by_email(struct world *world, const struct actor *admin, const char *email, int64_t *id)
{
    struct act act = world_act(world, admin);
    struct invite_result result;

    if (invite_by_email(&act, "Somebody", email, &result) != NULL || !act.is_done)
        abort();
    if (id != NULL)
        *id = result.id;
    return token_in(sealed_words(world, "INVITATION").link);
}

static inline const char *invited_by_link(struct world *world, const struct actor *admin, int64_t *id)
{
    struct act act = world_act(world, admin);
    struct invite_result result;

    if (invite_by_link(&act, "", &result) != NULL || !act.is_done)
        abort();
    if (id != NULL)
        *id = result.id;
    return token_in(invite_url(&act, invitation_of(world, result.id)));
}

/* An owner of a customer that has no partner. */
static inline const struct actor *lone_owner(struct world *world, const char *name)
{
    struct actor *owner;
    const struct actor *made = world_user(world, world_account(world, ACCOUNT_CUSTOMER, name), ROLE_OWNER, "Lena Lone");

    owner = mem_new(world->mem, struct actor);
    *owner = *made;
    owner->account_name = mem_copy(world->mem, name);
    return owner;
}

#endif

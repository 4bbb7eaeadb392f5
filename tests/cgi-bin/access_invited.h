/* access_invited.h - who was invited and what links were mailed, as objects that addresses name. Included by access_objects.h, once. */
#ifndef TESTS_CGI_BIN_ACCESS_INVITED_H
#define TESTS_CGI_BIN_ACCESS_INVITED_H

#include "action/invitation_answer.h"
#include "action/reset_password.h"
#include "action/team.h"
#include "support/invited.h"

/* --- invitations of customers ------------------------------------------------------------------------------------------ */

static void accept(const char *token)
{
    struct act act = world_act(&w, lone_owner(&w, "Lone GmbH"));
    struct answer_result result;
    assert_null(invitation_answer_accept(&act, token, &result));
    assert_true(act.is_done);
}

static const char *invitation_by(bool by_link, enum object object)
{
    int64_t id = 0;
    if (object == OBJECT_NONE)
        return NO_ID;
    const struct actor *admin = object == OBJECT_OTHERS ? elsewhere(false).admin : w.admin;
    const char *token = by_link ? invited_by_link(&w, admin, &id) : invited_by_email(&w, admin, "somebody@example.com", &id);
    if (object == OBJECT_ENDED)
        accept(token);
    return id_text(id);
}

static const char *mailed_invitation(enum role role, enum object object)
{
    (void)role;
    const char *id = invitation_by(false, object);
    w.now += CLOCK_HOUR;   /* a mail is not sent again at once */
    return id;
}

static const char *linked_invitation(enum role role, enum object object)
{
    (void)role;
    return invitation_by(true, object);
}

/* --- secrets in addresses: whoever holds one may use it, so there is nobody else's --------------------------------------- */

static const char *token_after(const char *kind, const char *prefix)
{
    const char *link = sealed_words(&w, kind).link, *at = link == NULL ? NULL : strstr(link, prefix);
    assert_non_null(at);
    return at + strlen(prefix);
}

static const char *invitation_token(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_OTHERS)
        return NULL;
    if (object == OBJECT_NONE)
        return NO_TOKEN;
    /* Only who has the address may decline. It is the owner's from now on: a customer's would not be invited. */
    const char *address = mem_text(w.mem, "owner%lld@example.com", L(w.owner->user_id));
    const char *token = invited_by_email(&w, w.admin, address, NULL);
    test_db_sql(w.db, "UPDATE user SET login = '%s' WHERE id = %lld", address, L(w.owner->user_id));
    if (object == OBJECT_ENDED)
        accept(token);
    return token;
}

static const char *reset_token(enum role role, enum object object)
{
    struct reset reset;
    (void)role;
    if (object == OBJECT_OTHERS)
        return NULL;
    if (object == OBJECT_NONE)
        return NO_TOKEN;
    test_db_sql(w.db, "UPDATE user SET login = 'olga@example.com', password_hash = 'none' WHERE id = %lld", L(w.owner->user_id));
    struct act ask = world_act(&w, act_system), set = world_act(&w, act_system);
    assert_null(reset_password_ask(&ask, "olga@example.com"));
    const char *token = token_after("PASSWORD_RESET", "/reset-password/");
    if (object == OBJECT_ENDED) {
        assert_null(reset_password_set(&set, token, PASSWORD, &reset));
        assert_int_equal(reset.outcome, RESET_DONE);
    }
    return token;
}

/* --- teams ------------------------------------------------------------------------------------------------------------- */

static int64_t invite_to_team(const struct actor *leader)
{
    struct act act = world_act(&w, leader);
    enum team_outcome outcome;
    enum role role = leader->kind == ACCOUNT_CUSTOMER ? ROLE_VIEWER : leader->kind == ACCOUNT_PARTNER ? ROLE_MANAGER : ROLE_AUDITOR;
    assert_null(team_invite(&act, "new@example.com", role, &outcome));
    assert_int_equal(outcome, TEAM_DONE);
    return last_id("team_invitation");
}

static void take_back(const struct actor *leader, int64_t id)
{
    struct act act = world_act(&w, leader);
    enum team_outcome outcome;
    assert_null(team_take_back(&act, id, &outcome));
    assert_int_equal(outcome, TEAM_DONE);
}

static const char *team_invitation(enum role role, enum object object)
{
    if (object == OBJECT_NONE)
        return NO_ID;
    const struct actor *leader = object == OBJECT_OTHERS ? stranger(role) : actor_of(role);
    int64_t id = invite_to_team(leader);
    if (object == OBJECT_ENDED)
        take_back(leader, id);
    return id_text(id);
}

static const char *team_token(enum role role, enum object object)
{
    (void)role;
    if (object == OBJECT_OTHERS)
        return NULL;
    if (object == OBJECT_NONE)
        return NO_TOKEN;
    int64_t id = invite_to_team(w.admin);
    const char *token = token_after("TEAM_INVITATION", "/join/");
    if (object == OBJECT_ENDED)
        take_back(w.admin, id);
    return token;
}

static const char *team_member_id(enum role role, enum object object)
{
    const struct actor *reader = role == ROLE_OWNER ? w.viewer : role == ROLE_ADMIN ? w.manager : auditor;
    if (object == OBJECT_NONE)
        return NO_ID;
    if (object == OBJECT_OTHERS)
        return id_text(stranger(role)->user_id);
    if (object == OBJECT_ENDED) {
        struct act act = world_act(&w, actor_of(role));
        enum team_outcome outcome;
        reader = world_user(&w, reader->account_id, reader->role, "Gone Member");
        assert_null(team_remove(&act, reader->user_id, &outcome));
        assert_int_equal(outcome, TEAM_DONE);
    }
    return id_text(reader->user_id);
}

#endif

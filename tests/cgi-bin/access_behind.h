/* access_behind.h - what must be there before a form can do its work: passwords, second factors, codes that were sent, facts. A part of
 * access_forms.h, which alone includes it. */
#ifndef TESTS_CGI_BIN_ACCESS_BEHIND_H
#define TESTS_CGI_BIN_ACCESS_BEHIND_H

#include "cgi-bin/access_objects.h"

#include "support/sent_code.h"

/* --- who may come in ------------------------------------------------------------------------------------------------------ */

static void given_password(enum role role) { world_password(&w, actor_of(role), PASSWORD); }

static void given_known_login(enum role role)
{
    (void)role;
    world_password(&w, w.owner, PASSWORD);
    test_db_sql(w.db, "UPDATE user SET login = 'olga@example.com' WHERE id = %lld", L(w.owner->user_id));
}

static void given_known_login_of_two_steps(enum role role)
{
    given_known_login(role);
    (void)switch_factor_on(ROLE_OWNER);
}

/* What the authenticator of begin_factor() shows. */
static const char *totp_shown(void)
{
    char code[7];
    assert_true(totp_now(FACTOR, test_site_now(), code));
    return mem_copy(w.mem, code);
}

/* --- drafts and codes ----------------------------------------------------------------------------------------------------- */

static void given_partner_code(enum role role)
{
    (void)role;
    world_partner_code(&w, true);
}

/* Of the last draft of the role's account; 0: none is open. */
static const char *draft_revision(enum role role)
{
    const struct actor *actor = actor_of(role);
    return actor == NULL ? "0" : id_text(test_db_number(w.db, "SELECT COALESCE((SELECT revision FROM wizard WHERE account_id = %lld "
                                                        "ORDER BY id DESC LIMIT 1), 0)", L(actor->account_id)));
}

/* The digits that were sent last; others when there are none. */
static const char *code_sent(void)
{
    const char *digits = sent_code(w.db, w.mem, &w.keys.outbox);
    return digits != NULL ? digits : "123456";
}

/* --- facts ---------------------------------------------------------------------------------------------------------------- */

static void given_no_partner(enum role role)
{
    (void)role;
    end_association();
}

/* The invited address is not the owner's any more, but of somebody who has no account yet. */
static void given_new_address(enum role role)
{
    (void)role;
    test_db_sql(w.db, "UPDATE user SET login = CONCAT('former-', login) WHERE id = %lld", L(w.owner->user_id));
}

static void given_notices(enum role role)
{
    (void)role;
    (void)world_request(&w, w.owner);
}

static void given_dead_notice(enum role role) { (void)desk_dead_notice(role, OBJECT_OWN); }

static void given_dead_event(enum role role) { (void)desk_dead_event(role, OBJECT_OWN); }

#endif

/* store_team.h - who acts for an account: its users, and invitations to become one. Also what an account switches for itself.
 *
 * Whoever changes a team takes its version by compare-and-swap in the same transaction, so that what was counted before (is
 * there another administrator?) still holds at the commit, on every node of a cluster.
 */
#ifndef STORE_TEAM_H
#define STORE_TEAM_H

#include "domain/account.h"
#include "store/db.h"

struct member { int64_t id; const char *name, *login; enum role role; int64_t joined_at; };

/* Active users of the account, those who joined first first, at most 200. */
const struct err *team_list(struct db *db, const void *ctx, int64_t account_id, struct member **members, size_t *n);
/* An active user of this very account; NULL otherwise. */
const struct err *team_member(struct db *db, const void *ctx, int64_t account_id, int64_t user_id, struct member **member);
const struct err *team_version(struct db *db, int64_t account_id, int64_t *version);
/* version + 1 if it still is `version`; *taken tells. */
const struct err *team_take(struct db *db, int64_t account_id, int64_t version, bool *taken);
/* Active users of the account with that role. */
const struct err *team_count(struct db *db, int64_t account_id, enum role role, int64_t *n);
/* Changes, each conditional on what is replaced; *done tells. */
const struct err *team_disable(struct db *db, int64_t account_id, int64_t user_id, bool *done);
const struct err *team_set_role(struct db *db, int64_t account_id, int64_t user_id, enum role from, enum role to, bool *done);
/* A disabled user of the account comes back, with a new name, role, password and second factor. */
struct team_return { int64_t account_id, user_id; const char *name, *password_hash, *totp_secret; enum role role; };
const struct err *team_bring_back(struct db *db, const struct team_return *back, bool *done);

/* --- invitations --- */

struct team_invitation {
    int64_t id, account_id, created_at, expires_at;
    const char *login;
    enum role role;
    const char *account_name;
    enum account_kind kind;
};
struct team_invitation_new {
    unsigned char token_hash[32];
    int64_t account_id, invited_by, at, expires_at;
    const char *login;
    enum role role;
};
/* ERR_CONFLICT on "team_invitation_open" when that address has an open one. */
const struct err *team_invitation_insert(struct db *db, const struct team_invitation_new *invitation, int64_t *id);
/* Invitations the account made since then, whatever became of them. */
const struct err *team_invitation_count(struct db *db, int64_t account_id, int64_t since, int64_t *n);
/* Open ones whose time is not over, newest first, at most 100. */
const struct err *team_invitation_list(struct db *db, const void *ctx, int64_t account_id, int64_t now,
                                       struct team_invitation **invitations, size_t *n);
/* The open one of this account and number, or with this token, of an open account; NULL if there is none or its time is over. */
const struct err *team_invitation_load(struct db *db, const void *ctx, int64_t account_id, int64_t id, int64_t now,
                                       struct team_invitation **invitation);
const struct err *team_invitation_find(struct db *db, const void *ctx, const unsigned char token_hash[32], int64_t now,
                                       struct team_invitation **invitation);
/* Whether this account made it, whatever became of it. */
const struct err *team_invitation_is_of(struct db *db, int64_t account_id, int64_t id, bool *is_of);
/* Takes it back. *ended false: there was no open one. */
const struct err *team_invitation_end(struct db *db, int64_t account_id, int64_t id, int64_t at, bool *ended);
/* Takes back every open one that this user has made. */
const struct err *team_invitation_end_by(struct db *db, int64_t account_id, int64_t user_id, int64_t at);
/* Makes room for a new one to the same address. */
const struct err *team_invitation_replace(struct db *db, int64_t account_id, const char *login, int64_t at);
/* Uses it up; *used false: somebody was first, or it was taken back. */
const struct err *team_invitation_use(struct db *db, int64_t id, int64_t user_id, int64_t at, bool *used);

/* --- the account itself, and the session that changes it --- */

/* The partner's verification-code function; *is_on false for who has none. */
const struct err *account_code_on(struct db *db, int64_t account_id, bool *is_on);
/* Switches it, and bumps the account's version; *switched false: it is so already. */
const struct err *account_set_code_on(struct db *db, int64_t account_id, bool is_on, bool *switched);

/* When this session last proved itself; INSTANT_NONE if it is over. And what a session that takes its place needs. */
struct session_proof { int64_t step_up_at, expires_at, idle_s; };
const struct err *session_proof(struct db *db, int64_t session_id, struct session_proof *proof);
/* by_id goes on in its place, and in the places that it took itself; it ends at `at`, if it would not end before. *is_first false: another
 * one goes on already, or it was ended; nothing is changed. */
const struct err *session_succeed(struct db *db, int64_t session_id, int64_t by_id, int64_t at, bool *is_first);
/* The names that the old session shows are shown by the new one too. */
const struct err *session_take_over(struct db *db, int64_t session_id, int64_t from_id);

#endif

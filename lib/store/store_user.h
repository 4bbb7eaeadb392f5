/* store_user.h - people who sign in, their accounts and contacts, and the tallies of failed sign-ins.
 *
 * A sign-in is counted as failed before the password is compared, by a conditional update, and taken back when it was right:
 * guesses that are made at the same time are all counted.
 */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "domain/account.h"
#include "store/db.h"

struct user {
    int64_t id, account_id;
    const char *login, *name;
    enum role role;
    enum account_kind kind;
    bool is_active;                 /* neither the user is disabled nor its account closed */
    const char *password_hash;      /* NULL: cannot sign in yet */
    const char *totp_secret;        /* NULL: no second factor */
    const char *lang, *zone, *theme;
    const char *account_name, *account_no;
};

/* *user NULL: nobody. A login that is no ASCII text is nobody's. */
const struct err *user_find(struct db *db, const void *ctx, const char *login, struct user **user);
const struct err *user_load(struct db *db, const void *ctx, int64_t id, struct user **user);
/* As the one who acts; the texts are the user's own. */
struct actor user_actor(const struct user *user);
/* SQL: the language of messages to a user, '' if not known; u: "" or the table's name with its dot. */
#define USER_LANG(u) "COALESCE(NULLIF(" u "lang, ''), " u "seen_lang)"
/* The language of messages to whoever has this login: chosen, else seen when they last signed in; `otherwise` where there is neither,
 * nor such an active user. */
const struct err *user_lang(struct db *db, const void *ctx, const char *login, const char *otherwise, const char **lang);

/* --- tallies: of a user, and by a key: an address, or a stand-in for a login that nobody has --- */

struct tally { int64_t failures, wait_until; };   /* wait_until INSTANT_NONE: none */

/* Counts one try, within a transaction: *counted false when a wait is on, and *tally tells until when. A tally whose last wait
 * ended before forget_at starts again. The caller then sets the wait for tally->failures; the row is held until then. */
const struct err *user_count_try(struct db *db, int64_t user_id, int64_t now, int64_t forget_at, struct tally *tally, bool *counted);
const struct err *user_set_wait(struct db *db, int64_t user_id, int64_t wait_until);
const struct err *address_count_try(struct db *db, const char *key, int64_t now, int64_t forget_at, struct tally *tally, bool *counted);
const struct err *address_set_wait(struct db *db, const char *key, int64_t wait_until);
/* Takes one try back, whoever was counted after it: many right passwords at once leave nothing behind. The wait falls to
 * `no_wait` if nobody was; otherwise it belongs to a later try. */
const struct err *user_uncount(struct db *db, int64_t user_id, int64_t failures, int64_t no_wait);
const struct err *address_uncount(struct db *db, const char *key, int64_t failures, int64_t no_wait);
/* The tries stand; the time of the last is written. */
const struct err *address_stamp(struct db *db, const char *key, int64_t at);

/* --- changes, each conditional: *done tells --- */

/* Sign-in worked: no failures any more, if the user is still active and has that very hash. */
const struct err *user_signed_in(struct db *db, int64_t id, const char *password_hash, bool *done);
/* The language of the page it was done on, for messages to them while they have chosen none. */
const struct err *user_saw_lang(struct db *db, int64_t id, const char *lang);
/* The time step of a one-time password is used up, if it is later than the last one. */
const struct err *user_use_totp(struct db *db, int64_t id, int64_t step, bool *done);
/* The same password with another cost. */
const struct err *user_rehash(struct db *db, int64_t id, const char *old_hash, const char *new_hash);
/* A new password; failures start again. */
const struct err *user_set_password(struct db *db, int64_t id, const char *hash, bool *done);

/* --- making --- */

struct account_new { enum account_kind kind; const char *no, *name; int64_t at; };
const struct err *account_insert(struct db *db, const struct account_new *account, int64_t *id);
struct account { int64_t id; enum account_kind kind; const char *no, *name; bool is_open; int64_t version; };
const struct err *account_find(struct db *db, const void *ctx, const char *no, struct account **account);   /* NULL: none */
/* The platform's account; NULL if it was not made yet. */
/* Active users of the platform whose role is ops, at most 100. */
struct ops_user { int64_t id; const char *login, *lang; };
const struct err *user_list_ops(struct db *db, const void *ctx, struct ops_user **users, size_t *n);
const struct err *account_platform(struct db *db, const void *ctx, struct account **account);
/* What a partner shows to its customers. */
const struct err *account_set_public(struct db *db, int64_t id, const char *email, const char *phone);
const struct err *account_set_billing_partner(struct db *db, int64_t id);

struct user_new {
    int64_t account_id, at;
    const char *login, *name, *password_hash;
    const char *totp_secret;        /* NULL: none */
    const char *lang;               /* "" = not chosen */
    enum role role;
};
/* A login that is taken is ERR_CONFLICT on the key "user_login". */
const struct err *user_insert(struct db *db, const struct user_new *user, int64_t *id);
const struct err *contact_insert(struct db *db, int64_t account_id, enum channel channel, const char *address,
                                 int64_t verified_at, int64_t *id);

#endif

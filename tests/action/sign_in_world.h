/* sign_in_world.h - people who sign in, made by the action that makes them, and what comes of their tries. Included once by each
 * program of tests. */
#ifndef TESTS_ACTION_SIGN_IN_WORLD_H
#define TESTS_ACTION_SIGN_IN_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "action/create.h"
#include "action/sign_in.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/store_session.h"
#include "support/test_db.h"

#define T0 (INT64_C(1795327331) * CLOCK_SECOND)
#define LOGIN "ada@acme.example"
#define PASSWORD "correct horse battery"
#define OPS "ops@site.example"
#define SECRET "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void *mem;
static struct db *db;
static struct config *config;
static struct act_keys keys;
static int64_t now;
static const char *ip;

static inline int open_db(void **state)
{
    static const struct secret_key key = {.bytes = "test"};

    (void)state;
    db = test_db_open(NULL);
    config = test_db_config();
    act_keys(&key, &keys);
    return 0;
}

static inline int close_db(void **state)
{
    (void)state;
    talloc_free(db);
    return 0;
}

static inline void begin_empty(void)
{
    mem = mem_context(NULL, "test");
    now = T0;
    ip = "192.0.2.1";
    test_db_clear(db);
}

static inline int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static inline struct act new_act(const struct actor *actor)
{
    return (struct act){.mem = mem, .db = db, .config = config, .keys = &keys, .now = now, .actor = actor, .ip = ip,
                        .http_id = "test", .lang = "en"};
}

static inline void make_account(struct create_account *account)
{
    struct act act = new_act(act_system);
    enum create_outcome outcome = CREATE_NO_ACCOUNT;

    assert_null(create_account(&act, account, &outcome));
    assert_int_equal(outcome, CREATE_DONE);
}

static inline void make(enum account_kind kind, enum role role, const char *login, const char *totp_secret)
{
    make_account(&(struct create_account){
        .kind = kind, .name = "Acme",
        .user = {.login = login, .name = "Ada", .password = PASSWORD, .role = role, .totp_secret = totp_secret}});
}

static inline struct sign_in attempt(const char *login, const char *password)
{
    struct sign_in sign_in = {.agent = "browser"};
    struct act act = new_act(&sign_in_nobody);

    assert_null(sign_in_password(&act, login, password, &sign_in));
    return sign_in;
}

/* By the form of that number in one browser: a double click sends it twice. half NULL: the first step. */
static inline const struct err *by_form(const char *login, const char *half, const char *secret, int form, struct sign_in *sign_in)
{
    struct act act = new_act(&sign_in_nobody);
    unsigned char digest[SECRET_DIGEST_BYTES];

    secret_sha256(&form, sizeof form, digest);
    act.once_digest = digest;
    act.route = "/sign-in";
    *sign_in = (struct sign_in){.agent = "browser", .old_token = "visit"};
    return half == NULL ? sign_in_password(&act, login, secret, sign_in) : sign_in_code(&act, half, secret, sign_in);
}

static inline struct session *session_of(const char *token)
{
    unsigned char hash[SECRET_DIGEST_BYTES];
    struct session *session = NULL;

    secret_sha256(token, strlen(token), hash);
    assert_null(session_find(db, mem, hash, now, false, &session));
    return session;
}

static inline int64_t logged(const char *operation)
{
    return test_db_number(db, "SELECT COUNT(*) FROM operation_log WHERE operation = '%s'", operation);
}

#endif

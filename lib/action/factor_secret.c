#include "action/factor_secret.h"

#include <string.h>

#include "base/memory.h"
#include "store/store_security.h"

/* No base32 text holds it. */
#define MARK "v1."
#define MARK_N (sizeof MARK - 1)

static const char *place(const void *ctx, const char *login) { return mem_text(ctx, "second-factor|%s", login); }

bool factor_is_sealed(const char *stored) { return strncmp(stored, MARK, MARK_N) == 0; }

char *factor_seal(const void *ctx, const struct act_keys *keys, const char *login, const char *base32)
{
    size_t n = 0;
    if (base32 == NULL)
        return NULL;
    unsigned char *sealed = secret_seal(ctx, &keys->factor, place(ctx, login), base32, strlen(base32), &n);
    return mem_text(ctx, MARK "%s", secret_base64url(ctx, sealed, n));
}

const struct err *factor_open(const void *ctx, const struct act_keys *keys, const char *login, const char *stored, char **base32)
{
    if (!factor_is_sealed(stored)) {
        *base32 = mem_copy(ctx, stored);
        return NULL;
    }
    const char *text = stored + MARK_N;
    const size_t sealed_n = strlen(text) * 3 / 4;
    unsigned char *sealed = talloc_zero_size(ctx, sealed_n + 1);
    size_t n = 0;
    if (!secret_unbase64url(text, strlen(text), sealed, sealed_n) ||
        secret_open(ctx, &keys->factor, place(ctx, login), sealed, sealed_n, base32, &n) != NULL)
        return err_new(ERR_BUG, 0, "the second factor of a user was not sealed with this site's key");
    return NULL;
}

const struct err *factor_check(const struct act *act, const char *login, const char *stored, const char *code, int64_t *step,
                               bool *is_right)
{
    char *secret = NULL;
    TRY(factor_open(act->mem, act->keys, login, stored, &secret));
    *is_right = totp_check(secret, code, act->now, step);
    secret_wipe(secret, strlen(secret));
    return NULL;
}

struct sealing { struct act *act; int64_t *sealed; };

static const struct err *seal_one(const struct act *act, const struct factor_row *row, int64_t *sealed)
{
    const char *secret = row->secret == NULL || factor_is_sealed(row->secret)
        ? row->secret : factor_seal(act->mem, act->keys, row->login, row->secret);
    const char *pending = row->pending == NULL || factor_is_sealed(row->pending)
        ? row->pending : factor_seal(act->mem, act->keys, row->login, row->pending);
    bool done = false;
    if (secret == row->secret && pending == row->pending)
        return NULL;
    TRY(factor_replace(act->db, row, secret, pending, &done));
    if (!done)
        return db_again("a second factor was changed meanwhile");
    ++*sealed;
    return NULL;
}

static const struct err *seal_work(struct db *db, void *arg)
{
    const struct sealing *s = arg;
    struct act *act = s->act;
    struct factor_row *rows = NULL;
    size_t n = 0;
    *s->sealed = 0;
    do {
        TRY(factor_list_clear(db, act->mem, &rows, &n));
        for (size_t i = 0; i < n; i++)
            TRY(seal_one(act, &rows[i], s->sealed));
    } while (n > 0);
    if (*s->sealed == 0)
        return NULL;
    struct operation_row row = {
        .operation = OP_FACTORS_SEALED, .object = "", .result = "DONE", .remark = mem_text(act->mem, "%lld", (long long)*s->sealed)};
    return act_log(act, &row);
}

const struct err *factor_seal_all(struct act *act, int64_t *sealed)
{
    struct sealing s = {.act = act, .sealed = sealed};
    return act_run(act, seal_work, &s);
}

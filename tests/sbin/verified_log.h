/* verified_log.h - the demo's log with checkpoints, and what its verification finds. Included once by each program of tests. */
#ifndef TESTS_SBIN_VERIFIED_LOG_H
#define TESTS_SBIN_VERIFIED_LOG_H

#include "support/rows.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "checkpoint.h"
#include "demo_data.h"
#include "log_verify.h"
#include "store/store_audit.h"
#include "store/store_log.h"
#include "support/test_sign_key.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

static struct db *db;
static void *mem;
static char path[64];
static struct sign_key *private_key, *public_key;

static inline struct sign_key *load(const char *pem, const struct err *(*read)(const void *ctx, const char *file, struct sign_key **key))
{
    const char *file = mem_text(mem, "%s.pem", path);
    struct sign_key *key;

    test_sign_key_write(file, pem);
    assert_null(read(mem, file, &key));
    (void)unlink(file);
    return key;
}

static inline int begin(void **state)
{
    (void)state;
    if (db == NULL)
        db = test_db_open(NULL);
    mem = mem_context(NULL, "test");
    demo_data_load(db);
    (void)snprintf(path, sizeof path, "/tmp/mypartner-checkpoints-%ld", (long)getpid());
    (void)unlink(path);
    private_key = load(TEST_SIGN_PRIVATE, sign_private_load);
    public_key = load(TEST_SIGN_PUBLIC, sign_public_load);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    (void)unlink(path);
    talloc_free(mem);
    return 0;
}

/* --- arranging --- */

static inline void publish(int64_t at)
{
    struct checkpoint *checkpoint;
    struct log_head *heads;
    size_t n;

    assert_null(checkpoint_open(mem, path, private_key, &checkpoint));
    assert_null(log_heads(db, mem, -1, CHECKPOINT_HEADS_MAX, &heads, &n));
    assert_null(checkpoint_add(checkpoint, heads, n, at));
}

static char *first_fault;

static inline void hear(void *arg, const char *text)
{
    (void)arg;
    if (first_fault == NULL)
        first_fault = mem_copy(mem, text);
}

static inline struct log_verify verified(bool with_checkpoints)
{
    struct log_verify verify = { .checkpoints = with_checkpoints ? path : NULL, .key = public_key, .fault = hear };

    first_fault = NULL;
    assert_null(log_verify(db, &verify));
    return verify;
}

static inline void finds(bool with_checkpoints, const char *words)
{
    struct log_verify verify = verified(with_checkpoints);

    assert_true(verify.faults > 0);
    if (strstr(first_fault, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", first_fault, words);
}

static inline void finds_nothing(bool with_checkpoints)
{
    struct log_verify verify = verified(with_checkpoints);

    if (verify.faults > 0)
        fail_msg("%s", first_fault);
}

/* A chain with some rows. */
static inline long long chain(void)
{
    return test_db_number(db, "SELECT chain_id FROM operation_log WHERE chain_id > 0 GROUP BY chain_id HAVING COUNT(*) >= 6\n"
                              "ORDER BY chain_id LIMIT 1");
}

static inline long long last_of(long long chain_id)
{
    return test_db_number(db, "SELECT MAX(seq) FROM operation_log WHERE chain_id = %lld", chain_id);
}

/* Whoever owns the database can compute the chain anew: every row of it from `seq` on, and the head. */
static inline void rewrite(long long chain_id, long long seq)
{
    unsigned char before[OPERATION_HASH_BYTES] = { 0 };

    for (long long at = 1, last = last_of(chain_id); at <= last; at++) {
        struct operation_row *row;

        assert_null(audit_load(db, mem, test_db_number(db, "SELECT id FROM operation_log WHERE chain_id = %lld AND seq = %lld", chain_id,
                                                       at), &row));
        if (at >= seq) {
            memcpy(row->prev_hash, before, sizeof before);
            operation_hash(row, row->hash);
            test_db_sql(db, "UPDATE operation_log SET prev_hash = X'%s', hash = X'%s' WHERE id = %lld",
                        secret_hex(mem, row->prev_hash, 32), secret_hex(mem, row->hash, 32), (long long)row->id);
            test_db_sql(db, "UPDATE log_chain SET seq = %lld, hash = X'%s' WHERE chain_id = %lld", at, secret_hex(mem, row->hash, 32),
                        chain_id);
        }
        memcpy(before, row->hash, sizeof before);
    }
}

static inline void cut_tail(long long chain_id, long long rows, bool with_head)
{
    long long last = last_of(chain_id);

    test_db_sql(db, "DELETE FROM operation_log WHERE chain_id = %lld AND seq > %lld", chain_id, last - rows);
    if (with_head)
        test_db_sql(db, "UPDATE log_chain h JOIN operation_log l ON l.chain_id = h.chain_id AND l.seq = %lld\n"
                        "SET h.seq = l.seq, h.hash = l.hash, h.at = l.at WHERE h.chain_id = %lld", last - rows, chain_id);
}

#endif

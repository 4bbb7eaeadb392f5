/* commit - how many submits' rows the database itself can commit: the rows that one submit writes, by prepared statements, one
 * for each table, nothing read and nothing decided, each set in a transaction of its own.
 *   commit SOCKET USER DATABASE CLIENTS SKIP SECONDS
 * Each client is a process; they take the customers of bench_submit from the last one down, beginning SKIP before it.
 */
#include <mysql.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* "n": the number of the customer's row in bench_submit, bound wherever a ? stands. */
static const char *const statements[] = {
    "INSERT INTO form_key (digest, user_id, route, at, location, http_id) SELECT UNHEX(SHA2(CONCAT('c', n), 256)), user_id,\n"
    "  '/disassociate/reason', UTC_TIMESTAMP(6), CONCAT('/disassociate/submitted/DB', n), 'abcdef0123456789' FROM bench_submit WHERE n = ?",
    "UPDATE account SET version = version + 1 WHERE id = (SELECT account_id FROM bench_submit WHERE n = ?)",
    "INSERT INTO disassociation_request (no, association_id, customer_id, partner_id, initiator, state, version, reason, statement_version,\n"
    "  statement_lang, checks, submitted_at, submitted_by, submit_code_id, deadline_at)\n"
    "SELECT CONCAT('DB', n), association_id, account_id, partner_id, 'CUSTOMER', 'PENDING', 1, 'PRICE', '2025-06-30.1', 'en',\n"
    "  'C1=P C2=P C3=P C4=P C5=P C6=P Q=P X1=P X2=P X3=P X4=P X5=F X7=P', UTC_TIMESTAMP(6), user_id, code_id,\n"
    "  UTC_TIMESTAMP(6) + INTERVAL 14 DAY FROM bench_submit WHERE n = ?",
    "INSERT INTO quota_slot (side, customer_id, partner_id, slot_no, request_id, submitted_at, frees_at)\n"
    "SELECT 'CUSTOMER', account_id, 0, s.seq, IF(s.seq = 1, LAST_INSERT_ID(), NULL), IF(s.seq = 1, UTC_TIMESTAMP(6), NULL),\n"
    "  IF(s.seq = 1, UTC_TIMESTAMP(6) + INTERVAL 3 MONTH, NULL) FROM bench_submit, seq_1_to_3 s WHERE n = ?",
    "UPDATE verification_code SET state = 'USED', used_at = UTC_TIMESTAMP(6), used_by_request = LAST_INSERT_ID()\n"
    "WHERE id = (SELECT code_id FROM bench_submit WHERE n = ?)",
    "UPDATE wizard w JOIN bench_submit b ON w.account_id = b.account_id AND w.purpose = 'SUBMIT' AND w.target_id = b.association_id\n"
    "SET w.state = 'DONE', w.revision = w.revision + 1, w.updated_at = UTC_TIMESTAMP(6), w.request_id = LAST_INSERT_ID() WHERE b.n = ?",
    "UPDATE log_chain SET seq = 1, hash = REPEAT('h', 32), at = UTC_TIMESTAMP(6)\n"
    "WHERE chain_id = (SELECT association_id FROM bench_submit WHERE n = ?)",
    "INSERT INTO operation_log (chain_id, seq, at, operation, is_transition, is_shown, association_id, customer_id, partner_id, account_id,\n"
    "  initiated_by, user_id, user_name, object, request_id, request_no, from_state, to_state, result, remark, ip, http_id, prev_hash, hash)\n"
    "SELECT association_id, 1, UTC_TIMESTAMP(6), 'REQUEST_SUBMITTED', 1, 1, association_id, account_id, partner_id, account_id, 'CUSTOMER',\n"
    "  user_id, 'Owner', 'Partner', 1, CONCAT('DB', n), '', 'PENDING', 'PENDING', '', '127.0.0.1', 'abcdef0123456789', REPEAT('p', 32),\n"
    "  REPEAT('h', 32) FROM bench_submit WHERE n = ?",
    "INSERT INTO notification (event_key, account_id, kind, details, link, request_id, at)\n"
    "SELECT CONCAT('B', n, '-', s.seq), IF(s.seq = 1, account_id, partner_id), IF(s.seq = 1, 'REQUEST_SENT', 'REQUEST_RECEIVED'),\n"
    "  REPEAT('d', 180), CONCAT('/disassociate/submitted/DB', n), NULL, UTC_TIMESTAMP(6) FROM bench_submit, seq_1_to_2 s WHERE n = ?",
    "INSERT INTO delivery (event_id, notification_id, account_id, channel, address, lang, kind, details, link, next_at, created_at, give_up_at)\n"
    "SELECT CONCAT('B', n, '-', s.seq, '-EMAIL'), 1, IF(s.seq = 1, account_id, partner_id), 'EMAIL', 'c@generated.test', 'en', 'REQUEST_SENT',\n"
    "  REPEAT('d', 180), CONCAT('/disassociate/submitted/DB', n), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 DAY\n"
    "  FROM bench_submit, seq_1_to_2 s WHERE n = ?",
};
enum { STATEMENTS = sizeof statements / sizeof statements[0] };

struct shared { _Atomic int64_t next, done, failed; };

static double now_s(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void client(char **argv, struct shared *shared, double end)
{
    MYSQL *mysql = mysql_init(NULL);
    MYSQL_STMT *stmts[STATEMENTS];
    int64_t n;
    MYSQL_BIND bind = { .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = &n };

    if (mysql_real_connect(mysql, NULL, argv[2], NULL, argv[3], 0, argv[1], 0) == NULL ||
        mysql_query(mysql, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED") != 0) {
        fprintf(stderr, "%s\n", mysql_error(mysql));
        shared->failed++;
        return;
    }
    for (int i = 0; i < STATEMENTS; i++) {
        stmts[i] = mysql_stmt_init(mysql);
        if (mysql_stmt_prepare(stmts[i], statements[i], strlen(statements[i])) != 0 || mysql_stmt_bind_param(stmts[i], &bind) != 0) {
            fprintf(stderr, "statement %d: %s\n", i, mysql_stmt_error(stmts[i]));
            shared->failed++;
            return;
        }
    }
    while (now_s() < end) {
        int i = 0;

        n = shared->next--;
        if (n < 0 || mysql_query(mysql, "START TRANSACTION") != 0) {
            shared->failed++;
            return;
        }
        while (i < STATEMENTS && mysql_stmt_execute(stmts[i]) == 0)
            i++;
        if (i < STATEMENTS || mysql_commit(mysql) != 0) {
            fprintf(stderr, "customer %lld, statement %d: %s\n", (long long)n, i, i < STATEMENTS ? mysql_stmt_error(stmts[i]) : mysql_error(mysql));
            shared->failed++;
            return;
        }
        shared->done++;
    }
    mysql_close(mysql);
}

int main(int argc, char **argv)
{
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    MYSQL *mysql = mysql_init(NULL);
    MYSQL_RES *result;
    MYSQL_ROW row;
    double from, seconds;

    if (argc != 7 || mysql_real_connect(mysql, NULL, argv[2], NULL, argv[3], 0, argv[1], 0) == NULL ||
        mysql_query(mysql, "SELECT MAX(n) FROM bench_submit") != 0 || (result = mysql_store_result(mysql)) == NULL ||
        (row = mysql_fetch_row(result)) == NULL || row[0] == NULL)
        return 2;
    shared->next = strtoll(row[0], NULL, 10) - strtoll(argv[5], NULL, 10);
    mysql_free_result(result);
    mysql_close(mysql);
    from = now_s();
    for (int i = 0; i < atoi(argv[4]); i++)
        if (fork() == 0) {
            client(argv, shared, from + atof(argv[6]));
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    seconds = now_s() - from;
    printf("BENCH %lld %.0f 0 0 %lld\n", (long long)shared->done, seconds * 1e6, (long long)shared->failed);
    return 0;
}

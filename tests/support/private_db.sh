# private_db.sh - sourced: a throw-away MariaDB on a unix socket, for one test run. Sets TEST_DB_SOCKET. Arguments are further
# options of the server.
private_db_start() {
  TEST_DB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-test-db.XXXXXX") || return 1
  local as=(); [ "$(id -u)" -ne 0 ] || as=(--user=root)
  mariadb-install-db --no-defaults "${as[@]}" --datadir="$TEST_DB_DIR/data" --tmpdir="$TEST_DB_DIR" --auth-root-authentication-method=socket \
    --skip-test-db --skip-name-resolve --innodb-log-file-size=16M >"$TEST_DB_DIR/install.log" 2>&1 || { cat "$TEST_DB_DIR/install.log"; return 1; }
  mariadbd --no-defaults "${as[@]}" --datadir="$TEST_DB_DIR/data" --socket="$TEST_DB_DIR/db.sock" --pid-file="$TEST_DB_DIR/db.pid" \
    --skip-networking --skip-name-resolve --log-error="$TEST_DB_DIR/db.err" --innodb-log-file-size=16M \
    --innodb-buffer-pool-size=128M --performance-schema=OFF --character-set-server=utf8mb4 \
    --collation-server=utf8mb4_unicode_ci --tmpdir="$TEST_DB_DIR" --innodb-flush-log-at-trx-commit=0 \
    --max-connections=300 "$@" >/dev/null 2>&1 &
  TEST_DB_PID=$!
  export TEST_DB_SOCKET=$TEST_DB_DIR/db.sock
  local i; for i in $(seq 600); do
    mariadb --no-defaults --socket="$TEST_DB_SOCKET" -e 'SELECT 1' >/dev/null 2>&1 && return 0
    kill -0 "$TEST_DB_PID" 2>/dev/null || { cat "$TEST_DB_DIR/db.err"; return 1; }
    sleep 0.1
  done
  return 1
}
private_db_stop() {
  [ -n "${TEST_DB_PID:-}" ] && { kill "$TEST_DB_PID" 2>/dev/null; wait "$TEST_DB_PID" 2>/dev/null; }
  [ -n "${TEST_DB_DIR:-}" ] && rm -rf "$TEST_DB_DIR"
}

#!/bin/bash
# The platform's log at size: tests/bench/log.sh BUILD ROWS. Prints how fast the first page, a deep one and filtered ones are, through
# nginx and one web process, and how fast the log is exported and verified. The first and the deep page are asked for in turn.
#   BENCH_DB=SOCKET NAME   a database that `mypartnerctl generate` has filled before, on a server of your own; otherwise one is
#                          made, filled and thrown away (ten million rows take some minutes and 8 GB)
set -euo pipefail
build=$(cd "$1" && pwd) rows=${2:-1000000}
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-bench-log.XXXXXX")
rounds=${ROUNDS:-7} pages=${PAGES:-200}
pids=()
finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  [ -z "${TEST_DB_PID:-}" ] || private_db_stop
  rm -rf "$work"
}
trap finish EXIT

# --- a database with so many rows ------------------------------------------------------------------------------------------

sql() { mariadb --no-defaults --socket="$socket" -N -r -e "$1" ${2:-$name}; }

write_config() {
  cat >"$work/bench.ini" <<INI
[web]
socket = $work/web.sock
workers = 1
public_url = http://127.0.0.1:$port
secure_cookies = false
templates = $build/templates
messages = $build/messages
hash_lock = $work/hash.lock
[database]
socket = $socket
name = $name
user = $(id -un)
[secret]
key_file = $work/key
[worker]
checkpoints =
INI
  (umask 077; od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n' >"$work/key")
}

ctl() { "$build/bin/mypartnerctl" -c "$work/bench.ini" "$@"; }

# Keys that only reading needs are put back at the end: sorted they are made several times as fast.
fill() {
  local keys
  sql 'CREATE DATABASE mypartner' information_schema
  ctl migrate "$here/db/migrations" >/dev/null
  keys=$(sql 'SHOW CREATE TABLE operation_log' | sed -n 's/^  KEY \(`[a-z_]*` ([^)]*)\).*/\1/p')
  sql "ALTER TABLE operation_log $(sed 's/ (.*//; s/^/DROP KEY /' <<<"$keys" | paste -sd,)"
  ctl generate --customers $((rows / 500 + 1)) --log-rows "$rows" >/dev/null
  sql "ALTER TABLE operation_log $(sed 's/^/ADD KEY /' <<<"$keys" | paste -sd,)"
}

# --- the web program behind nginx ------------------------------------------------------------------------------------------

free_port() { local p; while :; do p=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo $p; return; }; done; }

start_web() {
  local text user=
  mkdir -p "$work"/{nginx,log}
  [ "$(id -u)" -ne 0 ] || user='user root;'
  text=$(<"$here/deploy/local/nginx.conf")
  text=${text//@USER@/"$user"} text=${text//@PORT@/"$port"} text=${text//@VAR@/"$work"} text=${text//@STATIC@/"$here/static"}
  printf '%s\n' "$text" >"$work/nginx/nginx.conf"
  "$build/bin/mypartner" -c "$work/bench.ini" >"$work/log/web.log" 2>&1 & pids+=($!)
  PATH=$PATH:/usr/sbin nginx -e "$work/log/nginx.log" -p "$work/nginx/" -c "$work/nginx/nginx.conf" >/dev/null 2>&1 & pids+=($!)
  local i; for i in $(seq 200); do curl -s -o /dev/null "http://127.0.0.1:$port/sign-in" && return; sleep 0.1; done
  echo "the web program does not answer"; tail "$work/log/"*; exit 1
}

# A session of the auditor, without signing in.
token=$(od -An -v -N24 -tx1 /dev/urandom | tr -d ' \n')
sign_in() {
  sql "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at, idle_s, step_up_at, ip, agent)
       SELECT UNHEX(SHA2('$token', 256)), MAX(id), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 8 HOUR, 28000, UTC_TIMESTAMP(6), '', 'bench'
       FROM user WHERE role = 'auditor'"
}

# --- measuring ---------------------------------------------------------------------------------------------------------------

ask() { curl -s -b "p$port-session=$token" "http://127.0.0.1:$port$1"; }

# Pages a second of this address, asked for one after the other on one connection.
rate() {
  local i from to
  for ((i = 0; i < pages; i++)); do printf 'url = "http://127.0.0.1:%s%s"\noutput = /dev/null\n' "$port" "$1"; done >"$work/urls"
  from=${EPOCHREALTIME/./}
  curl -s -f -b "p$port-session=$token" -K "$work/urls" || { echo "$1 failed" >&2; exit 1; }
  to=${EPOCHREALTIME/./}
  awk -v n="$pages" -v us=$((to - from)) 'BEGIN { printf "%.1f\n", n * 1e6 / us }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

check_rows() {
  local n; n=$(ask "$2" | grep -c 'href="/audit-log/[0-9]') || true
  [ "$n" -eq "$3" ] || { echo "$1: $n rows instead of $3" >&2; exit 1; }
}

compare_pages() {
  local round first deep
  check_rows 'first page' "$1" 50
  check_rows 'deep page' "$2" 50
  : >"$work/first"; : >"$work/deep"
  for ((round = 0; round < rounds; round++)); do rate "$1" >>"$work/first"; rate "$2" >>"$work/deep"; done
  first=$(median <"$work/first") deep=$(median <"$work/deep")
  awk -v what="$3" -v f="$first" -v d="$deep" 'BEGIN { printf "%-34s %8.1f pages/s   deep %8.1f pages/s   first/deep %.2f\n", what, f, d, f / d; exit f / d > 1.2 }' ||
    slow="$slow $3"
}

filtered_page() { printf '%-34s %8.1f pages/s\n' "$2" "$(rate "$1")"; }

# The time on the clock, and the processor time of the program alone.
job() {
  local what=$1; shift
  TIMEFORMAT='%R %U %S'
  { time "$@" >/dev/null 2>"$work/err"; } 2>"$work/time" || { cat "$work/err"; exit 1; }
  awk -v what="$what" -v n="$count" '{ printf "%-34s %8.0f rows/s        %8.0f rows/s of a core\n", what, n / $1, n / ($2 + $3) }' "$work/time"
}

port=$(free_port) slow=
if [ -n "${BENCH_DB:-}" ]; then
  socket=${BENCH_DB% *} name=${BENCH_DB#* }
  write_config
else
  . "$here/tests/support/private_db.sh"
  private_db_start --innodb-buffer-pool-size=1G --innodb-log-file-size=512M || { echo "no private database"; exit 2; }
  socket=$TEST_DB_SOCKET name=mypartner
  write_config
  fill
fi
count=$(sql 'SELECT COUNT(*) FROM operation_log')
sign_in
start_web

key_of() { sql "SELECT CONCAT(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', at), '.', id) FROM operation_log WHERE $1 ORDER BY at, id LIMIT 1 OFFSET 200"; }
customer=$(sql "SELECT a.no FROM operation_log l JOIN account a ON a.id = l.customer_id WHERE l.operation = 'ASSOCIATED' ORDER BY l.id LIMIT 1")
partner=$(sql "SELECT no FROM account WHERE kind = 'PARTNER' ORDER BY id LIMIT 1")
partner_id=$(sql "SELECT id FROM account WHERE no = '$partner'")

printf 'The log with %d rows, load %s:\n' "$count" "$(cut -d' ' -f1 /proc/loadavg)"
compare_pages /audit-log "/audit-log?before=$(key_of 'TRUE')" 'all rows'
compare_pages '/audit-log?operation=CHECK_RUN' "/audit-log?operation=CHECK_RUN&before=$(key_of "operation = 'CHECK_RUN'")" 'one operation'
compare_pages "/audit-log?about=$partner" "/audit-log?about=$partner&before=$(key_of "partner_id = $partner_id AND is_shown = 0")" 'one partner'
compare_pages '/audit-log?result=FAILED' "/audit-log?result=FAILED&before=$(key_of "result = 'FAILED'")" 'one result'
filtered_page "/audit-log?about=$customer" 'one customer'
pages=$((pages / 10)) filtered_page "/audit-log?about=$partner&operation=FROZEN&result=DONE" 'partner, operation and result'
job 'export CSV' "$build/bin/mypartnerctl" -c "$work/bench.ini" export-log
job 'export JSON Lines' "$build/bin/mypartnerctl" -c "$work/bench.ini" export-log --format jsonl
job 'verify' "$build/bin/mypartnerctl" -c "$work/bench.ini" verify-log
[ -z "$slow" ] || { echo "more than 1.2 times as slow at depth:$slow"; exit 1; }

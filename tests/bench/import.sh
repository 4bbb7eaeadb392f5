#!/bin/bash
# How fast facts are imported, and with how much memory: tests/bench/import.sh BUILD LINES. On a private database.
# Prints both for a tenth of the lines and for all of them: memory that does not grow with the file is what is claimed.
set -euo pipefail
build=$1 lines=${2:-1000000}
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-bench-import.XXXXXX")
. "$here/tests/support/private_db.sh"
# As a server has it that holds a million facts: the redo log takes the whole import, and a commit is on disk.
options=(--innodb-buffer-pool-size=1G --innodb-log-file-size=1G --innodb-flush-log-at-trx-commit=1)
echo "import: load $(cut -d' ' -f1 /proc/loadavg), private MariaDB with ${options[*]}"
private_db_start "${options[@]}" || { echo "no private database"; exit 2; }
trap 'private_db_stop; rm -rf "$work"' EXIT

printf '[web]\nmessages =\n[database]\nsocket = %s\nname = mypartner\nuser = %s\n' "$TEST_DB_SOCKET" "$(id -un)" >"$work/ctl.ini"
sql() { mariadb --no-defaults --socket="$TEST_DB_SOCKET" -N -e "$1"; }

# run FILE: seconds and the peak of resident memory in KiB.
run() {
  local from peak=0 now
  from=$(date +%s.%N)
  "$build/bin/mypartnerctl" -c "$work/ctl.ini" import "$1" >"$work/out" 2>&1 &
  local pid=$!
  while now=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
    peak=$now
    sleep 0.1
  done
  wait "$pid" || { cat "$work/out"; exit 1; }
  awk -v from="$from" -v to="$(date +%s.%N)" -v peak="$peak" 'BEGIN { printf "%.2f %d\n", to - from, peak }'
}

measure() {
  sql 'DROP DATABASE IF EXISTS mypartner; CREATE DATABASE mypartner'
  "$build/bin/mypartnerctl" -c "$work/ctl.ini" migrate "$here/db/migrations" >/dev/null
  perl "$here/tests/bench/import_lines.pl" "$1" >"$work/lines.jsonl"
  local first again
  first=$(run "$work/lines.jsonl")
  again=$(run "$work/lines.jsonl")
  grep -q 'nothing was changed' "$work/out" || { echo "the second time something was changed"; cat "$work/out"; exit 1; }
  report "$1" "first time" $first
  report "$1" "again" $again
}

report() {
  awk -v n="$1" -v what="$2" -v s="$3" -v kib="$4" \
    'BEGIN { printf "import of %9d lines, %-10s  %8.2f s  %7d lines/s  peak %5.1f MiB   wanted: at least 50000 lines/s   %s\n",
      n, what ":", s, n / s, kib / 1024, (n / s >= 50000 ? "reached" : "NOT REACHED") }'
}

measure $((lines / 10))
measure "$lines"

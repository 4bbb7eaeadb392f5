#!/bin/bash
# Runs cmocka programs and closes with the plain line "N passed, N failed".
#   tests/run.sh BUILD PROGRAM…
# Programs of tests/store, tests/action, tests/cgi-bin, tests/sbin, tests/race and tests/sweep need a database: a private one is started for this
# run when TEST_DB_SOCKET is not set, and stopped at its end. Those of tests/notify, and
# test_delivery and test_receipts of tests/sbin, get a private mail server (TEST_SMTP_PORT) and text message gateway (TEST_KANNEL_DIR) likewise.
set -uo pipefail
build=$1; shift
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here" || exit 2
passed=0 failed=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export LSAN_OPTIONS=suppressions=$here/tests/support/lsan.supp:print_suppressions=0

needs_db=; for t in "$@"; do case $t in */tests/store/*|*/tests/action/*|*/tests/cgi-bin/*|*/tests/sbin/*|*/tests/race/*|*/tests/sweep/*) needs_db=1;; esac; done
# Some two hundred databases are made and dropped, and none outlives its server: one file holds all tables, and nothing waits for
# the disk. Every count that a test asks for is a prepared statement of its own, which long races have tens of thousands of.
start_db() { private_db_start --innodb-file-per-table=0 --innodb-doublewrite=0 --sync-frm=0 --debug-no-sync --max-prepared-stmt-count=1048576 || { echo "no private database"; exit 2; }; }
if [ -n "$needs_db" ] && [ -z "${TEST_DB_SOCKET:-}" ]; then
  . "$here/tests/support/private_db.sh"
  start_db
  trap private_db_stop EXIT
fi
# Without one the tests that need it fail, each by its name; the others run.
needs_mail= needs_sms=
for t in "$@"; do
  case $t in
    */tests/notify/test_smtp_delivery) needs_mail=1;;
    */tests/notify/test_sms_kannel) needs_sms=1;;
    */tests/sbin/test_delivery) needs_mail=1 needs_sms=1;;
    */tests/sbin/test_receipts) needs_sms=1;;
  esac
done
lane_pids=()
stop_servers() {
  local stop
  for stop in private_kannel_stop private_exim_stop private_db_stop; do if declare -F $stop >/dev/null; then $stop; fi; done
}
if [ -n "$needs_mail" ] && [ -z "${TEST_SMTP_PORT:-}" ]; then
  . "$here/tests/support/private_exim.sh"
  trap stop_servers EXIT
  private_exim_start || echo "no private mail server"
fi
if [ -n "$needs_sms" ] && [ -z "${TEST_KANNEL_DIR:-}" ]; then
  . "$here/tests/support/private_kannel.sh"
  trap stop_servers EXIT
  private_kannel_start || echo "no private gateway for text messages"
fi

# Each writes what it printed and its status; told in the order in which they end.
results=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-results.XXXXXX")
stop_all() { stop_servers; rm -rf "$results"; }
trap stop_all EXIT
run_one() {
  local began=$SECONDS status
  CMOCKA_MESSAGE_OUTPUT=TAP "$1" >"$results/$2.out" 2>&1; status=$?
  echo $((SECONDS - began)) >"$results/$2.took"
  echo $status >"$results/$2.status"
}
run_group() { local i; for i in "$@"; do run_one "${programs[i]}" "$i"; done; }

# Seconds, where there are some: what to look at when the whole takes long.
took() { local s; s=$(<"$results/$1.took"); if [ "$s" -gt 1 ]; then echo ", $s s"; else echo; fi; }
tell() {
  local t=${programs[$1]} out status ok bad planned
  out=$(tr -d '\0' <"$results/$1.out") status=$(<"$results/$1.status")
  ok=$(grep -c '^ok ' <<<"$out"); bad=$(grep -c '^not ok ' <<<"$out")
  planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' <<<"$out" | head -1)
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$status" -eq 0 ] && { [ -z "$planned" ] || [ "$ok" -ne "$planned" ]; }; then bad=$((bad+1)); fi
  printf '%-52s %4d passed' "${t#"$build"/tests/}" "$ok"
  if [ "$bad" -gt 0 ]; then printf ', %d FAILED (status %d)\n' "$bad" "$status"; sed 's/^/    /' <<<"$out"; else took "$1"; grep '^# figures: ' <<<"$out" | sed 's/^# figures: /    /'; fi
  passed=$((passed+ok)) failed=$((failed+bad)) told[$1]=1
}
tell_ended() {
  local i
  for i in "${!programs[@]}"; do [ -n "${told[i]:-}" ] || [ ! -s "$results/$i.status" ] || tell "$i"; done
}

# Those that share the mail server and the gateway go one after the other, beside the rest: they wait more than they work. Races
# and the sweep, which watch the whole database server and fill both processors, come alone in the end, with a server of their own.
programs=("$@") told=() shared=() side=() alone=()
for i in "${!programs[@]}"; do
  case ${programs[i]} in
    */tests/notify/*|*/tests/sbin/test_delivery|*/tests/sbin/test_receipts) shared+=("$i");;
    */tests/race/*|*/tests/sweep/*|*/tests/action/test_race*) alone+=("$i");;
    *) side+=("$i");;
  esac
done
run_alone() {
  [ ${#alone[@]} -gt 0 ] || return 0
  [ -z "${TEST_DB_DIR:-}" ] || { start_db; trap private_db_stop EXIT; }
  run_group "${alone[@]}"
}
run_group "${shared[@]}" &
shared_pid=$! lanes=${TEST_JOBS:-3}
for i in "${side[@]}"; do
  while [ "$(jobs -rp | grep -cFx -f <(printf '%s\n' "${lane_pids[@]:-0}"))" -ge "$lanes" ]; do wait -n; tell_ended; done
  run_one "${programs[i]}" "$i" &
  lane_pids+=($!)
done
wait "${lane_pids[@]:-}" 2>/dev/null
[ -n "${TEST_DB_DIR:-}" ] || wait "$shared_pid"   # the server is not ours, and there is no other
(run_alone) &
wait "$shared_pid" $!
tell_ended
for i in "${!programs[@]}"; do
  [ -n "${told[i]:-}" ] || { printf '%-52s    0 passed, 1 FAILED (it did not run)\n' "${programs[i]#"$build"/tests/}"; failed=$((failed+1)); }
done
[ -n "${TEST_TALLY:-}" ] && { echo "$passed $failed" >>"$TEST_TALLY"; exit $((failed>0)); }
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

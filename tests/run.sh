#!/bin/bash
# Runs cmocka programs and closes with the plain line "N passed, N failed".
#   tests/run.sh BUILD PROGRAM…
# Programs of tests/store, tests/action, tests/cgi-bin, tests/sbin, tests/race and tests/sweep need a database: a private one is started for this
# run when TEST_DB_SOCKET is not set, and stopped at its end. Those of tests/notify get a private mail server likewise
# (TEST_SMTP_PORT).
set -uo pipefail
build=$1; shift
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here" || exit 2
passed=0 failed=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export LSAN_OPTIONS=suppressions=$here/tests/support/lsan.supp:print_suppressions=0

needs_db=; for t in "$@"; do case $t in */tests/store/*|*/tests/action/*|*/tests/cgi-bin/*|*/tests/sbin/*|*/tests/race/*|*/tests/sweep/*) needs_db=1;; esac; done
if [ -n "$needs_db" ] && [ -z "${TEST_DB_SOCKET:-}" ]; then
  . "$here/tests/support/private_db.sh"
  private_db_start || { echo "no private database"; exit 2; }
  trap private_db_stop EXIT
fi
needs_mail=; for t in "$@"; do case $t in */tests/notify/*) needs_mail=1;; esac; done
if [ -n "$needs_mail" ] && [ -z "${TEST_SMTP_PORT:-}" ]; then
  . "$here/tests/support/private_exim.sh"
  # Without it the tests that need one fail, each by its name; the others run.
  private_exim_start || echo "no private mail server"
  trap 'private_exim_stop; if declare -F private_db_stop >/dev/null; then private_db_stop; fi' EXIT
fi

for t in "$@"; do
  out=$(CMOCKA_MESSAGE_OUTPUT=TAP "$t" 2>&1); status=$?
  ok=$(grep -c '^ok ' <<<"$out"); bad=$(grep -c '^not ok ' <<<"$out")
  planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' <<<"$out" | head -1)
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$status" -eq 0 ] && { [ -z "$planned" ] || [ "$ok" -ne "$planned" ]; }; then bad=$((bad+1)); fi
  printf '%-52s %4d passed' "${t#"$build"/tests/}" "$ok"
  if [ "$bad" -gt 0 ]; then printf ', %d FAILED (status %d)\n' "$bad" "$status"; sed 's/^/    /' <<<"$out"; else echo; fi
  passed=$((passed+ok)); failed=$((failed+bad))
done
[ -n "${TEST_TALLY:-}" ] && { echo "$passed $failed" >>"$TEST_TALLY"; exit $((failed>0)); }
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

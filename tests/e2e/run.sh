#!/bin/bash
# Runs the browser stories against a build: tests/e2e/run.sh BUILD [STORY…]; each with script enabled and disabled.
set -uo pipefail
build=$(cd "$1" && pwd); shift
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit 2
[ $# -gt 0 ] || set -- tests/e2e/*.story.mjs
export BUILD=$build ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
passed=0 failed=0
for story in "$@"; do
  for script in on off; do
    grep -q '^// script: on only' "$story" && [ $script = off ] && continue
    out=$(SCRIPT=$script node --test --test-reporter=tap "$story" 2>&1); status=$?
    ok=$(sed -n 's/^# pass //p' <<<"$out" | tail -1); bad=$(sed -n 's/^# fail //p' <<<"$out" | tail -1)
    ok=${ok:-0} bad=${bad:-0}
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ "$status" -eq 0 ] && [ "$ok" -eq 0 ]; then bad=1; fi
    name=${story#tests/}; name=${name%.story.mjs}
    printf '%-52s %4d passed' "$name (script $script)" "$ok"
    if [ "$bad" -gt 0 ]; then printf ', %d FAILED (status %d)\n' "$bad" "$status"; sed 's/^/    /' <<<"$out"; else echo; fi
    passed=$((passed+ok)) failed=$((failed+bad))
  done
done
[ -n "${TEST_TALLY:-}" ] && { echo "$passed $failed" >>"$TEST_TALLY"; exit $((failed>0)); }
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

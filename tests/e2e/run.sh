#!/bin/bash
# Runs the browser stories against a build: tests/e2e/run.sh BUILD [STORY…]; each with script enabled and disabled, two at a
# time (E2E_JOBS). Each has a whole server of its own.
set -uo pipefail
build=$(cd "$1" && pwd); shift
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit 2
[ $# -gt 0 ] || set -- tests/e2e/*.story.mjs
export BUILD=$build ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
out=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-stories.XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$out"' EXIT

run_one() {
  SCRIPT=$2 node --test --test-reporter=tap "$1" >"$out/$3.log" 2>&1
  echo $? >"$out/$3.status"
}

# Prints one story's outcome and adds it to the totals.
passed=0 failed=0
tell() {
  local log=$out/$3.log status ok bad
  status=$(<"$out/$3.status")
  ok=$(sed -n 's/^# pass //p' "$log" | tail -1) bad=$(sed -n 's/^# fail //p' "$log" | tail -1)
  ok=${ok:-0} bad=${bad:-0}
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$status" -eq 0 ] && [ "$ok" -eq 0 ]; then bad=1; fi
  local name=${1#tests/}; name=${name%.story.mjs}
  printf '%-52s %4d passed' "$name (script $2)" "$ok"
  if [ "$bad" -gt 0 ]; then printf ', %d FAILED (status %d)\n' "$bad" "$status"; sed 's/^/    /' "$log"; else echo; fi
  passed=$((passed+ok)) failed=$((failed+bad))
}

stories=() scripts=()
for story in "$@"; do
  for script in on off; do
    if [ $script = off ] && grep -q '^// script: on only' "$story"; then continue; fi
    stories+=("$story") scripts+=("$script")
  done
done
told=0
for ((i = 0; i < ${#stories[@]}; i++)); do
  while [ "$(jobs -rp | wc -l)" -ge "${E2E_JOBS:-2}" ]; do wait -n; done
  while [ -e "$out/$told.status" ]; do tell "${stories[told]}" "${scripts[told]}" "$told"; told=$((told+1)); done
  run_one "${stories[i]}" "${scripts[i]}" "$i" &
done
wait
for ((; told < ${#stories[@]}; told++)); do tell "${stories[told]}" "${scripts[told]}" "$told"; done
[ -n "${TEST_TALLY:-}" ] && { echo "$passed $failed" >>"$TEST_TALLY"; exit $((failed>0)); }
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

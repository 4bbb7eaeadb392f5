#!/bin/bash
# Runs the browser stories against a build: tests/e2e/run.sh BUILD [STORY…], three at a time (E2E_JOBS). Each has a whole server of
# its own. Each runs with script disabled, those that say "script: both" with script enabled too, "script: on only" only so.
# WAYS="off on keyboard" runs these ways instead: all with script disabled, with script enabled, by keyboard alone.
set -uo pipefail
build=$(cd "$1" && pwd); shift
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit 2
[ $# -gt 0 ] || set -- tests/ui/look.story.mjs tests/e2e/*.story.mjs
export BUILD=$build ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
out=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-stories.XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$out"' EXIT

run_one() {
  local began=$SECONDS status
  SCRIPT=${2/keyboard/on} KEYBOARD=$([ "$2" = keyboard ] && echo on) node --test --test-reporter=tap "$1" >"$out/$3.log" 2>&1; status=$?
  echo $((SECONDS - began)) >"$out/$3.took"
  echo $status >"$out/$3.status"
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
  if [ "$bad" -gt 0 ]; then printf ', %d FAILED (status %d)\n' "$bad" "$status"; sed 's/^/    /' "$log"; else echo ", $(<"$out/$3.took") s"; fi
  passed=$((passed+ok)) failed=$((failed+bad))
}

# In which ways a story is told.
ways_of() {
  local way only=; grep -q '^// script: on only' "$1" && only=1
  if [ -n "${WAYS:-}" ]; then
    for way in $WAYS; do [ -n "$only" ] && [ "$way" != on ] || echo "$way"; done
  elif [ -n "$only" ]; then echo on
  else
    echo off
    if grep -q '^// script: both' "$1"; then echo on; fi
  fi
}
stories=() scripts=()
for story in "$@"; do
  for script in $(ways_of "$story"); do stories+=("$story") scripts+=("$script"); done
done
# What they all start with is made once.
if [ ${#stories[@]} -gt 2 ]; then
  node tests/e2e/lib/server.mjs "$out/site" || { echo "no server"; exit 2; }
  export SITE_DATA=$out/site
fi
told=0
for ((i = 0; i < ${#stories[@]}; i++)); do
  while [ "$(jobs -rp | wc -l)" -ge "${E2E_JOBS:-3}" ]; do wait -n; done
  while [ -e "$out/$told.status" ]; do tell "${stories[told]}" "${scripts[told]}" "$told"; told=$((told+1)); done
  run_one "${stories[i]}" "${scripts[i]}" "$i" &
done
wait
for ((; told < ${#stories[@]}; told++)); do tell "${stories[told]}" "${scripts[told]}" "$told"; done
[ -n "${TEST_TALLY:-}" ] && { echo "$passed $failed" >>"$TEST_TALLY"; exit $((failed>0)); }
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

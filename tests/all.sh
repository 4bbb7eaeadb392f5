#!/bin/bash
# Everything that `make test` runs, once the packages are there: house rules, three builds, every test program on the sanitized
# build and those of the layers and the sweep on the normal one too, the browser stories and every page state on the sanitized one.
# Closes with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
jobs=$(nproc)
TEST_TALLY=$(mktemp); export TEST_TALLY
trap 'rm -f "$TEST_TALLY"' EXIT
started=$SECONDS
note() { printf '\n== %s (after %d s)\n' "$*" $((SECONDS - started)); }
# One check, counted as a test.
check() {
  local name=$1 out; shift
  if out=$("$@" 2>&1); then printf '%-52s    1 passed\n' "$name"; echo "1 0" >>"$TEST_TALLY"
  else printf '%-52s    1 FAILED\n' "$name"; tail -n 60 <<<"$out" | sed 's/^/    /'; echo "0 1" >>"$TEST_TALLY"; fi
}

note "the house"
check "layers and doors" tests/support/check_includes.sh
check "templates" make --no-print-directory check-templates
check "contrast of colours" node --test tests/ui/contrast.mjs
note "build: gcc, sanitized"
check "gcc, sanitized, no warning" make --no-print-directory -j"$jobs" MODE=asan build tests
# The test programs, and dying processes, wait a good part of their time: something goes on beside them, told when it has ended.
aside=$(mktemp -d)
trap 'rm -rf "$TEST_TALLY" "$aside"' EXIT
{
  check "gcc, no warning" nice make --no-print-directory -j"$jobs" build tests-short
  check "clang, no warning" nice make --no-print-directory -j"$jobs" MODE=lint CC=clang lint
} >"$aside/builds" 2>&1 &
builds=$!
note "test programs, sanitized"
make --no-print-directory MODE=asan check
wait "$builds"
note "builds: gcc and clang, made beside them"
cat "$aside/builds"
note "browser stories, sanitized"
make --no-print-directory MODE=asan stories
check "killed under load" env SHORT=1 BUILD="$PWD/build/asan" node tests/chaos/chaos.mjs >"$aside/chaos" 2>&1 &
chaos=$!
note "test programs, those that are quick"
make --no-print-directory check-short
wait "$chaos"
note "processes die, sanitized, beside them"
cat "$aside/chaos"
note "done"
awk '{ passed += $1; failed += $2 } END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 || passed == 0 }' "$TEST_TALLY"

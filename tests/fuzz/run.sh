#!/bin/bash
# Fuzzing campaigns, one target after the other; a fault stops its target, the others still run.
#   tests/fuzz/run.sh BUILD RUNS [TARGET]
# BUILD is a build with MODE=fuzz CC=clang. A campaign starts from the kept inputs and what earlier campaigns left in
# BUILD/fuzz/TARGET. An input that shows a fault is written to BUILD/fuzz/TARGET-crash-…; `BUILD/tests/fuzz/fuzz_TARGET FILE`
# shows it again. Closes with one line a target: executions, edges covered, seconds.
#   tests/fuzz/run.sh BUILD keep [TARGET]
# Makes the kept inputs the fewest that cover as much as all there are, at most KEPT_MAX a target. Those with a hyphen in their name stay: each is
# a fault that was, or an edge that coverage does not see.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
build=$1 runs=$2 only=${3:-}
KEPT_MAX=45
export FUZZ_CAMPAIGN=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 ASAN_OPTIONS=allocator_may_return_null=1:malloc_context_size=2:quarantine_size_mb=4

# What a target needs besides. The server of `records` has a timer of its own and takes lengths of a gigabyte at their word, and
# libfcgi forgets 48 bytes for each management record of a kind that it does not know.
declare -A bytes=([template]=300 [records]=1000 [stateful]=200 [import]=500 [mail]=500 [log]=1100 [form]=300)
declare -A more=([records]="-timeout=0 -malloc_limit_mb=0 -rss_limit_mb=0")
leaks() { [ "$1" != records ]; echo $((! $?)); }

arguments() {
  printf '%s\n' -max_len="${bytes[$1]:-400}" -timeout=60 -artifact_prefix="$build/fuzz/$1-" ${more[$1]:-}
  if [ -e "tests/fuzz/dict/$1.dict" ]; then echo "-dict=tests/fuzz/dict/$1.dict"; fi
}

campaign() {
  local started=$SECONDS log=$build/fuzz/$1.log last
  ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=$(leaks "$1") "$build/tests/fuzz/fuzz_$1" $(arguments "$1") -runs="$runs" -print_final_stats=1 "$build/fuzz/$1" "tests/fuzz/corpus/$1" \
    >"$log" 2>&1
  local status=$?
  last=$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1)
  printf '%-10s %10s executions, %s edges, %d s%s\n' "$1" "$(sed -n 's/^stat::number_of_executed_units: //p' "$log")" \
    "${last#cov: }" $((SECONDS - started)) \
    "$(case $status in 0) ;; 72) echo ", interrupted";; *) echo ": FAULT, see $log";; esac)"
  return $status
}

is_named() { local named; for named in "$1"/*-*; do if cmp -s "$named" "$2"; then return; fi; done; return 1; }

keep() {
  local kept=tests/fuzz/corpus/$1 merged=$build/fuzz/$1.merged
  rm -rf "$merged"; mkdir -p "$merged"
  ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 "$build/tests/fuzz/fuzz_$1" $(arguments "$1") -set_cover_merge=1 -use_counters=0 "$merged" "$kept" "$build/fuzz/$1" \
    >"$build/fuzz/$1.log" 2>&1 || return 1
  find "$kept" -type f ! -name '*-*' -delete
  # The largest first: they cover most. One that stays under its name is not kept under another.
  while read -r input; do
    if ! is_named "$kept" "$merged/$input"; then cp "$merged/$input" "$kept/$(sha256sum "$merged/$input" | head -c 12)"; fi
  done < <(ls -S "$merged" | head -n "$KEPT_MAX")
  printf '%-10s %4d inputs kept, %d bytes\n' "$1" "$(ls "$kept" | wc -l)" "$(cat "$kept"/* | wc -c)"
}

failed=0
for program in "$build"/tests/fuzz/fuzz_*; do
  case $program in *.[a-z]*) continue;; esac
  target=${program##*/fuzz_}
  if [ -n "$only" ] && [ "$only" != "$target" ]; then continue; fi
  mkdir -p "$build/fuzz/$target" "tests/fuzz/corpus/$target"
  if [ "$runs" = keep ]; then keep "$target"; else campaign "$target"; fi || failed=1
done
exit $failed

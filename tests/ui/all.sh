#!/bin/bash
# `make test-ui`: every state in both languages, both widths and both colours; texts that are too long, and from right to left; every
# story with script disabled, enabled and by keyboard alone; Lighthouse. Takes hours, the most of it for Lighthouse. What it measures
# goes to build/ui, which `make goals` prints. STEPS="look stories" runs a part.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
build=$1 steps=${STEPS:-contrast look texts stories lighthouse}
export BUILD=$PWD/$build RESULTS=$PWD/build/ui
mkdir -p "$RESULTS"
failed=0
has() { [[ " $steps " == *" $1 "* ]]; }
if has lighthouse; then deploy/local/packages.sh ui || exit; fi   # now, and not hours later into a log
run() {
  local name=$1 log; shift
  log=$RESULTS/${name// /-}.log
  if "$@" >"$log" 2>&1; then printf '%-44s ok       %s\n' "$name" "$(sed -n 's/^# pass //p' "$log" | tail -1)"
  else failed=1; printf '%-44s FAILED   %s\n' "$name" "$log"; grep -A25 '^not ok' "$log" | grep -E "^not ok|^ +\+ +['\"]|step «" | cut -c1-240 | sed 's/^/    /'; fi
}
look() { env "$@" node --test --test-reporter=tap tests/ui/look.story.mjs; }

if has contrast; then run contrast node --test --test-reporter=tap tests/ui/contrast.mjs; fi
if has look; then
  run "look en" look FULL=1 LANGUAGE=en
  run "look zh" look FULL=1 LANGUAGE=zh-Hans
fi
if has texts; then
  for kind in long mirror; do
    tests/support/pseudo_texts.sh "build/texts/$kind" $kind || failed=1
    run "texts $kind" look TEXTS_RUN=$kind LANGUAGE=zh-Hans TEXTS="$PWD/build/texts/$kind"
  done
fi
if has stories; then
  rm -f "$RESULTS/actions" "$RESULTS/scenes"
  for way in off on keyboard; do
    run "stories $way" env WAYS=$way tests/e2e/run.sh "$build" $(ls tests/e2e/*.story.mjs)
    tail -1 "$RESULTS/stories-$way.log"
  done
fi
if has lighthouse; then run lighthouse tests/ui/lighthouse.sh "$build"; tail -1 "$RESULTS/lighthouse.log"; fi
node tests/ui/goals.mjs
exit $failed

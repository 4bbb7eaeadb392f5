#!/bin/bash
# Installs Lighthouse once, beside the other tools and only for this, then measures: lighthouse.sh BUILD (PAGES='re', RUNS=3).
set -euo pipefail
cd "$(dirname "$0")/../.."
deploy/local/packages.sh ui
if [ ! tests/lighthouse/node_modules/.package-lock.json -nt tests/lighthouse/package-lock.json ]; then
  (cd tests/lighthouse && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json)
fi
BUILD=$PWD/$1 exec node tests/ui/lighthouse.mjs

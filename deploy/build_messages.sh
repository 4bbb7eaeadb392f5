#!/bin/bash
# build_messages.sh OUT - the catalogues of the programs' own texts: OUT/<folder>/LC_MESSAGES/mypartner.mo.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
out=$1
mkdir -p "$out"
for po in "$here"/po/*.po; do
  [ -e "$po" ] || continue
  folder=$out/$(basename "$po" .po)/LC_MESSAGES
  mkdir -p "$folder"
  msgfmt --check-format --check-domain -o "$folder/mypartner.mo.new" "$po"
  mv "$folder/mypartner.mo.new" "$folder/mypartner.mo"
done

#!/bin/bash
# build_templates.sh OUT LANG… - the templates in each language: OUT/<lang>/.
# English is a copy. Others are translated with po/templates/<lang>.po; what has no translation stays English. Every file
# is parsed before OUT is replaced, so that a running site never meets half a set.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
out=$1; shift
new=$out.new.$$ old=$out.old.$$
trap 'rm -rf "$new" "$old"' EXIT
mkdir -p "$new"

for lang; do
  po=$here/po/templates/$lang.po
  if [ "$lang" = en ] || [ ! -e "$po" ]; then
    cp -r "$here/templates" "$new/$lang"
  else
    "$here/deploy/templates_po.pl" translate "$po" "$here/templates" "$new/$lang"
  fi
  (cd "$new/$lang" && find . -type f \( -name '*.html' -o -name '*.txt' \) -printf '%P\0' |
    xargs -0r ctemplate-make_tpl_varnames_h -n -q -t .) || { echo "a template of $lang does not parse" >&2; exit 1; }
done

if [ -e "$out" ]; then mv "$out" "$old"; fi
mv "$new" "$out"

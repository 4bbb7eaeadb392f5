#!/bin/bash
# check_po.sh BUILD-FOLDER - every text of the C files and the templates has a translation in po/, and the .po files are what
# `make po` would make of them. Nothing is changed; says what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
find lib cgi-bin sbin -name '*.c' | LC_ALL=C sort | xargs xgettext --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ \
  --no-location --package-name=mypartner --output="$work/code.pot"
deploy/templates_po.pl extract "$work/templates.pot" templates
wrong=0
for pair in code:po/zh_CN.po templates:po/templates/zh-Hans.po; do
  po=${pair#*:}
  msgmerge --quiet --no-fuzzy-matching --no-wrap -o "$work/merged.po" "$po" "$work/${pair%%:*}.pot"
  missing=$(msgattrib --untranslated --no-obsolete --no-wrap "$work/merged.po"; msgattrib --only-fuzzy --no-obsolete --no-wrap "$work/merged.po")
  if grep -q '^msgid "..*"' <<<"$missing"; then
    echo "$po lacks the translation of:"; sed -n 's/^msgid \(".*"\)$/  \1/p' <<<"$missing" | grep -v '^  ""$'
    wrong=1
  fi
done
deploy/templates_po.pl check po/templates/zh-Hans.po templates || wrong=1
[ $wrong = 0 ] || { echo "Run \`make po\`, translate what is missing, and build again." >&2; exit 1; }

#!/bin/bash
# update_po.sh - brings po/ up to date with the texts in the C files and the templates, and says what is not translated.
# The dates that the tools write are taken out, so that nothing changes when no text did.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p po/templates

header() {   # LOCALE PLURALS
  printf '# The texts of mypartner in %s.\n# This file is distributed under the same license as mypartner.\n' "$1"
  printf 'msgid ""\nmsgstr ""\n'
  printf '"%s\\n"\n' "Project-Id-Version: mypartner" "Language: $1" "MIME-Version: 1.0" \
    "Content-Type: text/plain; charset=UTF-8" "Content-Transfer-Encoding: 8bit" "Plural-Forms: $2"
}

merge() {   # POT PO
  sed -i '/^"POT-Creation-Date:/d' "$1"
  [ -e "$2" ] || header zh_CN 'nplurals=1; plural=0;' >"$2"
  msgmerge --quiet --update --backup=none --no-fuzzy-matching --no-wrap "$2" "$1"
  msgattrib --no-obsolete --no-wrap --output-file="$2" "$2"
  sed -i '/^"POT-Creation-Date:/d' "$2"
  printf '%-28s ' "$2"; msgfmt --check-format --check-domain --statistics -o /dev/null "$2" 2>&1
}

find lib cgi-bin sbin -name '*.c' | LC_ALL=C sort | xargs xgettext --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ \
  --add-comments=Translators --add-location=file --sort-by-file --no-wrap --package-name=mypartner \
  --output=po/mypartner.pot
merge po/mypartner.pot po/zh_CN.po

rm -f po/templates/templates.pot
deploy/templates_po.pl extract po/templates/templates.pot templates
merge po/templates/templates.pot po/templates/zh-Hans.po
deploy/templates_po.pl check po/templates/zh-Hans.po templates

#!/bin/bash
# pseudo_texts.sh OUT long|mirror - templates and messages in a language that is only for tests, in place of Chinese: OUT/templates,
# OUT/messages. Nothing of it is ever installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1 kind=$2
rm -rf "$out"; mkdir -p "$out/templates" "$out/messages/zh_CN/LC_MESSAGES"
tests/support/pseudo_texts.pl "$kind" po/mypartner.pot >"$out/code.po"
tests/support/pseudo_texts.pl "$kind" po/templates/templates.pot >"$out/templates.po"
msgfmt --check-format -o "$out/messages/zh_CN/LC_MESSAGES/mypartner.mo" "$out/code.po"
cp -r templates "$out/templates/en"
deploy/templates_po.pl translate "$out/templates.po" templates "$out/templates/zh-Hans"
if [ "$kind" = mirror ]; then sed -i 's/<html lang="{{LANG}}"/& dir="rtl"/' "$out/templates/zh-Hans/layout.html"; fi

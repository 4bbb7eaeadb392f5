#!/bin/bash
# Who may include whom: the layers of the house, read from the compiler's own list of includes, and the one door that each
# library has. Prints every breach; status 1 if there is one.
#   check_includes.sh [FILE…]     default: every source of lib, cgi-bin and sbin
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2

declare -A may=(
  [base]="base" [domain]="base domain" [store]="base domain store" [action]="base domain store action"
  [web]="base web" [view]="base domain view" [notify]="base notify"
  [cgi-bin]="base domain store action web view notify cgi-bin" [sbin]="base domain store action view notify sbin"
)
# header → the only files that may include it
declare -A doors=(
  ['mysql.h']='lib/store/db*' ['fcgiapp.h']='lib/web/fcgi.c' ['libscrypt.h']='lib/base/password.c'
  ['curl/curl.h']='lib/notify/smtp.c lib/notify/sms_http.c lib/notify/webhook.c lib/notify/curl_code.h' ['qrencode.h']='lib/view/qr.c' ['ctemplate/']='lib/view/tpl.cc'
)
system=$(pkg-config --cflags-only-I talloc libcrypto jansson inih liboath libcurl fcgi)
breaches=0
breach() { echo "$1"; breaches=$((breaches+1)); }
[ $# -gt 0 ] || set -- lib/*/*.c lib/*/*.cc cgi-bin/*.c sbin/*.c
# The layer of a path, in `layer`; no process for each of some ten thousand.
layer_of() {
  layer=
  case $1 in lib/*/*) layer=${1#lib/}; layer=${layer%%/*};; cgi-bin/*) layer=cgi-bin;; sbin/*) layer=sbin;; esac
}
# One rule a source, on lines of its own: "x.o: lib/base/x.c lib/base/x.h …".
# shellcheck disable=SC2086
rules=$(gcc -MM -D_GNU_SOURCE -Ilib -Icgi-bin -Isbin -I/usr/include/mariadb $system "$@" | sed -z 's/\\\n//g') || breach "a source cannot be read"
read_n=0
while read -r _ file deps; do
  layer_of "$file"; own=$layer read_n=$((read_n+1))
  for dep in $deps; do
    dep=${dep#./}
    layer_of "$dep"
    [ -z "$layer" ] || [[ " ${may[$own]} " == *" $layer "* ]] || breach "$file includes $dep: $own must not know $layer"
  done
done <<<"$rules"
[ "$read_n" -eq $# ] || breach "$read_n of $# sources were read"
for header in "${!doors[@]}"; do
  while read -r file; do
    ok=
    for door in ${doors[$header]}; do [[ $file == $door ]] && ok=1; done
    [ -n "$ok" ] || breach "$file includes <$header>: its door is ${doors[$header]}"
  done < <(grep -lE "#include <(mysql/|mariadb/)?${header}" lib/*/*.[ch] lib/*/*.cc cgi-bin/*.[ch] sbin/*.[ch] 2>/dev/null)
done
[ "$breaches" -eq 0 ] && echo "includes: every layer keeps to its own"
exit $((breaches > 0))

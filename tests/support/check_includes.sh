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
layer_of() { case $1 in lib/*) local rest=${1#lib/}; echo "${rest%%/*}";; cgi-bin/*) echo cgi-bin;; sbin/*) echo sbin;; esac; }

[ $# -gt 0 ] || set -- lib/*/*.c lib/*/*.cc cgi-bin/*.c sbin/*.c
for file in "$@"; do
  layer=$(layer_of "$file")
  # shellcheck disable=SC2086
  deps=$(gcc -MM -D_GNU_SOURCE -Ilib -Icgi-bin -Isbin -I/usr/include/mariadb $system "$file") || { breach "$file: cannot be read"; continue; }
  for dep in $(tr -d '\\' <<<"$deps"); do
    dep=${dep#./}
    other=$(layer_of "$dep")
    [ -z "$other" ] || [[ " ${may[$layer]} " == *" $other "* ]] || breach "$file includes $dep: $layer must not know $other"
  done
done
for header in "${!doors[@]}"; do
  while read -r file; do
    ok=
    for door in ${doors[$header]}; do [[ $file == $door ]] && ok=1; done
    [ -n "$ok" ] || breach "$file includes <$header>: its door is ${doors[$header]}"
  done < <(grep -lE "#include <(mysql/|mariadb/)?${header}" lib/*/*.[ch] lib/*/*.cc cgi-bin/*.[ch] sbin/*.[ch] 2>/dev/null)
done
[ "$breaches" -eq 0 ] && echo "includes: every layer keeps to its own"
exit $((breaches > 0))

#!/bin/bash
# packages.sh - where the programs of the peers are; prints shell assignments: wrk= fpm= php_modules= go= gopath= (empty: not there).
#   packages.sh FOLDER
# What is not installed is fetched as Debian's package and only unpacked into FOLDER, once, so that no service comes with it.
set -euo pipefail
export LC_ALL=C.UTF-8
[ $# -eq 1 ] || { sed -n 2,4p "$0" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)

# fetch NAME PACKAGE...: those packages, and what else of `pattern` they need that is not installed, unpacked into FOLDER/NAME.
fetch() {
  local name=$1 pattern=$2; shift 2
  [ ! -d "$folder/$name" ] || return 0
  rm -rf "$folder/$name.new"; mkdir -p "$folder/$name.new/debs"
  (
    cd "$folder/$name.new/debs"
    mapfile -t packages < <(apt-get -s --no-install-recommends install "$@" 2>/dev/null | sed -nE "s/^Inst ($pattern) .*/\1/p")
    [ ${#packages[@]} -gt 0 ] || exit 1
    apt-get -q -o APT::Sandbox::User=root download "${packages[@]}" >../log 2>&1 || { cat ../log >&2; exit 1; }
    for deb in *.deb; do dpkg-deb -x "$deb" ..; done
  ) || { rm -rf "$folder/$name.new"; echo "bench: $* could not be fetched; what needs it is left out" >&2; return 1; }
  rm -rf "$folder/$name.new/debs"
  mv "$folder/$name.new" "$folder/$name"
}

first_of() { local file; for file in "$@"; do if [ -e "$file" ]; then echo "$file"; return; fi; done; }

wrk=$(command -v wrk || true)
if [ -z "$wrk" ] && fetch wrk '(wrk|libluajit[^ ]*)' wrk; then
  wrk=$(first_of "$folder"/wrk/bin/wrk)
  if [ -z "$wrk" ]; then      # its library lies beside it, where no loader looks
    mkdir "$folder/wrk/bin"
    wrk=$folder/wrk/bin/wrk
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%q exec %q "$@"\n' "$(dirname "$folder"/wrk/usr/lib/*/libluajit*.so.2)" "$folder/wrk/usr/bin/wrk" >"$wrk"
    chmod +x "$wrk"
  fi
fi

fpm=$(first_of /usr/sbin/php-fpm8.2)
php_modules=$(first_of /usr/lib/php/20220829)
if [ -z "$fpm" ] && fetch php 'php[^ ]*' php8.2-fpm php8.2-mysql php8.2-opcache; then
  fpm=$folder/php/usr/sbin/php-fpm8.2 php_modules=$folder/php/usr/lib/php/20220829
fi

driver=usr/share/gocode
go=$(first_of /usr/lib/go-1.19/bin/go) goroot= gopath=$(first_of /$driver)
if { [ -z "$go" ] || [ ! -d /$driver/src/github.com/go-sql-driver ]; } &&
   fetch go 'golang[^ ]*' golang-go golang-github-go-sql-driver-mysql-dev; then
  go=$folder/go/usr/lib/go-1.19/bin/go goroot=$folder/go/usr/lib/go-1.19 gopath=$folder/go/$driver
  # The package's tree has links to where it is installed.
  ln -sfn "$folder/go/usr/share/go-1.19/src" "$goroot/src"
  for part in "$goroot"/* ; do
    if [ -L "$part" ] && [ ! -e "$part" ]; then ln -sfn "$folder/go$(readlink -m "$part" | sed "s|^$folder/go||")" "$part"; fi
  done
fi
printf '%s=%q\n' wrk "$wrk" fpm "$fpm" php_modules "$php_modules" go "$go" goroot "$goroot" gopath "$gopath"

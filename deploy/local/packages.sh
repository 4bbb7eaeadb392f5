#!/bin/bash
# packages.sh - installs the Debian packages that are missing, and only those.
#   packages.sh run     what building and `make run` need
#   packages.sh test    that, and what the tests need (also the tools of package.json)
#   packages.sh scan     that, and the scanners of `make scan`
#   packages.sh ui       what the tests need, and the whole browser that Lighthouse asks for
#   packages.sh list run|test|scan|ui   prints what is missing, installs nothing
# Nothing that is installed is replaced or removed, and no service is left running or enabled that was not there before.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
export LC_ALL=C.UTF-8

# mariadb-server-core has the programs without the service; nginx-light brings one, see install_as_root.
RUN_PACKAGES=(
  gcc g++ make pkg-config libfcgi-dev libctemplate-dev default-libmysqlclient-dev libscrypt-dev libtalloc-dev libssl-dev
  liboath-dev libinih-dev libjansson-dev libqrencode-dev libunistring-dev libcurl4-openssl-dev gettext po4a tzdata ca-certificates openssl
  nginx-light mariadb-server-core mariadb-client-core mariadb-client
)
TEST_PACKAGES=(libcmocka-dev clang libclang-rt-14-dev chromium-headless-shell fonts-noto-cjk nodejs npm curl)
SCAN_PACKAGES=(wapiti sqlmap)
UI_PACKAGES=(chromium)
POLICY=/usr/sbin/policy-rc.d
POLICY_MARK='# Put here by mypartner for the time of one installation.'

main() {
  local mode=${1:-} list=
  if [ "$mode" = list ]; then list=1 mode=${2:-}; fi
  local wanted
  case $mode in
    run) wanted=("${RUN_PACKAGES[@]}");;
    test) wanted=("${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}");;
    scan) wanted=("${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${SCAN_PACKAGES[@]}");;
    ui) wanted=("${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${UI_PACKAGES[@]}");;
    as-root) shift; install_as_root "$@"; return;;
    *) sed -n 2,8p "$0" >&2; return 2;;
  esac

  local missing; mapfile -t missing < <(missing_of "${wanted[@]}")
  if [ -n "$list" ]; then
    if [ ${#missing[@]} -gt 0 ]; then printf '%s\n' "${missing[@]}"; fi
    return
  fi
  if [ ${#missing[@]} -gt 0 ]; then
    printf 'Missing Debian packages (%d of %d):\n' ${#missing[@]} ${#wanted[@]}
    printf '%s ' "${missing[@]}" | fold -s -w 100 | sed 's/^/  /'; echo
    install "${missing[@]}"
  fi
  if [ "$mode" != run ]; then install_node_tools; fi
}

missing_of() {
  command -v dpkg-query >/dev/null || { echo "This needs Debian 12 (dpkg is not here)." >&2; exit 1; }
  local installed package; installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null | sed -n 's/ installed$//p')
  for package in "$@"; do
    grep -qxF -- "$package" <<<"$installed" || provided_otherwise "$package" || echo "$package"
  done
}

# Programs that may come from elsewhere: another nginx, or Node.js of another vendor, whose package refuses Debian's npm.
provided_otherwise() {
  case $1 in
    nginx-light) [ -x /usr/sbin/nginx ];;
    nodejs|npm) command -v npm >/dev/null && command -v node >/dev/null &&
      [ "$(node --version | sed -E 's/^v([0-9]+).*/\1/')" -ge 18 ];;
    *) return 1;;
  esac
}

install() {
  if [ "$(id -u)" -eq 0 ]; then
    install_as_root "$@"
  elif command -v sudo >/dev/null; then
    echo "Installing them with sudo, which may ask for your password."
    sudo -- "$here/deploy/local/packages.sh" as-root "$@"
  else
    echo "You are not root and there is no sudo. Let an administrator run this, then try again:" >&2
    echo "  apt-get update && apt-get install -y --no-install-recommends $*" >&2
    return 1
  fi
}

# --- as root ---------------------------------------------------------------------------------------------------------

install_as_root() {
  export DEBIAN_FRONTEND=noninteractive
  LOG=$(mktemp "${TMPDIR:-/tmp}/mypartner-packages.XXXXXX")
  local had_nginx=; if is_installed nginx-common; then had_nginx=1; fi
  trap allow_nginx_start EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  forbid_nginx_start

  if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then update_lists; fi
  if ! apt_install "$@"; then
    # The lists may be older than the archive.
    update_lists
    apt_install "$@" || { tail -n 30 "$LOG" >&2; echo "The installation failed; all of its output is in $LOG" >&2; return 1; }
  fi
  if [ -z "$had_nginx" ] && is_installed nginx-common; then disable_nginx; fi
  rm -f "$LOG"
  echo "All packages are installed."
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

update_lists() {
  echo "Fetching the package lists."
  apt-get update -q >>"$LOG" 2>&1 || { tail -n 10 "$LOG" >&2; echo "apt-get update failed." >&2; return 1; }
}

# --no-remove: rather fail than replace something of the user's.
apt_install() {
  apt-get install -y -q --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    -- "$@" 2>&1 </dev/null | tee -a "$LOG" | show_progress
}

# One line for every tenth of each stage instead of thousands of lines.
show_progress() {
  local line total=0 stage i step
  local -A count=([fetched]=0 [unpacked]=0 ["set up"]=0)
  while IFS= read -r line; do
    case $line in
      [0-9]*' newly installed'*) total=$(sed -E 's/^([0-9]+) upgraded, ([0-9]+) newly.*/\1+\2/' <<<"$line"); total=$((total)); continue;;
      'Need to get '*|'After this operation'*) echo "  $line"; continue;;
      Get:*) stage=fetched;;
      Unpacking\ *) stage=unpacked;;
      Setting\ up\ *) stage='set up';;
      E:*|W:*|dpkg:*error*) echo "  $line"; continue;;
      *) continue;;
    esac
    i=$((count[$stage] + 1)); count[$stage]=$i
    step=$((total / 10 + 1))
    if [ $((i % step)) -eq 0 ] || [ "$i" -eq "$total" ]; then echo "  $stage $i of $total"; fi
  done
}

# Debian starts a service as soon as its package is installed. Only nginx is named here, so that an upgrade of something
# else, which happens to come along, restarts what it must. An administrator's own policy stays as it is.
forbid_nginx_start() {
  if [ -e $POLICY ] && ! grep -qxF "$POLICY_MARK" $POLICY; then return; fi
  printf '%s\n' '#!/bin/sh' "$POLICY_MARK" "case \$1 in nginx|nginx.service) exit 101;; esac" 'exit 0' >$POLICY
  chmod 755 $POLICY
}

allow_nginx_start() {
  if [ -e $POLICY ] && grep -qxF "$POLICY_MARK" $POLICY; then rm -f $POLICY; fi
}

disable_nginx() {
  if command -v systemctl >/dev/null; then systemctl --quiet disable nginx.service >/dev/null 2>&1 || true; fi
  deb-systemd-helper disable nginx.service >/dev/null 2>&1 || true
  update-rc.d nginx disable >/dev/null 2>&1 || true
  echo "  nginx is installed; its system service is neither started nor enabled."
}

# --- the tools of package.json, for the browser tests ----------------------------------------------------------------

install_node_tools() {
  cd "$here"
  [ -e package-lock.json ] || return 0
  if [ node_modules/.package-lock.json -nt package-lock.json ]; then return 0; fi
  echo "Installing the tools of package.json."
  # Debian's Chromium is used, none is downloaded.
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
}

main "$@"

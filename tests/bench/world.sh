# world.sh - sourced: a private world to measure in: database, made-up customers, the web program, and one nginx for each
# peer, all with the settings of deploy/local. Uses: here, build, work, WORKERS.
# shellcheck shell=bash

umask 077
VAR=$work
declare -A pid=() port=()

# shellcheck source=deploy/local/database.sh
. "$here/deploy/local/database.sh"
random_hex() { od -An -v -N"$1" -tx1 /dev/urandom | tr -d ' \n'; echo; }

# As a server of this size has it: what is read fits into memory, and the redo log holds more than a moment's writes.
DATABASE_OPTIONS=(--innodb-buffer-pool-size=512M --innodb-log-file-size=512M --max-connections=300)

spawn() {
  local name=$1; shift
  setpriv --pdeathsig TERM -- "$@" </dev/null >>"$work/log/$name.log" 2>&1 &
  pid[$name]=$!
}

stop_one() {
  local name=$1
  [ -n "${pid[$name]:-}" ] || return 0
  kill "${pid[$name]}" 2>/dev/null || true
  wait "${pid[$name]}" 2>/dev/null || true
  unset "pid[$name]"
}

stop_world() {
  trap - EXIT
  local name
  for name in "${!pid[@]}"; do if [ "$name" != database ]; then stop_one "$name"; fi; done
  stop_one database
  if [ -n "${KEEP:-}" ]; then echo "kept: $work"; else rm -rf "$work"; fi
}

die() { echo "bench: $*" >&2; exit 1; }

free_port() { perl -MSocket -e 'socket(S,PF_INET,SOCK_STREAM,0); bind(S,sockaddr_in(0,INADDR_LOOPBACK)); print((sockaddr_in(getsockname(S)))[0])'; }

write_ini() {
  cat >"$work/$1.ini" <<INI
[web]
socket = $work/ours/web.sock
workers = $WORKERS
public_url = http://127.0.0.1:${port[ours]}
secure_cookies = false
templates = $build/templates
messages = $build/messages
hash_lock = $work/hash.lock
[database]
socket = $work/db.sock
name = $DATABASE
user = $2
password_file = $work/secrets/$2
[secret]
key_file = $work/secrets/site_key
[mail]
transport = file
folder = $work/messages
from = no-reply@demo.test
[sms]
transport = file
folder = $work/messages
from = mypartner
[worker]
checkpoints = $work/checkpoints
[payment]
provider = demo
INI
}

start_database() {
  mkdir -p "$work"/{log,tmp,secrets,messages,ours}
  database_create || die "the database could not be made"
  database_command
  spawn database "${database_command[@]}" "${DATABASE_OPTIONS[@]}"
  database_wait "${pid[database]}" || die "the database did not start: $(tail -n 3 "$work/log/db.log")"
  database_users
  random_hex 32 >"$work/secrets/site_key"
  port[ours]=$(free_port)
  write_ini web mypartner_web
  write_ini ctl mypartner_ctl
  "$build/bin/mypartnerctl" -c "$work/ctl.ini" migrate "$here/db/migrations" >"$work/log/migrate.log"
  database_grants
}

# front NAME [SED-EXPRESSION...]: an nginx of its own, in front of $work/NAME/web.sock, which differs from ours in nothing but the
# expressions given.
front() {
  local name=$1 text user= edits=() edit; shift
  [ -n "${port[$name]:-}" ] || port[$name]=$(free_port)
  mkdir -p "$work/$name"/{log,nginx}
  text=$(<"$here/deploy/local/nginx.conf")
  if [ "$(id -u)" -eq 0 ]; then user='user root;'; fi
  text=${text//@USER@/"$user"} text=${text//@PORT@/"${port[$name]}"} text=${text//@VAR@/"$work/$name"} text=${text//@STATIC@/"$here/static"}
  for edit; do edits+=(-e "$edit"); done
  if [ ${#edits[@]} -gt 0 ]; then text=$(sed "${edits[@]}" <<<"$text"); fi
  printf '%s\n' "$text" >"$work/$name/nginx.conf"
  spawn "nginx-$name" nginx -e "$work/$name/log/nginx.log" -p "$work/$name/nginx/" -c "$work/$name/nginx.conf"
}

# wait_for_page PORT PATH [COOKIE]
wait_for_page() {
  local i
  for ((i = 0; i < 200; i++)); do
    if [ "$(curl -s -o /dev/null -w '%{http_code}' -H "Cookie: ${3:-}" "http://127.0.0.1:$1$2")" = 200 ]; then return 0; fi
    sleep 0.05
  done
  die "nothing answers at port $1"
}

start_ours() {
  spawn ours "$build/bin/mypartner" -c "$work/web.ini"
  front ours
  wait_for_page "${port[ours]}" /sign-in
}

sql() { database_sql "$DATABASE" "$@"; }

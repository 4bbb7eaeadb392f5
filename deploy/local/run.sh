#!/bin/bash
# run.sh - `make run`: the whole of mypartner on this machine, for trying it out.
#   run.sh          starts everything under $VAR, says when it is ready, and watches it until Ctrl-C or SIGTERM
#   run.sh reset    throws the data of $VAR away
# Environment:
#   PORT=8080            http port on 127.0.0.1
#   VAR=var              folder of everything it writes; two runs with other ports and folders live side by side
#   BUILD=build/release  which build runs
#   TEXTS=$BUILD         where templates and messages are taken from (tests only)
#   DEMO=0               no demo data
#   SETTINGS=file        its sections take the place of the worker's own, such as [mail] and [sms] for a real relay and gateway
#   TEST_CLOCK=file      the programs add that file's seconds to the clock (tests only)
#   MORE_INI=file        settings added to those of each program (tests only)
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin          # where mariadbd and nginx are, also for users who do not have it in their path
export PATH LC_ALL=C.UTF-8
umask 077

PORT=${PORT:-8080} VAR=${VAR:-var} BUILD=${BUILD:-build/release} DEMO=${DEMO:-1} TEST_CLOCK=${TEST_CLOCK:-} MORE_INI=${MORE_INI:-} SETTINGS=${SETTINGS:-}
SOCKET_PATH_MAX=107                 # sizeof sun_path, less the closing NUL; unix(7)
MARK=.mypartner                     # tells a folder of ours from one that must not be touched
readonly started=${EPOCHREALTIME/./}

say() { printf '%s\n' "$*" 2>/dev/null || true; }
fail() { printf 'mypartner: %s\n' "$*" >&2; exit 1; }
absolute() { case $1 in /*) printf '%s\n' "${1%/}";; *) printf '%s\n' "$here/${1%/}";; esac; }
random_hex() { od -An -v -N"$1" -tx1 /dev/urandom | tr -d ' \n'; echo; }

# shellcheck source=deploy/local/database.sh
. "$here/deploy/local/database.sh"

# --- before anything is started --------------------------------------------------------------------------------------

check_settings() {
  if ! [[ $PORT =~ ^[1-9][0-9]{0,4}$ ]] || [ "$PORT" -gt 65535 ]; then fail "PORT=$PORT is not a port number (1 to 65535)."; fi
  VAR=$(absolute "$VAR") BUILD=$(absolute "$BUILD")
  TEXTS=$(absolute "${TEXTS:-$BUILD}")
  [ -z "$SETTINGS" ] || [ -r "$SETTINGS" ] || fail "SETTINGS=$SETTINGS cannot be read."
  id -un >/dev/null 2>&1 || fail "Your user id $(id -u) has no name on this machine, and MariaDB needs one."
  local path
  for path in "$VAR" "$BUILD" "$here"; do
    [[ $path != *[\"\'\\\;\$\#\&\|[:cntrl:]]* ]] || fail "The folder name $path has a character that configuration files cannot hold."
  done
  [[ $VAR != *\ * ]] || fail "VAR=$VAR has a blank in it, which mariadb-install-db does not take. Choose another folder, such as VAR=/tmp/mypartner."
  path=$VAR/demo.sock
  [ "$(LC_ALL=C; echo ${#path})" -le $SOCKET_PATH_MAX ] ||
    fail "VAR=$VAR is too long: the path of a unix socket in it must not exceed $SOCKET_PATH_MAX bytes. Choose a shorter one, such as VAR=/tmp/mypartner."
}

check_programs() {
  local program
  for program in mypartner mypartner_worker mypartnerctl demo_messages; do
    [ -x "$BUILD/bin/$program" ] || fail "$BUILD/bin/$program is not there: \`make build\` makes it."
  done
  for program in mariadbd mariadb mariadb-install-db nginx openssl; do
    command -v $program >/dev/null || fail "$program is not installed: \`make deps\` installs what is missing."
  done
}

# VAR becomes ours and is held until this process ends.
take_folder() {
  mkdir -p "$VAR" 2>/dev/null || fail "VAR=$VAR cannot be made by $(id -un)."
  [ -O "$VAR" ] || fail "VAR=$VAR belongs to $(stat -c %U "$VAR"), and you are $(id -un). Choose another folder."
  if [ ! -e "$VAR/$MARK" ] && [ -n "$(ls -A "$VAR")" ]; then
    fail "VAR=$VAR exists and was not made by \`make run\`. Choose another folder."
  fi
  chmod 700 "$VAR"
  touch "$VAR/$MARK"
  exec {lock}>>"$VAR/lock"
  flock -n "$lock" || fail "VAR=$VAR is in use by another \`make run\`. Stop that one first, or give this one its own: make run PORT=8081 VAR=var2"
}

# A connection shows it: somebody answers there.
check_port() {
  local lowest
  lowest=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
  if [ "$PORT" -lt "$lowest" ] && [ "$(id -u)" -ne 0 ]; then
    fail "Port $PORT is for root only, and you are $(id -un): ports below $lowest are. Choose another: make run PORT=8080"
  fi
  if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
    fail "Port $PORT of 127.0.0.1 is in use by another program. Choose another: make run PORT=$((PORT < 65535 ? PORT + 1 : 8081))"
  fi
}

# --- what is written under VAR ---------------------------------------------------------------------------------------

write_files() {
  mkdir -p "$VAR"/{log,tmp,secrets,messages,nginx,exports}
  [ -s "$VAR/secrets/site_key" ] || random_hex 32 >"$VAR/secrets/site_key"
  if [ ! -s "$VAR/secrets/checkpoint.pub.pem" ]; then
    openssl genpkey -algorithm ed25519 -out "$VAR/secrets/checkpoint.pem"
    openssl pkey -in "$VAR/secrets/checkpoint.pem" -pubout -out "$VAR/secrets/checkpoint.pub.pem"
  fi
  write_config web mypartner_web
  write_config worker mypartner_worker
  write_config ctl mypartner_ctl

  local text user=
  text=$(<"$here/deploy/local/nginx.conf")
  if [ "$(id -u)" -eq 0 ]; then user='user root;'; fi      # its worker must reach into VAR, which is closed to others
  text=${text//@USER@/"$user"} text=${text//@PORT@/"$PORT"} text=${text//@VAR@/"$VAR"} text=${text//@STATIC@/"$here/static"}
  printf '%s\n' "$text" >"$VAR/nginx/nginx.conf"
}

write_config() {
  local name=$1 user=$2
  cat >"$VAR/$name.ini" <<INI
; Written by deploy/local/run.sh at every start. \`$BUILD/bin/mypartner -o\` prints what each key means.
[web]
socket = $VAR/web.sock
workers = 4
public_url = http://127.0.0.1:$PORT
secure_cookies = false
templates = $TEXTS/templates
messages = $TEXTS/messages
hash_lock = $VAR/hash.lock
[database]
socket = $VAR/db.sock
name = $DATABASE
user = $user
password_file = $VAR/secrets/$user
[secret]
key_file = $VAR/secrets/site_key
[site]
support = support@demo.test
[mail]
transport = file
folder = $VAR/messages
from = no-reply@demo.test
[sms]
transport = file
folder = $VAR/messages
from = mypartner
[worker]
checkpoints = $VAR/checkpoints
checkpoint_key_file = $VAR/secrets/checkpoint.pem
checkpoint_public_file = $VAR/secrets/checkpoint.pub.pem
exports = $VAR/exports
[payment]
provider = demo
INI
  if [ -n "$SETTINGS" ] && [ "$name" = worker ]; then
    local text; text=$(awk 'NR == FNR { if (/^\[/) own[$0] = 1; next } /^\[/ { skip = $0 in own } ! skip' "$SETTINGS" "$VAR/$name.ini")
    printf '%s\n' "$text" | cat - "$SETTINGS" >"$VAR/$name.ini"
  fi
  if [ -n "$MORE_INI" ]; then cat -- "$MORE_INI" >>"$VAR/$name.ini"; fi
  if [ -n "$TEST_CLOCK" ]; then printf '[test]\nclock_file = %s\n' "$(absolute "$TEST_CLOCK")" >>"$VAR/$name.ini"; fi
}

# --- the children ----------------------------------------------------------------------------------------------------
# Each is started by this shell itself, in a session of its own so that Ctrl-C reaches this shell alone, and is told to
# stop by the kernel should this shell be killed. They are known and stopped by their process ids only.

declare -A pid=() born=() pause=() revive_at=()
step_pid=

spawn() {
  local name=$1; shift
  setsid setpriv --pdeathsig TERM -- "$@" </dev/null >>"$VAR/log/$name.log" 2>&1 {lock}>&- &
  pid[$name]=$! born[$name]=$SECONDS
}

launch() {
  local name=$1
  case $name in
    database) database_command; spawn database "${database_command[@]}";;
    web) spawn web "$BUILD/bin/mypartner" -c "$VAR/web.ini";;
    worker) spawn worker "$BUILD/bin/mypartner_worker" -c "$VAR/worker.ini";;
    messages) spawn messages "$BUILD/bin/demo_messages" "$VAR/demo.sock" "$VAR/messages";;
    nginx) spawn nginx nginx -e "$VAR/log/nginx.log" -p "$VAR/nginx/" -c "$VAR/nginx/nginx.conf";;
  esac
}

# Runs a command to its end; a signal for us does not have to wait for it. Its output goes to a log, shown if it fails.
step() {
  local log=$1; shift
  "$@" >"$VAR/log/$log.log" 2>&1 {lock}>&- </dev/null &
  step_pid=$!
  if ! wait "$step_pid"; then
    step_pid=
    tail -n 20 "$VAR/log/$log.log" >&2
    fail "This failed: $* (its output is above, and in $VAR/log/$log.log)"
  fi
  step_pid=
}

alive() { [ -n "${pid[$1]:-}" ] && kill -0 "${pid[$1]}" 2>/dev/null; }

# Asks one child to stop, and insists after `patience` seconds.
stop_child() {
  local name=$1 patience=$2 signal=${3:-TERM} i
  alive "$name" || return 0
  kill -s "$signal" "${pid[$name]}" 2>/dev/null || return 0
  for ((i = 0; i < patience * 50; i++)); do
    alive "$name" || return 0
    sleep 0.02
  done
  say "mypartner: $name did not stop within $patience seconds and is ended."
  kill -s KILL "${pid[$name]}" 2>/dev/null || true
}

stop_all() {
  trap '' INT TERM HUP PIPE
  trap - EXIT
  if [ -n "$step_pid" ]; then kill "$step_pid" 2>/dev/null || true; wait "$step_pid" 2>/dev/null || true; fi
  if [ ${#pid[@]} -eq 0 ]; then return; fi
  say "Stopping."
  stop_child nginx 3 QUIT                # lets a request in flight end
  stop_child nginx 2
  stop_child web 20
  stop_child worker 20
  stop_child messages 5
  stop_child database 60                 # last: the others may still have to commit
  say "mypartner is stopped. Its data is kept in $VAR."
}

# Starts again whatever ends, until a signal ends us. What ends again and again is started ever more slowly; nobody waits for
# another's pause. Every second all are looked at, so that no end goes unseen.
watch_children() {
  local name ticker living
  trap '' PIPE                           # nobody may be reading our output any more
  while true; do
    living=()
    for name in "${!pid[@]}"; do
      if ! alive "$name"; then revive "$name"; fi
      if alive "$name"; then living+=("${pid[$name]}"); fi
    done
    sleep 1 >/dev/null 2>&1 {lock}>&- & ticker=$!
    wait -n "${living[@]}" "$ticker" || true
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
  done
}

revive() {
  local name=$1 status=0
  if [ -z "${revive_at[$name]:-}" ]; then            # its end is new
    wait "${pid[$name]}" 2>/dev/null || status=$?
    kill -- "-${pid[$name]}" 2>/dev/null || true     # processes that it left behind, still holding its port or socket
    if [ $((SECONDS - born[$name])) -ge 10 ]; then pause[$name]=0; fi
    revive_at[$name]=$((SECONDS + ${pause[$name]:-0}))
    pause[$name]=$(( ${pause[$name]:-0} >= 4 ? 5 : ${pause[$name]:-0} * 2 + 1 ))
    say "mypartner: $name ended unexpectedly (status $status, log $VAR/log/$name.log) and is started again."
  fi
  if [ "$SECONDS" -lt "${revive_at[$name]}" ]; then return; fi
  unset "revive_at[$name]"
  launch "$name"
}

# --- ready -----------------------------------------------------------------------------------------------------------

# The status of a real GET through nginx, or nothing.
status_of() {
  {
    exec {web}<>"/dev/tcp/127.0.0.1/$PORT" || return 0
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$1" "$PORT" >&"$web"
    local status
    read -r -t 20 -u "$web" _ status _ || true
    exec {web}>&-
  } 2>/dev/null
  printf '%s' "${status:-}"
}

wait_until_ready() {
  local i name status=
  for ((i = 0; i < 600; i++)); do
    for name in "${!pid[@]}"; do
      alive "$name" || { tail -n 20 "$VAR/log/$name.log" >&2; fail "$name ended while starting; its log is $VAR/log/$name.log"; }
    done
    status=$(status_of /sign-in)
    if [ "$status" = 200 ]; then return; fi
    sleep 0.05
  done
  tail -n 20 "$VAR/log/web.log" "$VAR/log/nginx.log" >&2
  fail "GET /sign-in was answered with status ${status:-none} instead of 200; the logs are in $VAR/log."
}

show_ready() {
  local ms=$(( (${EPOCHREALTIME/./} - started) / 1000 ))
  say "Started in $((ms / 1000)).$(printf '%03d' $((ms % 1000))) s."
  say
  say "mypartner is ready: http://127.0.0.1:$PORT/"
  say
  say "Open        http://127.0.0.1:$PORT/"
  if [ "$DEMO" != 0 ]; then
    say "Mail, SMS   http://127.0.0.1:$PORT/demo/messages   (files in $VAR/messages)"
    say "Sign in     <name>@demo.test, password demo-password-only"
    say
    cat "$here/deploy/local/accounts.txt"
    say
  fi
  say "Logs are in $VAR/log. Stop with Ctrl-C."
}

# --- main ------------------------------------------------------------------------------------------------------------

run() {
  check_programs
  check_port
  take_folder
  trap stop_all EXIT
  trap 'exit 0' INT TERM HUP

  say "mypartner: port $PORT, folder $VAR, programs of $BUILD"
  write_files
  if [ ! -d "$VAR/db" ]; then say "Making a private database"; fi
  database_create || { cat "$VAR/log/db-install.log" >&2; fail "The database could not be made."; }
  say "Starting the database (MariaDB, unix socket only)"
  launch database
  database_wait "${pid[database]}" || { tail -n 20 "$VAR/log/db.log" "$VAR/log/database.log" >&2; fail "The database did not start; its log is $VAR/log/db.log"; }
  database_users || fail "The database users could not be made."
  say "Bringing the schema up to date"
  step migrate "$BUILD/bin/mypartnerctl" -c "$VAR/ctl.ini" migrate "$here/db/migrations"
  database_grants || fail "The rights in db/grants.sql could not be given."
  if [ "$DEMO" != 0 ]; then
    say "Loading the demo data if there is none"
    step demo "$BUILD/bin/mypartnerctl" -c "$VAR/ctl.ini" demo
  fi
  say "Starting the web program, the job worker and nginx"
  launch web
  launch worker
  launch messages
  launch nginx
  wait_until_ready
  show_ready
  watch_children 2>/dev/null             # where the shell itself tells of killed children; we say it better
}

reset() {
  [ -e "$VAR" ] || { say "There is nothing in $VAR."; return; }
  [ -e "$VAR/$MARK" ] || fail "VAR=$VAR was not made by \`make run\`; it stays as it is."
  take_folder
  rm -rf -- "${VAR:?}"
  say "$VAR is gone. The next \`make run\` starts with fresh demo data."
}

check_settings
case ${1:-run} in
  run) run;;
  reset) reset;;
  *) sed -n 2,10p "$0" >&2; exit 2;;
esac

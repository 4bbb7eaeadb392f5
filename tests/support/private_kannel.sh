# private_kannel.sh - a throw-away Kannel with its fake SMSC on loopback, for one test run.
#   sourced: private_kannel_start, private_kannel_stop
#   run as a program: private_kannel.sh start|stop|await bearerbox|fakesmsc|smsbox   (TEST_KANNEL_DIR as set by the first; stop is
#   kill -9, await gives it five seconds to end by itself), and: private_kannel.sh revive, which starts what is not there
#
# Taken from PATH or /usr/sbin; when it is not installed, Debian's packages are fetched and unpacked under build/tools/kannel
# (nothing is installed). Sets TEST_KANNEL_DIR, TEST_KANNEL_URL (sendsms; user mypartner, password secret) and TEST_KANNEL_SMSC,
# the file to which the SMSC writes a line for each message it gets. There is no access log: it would hold the texts in clear.

KANNEL_TOOLS=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/tools/kannel
KANNEL_EXAMPLE=$(dirname "${BASH_SOURCE[0]}")/../../deploy/kannel.conf.example

# Prints where the programs are: "" if installed, else the folder they are unpacked in.
private_kannel_find() {
  if command -v bearerbox >/dev/null && [ -x /usr/lib/kannel/test/fakesmsc ]; then return 0; fi
  if [ -x /usr/sbin/bearerbox ] && [ -x /usr/lib/kannel/test/fakesmsc ]; then return 0; fi
  [ -x "$KANNEL_TOOLS/usr/sbin/bearerbox" ] || private_kannel_fetch >&2 || return 1
  echo "$KANNEL_TOOLS"
}

private_kannel_fetch() {
  local work; work=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-kannel.XXXXXX") || return 1
  (
    export LC_ALL=C.UTF-8
    cd "$work" && mkdir debs root && cd debs || exit 1
    # The libraries that are missing here come along; what else the packages want is for a system's gateway.
    mapfile -t libraries < <(apt-get -s --no-install-recommends install kannel kannel-extras 2>/dev/null |
      sed -n 's/^Inst \(lib[^ ]*\) .*/\1/p')
    apt-get download -q -o APT::Sandbox::User=root kannel kannel-extras "${libraries[@]}" >"$work/apt.log" 2>&1 ||
      { cat "$work/apt.log"; exit 1; }
    for deb in *.deb; do dpkg-deb -x "$deb" "$work/root" || exit 1; done
    mkdir -p "$(dirname "$KANNEL_TOOLS")" && rm -rf "$KANNEL_TOOLS" && mv "$work/root" "$KANNEL_TOOLS"
  )
  local status=$?
  rm -rf "$work"
  return $status
}

# The port that tells that a box is up: of fakesmsc there is none, it connects.
private_kannel_port() {
  case $1 in bearerbox) echo $((TEST_KANNEL_BASE + 1));; smsbox) echo $((TEST_KANNEL_BASE + 2));; esac
}

private_kannel_box() {
  local action=$1 box=$2 dir=$TEST_KANNEL_DIR i pid
  # shellcheck source=/dev/null
  . "$dir/settings"
  case $action in
    start)
      local command
      case $box in
        bearerbox) command=("$KANNEL_SBIN/bearerbox" "$dir/kannel.conf");;
        smsbox) command=("$KANNEL_SBIN/smsbox" "$dir/kannel.conf");;
        fakesmsc) command=("$KANNEL_TEST/fakesmsc" -H 127.0.0.1 -r $((TEST_KANNEL_BASE + 3)) -i 0.1 -m 0 "1 2 text x");;
        *) return 2;;
      esac
      LD_LIBRARY_PATH=$KANNEL_LIBRARIES setsid "${command[@]}" </dev/null >>"$dir/$box.out" 2>&1 9>&- &
      pid=$!; disown "$pid"
      echo "$pid" >"$dir/$box.pid"
      for ((i = 0; i < 200; i++)); do
        kill -0 "$pid" 2>/dev/null || return 1
        if [ "$box" = fakesmsc ]; then return 0; fi
        if (exec 3<>"/dev/tcp/127.0.0.1/$(private_kannel_port "$box")") 2>/dev/null; then return 0; fi
        sleep 0.05
      done
      return 1;;
    stop)
      [ -s "$dir/$box.pid" ] || return 0
      pid=$(<"$dir/$box.pid")
      rm -f "$dir/$box.pid"
      kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
      while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done;;
    await)
      for ((i = 0; i < 250; i++)); do
        if [ ! -s "$dir/$box.pid" ] || ! kill -0 "$(<"$dir/$box.pid")" 2>/dev/null; then return 0; fi
        sleep 0.02
      done
      private_kannel_box stop "$box";;
    *) return 2;;
  esac
}

private_kannel_start() {
  local tools try; tools=$(private_kannel_find) || return 1
  TEST_KANNEL_DIR=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-test-sms.XXXXXX") || return 1
  mkdir "$TEST_KANNEL_DIR/spool"
  local sbin=$tools/usr/sbin libraries=
  if [ -n "$tools" ]; then libraries=$(find "$tools" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:); fi
  if [ -z "$tools" ] && [ ! -x /usr/sbin/bearerbox ]; then sbin=$(dirname "$(command -v bearerbox)"); fi
  # Below the range that the system hands out to clients (32768 on), so that only a listener can be in the way.
  for try in $(seq 20); do
    TEST_KANNEL_BASE=$((20000 + (RANDOM % 3000) * 4))
    printf 'TEST_KANNEL_BASE=%q KANNEL_SBIN=%q KANNEL_TEST=%q KANNEL_LIBRARIES=%q\n' "$TEST_KANNEL_BASE" "$sbin" \
      "$tools/usr/lib/kannel/test" "$libraries" >"$TEST_KANNEL_DIR/settings"
    private_kannel_config >"$TEST_KANNEL_DIR/kannel.conf"
    if private_kannel_box start bearerbox && private_kannel_box start fakesmsc && private_kannel_box start smsbox; then
      export TEST_KANNEL_DIR TEST_KANNEL_URL=http://127.0.0.1:$((TEST_KANNEL_BASE + 2))/cgi-bin/sendsms
      export TEST_KANNEL_SMSC=$TEST_KANNEL_DIR/fakesmsc.out
      return 0
    fi
    private_kannel_kill
  done
  tail -n 5 "$TEST_KANNEL_DIR"/*.out 2>/dev/null
  return 1
}

private_kannel_kill() {
  local box
  for box in smsbox fakesmsc bearerbox; do private_kannel_box stop $box; done
}

private_kannel_stop() {
  [ -n "${TEST_KANNEL_DIR:-}" ] || return 0
  private_kannel_kill
  rm -rf "$TEST_KANNEL_DIR"
}

# The example as it is shipped, with a fake SMSC, and its logs where its output goes.
private_kannel_config() {
  sed -e "s|13000|$TEST_KANNEL_BASE|; s|13001|$((TEST_KANNEL_BASE + 1))|; s|13013|$((TEST_KANNEL_BASE + 2))|" -e 's|CHANGE-THIS|secret|' \
      -e "s|/var/spool/kannel|$TEST_KANNEL_DIR/spool|" -e '/^log-/d' -e '/^group = smsc$/,/^$/d' "$KANNEL_EXAMPLE"
  cat <<CONF

group = smsc
smsc = fake
smsc-id = FAKE
port = $((TEST_KANNEL_BASE + 3))
connect-allow-ip = 127.0.0.1
CONF
}

# What is not there is started, as whoever supervises them does, until all have stood for a while: a box that was killed may hold its
# port a moment longer, and one that comes too early finds nobody to connect to and ends.
private_kannel_revive() {
  local box steady=0 i
  for ((i = 0; i < 100 && steady < 3; i++)); do
    steady=$((steady + 1))
    for box in bearerbox fakesmsc smsbox; do
      if [ -s "$TEST_KANNEL_DIR/$box.pid" ] && kill -0 "$(<"$TEST_KANNEL_DIR/$box.pid")" 2>/dev/null; then continue; fi
      steady=0
      private_kannel_box start $box || private_kannel_box stop $box
    done
    sleep 0.1
  done
  [ "$steady" -eq 3 ]
}

# One at a time, whoever calls; what is started does not keep the turn.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  exec 9>"$TEST_KANNEL_DIR/turn"
  flock 9
  # shellcheck source=/dev/null
  case $1 in revive) . "$TEST_KANNEL_DIR/settings"; private_kannel_revive;; *) private_kannel_box "$@";; esac
fi

# private_exim.sh - a throw-away exim on loopback that delivers everything into one Maildir, for one test run.
#   sourced: private_exim_start, private_exim_stop
#   run as a program: private_exim.sh start|stop exim|relay   (TEST_SMTP_DIR as set by the first; stop is kill -9, the spool
#   stays; relay is one by deploy/exim4.conf.example that hands on to the other, and is not started by itself)
#
# Taken from PATH or /usr/sbin; when it is not installed, Debian's packages are fetched and unpacked under build/tools/exim
# (nothing is installed). Answers by address: reject@ 550, later@ 451, members@ 550 unless signed in (mypartner / secret),
# sender refused@ 550; by subject: "refuse this text" 554, "this text later" 451.
# While there is a file TEST_SMTP_DIR/die, a process that has read a message's text kills itself before it answers.
# Sets TEST_SMTP_DIR, TEST_SMTP_PORT (no TLS), TEST_SMTP_STARTTLS_PORT, TEST_SMTPS_PORT, TEST_RELAY_PORT, TEST_SMTP_CA, TEST_SMTP_OTHER_CA, TEST_SMTP_MAILDIR.

EXIM_TOOLS=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/tools/exim

# Prints where the programs are: "" if installed, else the folder they are unpacked in.
private_exim_find() {
  if [ -x /usr/sbin/exim4 ] || command -v exim4 >/dev/null; then return 0; fi
  [ -x "$EXIM_TOOLS/usr/sbin/exim4" ] || private_exim_fetch >&2 || return 1
  echo "$EXIM_TOOLS"
}

private_exim_fetch() {
  local work; work=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-exim.XXXXXX") || return 1
  (
    cd "$work" && mkdir debs root && cd debs || exit 1
    # exim refuses to start without its own user; libnss-wrapper gives it one without touching /etc/passwd.
    packages=(exim4-daemon-light exim4-base libnss-wrapper)
    while [ ${#packages[@]} -gt 0 ]; do
      apt-get download -q "${packages[@]}" >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; exit 1; }
      for deb in *.deb; do dpkg-deb -x "$deb" "$work/root" || exit 1; done
      rm -f ./*.deb
      before=${packages[*]} packages=()
      while read -r soname _; do
        case $soname in
          libidn.so.12) packages+=(libidn12);; libgnutls-dane.so.0) packages+=(libgnutls-dane0);;
          libgnutls.so.30) packages+=(libgnutls30);; libunbound.so.8) packages+=(libunbound8);;
          libevent-2.1.so.7) packages+=(libevent-2.1-7);; libnsl.so.2) packages+=(libnsl2);;
          libdb-5.3.so) packages+=(libdb5.3);; libpcre2-8.so.0) packages+=(libpcre2-8-0);; libtirpc.so.3) packages+=(libtirpc3);;
          *) echo "exim4 needs $soname"; exit 1;;
        esac
      done < <(LD_LIBRARY_PATH=$(echo "$work"/root/usr/lib/*-linux-gnu) ldd "$work/root/usr/sbin/exim4" | grep 'not found')
      [ "${packages[*]}" != "$before" ] || { echo "still missing: $before"; exit 1; }
    done
    chmod u-s "$work/root/usr/sbin/exim4"     # a setuid program would not take the libraries from here
    mkdir -p "$(dirname "$EXIM_TOOLS")" && rm -rf "$EXIM_TOOLS" && mv "$work/root" "$EXIM_TOOLS"
  )
  local status=$?
  rm -rf "$work"
  return $status
}

private_exim_start() {
  local tools name try; tools=$(private_exim_find) || return 1
  TEST_SMTP_DIR=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-test-mail.XXXXXX") || return 1
  chmod 711 "$TEST_SMTP_DIR"
  mkdir "$TEST_SMTP_DIR"/{spool,log,maildir,tls,relay-spool}
  export TEST_SMTP_MAILDIR=$TEST_SMTP_DIR/maildir
  private_exim_certificates || { cat "$TEST_SMTP_DIR/tls/openssl.log"; return 1; }

  local environment=() user group
  user=$(id -un) group=$(id -gn) EXIM_PROGRAM=$(PATH=$PATH:/usr/sbin command -v exim4)
  if [ -n "$tools" ]; then
    # A copy that exim's own user can reach, wherever the source tree lies.
    mkdir "$TEST_SMTP_DIR"/{bin,lib}
    cp "$tools/usr/sbin/exim4" "$TEST_SMTP_DIR/bin/"
    cp -P "$tools"/usr/lib/*-linux-gnu/*.so* "$TEST_SMTP_DIR/lib/"
    EXIM_PROGRAM=$TEST_SMTP_DIR/bin/exim4
    # exim does not deliver as root: nobody's number then.
    local uid gid; uid=$(id -u) gid=$(id -g)
    if [ "$uid" -eq 0 ]; then uid=$(id -u nobody) gid=$(id -g nobody); fi
    { getent passwd; echo "Debian-exim:x:$uid:$gid::/nonexistent:/bin/false"; } >"$TEST_SMTP_DIR/passwd"
    { getent group; echo "Debian-exim:x:$gid:"; } >"$TEST_SMTP_DIR/group"
    environment=(LD_LIBRARY_PATH="$TEST_SMTP_DIR/lib" LD_PRELOAD=libnss_wrapper.so
      NSS_WRAPPER_PASSWD="$TEST_SMTP_DIR/passwd" NSS_WRAPPER_GROUP="$TEST_SMTP_DIR/group")
    user=Debian-exim group=Debian-exim
  elif [ "$(id -u)" -eq 0 ]; then
    user=Debian-exim group=Debian-exim
  fi
  if [ "$(id -u)" -eq 0 ]; then
    chown -R "$(id -u Debian-exim 2>/dev/null || id -u nobody)" "$TEST_SMTP_DIR"/{spool,log,maildir,tls,relay-spool}
  fi

  # Below the range that the system hands out to clients (32768 on), so that only a listener can be in the way.
  for try in $(seq 20); do
    TEST_SMTP_PORT=$((20000 + (RANDOM % 3000) * 4))
    TEST_SMTP_STARTTLS_PORT=$((TEST_SMTP_PORT + 1)) TEST_SMTPS_PORT=$((TEST_SMTP_PORT + 2)) TEST_RELAY_PORT=$((TEST_SMTP_PORT + 3))
    private_exim_config "$user" "$group" >"$TEST_SMTP_DIR/exim.conf"
    private_exim_relay_config "$user" "$group" >"$TEST_SMTP_DIR/relay.conf"
    echo 'kill -KILL "$PPID"' >"$TEST_SMTP_DIR/die.sh"
    chmod 644 "$TEST_SMTP_DIR"/{exim.conf,relay.conf,die.sh}
    for name in exim relay; do
      printf '%q ' env "${environment[@]}" "$EXIM_PROGRAM" -C "$TEST_SMTP_DIR/$name.conf" -bdf -q1s >"$TEST_SMTP_DIR/$name.command"
    done
    if private_exim_daemon start exim; then
      export TEST_SMTP_DIR TEST_SMTP_PORT TEST_SMTP_STARTTLS_PORT TEST_SMTPS_PORT TEST_RELAY_PORT
      return 0
    fi
    private_exim_daemon stop exim
    grep -qs 'Address already in use' "$TEST_SMTP_DIR"/log/* "$TEST_SMTP_DIR/exim.out" || break
    rm -f "$TEST_SMTP_DIR"/log/* "$TEST_SMTP_DIR/exim.out"
  done
  cat "$TEST_SMTP_DIR/exim.out" "$TEST_SMTP_DIR"/log/* 2>/dev/null
  unset TEST_SMTP_PORT TEST_SMTP_STARTTLS_PORT TEST_SMTPS_PORT
  return 1
}

# A session of its own, so that what is receiving or delivering a message dies with it.
private_exim_daemon() {
  local dir=$TEST_SMTP_DIR name=$2 i pid
  case $1 in
    start)
      rm -f "$dir/$name.pid"
      eval "exec setsid $(<"$dir/$name.command")" </dev/null >>"$dir/$name.out" 2>&1 &
      pid=$!; disown "$pid"
      echo "$pid" >"$dir/$name.daemon"
      # It writes its process id once it listens.
      for ((i = 0; i < 500; i++)); do
        if [ -s "$dir/$name.pid" ]; then return 0; fi
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.02
      done
      return 1;;
    stop)
      [ -s "$dir/$name.daemon" ] || return 0
      pid=$(<"$dir/$name.daemon")
      rm -f "$dir/$name.daemon"
      for ((i = 0; i < 200; i++)); do
        mapfile -t pids < <(ps -o pid= -s "$pid")
        [ "${#pids[@]}" -gt 0 ] || break
        kill -KILL "${pids[@]}" 2>/dev/null   # each for itself: the id of a group that is gone may be another's
        sleep 0.02
      done;;
    *) return 2;;
  esac
}

private_exim_stop() {
  if [ -n "${TEST_SMTP_DIR:-}" ]; then private_exim_daemon stop relay; private_exim_daemon stop exim; fi
  if [ -n "${TEST_SMTP_DIR:-}" ]; then rm -rf "$TEST_SMTP_DIR"; fi
}

# One certificate that is its own authority, and one of somebody else.
private_exim_certificates() {
  local name
  for name in server other; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=mx.test" -addext 'subjectAltName=IP:127.0.0.1' \
      -keyout "$TEST_SMTP_DIR/tls/$name.key" -out "$TEST_SMTP_DIR/tls/$name.pem" >"$TEST_SMTP_DIR/tls/openssl.log" 2>&1 || return 1
  done
  export TEST_SMTP_CA=$TEST_SMTP_DIR/tls/server.pem TEST_SMTP_OTHER_CA=$TEST_SMTP_DIR/tls/other.pem
}

# The example as it is shipped, but for where it lies and whom it hands on to.
private_exim_relay_config() {
  cat <<EOF
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
exim_path = $EXIM_PROGRAM
spool_directory = $TEST_SMTP_DIR/relay-spool
log_file_path = $TEST_SMTP_DIR/log/relay-%slog
pid_file_path = $TEST_SMTP_DIR/relay.pid
daemon_startup_retries = 0
exim_user = $1
exim_group = $2
EOF
  sed -e "s|^daemon_smtp_ports = 25|daemon_smtp_ports = $TEST_RELAY_PORT|" -e "s|smtp.provider.example::587|127.0.0.1::$TEST_SMTP_STARTTLS_PORT|" \
      -e "s|CHANGE-THIS|secret|" -e "s|= system|= $TEST_SMTP_CA|" "$(dirname "${BASH_SOURCE[0]}")/../../deploy/exim4.conf.example"
}

private_exim_config() {
  cat <<EOF
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
exim_path = $EXIM_PROGRAM
primary_hostname = mx.test
spool_directory = $TEST_SMTP_DIR/spool
log_file_path = $TEST_SMTP_DIR/log/%slog
pid_file_path = $TEST_SMTP_DIR/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = $TEST_SMTP_PORT : $TEST_SMTP_STARTTLS_PORT : $TEST_SMTPS_PORT
tls_on_connect_ports = $TEST_SMTPS_PORT
tls_advertise_hosts = \${if eq{\$received_port}{$TEST_SMTP_PORT}{}{*}}
tls_certificate = $TEST_SMTP_DIR/tls/server.pem
tls_privatekey = $TEST_SMTP_DIR/tls/server.key
daemon_startup_retries = 0
domainlist local_domains = *
never_users =
exim_user = $1
exim_group = $2
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
host_lookup =
rfc1413_query_timeout = 0s
deliver_drop_privilege = true
disable_ipv6 = true
begin acl
acl_mail:
  deny   senders = refused@*
         message = 550 5.7.1 sender refused
  accept
acl_rcpt:
  deny   local_parts = reject
         message = 550 5.1.1 no such user
  defer  local_parts = later
         message = try again later
  deny   local_parts = members
         !authenticated = *
         message = 550 5.7.1 members only
  accept
acl_data:
  warn   condition = \${if exists{$TEST_SMTP_DIR/die}}
         set acl_m_dead = \${run{/bin/sh $TEST_SMTP_DIR/die.sh}}
  deny   condition = \${if eq{\$rh_subject:}{ refuse this text\\n}}
         message = 554 5.6.0 not this text
  defer  condition = \${if eq{\$rh_subject:}{ this text later\\n}}
         message = not now
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{mypartner}}{eq{\$auth3}{secret}}}}
  server_set_id = \$auth2
  server_advertise_condition = \${if eq{\$received_port}{$TEST_SMTP_PORT}{no}{yes}}
begin routers
all:
  driver = accept
  transport = md
begin transports
md:
  driver = appendfile
  directory = $TEST_SMTP_DIR/maildir
  maildir_format
  create_directory
  user = $1
  group = $2
begin retry
* * F,1h,1m
EOF
}

# Started until it stands, as whoever supervises one does.
private_exim_restart() {
  local try
  for try in 1 2 3 4 5; do
    if private_exim_daemon start "$1"; then return 0; fi
    echo "$1 did not start (try $try)" >>"$TEST_SMTP_DIR/$1.out"
    private_exim_daemon stop "$1"
    sleep 1
  done
  tail -n 5 "$TEST_SMTP_DIR/$1.out" >&2
  return 1
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case $1 in start) private_exim_restart "$2";; *) private_exim_daemon "$@";; esac
fi

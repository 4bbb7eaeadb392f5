#!/bin/bash
# bench.sh - `make bench`: pages, submits and restarts measured beside peers that read the same private database.
#   bench.sh BUILD
# Environment: ROUNDS=3 SECONDS_EACH=6 CONNECTIONS=64 WORKERS=4 CUSTOMERS=2000 SUBMITS=20000 REQUESTS=50000 ONLY='pages submit restart memory'
# tests/bench/README.md tells the method, and how to read the figures. Nothing here fails because a machine is slow.
set -euo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")/../.." && pwd)
bench=$here/tests/bench
ROUNDS=${ROUNDS:-3} SECONDS_EACH=${SECONDS_EACH:-6} CONNECTIONS=${CONNECTIONS:-64} WORKERS=${WORKERS:-4} CUSTOMERS=${CUSTOMERS:-2000} SUBMITS=${SUBMITS:-20000}
REQUESTS=${REQUESTS:-50000} ONLY=${ONLY:-pages submit restart memory}
PATH=$PATH:/usr/sbin:/sbin
export PATH LC_ALL=C.UTF-8

assignments=$("$bench/packages.sh" "${BENCH_PACKAGES:-$build/bench/packages}")
eval "$assignments"
[ -n "$wrk" ] || { echo "bench: wrk is not here" >&2; exit 2; }
PATH=$(dirname "$wrk"):$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/mypartner-bench.XXXXXX")
# shellcheck source=tests/bench/world.sh
. "$bench/world.sh"
trap stop_world EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

wants() { [[ " $ONLY " == *" $1 "* ]]; }

# --- the peers -------------------------------------------------------------------------------------------------------

start_hello() {
  mkdir -p "$work/hello"
  get ours /my-partner "$(head -n 1 "$work/cookies")" >"$work/hello/body"
  ${CC:-gcc} -O2 -o "$work/hello/hello" "$bench/peers/hello/hello.c" -lfcgi
  spawn hello "$work/hello/hello" "$work/hello/web.sock" "$WORKERS" "$work/hello/body"
  front hello
  wait_for_page "${port[hello]}" /
}

start_php() {
  local text user=
  [ -n "$fpm" ] || return 0
  mkdir -p "$work/php"
  if [ "$(id -u)" -eq 0 ]; then user='user = root'; fi
  for text in php-fpm.conf php.ini; do
    sed -e "s|@WORK@|$work|g" -e "s|@WORKERS@|$WORKERS|g" -e "s|@PASSWORD@|$(<"$work/secrets/mypartner_web")|g" -e "s|@USER@|$user|g" \
      -e "s|@PER_PAGE@|$per_page|" -e "s|@MODULES@|$php_modules|g" "$bench/peers/php/$text" >"$work/php/$text"
  done
  spawn php "$fpm" $([ "$(id -u)" -ne 0 ] || echo -R) -c "$work/php/php.ini" -y "$work/php/php-fpm.conf"
  # The one difference: php-fpm has to be told which script a path means.
  front php "s|fastcgi_param REQUEST_METHOD |fastcgi_param SCRIPT_FILENAME $bench/peers/php\$script; &|" \
    's|^http {|&\n    map $uri $script { /my-partner /my_partner.php; /operation-log /operation_log.php; }|'
  wait_for_page "${port[php]}" /my-partner "$(head -n 1 "$work/cookies")"
}

start_go() {
  [ -n "$go" ] || return 0
  mkdir -p "$work/go"
  (cd "$bench/peers/go" && GO111MODULE=off GOROOT=$goroot GOPATH=$gopath GOCACHE=$work/go/cache GOFLAGS='' "$go" build -o "$work/go/program" .)
  spawn go "$work/go/program" "$work/go/web.sock" \
    "mypartner_web:$(<"$work/secrets/mypartner_web")@unix($work/db.sock)/$DATABASE?parseTime=true&collation=utf8mb4_unicode_ci&interpolateParams=false" "$per_page"
  # Go's own HTTP, over kept connections, as nginx is put in front of it.
  front go "s|location / {.*|location / { proxy_pass http://go; proxy_http_version 1.1; proxy_set_header Connection ''; }|" \
    "s|^http {|&\n    upstream go { server unix:$work/go/web.sock; keepalive 64; }|"
  wait_for_page "${port[go]}" /operation-log "$(head -n 1 "$work/cookies")"
}

# --- right before fast -----------------------------------------------------------------------------------------------

get() { curl -sS -H "Cookie: ${3:-}" "http://127.0.0.1:${port[$1]}$2"; }

# check PEER PATH COOKIE TEXT...: 200, each text there, and nothing of the name that must be escaped is markup.
check() {
  local peer=$1 path=$2 cookie=$3 text status; shift 3
  status=$(curl -sS -o "$work/page.html" -w '%{http_code}' -H "Cookie: $cookie" "http://127.0.0.1:${port[$peer]}$path")
  [ "$status" = 200 ] || die "$peer answers $path with $status"
  for text; do grep -qF -- "$text" "$work/page.html" || die "$peer: $path lacks: $text"; done
  if grep -qF '<b>Söhne' "$work/page.html"; then die "$peer: $path shows markup of a name"; fi
  if get "$peer" "$path" "${cookie%?}x" | grep -qF '<nav class="side"'; then die "$peer: $path is shown to nobody's session"; fi
  printf '  %-6s %-22s %6d bytes\n' "$peer" "$path" "$(stat -c %s "$work/page.html")"
}

check_pages() {
  local cookie name='Müller &amp; &lt;b&gt;Söhne&lt;/b&gt; &quot;Cloud&quot;' log_cookie peer rows
  cookie=$(head -n 1 "$work/cookies") log_cookie=$(head -n 1 "$work/log-cookies")
  echo "Checked before anything is timed:"
  check ours /my-partner "$cookie" "$name" 'No open request' 'requests used'
  check ours /disassociate/check "$cookie" 'name="understood"'
  for peer in ours ${fpm:+php} ${go:+go}; do
    check "$peer" /operation-log "$log_cookie" '<caption class="vh">Operation log</caption>' '&lt;b&gt;'
    rows=$(grep -o '<tr><td' "$work/page.html" | wc -l)
    [ "$rows" = "$per_page" ] || die "$peer shows $rows rows of the log instead of $per_page"
  done
  if [ -n "$fpm" ]; then check php /my-partner "$cookie" "$name" 'No open request' 'You have used'; fi
}

# --- pages -----------------------------------------------------------------------------------------------------------

# subject NAME PEER PATH COOKIES: a line for measure.pl.
subject() {
  local name=$1 peer=$2 path=$3 cookies=$4 groups
  groups="front:${pid[nginx-$peer]}"
  [ -z "${pid[$peer]:-}" ] || groups+=" program:${pid[$peer]} database:${pid[database]}"
  printf '%s\t%s\t%s\n' "$name" "$bench/pages.lua http://127.0.0.1:${port[$peer]} -- $path $cookies" "$groups"
}

ratio() {
  awk -F'\t' -v what="$1" -v a="$2" -v b="$3" -v column="${4:-2}" -v wanted="$5" -v more="${6:-1}" '
    $1 == a { x = $column } $1 == b { y = $column }
    END { if (x == "" || y == "" || y == 0) exit
          printf "  %-52s %6.2f   wanted: %s %s   %s\n", what, x / y, more == 1 ? "at least" : "at most", wanted,
            (more == 1 ? x / y >= wanted : x / y <= wanted) ? "reached" : "NOT REACHED" }' "$work/results.tsv"
}

measure_pages() {
  {
    subject 'file, nginx alone' ours /static/console.css -
    subject 'hello' hello / -
    subject 'My Partner' ours /my-partner "$work/cookies"
    subject 'check page' ours /disassociate/check "$work/cookies"
    subject 'operation log' ours /operation-log "$work/log-cookies"
    if [ -n "$fpm" ]; then
      subject 'My Partner, PHP-FPM' php /my-partner "$work/cookies"
      subject 'operation log, PHP-FPM' php /operation-log "$work/log-cookies"
    fi
    if [ -n "$go" ]; then subject 'operation log, Go' go /operation-log "$work/log-cookies"; fi
  } >"$work/subjects"
  perl "$bench/measure.pl" "$ROUNDS" "$SECONDS_EACH" "$CONNECTIONS" "$work/subjects"
  echo "Ratios:"
  ratio 'My Partner : hello' 'My Partner' hello 2 0.40
  ratio 'My Partner : PHP-FPM' 'My Partner' 'My Partner, PHP-FPM' 2 2.5
  ratio 'My Partner : PHP-FPM, p99' 'My Partner' 'My Partner, PHP-FPM' 4 1.0 0
  ratio 'check page : hello' 'check page' hello 2 0.25
  ratio 'operation log : PHP-FPM' 'operation log' 'operation log, PHP-FPM' 2 1.5
  ratio 'operation log : Go' 'operation log' 'operation log, Go' 2 2.3
}

# --- submits ---------------------------------------------------------------------------------------------------------

measure_submit() {
  local wrong
  {
    echo "SET @statement_version = '$(sed -nE 's/.*STATEMENT_VERSION "(.*)"/\1/p' "$here/lib/domain/statement.h")', @customers = $SUBMITS;"
    cat "$bench/submit.sql"
  } | sql
  sql -e 'SELECT token FROM bench_submit ORDER BY n' |
    "$build/tests/bench/tokens" "$work/secrets/site_key" "p${port[ours]}-session" /disassociate/reason >"$work/posts"
  gcc -O2 -I/usr/include/mariadb -o "$work/commit" "$bench/peers/database/commit.c" -lmariadb
  {
    printf '%s\t%s\t%s\n' submit "$bench/submit.lua http://127.0.0.1:${port[ours]} -- $work/posts @SKIP@ 2" \
      "front:${pid[nginx-ours]} program:${pid[ours]} database:${pid[database]}"
    printf '%s\t%s\t%s\n' 'the same rows, database alone' "@RUN@ $work/commit $work/db.sock $(id -un) $DATABASE $WORKERS @SKIP@" "database:${pid[database]}"
  } >"$work/subjects"
  echo
  echo "Submits, with $WORKERS connections to the database:"
  perl "$bench/measure.pl" "$ROUNDS" 1 "$CONNECTIONS" "$work/subjects"
  # Each request of ours has all its rows: two notices, their deliveries, its row of the log, its slot, its code, its draft.
  wrong=$(sql -e "SELECT COUNT(*) FROM disassociation_request r JOIN bench_submit b ON b.association_id = r.association_id WHERE r.no LIKE 'DR%' AND NOT (
    (SELECT COUNT(*) FROM notification n WHERE n.request_id = r.id) = 2
    AND (SELECT COUNT(*) FROM delivery d JOIN notification n ON n.id = d.notification_id WHERE n.request_id = r.id) >= 1
    AND (SELECT COUNT(*) FROM operation_log l WHERE l.request_id = r.id) = 1
    AND (SELECT COUNT(*) FROM quota_slot q WHERE q.request_id = r.id) = 1
    AND (SELECT COUNT(*) FROM verification_code v WHERE v.used_by_request = r.id AND v.state = 'USED') = 1
    AND (SELECT COUNT(*) FROM wizard w WHERE w.request_id = r.id AND w.state = 'DONE') = 1)")
  [ "$wrong" = 0 ] || die "$wrong requests lack something"
  echo "Ratio (every request was found whole afterwards):"
  ratio 'submit : database alone' submit 'the same rows, database alone' 2 0.5
}

# --- restarts, memory ------------------------------------------------------------------------------------------------

workers_of() { tr ' ' '\n' <"/proc/${pid[ours]}/task/${pid[ours]}/children" | grep . || true; }

biggest_kib() { local w most=0 kib; for w in $(workers_of); do kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$w/status"); if [ "${kib:-0}" -gt "$most" ]; then most=$kib; fi; done; echo "$most"; }

measure_memory() {
  local first last done=0 lines=()
  echo
  echo "Memory of the biggest worker over $REQUESTS requests (pages in turn):"
  stop_one ours
  spawn ours "$build/bin/mypartner" -c "$work/web.ini"
  wait_for_page "${port[ours]}" /sign-in
  while [ "$done" -lt "$REQUESTS" ]; do
    for path in /my-partner /disassociate/check /operation-log /sign-in; do
      out=$(wrk -t1 -c16 -d3s -s "$bench/pages.lua" "http://127.0.0.1:${port[ours]}" -- "$path" "$work/cookies" | grep ^BENCH)
      # shellcheck disable=SC2086
      set -- $out
      [ "$6" = 0 ] || die "$6 requests of $path failed"
      done=$((done + $2))
    done
    last=$(biggest_kib)
    [ -n "${first:-}" ] || first=$last
    lines+=("$done:$last")
  done
  printf '  %s\n' "$(printf '%s requests %s KiB; ' $(printf '%s\n' "${lines[@]}" | awk -F: -v n=${#lines[@]} 'NR == 1 || NR == n || NR % int(n / 6 + 1) == 0 { print $1, $2 }'))"
  awk -v kib="$last" -v first="$first" 'BEGIN { printf "  %-52s %6.1f   wanted: at most 32   %s\n", "MiB resident", kib / 1024, kib <= 32768 ? "reached" : "NOT REACHED"
    printf "  %-52s %6.1f   since the first round\n", "MiB more", (kib - first) / 1024 }'
}

measure_restart() {
  local from ms out
  echo
  from=${EPOCHREALTIME/./}
  stop_one ours
  from=${EPOCHREALTIME/./}
  spawn ours "$build/bin/mypartner" -c "$work/web.ini"
  wait_for_page "${port[ours]}" /sign-in
  ms=$(((${EPOCHREALTIME/./} - from) / 1000))
  awk -v ms="$ms" 'BEGIN { printf "  %-52s %6.2f   wanted: at most 5   %s\n", "start of the program, s", ms / 1000, ms < 5000 ? "reached" : "NOT REACHED" }'
  wrk -t1 -c16 -d6s --timeout 20s -s "$bench/pages.lua" "http://127.0.0.1:${port[ours]}" -- /my-partner "$work/cookies" >"$work/restart.out" &
  local load=$!
  sleep 1.5; kill -HUP "${pid[ours]}"
  sleep 2; kill -HUP "${pid[ours]}"
  wait "$load"
  out=$(grep ^BENCH "$work/restart.out")
  # shellcheck disable=SC2086
  set -- $out
  printf '  %-52s %6d   wanted: 0   %s   (of %d, across two restarts of all workers)\n' 'requests dropped' "$6" "$([ "$6" = 0 ] && echo reached || echo 'NOT REACHED')" "$2"
}

# --- main ------------------------------------------------------------------------------------------------------------

echo "mypartner bench: $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), $WORKERS workers; private MariaDB with ${DATABASE_OPTIONS[*]}"
start_database
"$build/bin/mypartnerctl" -c "$work/ctl.ini" generate --customers "$CUSTOMERS" --log-rows $((CUSTOMERS * 25)) >"$work/log/generate.log"
sql <"$bench/data.sql"
sql -e 'ANALYZE TABLE operation_log, session, user, account, association, notification, disassociation_request' >/dev/null
start_ours
per_page=$(sed -nE 's/^#define PER_PAGE ([0-9]+)/\1/p' "$here/cgi-bin/page_operation_log.c")
sql -e "SELECT CONCAT('p${port[ours]}-session=', token) FROM bench_session ORDER BY n LIMIT 64" >"$work/cookies"
sql -e "SELECT CONCAT('p${port[ours]}-session=', b.token) FROM bench_session b
  WHERE (SELECT COUNT(*) FROM operation_log l WHERE l.customer_id = b.account_id AND l.is_shown = 1) > $per_page ORDER BY b.n LIMIT 64" >"$work/log-cookies"
echo "$(sql -e 'SELECT COUNT(*) FROM account') accounts, $(sql -e 'SELECT COUNT(*) FROM operation_log') rows of the log, $(sql -e 'SELECT COUNT(*) FROM bench_session') customers that could send a request"
if wants pages; then
  start_hello
  start_php
  start_go
  check_pages
  echo
  measure_pages
fi
if wants submit; then measure_submit; fi
if wants restart; then measure_restart; fi
if wants memory; then measure_memory; fi

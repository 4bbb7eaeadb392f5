# database.sh - sourced by run.sh: the private MariaDB under $VAR. It listens on a unix socket only, and reads none of the
# machine's own MariaDB settings. The system user that created it has all rights through the socket; the three programs
# have one database user each.
# Uses from run.sh: VAR, here.
# shellcheck shell=bash disable=SC2034,SC2046,SC2154,SC2207

DATABASE=mypartner
DATABASE_USERS=(mypartner_ctl mypartner_web mypartner_worker)   # the first owns the database

# Only root needs telling that it means to be root.
database_as() { if [ "$(id -u)" -eq 0 ]; then echo --user=root; fi; }

database_sql() { mariadb --no-defaults --user="$(id -un)" --socket="$VAR/db.sock" --batch --skip-column-names "$@"; }

# Makes the data folder, once. It gets its name when it is whole, so an interrupted first start leaves nothing half made.
database_create() {
  [ ! -d "$VAR/db" ] || return 0
  rm -rf "$VAR/db.new"
  mariadb-install-db --no-defaults $(database_as) --datadir="$VAR/db.new" --tmpdir="$VAR/tmp" --auth-root-authentication-method=socket \
    --auth-root-socket-user="$(id -un)" --skip-test-db --skip-name-resolve --innodb-log-file-size=16M >"$VAR/log/db-install.log" 2>&1 || return 1
  mv "$VAR/db.new" "$VAR/db"
}

# Sets the array database_command: what run.sh starts and watches.
database_command() {
  database_command=(mariadbd --no-defaults $(database_as) --datadir="$VAR/db" --socket="$VAR/db.sock" --pid-file="$VAR/db.pid"
    --skip-networking --skip-name-resolve --log-error="$VAR/log/db.log" --tmpdir="$VAR/tmp"
    --innodb-log-file-size=16M --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=1 --performance-schema=OFF
    --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci)
}

# Waits until it answers; fails if the process of that id ends before.
database_wait() {
  local pid=$1 i
  for ((i = 0; i < 1200; i++)); do
    if database_sql -e 'SELECT 1' >/dev/null 2>&1; then return 0; fi
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}

# The database and its users, with the passwords of their secret files (made here when there is none).
database_users() {
  local user
  {
    echo "CREATE DATABASE IF NOT EXISTS $DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
    for user in "${DATABASE_USERS[@]}"; do
      [ -s "$VAR/secrets/$user" ] || random_hex 24 >"$VAR/secrets/$user"
      echo "CREATE USER IF NOT EXISTS '$user'@'localhost';"
      echo "ALTER USER '$user'@'localhost' IDENTIFIED BY '$(<"$VAR/secrets/$user")';"
    done
    echo "GRANT ALL ON $DATABASE.* TO '${DATABASE_USERS[0]}'@'localhost';"
  } | database_sql
}

# What the programs may do.
database_grants() { database_sql "$DATABASE" <"$here/db/grants.sql"; }

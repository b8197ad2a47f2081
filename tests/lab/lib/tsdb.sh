# shellcheck shell=bash
# The time-series database, for labs that were started with --tsdb: a real InfluxDB that wants user and password.

LAB_TSDB_USER=oms_tsdb
LAB_TSDB_PASSWORD_FILE=$LAB_DIR/tsdb_password

has_tsdb() { [[ -e $LAB_DIR/tsdb ]]; }

tsdb_word() { if has_tsdb; then echo yes; else echo no; fi; }

need_tsdb() { has_tsdb || die "the lab has no time-series database" "it was started without --tsdb" "lab down, then lab up --tsdb"; }

write_tsdb_config() {
    local data
    data=$(machine_dir tsdb)/data
    cat <<END_OF_CONFIG
reporting-disabled = true
bind-address = "127.0.0.1:8088"
[meta]
  dir = "$data/meta"
[data]
  dir = "$data/data"
  wal-dir = "$data/wal"
[monitor]
  store-enabled = false
[continuous_queries]
  enabled = false
[http]
  bind-address = "$LAB_TSDB:8086"
  auth-enabled = true
END_OF_CONFIG
}

start_tsdb() {
    local directory
    directory=$(machine_dir tsdb)
    ! runs_own tsdb influxd || return 0
    spawn tsdb "$directory/log/influxd.log" setpriv --reuid=influxdb --regid=influxdb --clear-groups \
        influxd -config "$directory/influxdb.conf"
}

tsdb_answers() { in_controller curl -fsS -m 2 -o /dev/null "http://$LAB_TSDB:8086/ping" 9>&-; }

wait_tsdb() { wait_for 30 "tsdb: InfluxDB" "$(machine_dir tsdb)/log/influxd.log" tsdb_answers; }

stop_tsdb() {
    kill_own tsdb KILL influxd
    wait_for 10 "tsdb: the end of InfluxDB" "$(machine_dir tsdb)/log/influxd.log" gone_own tsdb influxd
}

# tsdb_request OPTION...: curl's options besides these come on standard input, so that no password is an argument of a process.
tsdb_request() { in_controller curl -fsS -m 10 -K - "$@" "http://$LAB_TSDB:8086/query" 9>&-; }

# tsdb_query STATEMENT: as the user of config.yaml; prints JSON.
tsdb_query() {
    printf 'user = "%s:%s"\n' "$LAB_TSDB_USER" "$(<"$LAB_TSDB_PASSWORD_FILE")" | tsdb_request --data-urlencode "q=$1"
}

# A server without users accepts one statement without a password: the one that makes its first user.
make_tsdb_user() {
    printf "data-urlencode = \"q=CREATE USER %s WITH PASSWORD '%s' WITH ALL PRIVILEGES\"\n" "$LAB_TSDB_USER" \
        "$(<"$LAB_TSDB_PASSWORD_FILE")" | tsdb_request >/dev/null ||
        die "tsdb: no user could be made" "InfluxDB said so above" "lab down, lab up --tsdb" "$(machine_dir tsdb)/log/influxd.log"
}

start_tsdb_machine() {
    local directory
    directory=$(machine_dir tsdb)
    make_password "$LAB_TSDB_PASSWORD_FILE"
    mkdir -p "$directory/data"
    chown influxdb: "$directory/data"
    write_tsdb_config | atomically "$directory/influxdb.conf"
    start_machine tsdb
    start_tsdb
    wait_tsdb
    make_tsdb_user
}

# What the nodes of former tests wrote.
empty_tsdb() { tsdb_query 'DROP DATABASE oms' >/dev/null || die "tsdb: not emptied" "InfluxDB said so above" "lab down, lab up --tsdb"; }

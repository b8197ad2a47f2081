#!/usr/bin/env bats
# Layout B and the host kinds: every test looks at the real servers. Needs root; brings up a lab of its own with two hosts.

load helpers

setup_file() { own_lab b --hosts 2 --layout B; }

# port_open HOST PORT
port_open() { on controller timeout 2 bash -c "exec 3<>/dev/tcp/198.18.0.1${1#h}/$2" 2>/dev/null; }
port_closed() { refute port_open "$@"; }

seen_at_is_not() { [[ $(sql 'SELECT seen_at FROM oms_cm.host') != "$1" ]]; }

@test "the server has MySQL 8's sql_mode, and the four tables have columns of every type" {
    run sql 'SELECT @@GLOBAL.sql_mode'
    [[ $output == *ONLY_FULL_GROUP_BY* && $output == *NO_ZERO_DATE* && $output == *STRICT_TRANS_TABLES* ]]
    run sql "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_name IN ('cluster_info', 'resource_group', 'host', 'location_cm')"
    for type in tinyint smallint mediumint int bigint decimal float double bit date time datetime timestamp year char varchar binary varbinary \
        tinyblob blob mediumblob longblob tinytext text mediumtext longtext enum set uuid inet4 inet6 geometry point polygon geometrycollection; do
        grep -qx "$type" <<<"$output" || { echo "no column of type $type" && return 1; }
    done
    [ "$(sql "SELECT COUNT(DISTINCT generation_expression) > 1 FROM information_schema.columns WHERE table_name = 'host'")" = 1 ]
}

# holds CONDITION of SQL on location_cm's row with this seq
holds() { [ "$(sql "SELECT $2 FROM oms_cm.location_cm WHERE seq = $1")" = 1 ] || { echo "row $1: not $2" && return 1; }; }

hostile_values() {
    holds 3 "HEX(s_text) = '61006200' AND HEX(b_blob) = '000000'"
    holds 5 "s_text LIKE CONCAT(CHAR(27), '[31m%')"
    holds 4 "HEX(label) LIKE '%F09F9880'"
    holds 6 "s_text = 'NULL' AND b_blob IS NOT NULL"
    holds 20 "YEAR(t_date) = 0 AND n_big_u = 0"
    holds 22 "t_date = 20230231 AND CAST(n_float AS DOUBLE) = 16777216"
    [ "$(sql 'SELECT CAST(n_float AS DOUBLE), HEX(n_bit64) FROM oms_rm.cluster_info')" = $'16777216\t8000000000000001' ]
}

@test "values that copies get wrong are there, and reset brings the same ones back" {
    hostile_values
    first=$("$LAB" digest)
    sql 'UPDATE oms_cm.location_cm SET n_float = NULL; DELETE FROM oms_rm.cluster_info'
    [ "$first" != "$("$LAB" digest)" ]
    "$LAB" reset
    diff <(echo "$first") <("$LAB" digest)
    hostile_values
}

@test "the digest sees what a FLOAT's text does not show" {
    first=$("$LAB" digest)
    sql 'UPDATE oms_cm.location_cm SET n_float = 16777218 WHERE seq = 22'
    refute test "$first" = "$("$LAB" digest)"
    sql 'UPDATE oms_cm.location_cm SET n_float = 16777216 WHERE seq = 22'
    diff <(echo "$first") <("$LAB" digest)
}

@test "a start and an init write config.yaml back: sorted, quoted, booleans with a tag" {
    give_config h1
    on h1 grep -q '^cm_location: 3$' /data/config.yaml
    on h1 docker restart oms_421
    eventually 10 on h1 grep -qx '"cm_location": "3"' /data/config.yaml
    on h1 grep -qx '"cm_is_default": !!bool "true"' /data/config.yaml
    diff <(on h1 grep -v '^-' /data/config.yaml) <(on h1 grep -v '^-' /data/config.yaml | LC_ALL=C sort)
    [ "$(on h1 stat -c %a /data/config.yaml)" = 600 ]
    eventually 10 healthy
    give_config h1
    run init_h1
    [[ $status -eq 0 && $output == *'[Step 5]'* && $output == *'# [Completed] All initialization steps are executed.' ]]
    on h1 grep -qx '"cm_location": "3"' /data/config.yaml
}

@test "CM writes host every second" {
    before=$(sql 'SELECT seen_at FROM oms_cm.host')
    eventually 5 seen_at_is_not "$before"
    before=$(sql 'SELECT seen_at FROM oms_cm.host')
    eventually 5 seen_at_is_not "$before"
}

# has_child NAME: the start script that supervisor knows has started its child, and waits no more for the one before.
has_child() {
    # shellcheck disable=SC2016 # expanded by the other shell
    on h1 docker exec oms_421 sh -c '[ "$(cut -d" " -f4 "/proc/$(cat "/run/$1.pid")/stat")" = "$(supervisorctl pid "$1")" ]' sh "$1"
}

@test "a stopped start script leaves its child alive for a moment, then all is quiet" {
    for program in oms_drc_cm oms_console; do eventually 20 has_child "$program"; done
    eventually 10 port_open h1 8088
    eventually 10 port_open h1 8090
    on h1 docker exec oms_421 supervisorctl stop oms_drc_cm oms_console
    run on h1 docker exec oms_421 supervisorctl status oms_drc_cm
    [[ $output == *STOPPED* ]]
    port_open h1 8088
    port_open h1 8090
    eventually 5 port_closed h1 8088
    eventually 5 port_closed h1 8090
    still=$(sql 'SELECT seen_at FROM oms_cm.host')
    run timeout 2 tail --pid=$$ -f /dev/null
    [ "$(sql 'SELECT seen_at FROM oms_cm.host')" = "$still" ]
    on h1 docker exec oms_421 supervisorctl start oms_drc_cm oms_console
    eventually 10 healthy
    eventually 10 port_open h1 8088
}

@test "hosts listen on port 2222 as well, where operator is root with sudo" {
    # shellcheck disable=SC2016 # expanded by the other shell
    run on controller ssh -F "$OMSLAB_DIR/ssh_config.operator" h2 'whoami; sudo -n id -u; echo "${SSH_CONNECTION##* }"'
    [ "$output" = $'operator\n0\n2222' ]
    run on controller ssh -F "$OMSLAB_DIR/ssh_config.operator" 198.18.0.11 hostname
    [ "$output" = h1 ]
}

@test "a host kind has another container name, paths that break what is not quoted, and https alone" {
    "$LAB" reset --vip --container oms-prod.1 --odd-paths --https
    first=$("$LAB" digest)
    kind
    [ "$LAB_CONTAINER $LAB_SCHEME" = 'oms-prod.1 https' ]
    # shellcheck disable=SC2016 # the path itself
    [ "$LAB_CONFIG_PATH" = '/data/it'\''s "oms" $(x) `y`;/config.yaml' ]
    run "$LAB" status
    [[ $output == *"h1 198.18.0.11  sshd up, docker up: oms-prod.1 running"* ]]
    on h1 test -s "$LAB_LOGS_DIR/supervisord.log"
    run on h1 ls -A /data
    [ "${#lines[@]}" -eq 1 ]
    run on h1 docker inspect --format '{{range .Mounts}}{{.Source}}{{"\n"}}{{end}}' oms-prod.1
    for path in "$LAB_CONFIG_PATH" "$LAB_LOGS_DIR" "$LAB_STORE_DIR" "$LAB_RUN_DIR" "$LAB_HTTPS_CRT" "$LAB_HTTPS_KEY"; do
        grep -qxF -- "$path" <<<"$output"
    done
    on controller curl -fsk -m 2 https://198.18.0.11:8089/oms/health | grep -q '"healthy":true'
    eventually 5 on controller curl -fsk -m 2 -o /dev/null https://198.18.0.100:8089/oms/health
    refute on controller curl -fs -m 2 -o /dev/null "$HEALTH"
    "$LAB" reset --vip --container oms-prod.1 --odd-paths --https
    diff <(echo "$first") <("$LAB" digest)
}

@test "host kinds go with the next reset, and a second node joins by hand" {
    "$LAB" reset --vip
    kind
    [ "$LAB_CONTAINER $LAB_SCHEME $LAB_CONFIG_PATH $LAB_HTTPS_CRT" = 'oms_421 http /data/config.yaml ' ]
    healthy
    give_image h2
    give_config h2
    start_oms h2
    on h2 docker exec oms_421 bash /root/docker_init.sh
    eventually 10 rows_are $'198.18.0.11\tONLINE\n198.18.0.12\tONLINE' 'SELECT ip, host_status FROM oms_cm.host ORDER BY ip'
    [ "$(sql "SELECT s_utf8mb4 FROM oms_cm.host WHERE ip = '198.18.0.12'")" = 'it'\''s "quoted" \\ 中文 😀' ]
    [ "$(sql 'SELECT DISTINCT HEX(b_binary), HEX(b_varbinary), HEX(s_gbk) FROM oms_cm.host' | wc -l)" -eq 1 ]
}

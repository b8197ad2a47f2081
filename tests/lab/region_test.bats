#!/usr/bin/env bats
# What a further region needs: its hosts and targets, image archives, a time-series database. Every test looks at the real servers.
# Needs root; brings up a lab of its own with one host, the second region's two, and InfluxDB.

load helpers

setup_file() { own_lab r --hosts 1 --regions 2 --tsdb; }

# The last test leaves no lab.
teardown() { [[ ! -e $OMSLAB_DIR/complete ]] || "$LAB" heal; }

# ping_status FROM: the HTTP status of the database's /ping there, 000 for none.
ping_status() { on "$1" curl -s -m 2 -o /dev/null -w '%{http_code}' http://198.18.0.7:8086/ping || true; }

# give_tsdb_config HOST [SED EXPRESSION...]: the target with a time-series database, its own lines edited.
give_tsdb_config() {
    local text
    give_config "$1"
    text=$(printf '%s\n' 'tsdb_enabled: true' "tsdb_service: 'INFLUXDB'" "tsdb_url: '$LAB_TSDB_URL'" "tsdb_username: $LAB_TSDB_USER" \
        "tsdb_password: $(cat "$LAB_TSDB_PASSWORD_FILE")" | sed "${@:2}" -e '')
    { on "$1" cat "$LAB_CONFIG_PATH" && echo "$text"; } | give_file "$1" "$LAB_CONFIG_PATH.new" 600
    on "$1" mv "$LAB_CONFIG_PATH.new" "$LAB_CONFIG_PATH"
}

# states HOST SECONDS: the states of its oms_drc_supervisor in that time, each once.
# shellcheck disable=SC2016 # expanded by the inner shell
states() {
    on "$1" timeout "$2" docker exec "$LAB_CONTAINER" sh -c 'while :; do supervisorctl status oms_drc_supervisor; done' |
        awk '{ print $2 }' | sort -u | xargs
}

state_is() { [[ $(on "$1" docker exec "$LAB_CONTAINER" supervisorctl status oms_drc_supervisor) == *" $2 "* ]]; }

supervisor_log_says() { on "$1" grep -qF "$2" "$LAB_LOGS_DIR/oms_drc_supervisor_stdout.log"; }

point_of() { [[ $("$LAB" tsdb "SELECT alive FROM oms..supervisor WHERE host = '$1'") == *'"columns":["time","alive"],"values":[['* ]]; }

# starts_of HOST: how often supervisord started the program.
starts_of() { on "$1" grep -c "spawned: 'oms_drc_supervisor'" "$LAB_LOGS_DIR/supervisord.log"; }

started_more_often() { (($(starts_of "$1") > $2)); }

# initialise HOST: by its own docker_init.sh, unless the image does that itself.
initialise() {
    if [[ $LAB_LAYOUT == C ]]; then
        eventually 30 on "$1" docker exec "$LAB_CONTAINER" test -s /root/init_flag.txt
    else
        on "$1" docker exec "$LAB_CONTAINER" bash /root/docker_init.sh
    fi
}

# beats DATABASE: the newest heartbeat there.
beats() { sql "SELECT COALESCE(MAX(gmt_modified), '') FROM $1.heart_beat"; }

newer_than() { [[ $(beats "$1") > $2 ]]; }

# goes_on DATABASE: heartbeats advance there.
goes_on() { eventually 10 newer_than "$1" "$(beats "$1")"; }

first_region() {
    sql "SELECT * FROM oms_rm.cluster_info WHERE BINARY code = '$LAB_CM_LOCATION'; SELECT id, name FROM oms_cm.resource_group
        WHERE BINARY name = '$LAB_CM_LOCATION'; SELECT id, ip, host_status, resource_group_id FROM oms_cm.host WHERE ip = '198.18.0.11';
        SELECT COUNT(*) FROM oms_cm.location_cm WHERE BINARY location = '$LAB_CM_LOCATION'"
}

# The first region's CM still does its work: it corrects a status.
first_cm_works() {
    sql "UPDATE oms_cm.host SET host_status = 'OFFLINE' WHERE ip = '198.18.0.11'"
    eventually 10 rows_are ONLINE "SELECT host_status FROM oms_cm.host WHERE ip = '198.18.0.11'"
}

# region_has CM_URL HOST...: the second region's row, group, locations, and these hosts, all ONLINE.
region_has() {
    local host expected=''
    for host in "${@:2}"; do expected+=$(printf '%s\t0\t%s\t%s\tONLINE' "$LAB_SECOND_REGION" "$1" "$(address "$host")")$'\n'; done
    eventually 15 rows_are "${expected%$'\n'}" "SELECT c.region, c.is_default_cm, c.cm_url, h.ip, h.host_status FROM oms_rm.cluster_info c
        JOIN oms_cm.resource_group g ON BINARY g.name = BINARY c.code JOIN oms_cm.host h ON h.resource_group_id = g.id
        WHERE BINARY c.code = '$LAB_SECOND_LOCATION' ORDER BY h.ip"
    [ "$(sql "SELECT DISTINCT cm_url FROM oms_cm.location_cm WHERE BINARY location = '$LAB_SECOND_LOCATION'")" = "$1" ]
}

# region_by_hand: the guide's second part, on s1 and then s2. The MetaDB's user alone makes the heartbeat database.
region_by_hand() {
    local before host
    kind
    [ -z "$(sql "SHOW DATABASES LIKE '$LAB_SECOND_HB_DB'")" ]
    before=$(first_region)
    for host in s1 s2; do
        give_image "$host"
        give_config "$host"
    done
    "$LAB" vip s1
    start_oms s1
    initialise s1
    goes_on "$LAB_SECOND_HB_DB"
    [ "$(sql "SELECT DISTINCT host_ip FROM $LAB_SECOND_HB_DB.heart_beat")" = 198.18.0.111 ]
    start_oms s2
    initialise s2
    "$LAB" vip s1 s2
    region_has http://198.18.0.101:8088 s1 s2
    eventually 10 rows_are $'198.18.0.111\n198.18.0.112' "SELECT host_ip FROM $LAB_SECOND_HB_DB.heart_beat ORDER BY 1"
    [ "$(sql "SELECT DISTINCT host_ip FROM $LAB_HB_DB.heart_beat")" = 198.18.0.11 ]
    diff <(echo "$before") <(first_region)
    for database in "$LAB_HB_DB" "$LAB_SECOND_HB_DB"; do goes_on "$database"; done
    first_cm_works
    [ "$(on h1 curl -s -m 2 -o /dev/null -w '%{http_code}' http://198.18.0.101:8088/)" = 200 ]
}

# in_another_lab LAYOUT COMMAND...: a lab of that layout for this test alone.
in_another_lab() {
    use_lab_named "r${1,}"
    "$LAB" up --hosts 1 --regions 2 --layout "$1"
    "${@:2}"
    "$LAB" down
    use_lab_named r
}

@test "the time-series database answers /ping everywhere, and queries of its user alone" {
    kind
    [ "$(stat -c %a "$LAB_TSDB_PASSWORD_FILE")" = 600 ]
    for machine in controller h1 s2; do [ "$(ping_status "$machine")" = 204 ]; done
    [ "$("$LAB" tsdb 'SHOW USERS' | jq -c '.results[0].series[0].values')" = '[["oms_tsdb",true]]' ]
    run on h1 curl -s -m 2 -o /dev/null -w '%{http_code}' http://198.18.0.7:8086/query?q=SHOW+USERS
    [ "$output" = 401 ]
    run "$LAB" status
    [[ $output == *'tsdb 198.18.0.7  influxdb up'* ]]
    run "$LAB" up --hosts 1 --regions 2
    [[ $status -eq 1 && $output == *'time-series database: yes'* ]]
}

@test "tsdb down and tsdb partition bite and heal" {
    for fault in down partition; do
        "$LAB" fault tsdb "$fault"
        [ "$(ping_status h1)" = 000 ]
        run "$LAB" status
        [[ $output == *"tsdb 198.18.0.7  influxdb down  fault:$fault"* ]]
        "$LAB" heal
        [ "$(ping_status h1)" = 204 ]
    done
    run "$LAB" fault tsdb disk-full
    [[ $status -eq 1 && $output == *'down partition'* ]]
}

# bats test_tags=all
@test "while the time-series database is away the supervisor restarts in a loop and is never RUNNING; then it recovers and writes" {
    "$LAB" reset
    "$LAB" fault tsdb down
    give_image s1
    give_tsdb_config s1
    start_oms s1
    run on s1 docker exec oms_421 bash /root/docker_init.sh
    [[ $status -eq 0 && $output == *'oms_drc_supervisor: ERROR (spawn error)'* ]]
    before=$(starts_of s1)
    [[ $(states s1 5) =~ ^(BACKOFF STARTING|STARTING)$ ]]
    eventually 10 started_more_often s1 "$before"
    [[ $(sql 'SELECT COUNT(*) FROM oms_cm_heartbeat_2.heart_beat') -eq 0 ]]
    [ "$(sql "SELECT host_status FROM oms_cm.host WHERE ip = '198.18.0.111'")" = OFFLINE ]
    supervisor_log_says s1 'tsdb: no answer from 198.18.0.7:8086'
    [ "$(on s1 docker exec oms_421 supervisorctl status | grep -c RUNNING)" -eq 4 ]
    "$LAB" heal
    eventually 30 state_is s1 RUNNING
    eventually 10 point_of 198.18.0.111
    goes_on oms_cm_heartbeat_2
    # Gone once more: what runs goes on.
    "$LAB" fault tsdb partition
    goes_on oms_cm_heartbeat_2
    state_is s1 RUNNING
}

# bats test_tags=all
@test "a wrong password of the time-series database is in the supervisor's log, and reset empties that database" {
    "$LAB" reset
    refute point_of 198.18.0.111
    give_tsdb_config s1 -e 's/^tsdb_password: .*/tsdb_password: wrong/'
    start_oms s1
    initialise s1
    state_is s1 RUNNING
    eventually 10 supervisor_log_says s1 'tsdb: 198.18.0.7:8086 refused, status 401'
    refute point_of 198.18.0.111
}

@test "the guide's second part by hand: two nodes behind the second VIP, and the first region goes on" {
    "$LAB" reset --images initial
    region_by_hand
    "$LAB" reset --vip --images initial
    [ -z "$(on s1 docker ps -aq; on s2 docker images -q; on s1 ls -A /data; on s2 ls -A /data)" ]
    [ -z "$(sql "SHOW DATABASES LIKE 'oms_cm_heartbeat_2'")" ]
    [ "$(sql 'SELECT code FROM oms_rm.cluster_info')" = 1 ]
}

# bats test_tags=all
@test "a region of one node with its physical cm_url, on odd paths, with the certificate that lies ready" {
    "$LAB" reset --vip --https --odd-paths --container oms-prod.1
    kind
    [ "$(stat -c %a "$LAB_SECOND_KEY" "$LAB_SECOND_SINGLE_CONFIG")" = $'600\n600' ]
    diff <(openssl x509 -in "$LAB_SECOND_CRT" -noout -pubkey) <(openssl pkey -in "$LAB_SECOND_KEY" -pubout)
    [[ $(openssl x509 -in "$LAB_SECOND_CRT" -noout -ext subjectAltName) == *'198.18.0.101, IP Address:198.18.0.111, IP Address:198.18.0.112'* ]]
    give_image s1
    give_file s1 "$LAB_CONFIG_PATH" 600 <"$LAB_SECOND_SINGLE_CONFIG"
    give_file s1 "$LAB_HTTPS_CRT" 644 <"$LAB_SECOND_CRT"
    give_file s1 "$LAB_HTTPS_KEY" 600 <"$LAB_SECOND_KEY"
    start_oms s1 -v "$LAB_HTTPS_CRT:/etc/pki/nginx/oms_server.crt" -v "$LAB_HTTPS_KEY:/etc/pki/nginx/oms_server.key"
    initialise s1
    region_has http://198.18.0.111:8088 s1
    on controller curl -fs -m 2 --cacert "$LAB_SECOND_CRT" https://198.18.0.111:8089/oms/health | grep -q '"healthy":true'
    "$LAB" vip s1
    eventually 5 on controller curl -fs -m 2 -o /dev/null --cacert "$LAB_SECOND_CRT" https://198.18.0.101:8089/oms/health
    "$LAB" reset --second --https
    on controller curl -fs -m 2 -o /dev/null --cacert "$LAB_SECOND_CRT" https://198.18.0.111:8089/oms/health
}

# bats test_tags=all
@test "layout B: the guide's second part by hand" { in_another_lab B region_by_hand; }

# bats test_tags=all
@test "layout C: the guide's second part by hand" { in_another_lab C region_by_hand; }

# bats test_tags=all
@test "image archives: the good one loads, the older one is another image, the rest is refused" {
    "$LAB" reset --images initial
    good=$("$LAB" archive good)
    made=$(stat -c %Y "$good")
    [ "$("$LAB" archive good)" = "$good" ]
    [ "$(stat -c %Y "$good")" = "$made" ]
    on s1 docker load -q <"$good"
    [ "$(on s1 docker images -q --no-trunc)" = "$(on h1 docker images -q --no-trunc)" ]
    other=$("$LAB" archive other)
    [ "$(tar -xOf "$other" ./manifest.json | jq -r '.[0].RepoTags[0]')" = oms-lab/oms:feature_4.1.0-ce ]
    on s1 docker load -q <"$other"
    on s1 docker image inspect oms-lab/oms:feature_4.1.0-ce
    [ "$(on s1 docker images -q | sort -u | wc -l)" -eq 2 ]
    refute gzip -t "$("$LAB" archive truncated)"
    gzip -t "$("$LAB" archive text)"
    [ "$(tar -tf "$("$LAB" archive tar)" | grep -c manifest)" -eq 0 ]
    for kind in truncated text tar; do
        refute on s2 docker load -q <"$("$LAB" archive "$kind")"
    done
    run "$LAB" archive best
    [[ $status -eq 1 && $output == *'lab --help'* ]]
}

@test "down leaves nothing" {
    "$LAB" down
    nothing_left
}

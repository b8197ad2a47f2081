#!/usr/bin/env bats
# Layout C: every test looks at the real servers. Needs root; brings up a lab of its own with two hosts.

load helpers

setup_file() { own_lab c --hosts 2 --layout C; }

region_host=$'SELECT id FROM oms_cm.host WHERE ip = \'198.18.0.11\''

last_log_line() { on "$1" docker logs --tail 1 oms_421 | tr -d '\r'; }

initialised_itself() { [[ $(last_log_line "$1") == 'OMS service start successfully' ]]; }

# statuses COUNT: the VIP's answers on port 8088, sorted, each once.
statuses() {
    for _ in $(seq "$1"); do
        on controller curl -s -m 3 -o /dev/null -w '%{http_code}\n' http://198.18.0.100:8088/
    done | sort -u | paste -sd' '
}

@test "the region is 0, and names beside it are equal to the number 0" {
    [ "$(sql 'SELECT code FROM oms_rm.cluster_info')" = 0 ]
    [ "$(sql "SELECT COUNT(*) FROM oms_cm.resource_group WHERE BINARY name = '0'")" -eq 1 ]
    (($(sql 'SELECT COUNT(*) FROM oms_cm.resource_group WHERE name = 0') > 3))
    [ "$(sql 'SELECT host_ip FROM oms_cm_heartbeat_0.heart_beat')" = 198.18.0.11 ]
    [ "$(sql "SELECT COUNT(*) FROM oms_cm.host h LEFT JOIN oms_cm.resource_group g ON g.id = h.resource_group_id WHERE g.name IS NULL OR g.name <> '0'")" -eq 3 ]
}

@test "the container initialised itself, serves no /oms/health, and its log ends with the marker" {
    initialised_itself h1
    run on controller curl -s -m 2 -o /dev/null -w '%{http_code}' "$HEALTH"
    [ "$output" = 404 ]
    run on h1 docker exec oms_421 supervisorctl status
    [ "$(grep -c RUNNING <<<"$output")" -eq 5 ]
}

@test "deleting the region's host cascades, sets NULL, and is not hindered; a reserved host cannot be deleted" {
    run sql "SET @id = ($region_host); START TRANSACTION; DELETE FROM oms_cm.host WHERE id = @id;
        SELECT COUNT(*) FROM oms_cm.host_label WHERE host_id = @id; SELECT COUNT(*) FROM oms_cm.host_label_use;
        SELECT host_id, resource_group_id IS NULL FROM oms_cm.store_task WHERE task = 'store of 198.18.0.11'; ROLLBACK"
    [ "$output" = $'0\n6\nNULL\t0' ]
    run sql "SET @id = ($region_host); SELECT COUNT(*) FROM oms_cm.host_label WHERE host_id = @id; SELECT COUNT(*) FROM oms_cm.host_metric WHERE host_id = @id"
    [ "$output" = $'2\n1' ]
    run sql 'DELETE FROM oms_cm.host WHERE id = 201'
    [[ $status -ne 0 && $output == *fk_reservation_host* ]]
    [ "$(sql "SELECT COUNT(*) FROM oms_cm.host_reservation WHERE host_id = ($region_host)")" -eq 0 ]
}

@test "triggers change what is inserted, columns are invisible, location_cm has no key and equal rows" {
    run sql "START TRANSACTION; INSERT INTO oms_cm.host (ip, note, token) VALUES ('x', 'mine', 'mine'); SELECT note, token = 'mine' FROM oms_cm.host WHERE ip = 'x'; ROLLBACK"
    [ "$output" = $'inserted with status OFFLINE\t0' ]
    for table in oms_rm.cluster_info oms_cm.resource_group oms_cm.host oms_cm.location_cm; do
        sql "SHOW COLUMNS FROM $table" | grep -q INVISIBLE
    done
    [ -z "$(sql 'SHOW KEYS FROM oms_cm.location_cm')" ]
    [ "$(sql 'SELECT COUNT(*), COUNT(DISTINCT location, cm_url, share, hidden_note) FROM oms_cm.location_cm')" = $'2\t1' ]
    [ "$(sql "SELECT engine FROM information_schema.tables WHERE table_name = 'audit_log'")" = MyISAM ]
    [ "$(sql 'SELECT event_name FROM information_schema.events')" = forget_old_hosts ]
    (($(sql "SELECT COUNT(*) FROM information_schema.columns WHERE data_type = 'float' AND table_schema IN ('oms_rm', 'oms_cm')") >= 2))
}

@test "the balancer sends requests to hosts that are down, until it is bound to those that run" {
    [ "$(statuses 6)" = '200 503' ]
    "$LAB" vip h1
    [ "$(statuses 6)" = 200 ]
    "$LAB" reset
    [ "$(statuses 6)" = '200 503' ]
}

@test "reset brings back the same digest, both states" {
    first=$("$LAB" digest)
    sql 'DELETE FROM oms_cm.store_task; UPDATE oms_cm.host_label SET score = 16777218 LIMIT 1; DROP TRIGGER oms_cm.host_before_insert'
    [ "$first" != "$("$LAB" digest)" ]
    "$LAB" reset
    diff <(echo "$first") <("$LAB" digest)
    "$LAB" reset --vip
    initialised_itself h1
    [ "$(sql 'SELECT cm_url FROM oms_rm.cluster_info')" = http://198.18.0.100:8088 ]
}

@test "a new node initialises itself as soon as its container starts" {
    give_image h2
    give_config h2
    start_oms h2
    eventually 20 initialised_itself h2
    [[ $(on h2 docker logs oms_421) == *'[End] All initialization steps completed successfully'* ]]
    eventually 10 rows_are $'198.18.0.11\tONLINE\n198.18.0.12\tONLINE' "SELECT ip, host_status FROM oms_cm.host WHERE ip LIKE '198.18.0.%' ORDER BY ip"
    [ "$(sql "SELECT COUNT(*) FROM oms_cm.host_label WHERE host_id = ($region_host)")" -eq 2 ]
    on h2 docker restart oms_421
    eventually 10 initialised_itself h2
    [ "$(on h2 sh -c 'ls /data/oms/oms_logs/docker_init.log.*' | wc -l)" -eq 1 ]
}

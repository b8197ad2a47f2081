#!/usr/bin/env bats
# Both scenarios of the guide on real servers, each end state compared whole.

setup() {
    load helpers
    load state
    use_lab
    use_place
}

teardown() { keep_what_failed; }

# The initial node's file as an operator may have left it: own comments, mode and owner.
write_in_h1s_config() {
    on h1 sh -c 'sed -e "s|^cm_url: .*|&   # until the VIP is there|" -e "s|^ - 198.18.0.11|&   # the first|" /data/config.yaml >/tmp/c &&
        cat /tmp/c >/data/config.yaml && rm /tmp/c && echo "# end of file, kept" >>/data/config.yaml &&
        chmod 640 /data/config.yaml && chown 1000:1000 /data/config.yaml'
}

h1s_config() { on h1 stat -c '%i %a %u:%g' /data/config.yaml; }

expected_region_rows() {
    cat <<EXPECTED
oms_cm.config_job
oms_cm.host
oms_cm.location_cm
oms_cm.resource_group
oms_cm_heartbeat_1.heart_beat
oms_cm_heartbeat_1.heatbeat_sequence
oms_rm.cluster_info
oms_rm.oms_normal_config
oms_rm.oms_project
oms_rm.oms_sync_project
oms_rm.oms_version
oms_rm.omsctl_lease
oms_rm.cluster_info (id, region, region_cn, cm_url, code, is_default_cm)
$1	cn-lab	cn-lab	http://198.18.0.100:8088	1	1
oms_cm.resource_group (id, name, description)
$1	1	NULL
oms_cm.host (id, ip, host_status, resource_group_id)
$1	198.18.0.11	ONLINE	$1
$(($1 + 1))	198.18.0.12	ONLINE	$1
$(($1 + 2))	198.18.0.13	ONLINE	$1
oms_cm.location_cm (id, location, location_name, cm_url)
$1	1	cn-lab	http://198.18.0.100:8088
oms_cm_heartbeat_1.heart_beat (host_ip, task_name, task_type)
198.18.0.11	supervisor	supervisor
198.18.0.12	supervisor	supervisor
198.18.0.13	supervisor	supervisor
oms_rm.omsctl_lease
EXPECTED
}

# The initial node runs, h2 and h3 are what it is, and nothing is left about of the run that made them so.
three_nodes_serve() {
    local host
    all_running h1
    for host in h2 h3; do
        joined "$host"
        diff <(expected_files "$(job_files)") <(files "$host")
    done
    hearts_beat 3
    for host in h1 h2 h3; do vip_answers "$host"; done
    run_directory_is_private
    no_ssh_left
}

# again: the same command right after says so, and changes nothing.
again() {
    local before runs
    before=$(digest)
    runs=$(all_runs)
    omsctl 0 scale-out node --yes
    told 'nothing to do'
    diff <(echo "$before") <(digest)
    [[ $(all_runs) == "$runs" ]]
}

# backup_loads DIRECTORY EXPECTED: by the stock client, into an empty schema; equal row for row and column for column.
backup_loads() {
    local file
    sql 'DROP DATABASE IF EXISTS restored; CREATE DATABASE restored'
    for file in "$(run_directory)/backup/$1"/*.schema.sql "$(run_directory)/backup/$1"/*.rows.sql; do
        metadb_client restored <"$file"
    done
    diff <(sed 's/^oms_[rc]m\./restored./' "$2") <(four_tables restored restored)
    sql 'DROP DATABASE restored'
}

# The whole dump, with the tables that a scale-out does not touch.
full_dump_loads() {
    local name
    for name in oms_rm oms_cm oms_cm_heartbeat_1; do
        sql "CREATE DATABASE restored_$name"
        zstd -dc "$(run_directory)/backup/full/$name.sql.zst" | metadb_client "restored_$name"
    done
    diff <(sed 's/^oms_/restored_oms_/' "$1") <(four_tables restored_oms_rm restored_oms_cm)
    diff <(sql "$all_projects") <(sql "${all_projects//oms_rm./restored_oms_rm.}")
    [[ $(sql 'SELECT host_ip, task_name FROM restored_oms_cm_heartbeat_1.heart_beat') == $'198.18.0.11\tsupervisor' ]]
    [[ $(sql 'SELECT COUNT(*) FROM restored_oms_cm_heartbeat_1.heatbeat_sequence') -eq 1 ]]
    sql 'DROP DATABASE restored_oms_rm; DROP DATABASE restored_oms_cm; DROP DATABASE restored_oms_cm_heartbeat_1'
}

all_projects='SELECT * FROM oms_rm.oms_project UNION ALL SELECT * FROM oms_rm.oms_sync_project
    UNION ALL SELECT id, cfg_name, cfg_value, gmt_created, gmt_modified FROM oms_rm.oms_normal_config'

@test "physical cm_url to VIP, three hosts, the image streamed: the end state is the guide's, whole" {
    "$LAB" reset --images initial
    write_in_h1s_config
    facts=$(h1s_config)
    on h1 cat /data/config.yaml >"$BATS_TEST_TMPDIR/config.before"
    four_tables oms_rm oms_cm >"$BATS_TEST_TMPDIR/four.before"
    other_rows >"$BATS_TEST_TMPDIR/other.before"

    omsctl 0 scale-out node --yes --json

    jq -es 'all(.schema_version == 2 and (.event | type == "string") and (.time | type == "string")) and
        (map(.event) | index("plan") < index("report")) and last.event == "result" and last.exit_code == 0' "$OUT"
    diff <(expected_region_rows 2) <(region_rows)
    diff "$BATS_TEST_TMPDIR/other.before" <(other_rows)
    [[ $(h1s_config) == "$facts" ]]
    diff <(sed -e 's|http://198.18.0.11:8088|http://198.18.0.100:8088|' \
        -e '/^ - 198.18.0.11/a\ - 198.18.0.12\n - 198.18.0.13' "$BATS_TEST_TMPDIR/config.before") <(on h1 cat /data/config.yaml)
    diff <(on h1 cat /data/config.yaml) <(on h1 docker exec oms_421 cat /home/admin/conf/config.yaml)
    diff <(expected_files '-rw-r--r-- 0:0 /data/oms/oms_logs/docker_init.log.TIME' "$(job_files)" "$(copy_files)" \
        "$(copies_on_initial rows.tar run.tar)" '-rw-r--r-- 0:0 /data/oms/oms_logs/omsctl-RUN-init/init_flag.before' |
        sed 's|-rw------- 0:0 /data/config.yaml$|-rw-r----- 1000:1000 /data/config.yaml|') <(files h1)
    diff "$BATS_TEST_TMPDIR/config.before" <(on h1 cat "/data/config.yaml.omsctl-$(run_id).old")
    [[ $(init_runs h1) -eq 2 ]]
    three_nodes_serve
    jq -r 'select(.event == "report") | "# outage without docker_init.sh: \(.outage_seconds - .init_seconds) s"' "$OUT" >&3
    # The second copy holds what the run directory held before the delete.
    for part in run.tar:plan.json run.tar:backup/first/manifest.json rows.tar:backup/clear/manifest.json \
        rows.tar:backup/clear/03-host.rows.sql rows.tar:artifacts/198.18.0.11.config.old; do
        diff "$(run_directory)/${part#*:}" <(on h1 tar -xOf "/var/lib/omsctl/copies/$(run_id)/${part%%:*}" "${part#*:}")
    done
    backup_loads first "$BATS_TEST_TMPDIR/four.before"
    backup_loads clear "$BATS_TEST_TMPDIR/four.before"
    full_dump_loads "$BATS_TEST_TMPDIR/four.before"
    again
    omsctl 0 check node
    omsctl 0 runs last
    told "$(run_id)" 'done' 'scale-out node'
}

@test "already behind the VIP, the image from an archive: nothing stops, no row is deleted, the end state whole" {
    "$LAB" reset --vip --images initial
    facts=$(h1s_config)
    on h1 cat /data/config.yaml >"$BATS_TEST_TMPDIR/config.before"
    four_tables oms_rm oms_cm >"$BATS_TEST_TMPDIR/four.before"
    other_rows >"$BATS_TEST_TMPDIR/other.before"
    pids=$(on h1 docker exec oms_421 supervisorctl pid all)

    omsctl 0 scale-out node --yes --image-archive "$LAB_IMAGE_ARCHIVE"

    told 'Done: 3 nodes proven behind http://198.18.0.100:8088' "$(run_directory)" "loaded from $LAB_IMAGE_ARCHIVE"
    untold Outage: '[OUTAGE'
    [[ $(on h1 docker exec oms_421 supervisorctl pid all) == "$pids" ]]
    diff <(expected_region_rows 1) <(region_rows)
    # Every old row is still there as it was, with its dates.
    diff "$BATS_TEST_TMPDIR/four.before" <(four_tables oms_rm oms_cm | grep -v -e '198.18.0.1[23]')
    diff "$BATS_TEST_TMPDIR/other.before" <(other_rows)
    [[ $(h1s_config) == "$facts" ]]
    diff "$LAB_CONFIG" <(on h1 cat /data/config.yaml)
    diff "$LAB_CONFIG" <(on h1 docker exec oms_421 cat /home/admin/conf/config.yaml)
    diff <(expected_files "$(copy_files)" "$(copies_on_initial run.tar)") <(files h1)
    diff "$BATS_TEST_TMPDIR/config.before" <(on h1 cat "/data/config.yaml.omsctl-$(run_id).old")
    [[ $(init_runs h1) -eq 1 ]]
    three_nodes_serve
    backup_loads first "$BATS_TEST_TMPDIR/four.before"
    again
}

# bats test_tags=all
@test "an operator with sudo, the image present; then two existing nodes with a physical cm_url take the third along" {
    "$LAB" reset
    target h1 h2
    omsctl 0 scale-out node --yes --ssh-user operator
    untold 'streamed from'
    told 'Done: 2 nodes proven'
    joined h2
    hearts_beat 2

    sql "UPDATE oms_rm.cluster_info SET cm_url = 'http://198.18.0.11:8088'; UPDATE oms_cm.location_cm SET cm_url = 'http://198.18.0.11:8088'"
    for host in h1 h2; do
        on "$host" sh -c 'sed "s|^cm_url: .*|cm_url: http://198.18.0.11:8088|" /data/config.yaml >/tmp/c && cat /tmp/c >/data/config.yaml && rm /tmp/c'
    done
    target h1 h2 h3
    omsctl 0 scale-out node --yes --backup tables

    told 'Outage: ' 'Done: 3 nodes proven'
    [[ ! -e $(run_directory)/backup/full ]]
    [[ $(sql 'SELECT cm_url FROM oms_rm.cluster_info') == http://198.18.0.100:8088 ]]
    [[ $(sql 'SELECT ip, host_status FROM oms_cm.host ORDER BY 1' | xargs) == '198.18.0.11 ONLINE 198.18.0.12 ONLINE 198.18.0.13 ONLINE' ]]
    for host in h1 h2; do
        diff "$CONFIG" <(on "$host" docker exec oms_421 cat /home/admin/conf/config.yaml)
        all_running "$host"
    done
    [[ "$(init_runs h1) $(init_runs h2)" == '3 2' ]]
    # One after the other: the second node's job was started after the first one's end.
    steps=$(jq -r 'select((.step // "") | startswith("init.")) | .event + " " + .where' "$(run_directory)/journal.jsonl")
    [[ $steps == "step_started 198.18.0.11
step_done 198.18.0.11
step_started 198.18.0.12
step_done 198.18.0.12
step_started 198.18.0.13
step_done 198.18.0.13" ]]
    joined h3
    hearts_beat 3
    no_lease
    again
}

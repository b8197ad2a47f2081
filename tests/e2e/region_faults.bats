#!/usr/bin/env bats
# Whatever goes wrong while a further region is made: the regions that were there keep their rows, files and programs, and go on.

setup() {
    load helpers
    load state
    load rows
    load region
    use_region_lab A
}

teardown() { keep_what_failed; }

begin() {
    one_region
    image_on s1 s2
}

# init_fails HOST TEXT...: that run ends midway there; the first region is as it was, and works.
init_fails() {
    start scale-out region --yes --init-timeout 40s
    finish
    stopped_midway 5 "$@"
    untold 'OMS IS DOWN'
    first_region_as_before
    first_region_serves
}

# Rows of the four tables as they were before are in the run directory: the stock client makes them again.
whole_tables_are_saved() {
    local file
    sql 'CREATE DATABASE restored'
    for file in "$(run_directory)"/backup/first/*.schema.sql "$(run_directory)"/backup/first/*.rows.sql; do
        metadb_client restored <"$file"
    done
    [[ $(sql 'SELECT code FROM restored.cluster_info; SELECT ip FROM restored.host' | xargs) == '1 198.18.0.11' ]]
    sql 'DROP DATABASE restored'
}

@test "docker_init.sh fails on the region's first node: the other region is untouched, nobody else may start" {
    begin
    "$LAB" fault s1 init-fails-at 2
    init_fails 198.18.0.111 'docker_init.sh ended with exit status 1' '【步骤二】' 'RuntimeError: init failed!'
    failure "/data/oms/oms_logs/omsctl-$(run_id)-init/output"
    [[ $(on s2 docker ps -aq) == '' ]]
    whole_tables_are_saved
    blocked region
    blocked node
}

# bats test_tags=all
@test "docker_init.sh that lies, and one that writes another cm_url, are found out" {
    begin
    "$LAB" fault s1 init-lies
    init_fails 198.18.0.111 'RuntimeError: init failed!'
    blocked region

    begin
    "$LAB" fault s1 init-wrong-cm-url
    init_fails MetaDB http://127.0.0.1:8088
    [[ $(on s2 docker ps -aq) == '' ]]
    blocked region
}

# bats test_tags=all
@test "docker_init.sh fails on the second node: the region runs on the first" {
    begin
    "$LAB" fault s2 init-fails-at 3
    init_fails 198.18.0.112 'docker_init.sh ended with exit status 1' '【步骤三】'
    all_running s1
    LAB_HB_DB=$LAB_SECOND_HB_DB hearts_beat 1
    [[ $(sql "SELECT host_status FROM oms_cm.host WHERE ip = '198.18.0.111'") == ONLINE ]]
    [[ $(sql 'SELECT code, cm_url FROM oms_rm.cluster_info ORDER BY 1') == $'1\thttp://198.18.0.11:8088\n2\thttp://198.18.0.101:8088' ]]
    blocked region
}

# bats test_tags=all
@test "no time-series database, the check skipped: the program that cannot run is named" {
    begin
    with_tsdb
    "$LAB" fault tsdb down
    start scale-out region --yes --init-timeout 40s --skip-check tsdb.unreachable
    finish
    stopped_midway 5 198.18.0.111 oms_drc_supervisor
    first_region_as_before
    first_region_serves
    "$LAB" heal
}

# bats test_tags=all
@test "killed during docker_init.sh: the other region is untouched, and a new start names the run" {
    begin
    "$LAB" fault s1 init-slow 1
    start scale-out region --yes
    when_init_runs kill -KILL "$PID"
    end_ssh_masters
    first_region_as_before
    # docker_init.sh goes on without us.
    eventually 30 on s1 test -e "/data/oms/oms_logs/omsctl-$(run_id)-init/rc"
    first_region_as_before
    first_region_serves
    blocked region
}

# bats test_tags=all
@test "a new node goes away while it gets the image: all is taken back, and the same command works afterwards" {
    "$LAB" reset --images initial
    image_on s1
    remember_digest
    start scale-out region --yes
    when step_started image.198.18.0.112 "$LAB" fault s2 sshd-down
    finish
    taken_back 198.18.0.112 'docker load'
    first_region >"$BATS_TEST_TMPDIR/first.before"
    omsctl 0 scale-out region --yes
    region_ended_well s1 s2
}

# bats test_tags=all
@test "the MetaDB goes away while the region's first node starts: told by name, the other region's programs run on" {
    begin
    pids=$(on h1 docker exec "$LAB_CONTAINER" supervisorctl pid all)
    start scale-out region --yes --init-timeout 40s
    when step_started run.198.18.0.111 "$LAB" fault metadb down
    finish
    exit_code_is 5
    failure 198.18.0
    told "omsctl resume $(run_id)"
    nothing_secret_said
    [[ $(on h1 docker exec "$LAB_CONTAINER" supervisorctl pid all) == "$pids" ]]
    "$LAB" heal
    first_region_as_before
    first_region_serves
}

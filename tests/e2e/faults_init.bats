#!/usr/bin/env bats
# docker_init.sh that fails, lies, hangs or is slow: the documented exit code, cause and next command; nothing hangs.

setup() {
    load helpers
    run_to_h2
}

teardown() { keep_what_failed; }

# begin [OPTION...]: the lab as new, the image on h2 so that no time goes into it.
begin() {
    "$LAB" reset "$@"
    image_on h2
    four_tables oms_rm oms_cm >"$BATS_TEST_TMPDIR/four.before"
}

@test "docker_init.sh fails at a step on the initial node: its last lines are shown, the rows are saved, nobody else may start" {
    begin
    "$LAB" fault h1 init-fails-at 2
    start scale-out node --yes
    finish
    stopped_midway 5 198.18.0.11 'docker_init.sh ended with exit status 1' '【步骤二】' 'RuntimeError: init failed!' \
        "/data/oms/oms_logs/omsctl-$(run_id)-init/output"
    told 'OMS IS DOWN'
    rows_are_saved
    [[ $(init_runs h1) -eq 2 ]]
    [[ $(on h2 docker ps -aq) == '' ]]
    diff "$CONFIG" <(on h1 docker exec oms_421 cat /home/admin/conf/config.yaml)
    blocked
    omsctl 8 check node
    omsctl 0 runs
    told "$(run_id)" stopped 'docker_init.sh ended with exit status 1'
}

@test "docker_init.sh says nothing of its end: it is not believed, --accept-init is named" {
    begin
    "$LAB" fault h1 init-no-end-line
    start scale-out node --yes
    finish
    stopped_midway 5 198.18.0.11 'exit status 0 but printed none of its known end lines' '--accept-init' '【步骤五】'
    all_running h1
    told 'not proven to run again'
    rows_are_saved
    blocked

    begin
    "$LAB" fault h1 init-lies
    start scale-out node --yes
    finish
    stopped_midway 5 198.18.0.11 'RuntimeError: init failed!' "/data/oms/oms_logs/omsctl-$(run_id)-init/output"
    rows_are_saved
    blocked
}

@test "docker_init.sh that writes another cm_url is found out, as JSON too" {
    begin
    "$LAB" fault h1 init-wrong-cm-url
    start scale-out node --yes --json --init-timeout 40s
    finish
    exit_code_is 5
    jq -es 'map(select(.event == "report")) | length == 1 and (.[0] | .state == "stopped" and
        any(.failures[]; .where == "MetaDB" and (.log | tostring | contains("http://127.0.0.1:8088"))))' "$OUT"
    jq -es 'last | .event == "result" and .exit_code == 5' "$OUT"
    rows_are_saved
    blocked
}

@test "docker_init.sh that hangs is not waited for longer than --init-timeout, and is not interrupted" {
    begin
    "$LAB" fault h1 init-hangs
    start scale-out node --yes --init-timeout 5s
    finish
    stopped_midway 5 198.18.0.11 'docker_init.sh has not ended after 5 s; it was not stopped and may still be running' '【步骤二】'
    on h1 docker exec oms_421 pgrep -f docker_init.sh
    "$LAB" heal
    eventually 20 on h1 grep -qF 全部初始化步骤执行成功 "/data/oms/oms_logs/omsctl-$(run_id)-init/output"
    [[ $(init_runs h1) -eq 2 ]]
    blocked
}

@test "docker_init.sh fails on a new node: the initial node served all the time" {
    begin --vip
    pids=$(on h1 docker exec oms_421 supervisorctl pid all)
    "$LAB" fault h2 init-fails-at 5
    start scale-out node --yes
    finish
    stopped_midway 5 198.18.0.12 'docker_init.sh ended with exit status 1' '【步骤五】'
    untold 'OMS IS DOWN'
    [[ $(on h1 docker exec oms_421 supervisorctl pid all) == "$pids" ]]
    diff <(grep -v 198.18.0.12 "$BATS_TEST_TMPDIR/four.before") <(four_tables oms_rm oms_cm | grep -v 198.18.0.12)
    blocked
}

@test "a connection that breaks while a slow docker_init.sh runs costs nothing: it is followed to its end" {
    begin
    "$LAB" tune h1 step_seconds 3
    start scale-out node --yes
    when_init_runs "$LAB" fault h1 partition
    "$LAB" heal
    "$LAB" fault h1 sshd-down
    eventually 20 told 'docker_init.sh goes on without us'
    "$LAB" heal
    finish
    exit_code_is 0
    [[ $(init_runs h1) -eq 2 ]]
    joined h2
    no_lease
    no_ssh_left
}

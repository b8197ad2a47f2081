#!/usr/bin/env bats
# A run that was killed, or that stopped, goes on, or goes back. The matrices over every record are in crash_*.bats.

setup() {
    load helpers
    load crash
    run_to_h2
}

teardown() { keep_what_failed; }

# begin [RESET OPTION...]: the lab as new, with the image on h2.
begin() {
    "$LAB" reset "$@"
    image_on h2
    remember
}

@test "killed where it counts, and resumed each time: the end is that of a run that nobody killed" {
    begin
    killed 'step_started config.198.18.0.12' scale-out node --yes
    killed 'step_done stop.198.18.0.11' resume last --yes
    killed 'step_started clear' resume last --yes
    killed 'step_done clear' resume last --yes
    killed 'step_started edit.198.18.0.11' resume last --yes
    killed 'step_started init.198.18.0.11' resume last --yes
    killed 'step_started run.198.18.0.12' resume last --yes
    killed 'step_started init.198.18.0.12' resume last --yes
    blocked
    omsctl 0 resume last --yes
    told 'Done: 2 nodes proven behind http://198.18.0.100:8088' Outage:
    joined h2
    [[ $(init_runs h1) -eq 2 ]]
    all_running h1
    no_lease
    omsctl 0 resume last --yes
    told 'nothing to do'
    rolled_back
    omsctl 0 rollback last --yes
    told 'nothing to do' 'was rolled back'
    omsctl 4 resume last --yes
    told "run $(run_id) was rolled back" 'nothing was changed by this command'
}

@test "killed where it counts, and taken back each time: rows, files, containers, services as they were" {
    begin
    for record in 'step_done config.198.18.0.12' 'step_done stop.198.18.0.11' 'step_started clear' 'step_done clear' \
        'step_done edit.198.18.0.11' 'step_started init.198.18.0.11' 'step_done run.198.18.0.12'; do
        killed "$record" scale-out node --yes
        rolled_back
        all_running h1
    done
}

@test "behind the VIP already: killed while the new node joins, resumed, and taken back when it is done" {
    begin --vip
    killed 'step_started init.198.18.0.12' scale-out node --yes
    omsctl 0 resume last --yes
    joined h2
    rolled_back
    all_running h1
}

@test "a rollback that is killed itself goes on where it was" {
    begin
    killed 'step_done init.198.18.0.11' scale-out node --yes
    killed 'step_done back.stop.198.18.0.11' rollback last --yes
    omsctl 4 resume last --yes
    told 'on its way back' 'omsctl rollback'
    killed 'step_started back.rows' rollback last --yes
    killed 'step_done back.edit.198.18.0.11' rollback last --yes
    omsctl 8 scale-out node --yes
    told "$(run_id)" 'stopped midway' "omsctl rollback $(run_id)"
    untold "omsctl resume $(run_id)"
    rolled_back
    all_running h1
}

@test "docker_init.sh that has failed: not run again by itself, once more when told to; or back" {
    begin
    "$LAB" fault h1 init-fails-at 2
    omsctl 5 scale-out node --yes
    omsctl 5 resume last --yes
    failure 198.18.0.11 'docker_init.sh ended with exit status 1' --rerun-init
    "$LAB" heal
    omsctl 5 resume last --yes
    omsctl 0 resume last --yes --rerun-init
    joined h2
    rolled_back
    "$LAB" fault h1 init-fails-at 3
    start scale-out node --yes --on-failure rollback
    finish
    exit_code_is 5
    told 'going back, as --on-failure rollback says' 'Rolled back: '
    "$LAB" heal
    as_it_was
    all_running h1
    no_lease
}

@test "docker_init.sh without a known last line: resume takes its verdict from the operator alone" {
    begin
    "$LAB" fault h1 init-no-end-line
    omsctl 5 scale-out node --yes
    told --accept-init
    "$LAB" heal
    omsctl 5 resume last --yes
    omsctl 0 resume last --yes --accept-init
    told 'taken for done'
    joined h2
}

@test "the machine that ran it is lost: another one fetches the run and goes on, or back" {
    begin
    local run
    killed 'step_done init.198.18.0.11' scale-out node --yes
    run=$(run_id)
    mv "$STATE" "$STATE.lost"
    # A fetch that was killed itself is no run.
    (umask 077 && mkdir -p "$STATE/runs/$run")
    : >"$STATE/runs/$run/fetching"
    omsctl 4 resume last --yes
    told 'was not fetched to its end' '--from HOST'
    # The other machine's process may live: its claim is waited out.
    omsctl 0 resume last --yes --from 198.18.0.11
    told 'fetching the second copy' 'waiting until the claim of'
    joined h2
    rolled_back
    rm -rf -- "$STATE"
    killed 'step_done clear' scale-out node --yes
    mv "$STATE" "$STATE.lost.again"
    omsctl 2 rollback nothing --yes --from 198.18.0.11
    told 'there are: '
    the_claim_has_expired
    omsctl 0 rollback last --yes --from 198.18.0.11
    as_it_was
    all_running h1
    rm -rf -- "$STATE"
    killed 'step_done stop.198.18.0.11' scale-out node --yes
    mv "$STATE" "$STATE.lost.early"
    omsctl 4 rollback last --yes --from 198.18.0.11
    told 'rows.tar of 198.18.0.11 was never written' 'no row was deleted' 'supervisorctl start all'
    [[ -z $(ls "$STATE/runs") ]]
    rm -rf -- "$STATE"
    mv "$STATE.lost.early" "$STATE"
    omsctl 0 rollback last --yes
    as_it_was
}

@test "what came after the run is not rolled back with it: a node, a region, an edit of config.yaml" {
    begin
    omsctl 0 scale-out node --yes
    sql "INSERT INTO oms_cm.host (ip, host_status, resource_group_id) SELECT '198.18.9.9', 'ONLINE', id FROM oms_cm.resource_group WHERE name = '1'"
    omsctl 4 rollback last --yes
    failure '198.18.9.9'
    told 'nothing was changed by this rollback'
    sql "DELETE FROM oms_cm.host WHERE ip = '198.18.9.9'"
    on h1 sed -i 's/^cm_nodes:/# by hand\ninit_db: "false"\ncm_nodes:/' "$LAB_CONFIG_PATH"
    omsctl 4 rollback last --yes
    failure 'somebody else has edited'
    all_running h1 h2
}

@test "rows that somebody else deletes first are not taken for deleted by the run" {
    begin
    STOP_AT='step_done copy-rows' start scale-out node --yes
    eventually 60 stands_still
    sql 'DELETE FROM oms_rm.cluster_info; DELETE FROM oms_cm.host; DELETE FROM oms_cm.resource_group; DELETE FROM oms_cm.location_cm'
    kill -CONT "$PID"
    finish
    exit_code_is 5
    failure 'failed: clear' 'have changed since they were saved' 'nothing was deleted'
    told 'already undid its changes'
    all_running h1
}

@test "an edit counts as done when the container has seen it, also when it is taken up again" {
    begin
    start scale-out node --yes
    # Another file under the same name: what the container has mounted is the old one.
    # shellcheck disable=SC2016 # expanded by the inner shell
    when step_started stop.198.18.0.11 on h1 sh -c 'cp -p -- "$1" "$1.c" && mv -- "$1.c" "$1"' sh "$LAB_CONFIG_PATH"
    finish
    stopped_midway 5 198.18.0.11 'the container sees another file'
    [[ -z $(on h1 find "${LAB_CONFIG_PATH%/*}" -name '*.writing') ]]
    omsctl 5 resume last --yes
    told 'the container sees another file'
    on h1 docker restart "$LAB_CONTAINER"
    omsctl 0 resume last --yes
    joined h2
}

@test "twenty at once: one runs, the others name it" {
    begin
    local pids=() i
    for i in $(seq 20); do
        "$LAB" exec controller -- "$OMSCTL" scale-out node --yes -c "$CONFIG" --ssh-config "$LAB_SSH_CONFIG" \
            --state-dir "$BATS_TEST_TMPDIR/state.$i" >"$BATS_TEST_TMPDIR/out.$i" 2>&1 </dev/null 3>&- 7>&- &
        pids+=($!)
    done
    local codes=() code
    for pid in "${pids[@]}"; do
        code=0
        wait "$pid" || code=$?
        codes+=("$code")
    done
    echo "exit codes: ${codes[*]}"
    [[ $(printf '%s\n' "${codes[@]}" | sort | uniq -c | xargs) == '1 0 19 8' ]]
    [[ $(grep -lE 'holds (this|the) deployment' "$BATS_TEST_TMPDIR"/out.* | wc -l) -eq 19 ]]
    joined h2
}

@test "interrupted twice, or ended by a signal: left at once, and resumed" {
    begin
    "$LAB" fault h1 init-slow 3
    start scale-out node --yes
    when_init_runs kill -INT "$PID"
    # A second one that comes while the first is pending is none.
    eventually 5 grep -qE '^ShdPnd:\s*0+$' "/proc/$PID/status"
    kill -INT "$PID"
    finish
    exit_code_is 130
    told "exiting now; continue with: omsctl resume $(run_id)"
    start resume last --yes
    when_init_runs kill -HUP "$PID"
    finish
    exit_code_is 130
    told "omsctl resume $(run_id)"
    "$LAB" heal
    omsctl 0 resume last --yes
    joined h2
    [[ $(init_runs h1) -eq 2 ]]
}

@test "attach follows a run that another terminal has started, and says how it ended" {
    begin
    "$LAB" fault h1 init-slow 3
    start scale-out node --yes
    local first=$PID
    when step_started save true
    "$LAB" exec controller -- "$OMSCTL" attach last --state-dir "$STATE" >"$BATS_TEST_TMPDIR/attached" 2>&1 </dev/null 3>&- 7>&-
    PID=$first
    finish
    exit_code_is 0
    grep -q 'docker_init.sh, followed to its end' "$BATS_TEST_TMPDIR/attached"
    grep -q ' done ' "$BATS_TEST_TMPDIR/attached"
    "$LAB" heal
}

@test "killed while it only looked, a rollback leaves nothing: after a resume the next one takes all back" {
    from_the_start
    remember
    killed 'step_done stop.198.18.0.11' scale-out node --yes
    killed 1 rollback last --yes
    killed 'step_done edit.198.18.0.11' resume last --yes
    rolled_back
}

@test "killed on its way back by itself: it cannot go on, and a rollback ends that" {
    from_the_start
    remember
    KILL_AT='step_done back.start.198.18.0.11' start scale-out node --yes
    when step_started stop.198.18.0.11 "$LAB" fault metadb down
    finish
    exit_code_is 137
    end_ssh_masters
    "$LAB" heal
    all_running h1
    omsctl 4 resume last --yes
    told 'on its way back' "omsctl rollback $(run_id)"
    omsctl 0 runs
    told 'going back'
    rolled_back
    all_running h1
}

@test "a rollback of a run that was done, killed midway, keeps others out until it is given again" {
    from_the_start
    remember
    omsctl 0 scale-out node --yes
    killed 'step_done back.rows' rollback last --yes
    omsctl 8 scale-out node --yes
    told "omsctl rollback $(run_id)"
    untold "omsctl resume $(run_id)"
    omsctl 0 runs
    told 'going back'
    omsctl 0 lock show
    told 'on its way back' "omsctl rollback $(run_id)"
    rolled_back
}

@test "what a later run works with is not removed by the rollback of an earlier one" {
    from_the_start
    omsctl 0 scale-out node --yes
    killed 'step_started back.run.198.18.0.12' rollback last --yes
    # As a later run would have it: the same node joined anew, in a container that is not this run's.
    on h2 docker rm -f "$LAB_CONTAINER"
    on h2 docker run -d --name other -v "$LAB_LOGS_DIR:/x" "$LAB_IMAGE" sleep 600
    omsctl 6 rollback last --yes
    told "a container that this run has not made uses $LAB_LOGS_DIR"
    on h2 test -d "$LAB_LOGS_DIR"
    on h2 docker rm -f other
    omsctl 0 rollback last --yes
    refute on h2 test -d "$LAB_LOGS_DIR"
}

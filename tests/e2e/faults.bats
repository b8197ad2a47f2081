#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031 # each test has a PID of its own
# Hosts, MetaDB and VIP that go away during a run, and omsctl itself: documented exit code, cause, next command; nothing hangs.

setup() {
    load helpers
    run_to_h2
}

teardown() { keep_what_failed; }

begin() { from_the_start; }

# sending_the_image HOST FAULT: a run, and the fault while h2 gets the image.
fault_while_sending() {
    no_image_on h2
    start scale-out node --yes
    when step_started image.198.18.0.12 "$LAB" fault "$1" "$2"
    finish
}

# What could not be reached to be taken back: the copies beside h1's config.yaml, and the room for what would have been written.
all_but_copies() { grep -vE ' h1 (/data/config.yaml.omsctl-|/data/oms/oms_logs/omsctl-[^/]*\.room$|/tmp/omsctl-[^/]*\.room$)'; }

all_but_copies_is_as_before() { diff <(all_but_copies <"$BATS_TEST_TMPDIR/digest") <(digest | all_but_copies); }

@test "a new node goes away while the image is sent: all is taken back, and the same command works afterwards" {
    "$LAB" reset
    remember_digest
    for fault in sshd-down docker-down; do
        fault_while_sending h2 "$fault"
        taken_back 198.18.0.12 'docker load'
    done
    omsctl 0 scale-out node --yes
    joined h2
}

# bats test_tags=all
@test "the initial node goes away before the stop: it goes on serving, nothing is deleted" {
    "$LAB" reset
    remember_digest
    pids=$(on h1 docker exec oms_421 supervisorctl pid all)
    for fault in sshd-down docker-down; do
        fault_while_sending h1 "$fault"
        exit_code_is 5
        failure 198.18.0.11 'docker save'
        told State: Next:
        "$LAB" heal
        [[ $(on h1 docker exec oms_421 supervisorctl pid all) == "$pids" ]]
        eventually 20 all_but_copies_is_as_before
    done
    omsctl 0 check node
}

# bats test_tags=all
@test "both hosts are cut off without a word: noticed after a minute, told by name, nothing is deleted" {
    "$LAB" reset
    remember_digest
    no_image_on h2
    start scale-out node --yes
    when step_started image.198.18.0.12 "$LAB" fault h1 partition
    "$LAB" fault h2 partition
    finish
    exit_code_is 5
    failure 198.18.0.11 'not taken back'
    "$LAB" heal
    eventually 20 all_but_copies_is_as_before
    all_running h1
    no_ssh_left
    omsctl 0 check node
}

# bats test_tags=all
@test "the MetaDB goes away before the delete: programs run again, nothing is deleted" {
    "$LAB" reset
    remember_digest
    no_image_on h2
    start scale-out node --yes
    when step_started image.198.18.0.12 "$LAB" fault metadb down
    finish
    taken_back 'cannot connect to the MetaDB at 198.18.0.5:3306' 'check that the MetaDB runs'
    start scale-out node --yes
    when step_started stop.198.18.0.11 "$LAB" fault metadb down
    finish
    taken_back MetaDB 'cannot connect to the MetaDB at 198.18.0.5:3306'
    omsctl 0 check node
}

# The delete waits for a row that somebody holds, which gives the fault its moment.
hold_a_host_row() {
    { echo 'BEGIN; SELECT ip FROM oms_cm.host FOR UPDATE;' && sleep 8; } | "$LAB" sql -n >"$BATS_TEST_TMPDIR/held" 3>&- 7>&- &
    HOLDER=$!
    eventually 5 grep -q 198.18.0.11 "$BATS_TEST_TMPDIR/held"
}

@test "the MetaDB dies while rows are being deleted, before the commit: programs run again, nothing is deleted" {
    begin
    start scale-out node --yes
    when step_started stop.198.18.0.11 hold_a_host_row
    when step_started clear "$LAB" fault metadb down
    finish
    wait "$HOLDER" || true
    taken_back 'failed: clear' 'MetaDB 198.18.0.5:3306'
}

@test "the initial node cannot be reached for a moment once its rows are deleted: it is waited for" {
    begin
    start scale-out node --yes
    when step_started clear "$LAB" fault h1 sshd-down
    when step_done clear sleep 3
    "$LAB" heal
    finish
    exit_code_is 0
    told 'Done: 2 nodes proven'
    joined h2
}

@test "the MetaDB goes away during docker_init.sh: stopped midway, and afterwards nobody else may start" {
    begin
    "$LAB" fault h1 init-slow 1
    start scale-out node --yes --init-timeout 40s
    when_init_runs "$LAB" fault metadb down
    finish
    stopped_midway 5 198.18.0.11 'docker_init.sh ended with exit status 1'
    "$LAB" heal
    blocked
}

# bats test_tags=all
@test "the VIP goes away: before the proof the run stops midway, before the verification that alone fails" {
    begin
    "$LAB" fault h1 init-slow 1
    start scale-out node --yes --init-timeout 40s
    when_init_runs "$LAB" fault vip down
    finish
    stopped_midway 5 198.18.0.11 'http://198.18.0.100:808'
    "$LAB" heal
    all_running h1
    blocked

    begin
    start scale-out node --yes --init-timeout 40s
    when step_done prove.198.18.0.12 "$LAB" fault vip down
    finish
    stopped_midway 7 198.18.0.12 'the VIP answers 20 of 20 times on both ports' 'every step was done'
    failure 198.18.0.11
    "$LAB" heal
    all_running h1 h2
    blocked
}

# bats test_tags=all
@test "a new node goes away after the outage: the initial node serves behind the VIP" {
    begin
    start scale-out node --yes --init-timeout 10s
    when step_done init.198.18.0.11 "$LAB" fault h2 docker-down
    finish
    stopped_midway 5 198.18.0.12 'Cannot connect to the Docker daemon'
    untold 'OMS IS DOWN'
    vip_answers h1
    "$LAB" heal
    blocked

    begin
    "$LAB" fault h2 init-slow 1
    start scale-out node --yes --init-timeout 10s
    when step_started init.198.18.0.12 eventually 20 told '198.18.0.12  docker_init.sh: 【步骤一】'
    "$LAB" fault h2 sshd-down
    finish
    stopped_midway 5 198.18.0.12 'could not be asked until the deadline of 10 s' "omsctl-$(run_id)-init/output"
    vip_answers h1
    "$LAB" heal
    blocked
}

# bats test_tags=all
@test "the initial node goes away during docker_init.sh and does not come back in time" {
    begin
    "$LAB" fault h1 init-slow 1
    start scale-out node --yes --init-timeout 10s
    when_init_runs "$LAB" fault h1 sshd-down
    finish
    stopped_midway 5 198.18.0.11 'could not be asked until the deadline of 10 s' "omsctl-$(run_id)-init/output"
    "$LAB" heal
    blocked
}

# asked: omsctl in a terminal, up to its question; what is written to $BATS_TEST_TMPDIR/answer is typed there.
asked() {
    mkfifo "$BATS_TEST_TMPDIR/answer"
    "$LAB" exec controller -- script -qefc "$OMSCTL scale-out node -c '$CONFIG' --ssh-config '$LAB_SSH_CONFIG' --state-dir '$STATE'" \
        "$BATS_TEST_TMPDIR/typed" <"$BATS_TEST_TMPDIR/answer" >/dev/null 3>&- 7>&- &
    ASKED=$!
    exec 8>"$BATS_TEST_TMPDIR/answer"
    eventually 30 grep -q 'Type yes to continue' "$BATS_TEST_TMPDIR/typed"
}

@test "a plan that another run has made out of date is not carried out; who waits for a run looks at what it left" {
    begin
    asked
    start scale-out node --yes
    local first=$PID
    when step_started stop.198.18.0.11 true
    omsctl 0 scale-out node --yes --lock-wait 100s
    told 'waiting for run ' 'nothing to do'
    wait "$first"
    joined h2
    remember_digest
    echo yes >&8
    exec 8>&-
    PID=$ASKED
    finish
    exit_code_is 9
    grep -q 'the deployment has changed since the plan was made' "$BATS_TEST_TMPDIR/typed"
    nothing_changed
    no_lease
}

@test "Ctrl-C at the question ends it at once, and nothing was changed" {
    begin
    asked
    printf '\003' >&8
    PID=$ASKED
    finish
    exec 8>&-
    exit_code_is 130
    grep -q 'nothing was changed' "$BATS_TEST_TMPDIR/typed"
    [[ -z $(all_runs) ]]
    nothing_changed
    no_ssh_left
}

@test "killed in the outage: a new start names the run; one that is still at work too" {
    begin
    "$LAB" fault h1 init-slow 1
    start scale-out node --yes
    local first=$PID
    when_init_runs true
    omsctl 8 scale-out node --yes
    told "$(run_id)" 'holds this deployment' --lock-wait
    kill -KILL "$first"
    end_ssh_masters
    # docker_init.sh goes on without us.
    eventually 30 on h1 test -e "/data/oms/oms_logs/omsctl-$(run_id)-init/rc"
    [[ $(init_runs h1) -eq 2 ]]
    blocked
    omsctl 0 runs
    told "$(run_id)" 'init unknown'
}

@test "interrupted: before the delete all is taken back; during docker_init.sh its end is waited for" {
    "$LAB" reset
    remember_digest
    no_image_on h2
    start scale-out node --yes
    when step_started image.198.18.0.12 kill -INT "$PID"
    finish
    exit_code_is 130
    told 'already undid its changes'
    eventually 20 nothing_changed
    all_running h1

    image_on h2
    "$LAB" fault h1 init-slow 1
    start scale-out node --yes
    when_init_runs kill -INT "$PID"
    finish
    stopped_midway 130
    told 'OMS IS DOWN'
    [[ $(init_runs h1) -eq 2 ]]
    on h1 grep -qF 全部初始化步骤执行成功 "/data/oms/oms_logs/omsctl-$(run_id)-init/output"
    [[ $(on h2 docker ps -aq) == '' ]]
    blocked
}

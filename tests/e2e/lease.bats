#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031 # each test has a PID and a place of its own
# The claim on the deployment: lost to another while a run works, kept over a MetaDB that goes away, stale, waited for.
# What `lock show` and `lock break` say of a held deployment is in metadb.bats, twenty runs at once are in resume.bats.

setup() {
    load helpers
    load crash
    run_to_h2
}

teardown() {
    keep_what_failed
    "$LAB" heal
    sql "SET GLOBAL general_log = OFF; SET GLOBAL log_output = 'FILE'"
}

begin() {
    "$LAB" reset
    image_on h2
    remember
}

LEASE=oms_rm.omsctl_lease
ANOTHER=20270101-000000-beef

# What another run would have written, at once.
taken_by_another() {
    sql "UPDATE $LEASE SET run = '$ANOTHER', holder = 'somebody', host = 'elsewhere', fence = fence + 1,
        expires = UTC_TIMESTAMP(6) + INTERVAL 60 SECOND"
}

# In place of a minute's wait.
aged() { sql "UPDATE $LEASE SET expires = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"; }

held() { [[ $(sql "SELECT run FROM $LEASE") == "$1" ]]; }

# hold SECONDS PHASE: a row of another run, on another machine.
hold() {
    sql "REPLACE INTO $LEASE VALUES (1, '$ANOTHER', 'somebody', 'elsewhere', 'scale-out node', UTC_TIMESTAMP(6),
        UTC_TIMESTAMP(6) + INTERVAL $1 SECOND, 5, '$2', 'clear')"
}

# From now on every statement that the server gets is written down.
log_statements() { sql "SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = ON"; }

# Of this machine's connections, since log_statements: what changes something, but for the renewal of a claim, which by its fence
# changes no row of another's.
writes_since() {
    sql "SELECT argument FROM mysql.general_log WHERE user_host LIKE '%[198.18.0.1]%'
        AND argument REGEXP '^[[:space:]]*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|TRUNCATE|LOAD)'
        AND argument NOT LIKE 'UPDATE %omsctl_lease%SET \`expires\`%AND \`fence\` = %'"
}

no_writes_since() {
    sql 'SET GLOBAL general_log = OFF'
    [[ $(sql "SELECT COUNT(*) > 0 FROM mysql.general_log WHERE user_host LIKE '%[198.18.0.1]%'") == 1 ]]
    [[ -z $(writes_since) ]] || { writes_since && return 1; }
}

# lost_to_another STATUS: it says who has the deployment, and what to type; no other run's row is touched.
lost_to_another() {
    exit_code_is "$1"
    nothing_secret_said
    failure 'this run no longer holds the deployment' "run $ANOTHER of somebody on elsewhere has taken it" 'omsctl lock show'
    held "$ANOTHER"
    no_writes_since
    no_ssh_left
    omsctl 8 resume last --yes
    told "$ANOTHER" somebody elsewhere
    omsctl 8 rollback last --yes
    told "$ANOTHER"
    held "$ANOTHER"
}

@test "another takes the claim while docker_init.sh runs: nothing is written any more, here or on a host" {
    begin
    "$LAB" fault h1 init-slow 1
    start scale-out node --yes
    when_init_runs taken_by_another
    log_statements
    finish
    lost_to_another 5
    [[ $(on h2 docker ps -aq) == '' ]]
    # What the operator is told is true: when the other one is gone, the run goes on.
    "$LAB" heal
    sql "DELETE FROM $LEASE"
    omsctl 8 resume last --yes
    told 'has lost its claim' docs/recovery.md
}

# bats test_tags=all
@test "another takes the claim before the delete: no row is deleted, no program is touched once it is gone" {
    begin
    start scale-out node --yes
    when step_started save taken_by_another
    log_statements
    finish
    told 'OMS IS DOWN' 'start_programs oms_421 '
    lost_to_another 5
    [[ $(sql "SELECT COUNT(*) FROM oms_cm.host WHERE ip = '198.18.0.11'") == 1 ]]
    diff <(on h1 cat "$LAB_CONFIG_PATH") <(on h1 sh -c 'cat /data/config.yaml.omsctl-*.old')
    [[ $(on h2 docker ps -aq) == '' ]]
}

@test "its lock is broken from another terminal: the run stops before its next write" {
    begin
    "$LAB" fault h1 init-slow 1
    start scale-out node --yes
    local first=$PID out=$BATS_TEST_TMPDIR/first.out err=$BATS_TEST_TMPDIR/first.err run
    when_init_runs true
    run=$(run_id)
    OUT=$out.other ERR=$err.other omsctl 0 lock break "$run" --yes
    log_statements
    PID=$first
    finish
    exit_code_is 5
    failure 'this run no longer holds the deployment: it was released or broken' 'omsctl lock show'
    no_writes_since
    no_lease
    [[ $(on h2 docker ps -aq) == '' ]]
    omsctl 8 rollback last --yes
    told 'has lost its claim' docs/recovery.md
    # A run that came since and died before it changed anything: what it looked at may have changed all the same.
    hold -5 clean
    local command
    for command in resume rollback; do
        omsctl 8 "$command" last --yes
        told 'has lost its claim' "run $ANOTHER" somebody elsewhere 'nothing was changed by this command'
        held "$ANOTHER"
    done
}

@test "the MetaDB is away between the delete and the edit: stopped, and the claim is taken up again, stale or not" {
    begin
    struck metadb down 'step_done clear' scale-out node --yes
    exit_code_is 5
    failure 'cannot connect to the MetaDB at 198.18.0.5:3306'
    told 'OMS IS DOWN' "omsctl resume $(run_id)" "omsctl rollback $(run_id)"
    "$LAB" heal
    aged
    blocked
    told "omsctl lock break $(run_id)"
    held "$(run_id)"
    omsctl 0 resume last --yes
    joined h2
    no_lease
    rolled_back
}

# away SECONDS SLOW: the MetaDB goes away during the first step of docker_init.sh, which takes SLOW seconds, and comes back within it.
away() {
    begin
    "$LAB" fault h1 init-slow "$2"
    export DEADLINE=$(($2 + 120))
    start scale-out node --yes
    when_init_runs "$LAB" fault metadb down
    sleep "$1" # how long it is away, and no wait for anything
    "$LAB" heal
}

@test "the MetaDB is away for a moment during docker_init.sh: the run goes on, and others are kept out when its claim looks stale" {
    away 1 12
    aged
    local first=$PID state=$STATE
    # Another machine's operator: the lock of the run's directory is not theirs to see.
    STATE=$BATS_TEST_TMPDIR/elsewhere
    omsctl 8 scale-out node --yes
    told 'stopped midway' 'omsctl resume' 'omsctl rollback' 'omsctl lock break'
    STATE=$state PID=$first
    finish
    exit_code_is 0
    joined h2
    no_lease
}

# bats test_tags=all
@test "the MetaDB is away for longer than a claim lasts during docker_init.sh: the run goes on" {
    away 70 80
    finish
    exit_code_is 0
    joined h2
    no_lease
    rolled_back
}

@test "a claim that has expired: before a change the next run takes it, after one it blocks; one at work is waited for" {
    begin
    omsctl 0 metadb backup
    sql "UPDATE oms_rm.cluster_info SET region_cn = 'another'"
    omsctl 0 metadb restore last --yes
    hold -5 changed
    remember_digest
    omsctl 8 scale-out node --yes
    told "$ANOTHER" 'stopped midway' 'last step: clear' "omsctl resume $ANOTHER" "omsctl rollback $ANOTHER" "omsctl lock break $ANOTHER"
    omsctl 8 check node
    sql "UPDATE oms_rm.cluster_info SET region_cn = 'another'"
    omsctl 8 metadb restore last --yes
    told "$ANOTHER" "omsctl lock break $ANOTHER"

    hold 60 clean
    omsctl 8 scale-out node --yes --lock-wait 2s
    told "waiting for run $ANOTHER of somebody on elsewhere" 'holds this deployment' --lock-wait
    omsctl 8 metadb restore last --yes --lock-wait 1s
    told "$ANOTHER"
    held "$ANOTHER"

    # While it is waited for it takes a row away, and ends.
    start metadb restore last --yes --lock-wait 60s
    eventually 30 told 'would do to'
    sql "DELETE FROM oms_cm.host WHERE ip = '198.18.0.11'; DELETE FROM $LEASE"
    finish
    exit_code_is 4
    told 'rows came or went since it was shown what this would do; nothing was changed'
    no_lease

    # It ends while it is waited for.
    hold 60 clean
    start metadb restore last --yes --lock-wait 60s
    eventually 30 told 'would do to'
    sql "DELETE FROM $LEASE"
    finish
    exit_code_is 0
    no_lease
    nothing_changed

    hold -5 clean
    omsctl 0 lock show
    told "$ANOTHER" 'died before it changed anything' 'the next run takes over by itself'
    omsctl 0 lock show --json
    jq -se 'map(select(.event == "lock"))[0] | .holder_run == "'"$ANOTHER"'" and .renewed == false and .changed == false' "$OUT"
    omsctl 0 scale-out node --yes
    joined h2
    no_lease
}

@test "lock break asks in a terminal, and takes no for an answer" {
    begin
    omsctl 0 metadb backup
    sql "UPDATE oms_rm.cluster_info SET region_cn = 'another'"
    omsctl 0 metadb restore last --yes
    hold 60 changed
    "$LAB" exec controller -- script -qefc "$OMSCTL lock break $ANOTHER -c '$CONFIG' --ssh-config '$LAB_SSH_CONFIG' --state-dir '$STATE'" \
        "$BATS_TEST_TMPDIR/typed" <<<no >/dev/null 3>&- 7>&-
    grep -q 'Type yes to continue' "$BATS_TEST_TMPDIR/typed"
    grep -q 'not confirmed: nothing was changed' "$BATS_TEST_TMPDIR/typed"
    held "$ANOTHER"
}

#!/usr/bin/env bats
# Every fault at the stages of a run where it bites: a line each, see matrix.bash. The table is printed at the end. What a fault does
# before the first change is in refusals.bats and faults_places.bats.

setup_file() {
    export RESULTS=$BATS_FILE_TMPDIR/results
    : >"$RESULTS"
    : >"$RESULTS.begun"
}

setup() {
    load helpers
    load crash
    load matrix
    run_to_h2
}

teardown() { keep_what_failed; }

@test "a part of it: nothing is lost, and there is a way back and a way on" {
    begin
    case_of metadb down edit 5 midway MetaDB 'cannot connect to the MetaDB'
    case_of controller disk-full save 0 well
    again_of metadb down rollback 'step_done clear' 'step_started back.rows' 6 'cannot connect to the MetaDB'
}

# bats test_tags=all
@test "before the outage" {
    begin
    case_of controller disk-full dump 5 back 'No space left on device'
    case_of metadb down dump 5 back 'cannot connect to the MetaDB'
    case_of h2 docker-down image 5 back 198.18.0.12
    case_of h2 sshd-down image 5 back 198.18.0.12 'docker load'
    case_of h1 sshd-down dump 5 left 198.18.0.11
}

# bats test_tags=all
@test "at the stop" {
    begin
    case_of h1 root-full stop 5 back 198.18.0.11
    case_of h1 docker-down stop 5 midway 198.18.0.11
    RUN+=(--ssh-user operator)
    case_of h1 no-sudo stop 5 midway 198.18.0.11 'a password is required'
}

# bats test_tags=all
@test "while the rows are saved, deleted, and config.yaml is changed" {
    begin
    case_of h1 disk-full save 0 well
    case_of metadb down clear 5 back MetaDB 'cannot connect to the MetaDB'
    case_of metadb partition clear 5 back MetaDB
    case_of metadb disk-full clear 0 well
    case_of h1 sshd-down edit 5 midway 198.18.0.11
}

# bats test_tags=all
@test "while docker_init.sh runs on the existing node" {
    begin
    RESUME=--rerun-init case_of metadb down init 5 midway 198.18.0.11 'docker_init.sh ended with exit status 1'
    RESUME=--rerun-init case_of h1 docker-down init 5 midway 198.18.0.11
    case_of h1 sshd-down init 5 midway 198.18.0.11 'could not be asked until the deadline of 10 s'
    case_of vip down init 5 midway 198.18.0.11 'http://198.18.0.100:808'
}

# bats test_tags=all
@test "docker_init.sh of the existing node does not do what it should" {
    begin
    RESUME=--rerun-init case_of h1 init-lies init 5 midway 198.18.0.11 'RuntimeError: init failed!'
    RESUME=--accept-init case_of h1 init-no-end-line init 5 midway 198.18.0.11 --accept-init
    case_of h1 init-hangs init 5 midway 198.18.0.11 'was not stopped and may still be running'
    MEND=right_cm_url case_of h1 init-wrong-cm-url init 5 midway MetaDB http://127.0.0.1:8088
}

# bats test_tags=all
@test "while the new node's container starts" {
    begin
    case_of h2 docker-down start 5 midway 198.18.0.12 'Cannot connect to the Docker daemon'
    case_of h2 sshd-down start 5 midway 198.18.0.12
    case_of h2 disk-full start 5 midway 198.18.0.12 'No space left on device'
}

# bats test_tags=all
@test "while docker_init.sh runs on the new node" {
    begin
    INITS=2 RESUME=--rerun-init case_of h2 docker-down join 5 midway 198.18.0.12
    INITS=2 RESUME=--rerun-init case_of metadb down join 5 midway 198.18.0.12
}

# bats test_tags=all
@test "at the last look, and at the last record" {
    begin
    case_of vip down verify 7 midway 198.18.0.12 'the VIP answers 20 of 20 times on both ports'
    case_of h2 sshd-down verify 7 midway 198.18.0.12
    case_of metadb down verify 7 midway MetaDB
    case_of controller disk-full last 0 well
}

# bats test_tags=all
@test "during resume" {
    begin
    again_of metadb down resume 'step_done clear' 'step_started edit.198.18.0.11' 5 'cannot connect to the MetaDB'
    again_of controller disk-full resume 'step_done clear' '' 4 'no space left for the journal' 'give the same command again'
}

# bats test_tags=all
@test "during rollback" {
    begin
    again_of h2 docker-down rollback 'step_started init.198.18.0.12' 'step_started back.rows' 6
    again_of metadb down rollback 'step_done clear' '' 4 'cannot connect to the MetaDB' 'the same command again'
    again_of controller disk-full rollback 'step_done clear' '' 4 'No space left'
}

# bats test_tags=all
@test "behind the VIP already" {
    begin --vip
    case_of metadb down start 5 midway MetaDB 'cannot connect to the MetaDB'
    case_of h2 docker-down start 5 midway 198.18.0.12
    case_of h1 sshd-down edit 5 midway 198.18.0.11
}

@test "the table: every line that was begun is in it" {
    { printf 'fault\tstage\tcode\tend\ttook\n' && cat "$RESULTS"; } |
        awk -F'\t' '{ printf "# %-22s  %-42s  %-4s  %-7s  %s\n", $1, $2, $3, $4, $5 }' >&3
    [[ -s $RESULTS && $(wc -l <"$RESULTS") -eq $(wc -l <"$RESULTS.begun") ]]
}

# bats test_tags=all
@test "the table: no line of this file is missing" {
    [[ $(grep -cE '^ +([A-Z]+=[^ ]+ )*(case|again)_of ' "$BATS_TEST_FILENAME") -eq $(wc -l <"$RESULTS") ]]
}

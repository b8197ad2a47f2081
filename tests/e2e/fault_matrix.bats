#!/usr/bin/env bats
# Every fault at the stages of a run where it bites, up to the existing node that serves again: a line each, see matrix.bash. The table
# is printed at the end. What a fault does before the first change is in refusals.bats and faults_places.bats; what comes later is in
# fault_matrix_join.bats.

load matrix

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
    case_of h1 partition dump 5 left 198.18.0.11
    case_of metadb partition dump 5 back MetaDB
    case_of metadb disk-full dump 0 well
    case_of h2 disk-full image 5 back 198.18.0.12
    case_of h2 partition image 5 back 198.18.0.12
}

# bats test_tags=all
@test "at the stop" {
    begin
    case_of h1 root-full stop 5 back 198.18.0.11
    case_of h1 docker-down stop 5 midway 198.18.0.11
    case_of h1 partition stop 5 midway 198.18.0.11
    case_of metadb down stop 5 back MetaDB
    case_of controller disk-full stop 0 well
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
    case_of h1 partition edit 5 midway 198.18.0.11
    case_of h1 disk-full edit 0 well
    case_of metadb partition edit 5 midway MetaDB
    case_of metadb disk-full edit 0 well
    case_of controller disk-full clear 0 well
    case_of controller disk-full edit 0 well
}

# bats test_tags=all
@test "while docker_init.sh runs on the existing node" {
    begin
    RESUME=--rerun-init case_of metadb down init 5 midway 198.18.0.11 'docker_init.sh ended with exit status 1'
    RESUME=--rerun-init case_of h1 docker-down init 5 midway 198.18.0.11
    case_of h1 sshd-down init 5 midway 198.18.0.11 'could not be asked until the deadline of 10 s'
    case_of vip down init 5 midway 198.18.0.11 'http://198.18.0.100:808'
    RESUME=--rerun-init case_of h1 partition init 5 midway 198.18.0.11 'could not be asked until the deadline of 10 s'
    case_of metadb disk-full init 0 well
    RESUME=--rerun-init case_of h1 root-full init 5 midway 198.18.0.11
    case_of controller disk-full init 0 well
}

# bats test_tags=all
@test "docker_init.sh of the existing node does not do what it should" {
    begin
    RESUME=--rerun-init case_of h1 'init-fails-at 2' init 5 midway 198.18.0.11 'RuntimeError: init failed!'
    RESUME=--rerun-init case_of h1 init-lies init 5 midway 198.18.0.11 'RuntimeError: init failed!'
    RESUME=--accept-init case_of h1 init-no-end-line init 5 midway 198.18.0.11 --accept-init
    case_of h1 init-hangs init 5 midway 198.18.0.11 'was not stopped and may still be running'
    MEND=right_cm_url case_of h1 init-wrong-cm-url init 5 midway MetaDB http://127.0.0.1:8088
}

@test "the table: every line that was begun is in it" { table_of_faults; }

# bats test_tags=all
@test "the table: no line of this file is missing" { no_line_is_missing; }

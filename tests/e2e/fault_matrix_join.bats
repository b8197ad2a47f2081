#!/usr/bin/env bats
# Every fault at the stages of a run where it bites, from the new node's container on, and while a run is taken up or taken back:
# a line each, see matrix.bash. The table is printed at the end.
# bats file_tags=all

load matrix

@test "while the new node's container starts" {
    begin
    case_of h2 docker-down start 5 midway 198.18.0.12 'Cannot connect to the Docker daemon'
    case_of h2 sshd-down start 5 midway 198.18.0.12
    case_of h2 disk-full start 5 midway 198.18.0.12 'No space left on device'
    case_of h2 partition start 5 midway 198.18.0.12
    case_of metadb down start 5 midway MetaDB 'cannot connect to the MetaDB'
    case_of metadb partition start 5 midway MetaDB
    case_of controller disk-full start 0 well
}

@test "while docker_init.sh runs on the new node" {
    begin
    INITS=2 RESUME=--rerun-init case_of h2 docker-down join 5 midway 198.18.0.12
    INITS=2 RESUME=--rerun-init case_of metadb down join 5 midway 198.18.0.12
    case_of h2 sshd-down join 5 midway 198.18.0.12 'could not be asked until the deadline of 10 s'
    INITS=2 RESUME=--rerun-init case_of h2 partition join 5 midway 198.18.0.12 'could not be asked until the deadline of 10 s'
    case_of vip down join 5 midway 198.18.0.12
    INITS=2 RESUME=--rerun-init case_of h2 'init-fails-at 2' join 5 midway 198.18.0.12 'RuntimeError: init failed!'
    INITS=2 RESUME=--rerun-init case_of h2 init-lies join 5 midway 198.18.0.12 'RuntimeError: init failed!'
    RESUME=--accept-init case_of h2 init-no-end-line join 5 midway 198.18.0.12 --accept-init
    case_of h2 init-hangs join 5 midway 198.18.0.12 'was not stopped and may still be running'
}

@test "at the last look, and at the last record" {
    begin
    case_of vip down verify 7 midway 198.18.0.12 'the VIP answers 20 of 20 times on both ports'
    case_of h2 sshd-down verify 7 midway 198.18.0.12
    case_of h2 docker-down verify 7 midway 198.18.0.12
    case_of h1 sshd-down verify 7 midway 198.18.0.11
    case_of metadb down verify 7 midway MetaDB
    case_of vip 'drops h2' verify 7 midway 198.18.0.12
    case_of controller disk-full last 0 well
}

@test "during resume" {
    begin
    again_of metadb down resume 'step_done clear' 'step_started edit.198.18.0.11' 5 'cannot connect to the MetaDB'
    again_of controller disk-full resume 'step_done clear' '' 4 'no space left for the journal' 'give the same command again'
}

@test "during rollback" {
    begin
    again_of h2 docker-down rollback 'step_started init.198.18.0.12' 'step_started back.rows' 6
    again_of metadb down rollback 'step_done clear' '' 4 'cannot connect to the MetaDB' 'the same command again'
    again_of controller disk-full rollback 'step_done clear' '' 4 'No space left'
}

@test "behind the VIP already" {
    begin --vip
    case_of metadb down start 5 midway MetaDB 'cannot connect to the MetaDB'
    case_of h2 docker-down start 5 midway 198.18.0.12
    case_of h1 sshd-down edit 5 midway 198.18.0.11
    case_of vip down verify 7 midway 198.18.0.12
    INITS=2 RESUME=--rerun-init case_of h2 'init-fails-at 2' join 5 midway 198.18.0.12 'RuntimeError: init failed!'
}

@test "the table: every line that was begun is in it" { table_of_faults; }

@test "the table: no line of this file is missing" { no_line_is_missing; }

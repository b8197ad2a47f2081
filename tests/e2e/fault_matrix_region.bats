#!/usr/bin/env bats
# Every fault at the stages of a run that makes a region, where it bites: a line each, see matrix.bash. The table is printed at the end.
# bats file_tags=all

load matrix

@test "region: before its first node starts" {
    begin_region
    case_of metadb down dump 5 back MetaDB 'cannot connect to the MetaDB'
    case_of controller disk-full dump 5 back 'No space left on device'
    case_of s1 docker-down image 5 back 198.18.0.111
    case_of s1 sshd-down image 5 back 198.18.0.111 'docker load'
    case_of s1 disk-full image 5 back 198.18.0.111
}

@test "region: while its first node's container starts" {
    begin_region
    case_of s1 docker-down start 5 midway 198.18.0.111 'Cannot connect to the Docker daemon'
    case_of s1 sshd-down start 5 midway 198.18.0.111
    case_of s1 partition start 5 midway 198.18.0.111
    case_of s1 disk-full start 5 midway 198.18.0.111 'No space left on device'
    case_of metadb down start 5 midway MetaDB 'cannot connect to the MetaDB'
}

@test "region: while docker_init.sh runs" {
    begin_region
    INITS=2 RESUME=--rerun-init case_of s1 docker-down join 5 midway 198.18.0.111
    INITS=2 RESUME=--rerun-init case_of metadb down join 5 midway 198.18.0.111
    case_of s1 sshd-down join 5 midway 198.18.0.111 'could not be asked until the deadline of 10 s'
}

@test "region: docker_init.sh does not do what it should" {
    begin_region
    INITS=2 RESUME=--rerun-init case_of s1 'init-fails-at 2' join 5 midway 198.18.0.111 'RuntimeError: init failed!'
    INITS=2 RESUME=--rerun-init case_of s1 init-lies join 5 midway 198.18.0.111 'RuntimeError: init failed!'
    RESUME=--accept-init case_of s1 init-no-end-line join 5 midway 198.18.0.111 --accept-init
    case_of s1 init-hangs join 5 midway 198.18.0.111 'was not stopped and may still be running'
    MEND=right_cm_url case_of s1 init-wrong-cm-url join 5 midway MetaDB http://127.0.0.1:8088
}

@test "region: at the last look, and at the last record" {
    begin_region
    case_of s1 sshd-down verify 7 midway 198.18.0.111
    case_of metadb down region 5 midway MetaDB 'cannot connect to the MetaDB'
    case_of metadb down others 5 midway MetaDB 'cannot connect to the MetaDB'
    case_of metadb down proven 7 midway MetaDB 'cannot connect to the MetaDB'
    case_of controller disk-full last 0 well
}

@test "region: during rollback" {
    begin_region
    again_of s1 docker-down rollback 'step_started init.198.18.0.111' 'step_started back.rows' 6
    again_of metadb down rollback 'step_started init.198.18.0.111' 'step_started back.rows' 6 'cannot connect to the MetaDB'
}

@test "region: the table: every line that was begun is in it" { table_of_faults; }
@test "region: the table: no line of this file is missing" { no_line_is_missing; }

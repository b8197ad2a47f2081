#!/usr/bin/env bats
# Every fault at every stage of a run where it bites: see matrix.bash. One line each; the table is printed at the end.

setup_file() {
    export RESULTS=$BATS_FILE_TMPDIR/results
    : >"$RESULTS"
}

setup() {
    load helpers
    load crash
    load matrix
    run_to_h2
}

teardown() { keep_what_failed; }

@test "probe 1" {
    begin
    case_of metadb down clear 5 back 'cannot connect to the MetaDB at 198.18.0.5:3306'
    case_of metadb down edit 5 midway 198.18.0.11
    case_of h2 docker-down start 5 midway 198.18.0.12 'Cannot connect to the Docker daemon'
}

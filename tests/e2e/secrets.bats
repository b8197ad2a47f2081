#!/usr/bin/env bats
# The passwords of the MetaDB and of the time-series database: in no process' arguments or environment on any machine, and in nothing
# that is said or kept, but for the run directory's backup/ and artifacts/, the copy of these on the initial node, and config.yaml itself.

setup() {
    load helpers
    load secrets
    load state
    use_lab
    use_place
}

teardown() {
    [[ -z ${SAMPLER_PID:-} ]] || kill "$SAMPLER_PID" 2>/dev/null || true
    keep_what_failed
}

@test "the sampler sees a secret in arguments and in an environment" {
    start_sampler
    local first second
    timeout 2 tail -f /dev/null --retry --sleep-interval=1 "/nowhere/$(password)" 2>/dev/null &
    first=$!
    HIDDEN=$(password) timeout 2 tail -f /dev/null &
    second=$!
    wait "$first" || true
    wait "$second" || true
    # shellcheck disable=SC2153 # of start_sampler
    eval "exec $SAMPLER_IN>&-"
    saw=$(cat <&"$SAMPLER_OUT")
    echo "$saw"
    [[ $saw == *'in the arguments of: tail'*SECRET* && $saw == *'in the environment of: tail'* ]]
}

# bats test_tags=all
@test "a whole run shows the password to no process, and keeps it in no log, journal, plan or message" {
    "$LAB" reset --images initial
    start_sampler
    omsctl 0 scale-out node --yes -v
    sampler_saw_nothing
    nothing_secret_kept h1 h2 h3
}

# bats test_tags=all
@test "nor does a run of a further region, with a time-series database" {
    load rows
    load region
    use_region_lab A
    one_region --images initial
    with_tsdb
    start_sampler
    omsctl 0 scale-out region --yes -v
    sampler_saw_nothing
    nothing_secret_kept h1 s1 s2
    # A password where none belongs.
    printf "s|^tsdb_url: .*|tsdb_url: 'http://%s:%s@198.18.0.7:8086'|\n" "$LAB_TSDB_USER" "$(cat "$LAB_TSDB_PASSWORD_FILE")" >"$BATS_TEST_TMPDIR/edit.sed"
    "$LAB" reset
    with_tsdb -f "$BATS_TEST_TMPDIR/edit.sed"
    omsctl 3 scale-out region --yes
    told tsdb_url tsdb_username
}

#!/usr/bin/env bats
# shellcheck disable=SC2016 # text for other shells
# The passwords of the MetaDB and of the time-series database: in no process' arguments or environment on any machine, and in nothing
# that is said or kept, but for the run directory's backup/ and artifacts/, the copy of these on the initial node, and config.yaml itself.

setup() {
    load helpers
    load state
    use_lab
    use_place
}

teardown() {
    [[ -z ${SAMPLER_PID:-} ]] || kill "$SAMPLER_PID" 2>/dev/null || true
    keep_what_failed
}

start_sampler() {
    local files=("$LAB_PASSWORD_FILE")
    [[ -z ${LAB_TSDB_PASSWORD_FILE:-} ]] || files+=("$LAB_TSDB_PASSWORD_FILE")
    coproc SAMPLER { exec "$BATS_TEST_DIRNAME/sample-processes" "${files[@]}" 3>&- 7>&-; }
    SAMPLER_OUT=${SAMPLER[0]} SAMPLER_IN=${SAMPLER[1]}
}

# What it saw; it must have looked often enough to mean something.
sampler_saw_nothing() {
    local saw
    eval "exec $SAMPLER_IN>&-"
    saw=$(cat <&"$SAMPLER_OUT")
    echo "$saw"
    [[ $saw =~ ^([0-9]+)\ looks,\ ([0-9]+)\ processes$ ]]
    ((BASH_REMATCH[1] > 50 && BASH_REMATCH[2] > 200))
}

# nothing_secret_kept HOST...: in what the run left there and in its directory, less config.yaml, its copies, and the second copy.
nothing_secret_kept() {
    local host found
    refute grep -rlFf <(passwords) "$STATE" --exclude-dir=backup --exclude-dir=artifacts
    for host in "$@"; do
        found=$(on "$host" sh -c 'cat >/run/patterns; grep -rlFf /run/patterns /data /root /home /tmp /var/tmp /var/log /var/lib/omsctl 2>/dev/null; rm /run/patterns' < <(passwords) |
            grep -vE '^/data/config\.yaml(\.omsctl-[^/]*\.(old|new))?$|^/var/lib/omsctl/copies/[^/]*/(run|rows)\.tar$' || true)
        [[ -z $found ]] || { echo "$host: $found" && return 1; }
    done
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
    eval "exec $SAMPLER_IN>&-"
    saw=$(cat <&"$SAMPLER_OUT")
    echo "$saw"
    [[ $saw == *'in the arguments of: tail'*SECRET* && $saw == *'in the environment of: tail'* ]]
}

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

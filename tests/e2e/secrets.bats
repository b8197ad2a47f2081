#!/usr/bin/env bats
# shellcheck disable=SC2016 # text for other shells
# The MetaDB's password: in no process' arguments or environment on any machine, and in nothing that is said or kept, but for
# the run directory's backup/ and artifacts/, the copy of these on the initial node, and config.yaml itself.

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
    coproc SAMPLER { exec "$BATS_TEST_DIRNAME/sample-processes" "$LAB_PASSWORD_FILE" 3>&- 7>&-; }
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
    refute grep -rlF "$(password)" "$STATE" --exclude-dir=backup --exclude-dir=artifacts
    # On the hosts: what the run left, less config.yaml and its copies.
    for host in h1 h2 h3; do
        found=$(on "$host" sh -c 'IFS= read -r p; grep -rlF -e "$p" /data /root /home /tmp /var/tmp /var/log /var/lib/omsctl 2>/dev/null' <"$LAB_PASSWORD_FILE" |
            grep -vE '^/data/config\.yaml(\.omsctl-[^/]*\.(old|new))?$|^/var/lib/omsctl/copies/[^/]*/(run|rows)\.tar$' || true)
        [[ -z $found ]] || { echo "$host: $found" && false; }
    done
}

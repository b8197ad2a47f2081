#!/usr/bin/env bats
# Every command that the binary has, run with passwords that stand nowhere else: then they are looked for where they do not belong.

setup() {
    load helpers
    load secrets
    load crash
    run_to_h2
    COVERED=() MARK=$BATS_TEST_TMPDIR/mark
}

teardown() {
    unwatch_the_server
    [[ -z ${SAMPLER_PID:-} ]] || kill "$SAMPLER_PID" 2>/dev/null || true
    keep_what_failed
    "$LAB" heal
}

# canary STATUS COMMAND...: it ends so, says no password, and counts as run.
canary() {
    case $2 in
        scale-out | check | metadb | lock | config) COVERED+=("$2 $3") ;;
        *) COVERED+=("$2") ;;
    esac
    omsctl "$@"
}

# twice STATUS COMMAND...: for people and as JSON.
twice() {
    canary "$@" -v
    canary "$@" --json
}

# subcommands [COMMAND]: what its help names.
subcommands() { "$OMSCTL" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'; }

# leaves [COMMAND]: all commands that do something, by the binary's own help.
leaves() {
    local name
    for name in $(subcommands "$@"); do
        if [[ -n $(subcommands "$@" "$name") ]]; then leaves "$@" "$name"; else echo "${*:+$* }$name"; fi
    done
}

every_command_was_run() { diff <(leaves | sort) <(printf '%s\n' "${COVERED[@]}" | sort -u); }

begin() {
    touch "$MARK"
    start_sampler
    watch_the_server
}

# no_trace HOST...: in no place where a password does not belong.
no_trace() {
    sampler_saw_nothing
    server_was_told_no_secret
    nothing_secret_kept "$@"
    nothing_secret_left_here "$MARK"
}

helps() {
    local leaf
    omsctl 0 --help
    while read -r -a leaf; do omsctl 0 "${leaf[@]}" --help; done < <(leaves)
}

# with_config SED-SCRIPT COMMAND...: with a config.yaml that is edited so.
with_config() {
    local CONFIG=$CONFIG
    (umask 077 && sed "$1" "$CONFIG" >"$BATS_TEST_TMPDIR/edited.yaml")
    CONFIG=$BATS_TEST_TMPDIR/edited.yaml
    "${@:2}"
}

# Files that are wrong just where a password stands, and a password that the MetaDB refuses.
wrong_configs() {
    local edit
    for edit in 's/^oms_meta_password: */oms_meta_password:/' 's/^oms_meta_password:/\toms_meta_password:/' \
        's/^oms_meta_password: \(.*\)$/&\n&/' "s/^oms_meta_password: \(.*\)\$/oms_meta_password: '\1/" \
        's/^oms_meta_password: \(.*\)$/oms_meta_password: [\1]/' 's/^oms_meta_password: \(.*\)$/oms_meta_passwort: \1/'; do
        with_config "$edit" canary 3 config check "$BATS_TEST_TMPDIR/edited.yaml"
        with_config "$edit" canary 3 config check "$BATS_TEST_TMPDIR/edited.yaml" --json
        with_config "$edit" canary 3 check node
    done
    with_config 's/^oms_meta_password: .*/&x/' canary 4 check node -v
    with_config 's/^oms_meta_password: .*/&x/' canary 4 lock show
}

# What looks, and what only concerns this machine.
looks() {
    twice 0 version
    twice 0 config check "$CONFIG"
    twice 0 check "$1"
    twice 0 scale-out "$1" --dry-run
    twice 0 lock show
    twice 0 runs
}

copies() {
    twice 0 metadb backup
    twice 0 metadb list
    canary 0 metadb verify last --drill
    sql "UPDATE $LAB_RM_DB.cluster_info SET region_cn = 'another'"
    canary 0 metadb restore last --dry-run --json
    canary 0 metadb restore last --yes -v
}

# stops_midway KIND: a run that fails, and all that can be said of it.
stops_midway() {
    canary 5 scale-out "$1" --yes -v
    canary 8 scale-out "$1" --yes --json
    twice 0 lock show
    canary 4 lock break 20990101-000000-beef --yes
    twice 0 runs last
    canary 5 attach last
    canary 5 resume last --yes -v
}

@test "no command of a deployment with one region shows a password, keeps it, or tells it to the server" {
    "$LAB" reset
    image_on h2
    begin
    helps
    looks node
    wrong_configs
    canary 4 check region
    canary 4 scale-out region --yes
    copies
    "$LAB" fault h1 init-fails-at 1
    stops_midway node
    "$LAB" heal
    canary 0 rollback last --dry-run
    canary 0 rollback last --yes -v
    every_command_was_run
    no_trace h1 h2 h3
}

# bats test_tags=all
@test "nor do whole runs of every kind: done, killed and resumed, rolled back, their lock broken, as JSON" {
    "$LAB" reset --images initial
    begin
    KILL_AT='step_done clear' canary 137 scale-out node --yes -v
    end_ssh_masters
    canary 0 resume last --yes --json
    canary 0 rollback last --yes --json
    KILL_AT='step_done clear' canary 137 scale-out node --yes --json
    end_ssh_masters
    mv "$STATE" "$STATE.lost"
    the_claim_has_expired
    canary 0 resume last --yes --from 198.18.0.11 -v
    canary 0 rollback last --yes -v
    KILL_AT='step_done clear' canary 137 scale-out node --yes
    end_ssh_masters
    canary 0 lock break "$(run_id)" --yes
    canary 8 rollback last --yes
    no_trace h1 h2 h3
}

# bats test_tags=all
@test "nor does any command for a further region, whose config.yaml has the time-series database's password too" {
    load rows
    load region
    use_region_lab A
    one_region --images initial
    with_tsdb
    begin
    helps
    looks region
    wrong_configs
    # Those of the first region: a copy is of one that is there.
    CONFIG=$LAB_CONFIG copies
    canary 4 check node
    canary 4 scale-out node --yes
    "$LAB" fault s1 init-fails-at 2
    stops_midway region
    "$LAB" heal
    canary 0 rollback last --yes -v
    canary 0 scale-out region --yes --json
    canary 0 rollback last --yes --json
    every_command_was_run
    no_trace h1 s1 s2
}

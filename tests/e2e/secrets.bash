# shellcheck shell=bash
# What the tests of secrets say in one word.

# The processes of all machines are looked at until sampler_saw_nothing.
start_sampler() {
    local files=("$LAB_PASSWORD_FILE")
    [[ -z ${LAB_TSDB_PASSWORD_FILE:-} ]] || files+=("$LAB_TSDB_PASSWORD_FILE")
    coproc SAMPLER { exec "$BATS_TEST_DIRNAME/sample-processes" "${files[@]}" 3>&- 7>&-; }
    SAMPLER_OUT=${SAMPLER[0]} SAMPLER_IN=${SAMPLER[1]}
}

# What it saw; it must have looked often enough to mean something.
sampler_saw_nothing() {
    local saw
    # shellcheck disable=SC2153 # of start_sampler
    eval "exec $SAMPLER_IN>&-"
    saw=$(cat <&"$SAMPLER_OUT")
    echo "$saw"
    [[ $saw =~ ^([0-9]+)\ looks,\ ([0-9]+)\ processes$ ]]
    ((BASH_REMATCH[1] > 50 && BASH_REMATCH[2] > 200))
}

# nothing_secret_kept HOST...: in what the run left there and in its directory, less config.yaml, its copies, and the second copy.
# shellcheck disable=SC2016 # expanded by the inner shell
nothing_secret_kept() {
    local host found
    refute grep -rlFf <(passwords) "$STATE" --exclude-dir=backup --exclude-dir=artifacts --exclude-dir=backups
    [[ ! -d $STATE/backups ]] || refute grep -rlFf <(passwords) "$STATE/backups" --include='*.json'
    for host in "$@"; do
        found=$(on "$host" sh -c 'umask 077; mkdir /run/canary; cat >/run/canary/patterns
            grep -rlIFf /run/canary/patterns --exclude-dir=canary /data /root /home /tmp /var/tmp /var/log /var/lib/omsctl /dev/shm /run 2>/dev/null
            rm -r /run/canary' < <(passwords) |
            grep -vE '^/data/config\.yaml(\.omsctl-[^/]*\.(old|new))?$|^/var/lib/omsctl/copies/[^/]*/(run|rows)\.tar$' || true)
        [[ -z $found ]] || { echo "$host: $found" && return 1; }
        # What the container itself has said.
        refute grep -Ff <(passwords) <(on "$host" sh -c 'for c in $(docker ps -aq); do docker logs "$c" 2>&1; done')
    done
}

# Every statement that the server gets from now on, and its list of processes five times a second.
watch_the_server() {
    sql "SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = ON"
    WATCHING=$BATS_TEST_TMPDIR/watching
    touch "$WATCHING"
    # The client ends with its input.
    { while [[ -e $WATCHING ]]; do echo 'SHOW FULL PROCESSLIST;' && sleep 0.2; done | "$LAB" sql -N -B; } \
        >"$BATS_TEST_TMPDIR/processlist" 2>/dev/null 3>&- 7>&- &
    SERVER_WATCHER=$!
}

unwatch_the_server() {
    [[ -z ${SERVER_WATCHER:-} ]] || { rm -f -- "$WATCHING" && wait "$SERVER_WATCHER"; }
    SERVER_WATCHER=
    sql "SET GLOBAL general_log = OFF; SET GLOBAL log_output = 'FILE'"
}

# The server has seen statements of this machine, and no password in any.
server_was_told_no_secret() {
    unwatch_the_server
    sql 'SELECT user_host, argument FROM mysql.general_log' >"$BATS_TEST_TMPDIR/statements"
    grep -qF '[198.18.0.1]' "$BATS_TEST_TMPDIR/statements"
    grep -qF '198.18.0.1:' "$BATS_TEST_TMPDIR/processlist"
    refute grep -aFf <(passwords) "$BATS_TEST_TMPDIR/statements" "$BATS_TEST_TMPDIR/processlist"
}

# nothing_secret_left_here MARK: in no file of this machine's temporary, run-time and home directories that is newer than MARK, but
# for those of the tests themselves.
nothing_secret_left_here() {
    (umask 077 && passwords >"$BATS_TEST_TMPDIR/patterns")
    find /tmp /var/tmp /dev/shm /run /root /var/log -xdev \( -path "$BATS_RUN_TMPDIR" -o -path "$OMSLAB_DIR*" -o -path "${E2E_KEEP:-/var/tmp/omsctl-e2e}" \) -prune -o \
        -type f -newer "$1" -size -5M -print0 >"$BATS_TEST_TMPDIR/newer" 2>/dev/null || true
    refute xargs -0 -r grep -slFf "$BATS_TEST_TMPDIR/patterns" -- <"$BATS_TEST_TMPDIR/newer"
}

# shellcheck shell=bash
# Runs that are killed at records of their journals, taken up again, and taken back.

# killed RECORD COMMAND...: omsctl, which is killed right after that record: "7", or "step_started clear".
killed() {
    KILL_AT=$1 start "${@:2}"
    finish
    exit_code_is 137
    nothing_secret_said
    end_ssh_masters
}

# the_claim_has_expired: so that nobody has to wait a minute until that of a process that was killed is void.
the_claim_has_expired() { sql "UPDATE $LAB_RM_DB.omsctl_lease SET expires = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"; }

# steps_done [JOURNAL]: how many, so far.
steps_done() { jq -r 'select(.event == "step_done").step' "$(run_directory)/${1:-journal}.jsonl" 2>/dev/null | sort -u | wc -l; }

# chain JOURNAL TAKE_UP COMMAND...: killed at its next record each time and taken up by `TAKE_UP RUN` until it ends.
# The record is the next one that was not reached yet; each process begins with one of its own.
chain() {
    local journal=$1 take_up=$2 at=2 before=0 now
    shift 2
    KILLS=0
    KILL_AT=2 start "$@"
    finish
    # shellcheck disable=SC2154 # finish sets it
    while [[ $status -eq 137 ]]; do
        KILLS=$((KILLS + 1))
        now=$(steps_done "$journal")
        if ((now > before)); then before=$now at=2; else at=$((at + 1)); fi
        end_ssh_masters
        KILL_AT=$at start "$take_up" last --yes
        finish
    done
    exit_code_is 0
}

# records JOURNAL: how many a run without a kill writes.
records() { tail -n +2 "$(run_directory)/$1.jsonl" | wc -l; }

# as_it_was: rows, ids, files, containers and services of the start, but for what docker_init.sh leaves.
as_it_was() { diff "$BATS_TEST_TMPDIR/before" <(digest_after_init); }

remember() { digest_after_init >"$BATS_TEST_TMPDIR/before"; }

# rolled_back: the last run, now, with all of its traces on the hosts.
rolled_back() {
    omsctl 0 rollback last --yes
    told 'Rolled back: rows, files, containers and programs are as they were before the run'
    as_it_was
    no_lease
    no_ssh_left
}

stands_still() { [[ $(ps -o state= -p "$PID") == T* ]]; }

# struck MACHINE FAULT RECORD COMMAND...: omsctl, and the fault at that record.
struck() {
    local fault
    read -ra fault <<<"$2"
    STOP_AT=$3 start "${@:4}"
    eventually 90 stands_still
    "$LAB" fault "$1" "${fault[@]}"
    kill -CONT "$PID"
    finish
}

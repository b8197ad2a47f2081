#!/usr/bin/env bats
# bats file_tags=all
# The matrices: every record of a run's journal, of three kinds of run. The table is printed at the end.

setup_file() {
    load helpers
    export RESULTS=$BATS_FILE_TMPDIR/results
    : >"$RESULTS"
}

setup() {
    load helpers
    load crash
    load region
    run_to_h2
}

teardown() { keep_what_failed; }

teardown_file() {
    load helpers
    load region
    use_lab
    region_labs_down A
}

# begin KIND: the lab as new, the image where it will be needed. Sets COMMAND.
begin() {
    case $1 in
        physical | vip)
            if [[ $1 == vip ]]; then "$LAB" reset --vip; else "$LAB" reset; fi
            image_on_h2
            COMMAND=(scale-out node --yes)
            ;;
        region)
            use_region_lab A
            "$LAB" reset
            # shellcheck disable=SC2034 # read by start
            CONFIG=$LAB_SECOND_SINGLE_CONFIG
            on s1 docker image inspect "$LAB_IMAGE" >/dev/null 2>&1 || on h1 docker save "$LAB_IMAGE" | on s1 docker load -q
            COMMAND=(scale-out region --yes)
            ;;
    esac
    remember
}

# passed KIND WHAT CASES
passed() { printf '%s\t%s\t%s\tpassed\n' "$@" >>"$RESULTS"; }

# (a) One run, killed at its next record each time and resumed.
chained() {
    begin "$1"
    chain journal resume "${COMMAND[@]}"
    passed "$1" 'killed at its next record each time, resumed' "$KILLS"
    no_lease
    omsctl 0 "${COMMAND[@]}"
    told 'nothing to do'
    rolled_back
}

# back_after_the_kill WHAT: the run that was just killed is rolled back to where it began.
back_after_the_kill() {
    exit_code_is 137
    end_ssh_masters
    omsctl 0 rollback last --yes
    as_it_was || { echo "after a kill at $1" && return 1; }
}

# amid STEP SECONDS: killed so long after it has begun. A run that had ended by then was faster than the one that was measured: sooner.
amid() {
    start "${COMMAND[@]}"
    when step_started "$1" sleep "$2"
    kill -KILL "$PID" 2>/dev/null || true
    finish
    if [[ $status -eq 0 ]]; then
        omsctl 0 rollback last --yes
        amid "$1" "$(jq -n "$2 / 2")"
    else
        back_after_the_kill "$2 s of $1"
    fi
}

# (b) Killed at each record, after each step's effect, and in the middle of each step, and taken back.
# (c) The way back itself killed at its next record each time, and taken up.
taken_back_everywhere() {
    begin "$1"
    omsctl 0 "${COMMAND[@]}"
    local all record step steps halves
    all=$(records journal)
    mapfile -t steps < <(of_steps .step)
    mapfile -t halves < <(of_steps 'select(.seconds >= 0.1) | "\(.step) \(.seconds / 2)"')
    chain rollback rollback rollback last --yes
    as_it_was
    passed "$1" 'rollback of the whole, killed at its next record each time' "$KILLS"
    for record in $(seq 1 "$all"); do
        KILL_AT=$record start "${COMMAND[@]}"
        finish
        back_after_the_kill "record $record"
    done
    passed "$1" 'killed at each record, rolled back' "$all"
    for step in "${steps[@]}"; do
        KILL_AT="before step_done $step" start "${COMMAND[@]}"
        finish
        back_after_the_kill "$step, which is not on record"
    done
    passed "$1" "killed after each step's effect, before its record, rolled back" "${#steps[@]}"
    for step in "${halves[@]}"; do amid "${step% *}" "${step#* }"; done
    passed "$1" 'killed in the middle of each step, rolled back' "${#halves[@]}"
}

# of_steps FILTER: of what the journal says of steps that are done.
of_steps() { jq -r "select(.event == \"step_done\") | $1" "$(run_directory)/journal.jsonl"; }

@test "physical: killed at every record and resumed" { chained physical; }
@test "VIP: killed at every record and resumed" { chained vip; }
@test "region: killed at every record and resumed" { chained region; }
@test "physical: killed at every record and rolled back; the rollback killed at every record" { taken_back_everywhere physical; }
@test "VIP: killed at every record and rolled back; the rollback killed at every record" { taken_back_everywhere vip; }
@test "region: killed at every record and rolled back; the rollback killed at every record" { taken_back_everywhere region; }

@test "the table of kills" {
    { printf 'run\twhat\tcases\tresult\n' && cat "$RESULTS"; } | awk -F'\t' '{ printf "# %-8s  %-60s  %5s  %s\n", $1, $2, $3, $4 }' >&3
    [[ $(grep -c 'passed$' "$RESULTS") -eq 15 ]]
}

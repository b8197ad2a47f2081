# shellcheck shell=bash
# The matrices: every record of the journal of one kind of run. KIND is physical, vip or region.

# What one of these tests has to do takes an hour where processors are few and shared.
export BATS_TEST_TIMEOUT=9000

setup_file() {
    export RESULTS=$BATS_FILE_TMPDIR/results
    : >"$RESULTS"
}

setup() {
    load helpers
    load crash
    load region
    run_of_kind
}

teardown() { keep_what_failed; }

teardown_file() {
    load helpers
    load region
    use_lab
    region_labs_down A
}

# passed WHAT CASES
passed() { printf '%s\t%s\t%s\tpassed\n' "$KIND" "$@" >>"$RESULTS"; }

# table_ends: every test of the file that has run wrote its line.
table_ends() {
    { printf 'run\twhat\tcases\tresult\n' && cat "$RESULTS"; } | awk -F'\t' '{ printf "# %-8s  %-60s  %5s  %s\n", $1, $2, $3, $4 }' >&3
    [[ $(grep -c 'passed$' "$RESULTS") -eq $((${#BATS_TEST_NAMES[@]} - 1)) ]]
}

# run_of_kind: what every test begins with. Sets CONFIG and COMMAND; the lab as new, the image where it will be needed.
run_of_kind() {
    run_to_h2
    case $KIND in
        physical | vip)
            if [[ $KIND == vip ]]; then "$LAB" reset --vip; else "$LAB" reset; fi
            image_on h2
            COMMAND=(scale-out node --yes)
            ;;
        region)
            use_region_lab A
            "$LAB" reset
            # shellcheck disable=SC2034 # read by start
            CONFIG=$LAB_SECOND_SINGLE_CONFIG
            image_on s1
            COMMAND=(scale-out region --yes)
            ;;
    esac
    remember
}

# (a) One run, killed at its next record each time and resumed.
killed_and_resumed() {
    chain journal resume "${COMMAND[@]}"
    passed 'killed at its next record each time, resumed' "$KILLS"
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

# (b) Killed at each record, and taken back.
killed_at_each_record() {
    local all record
    omsctl 0 "${COMMAND[@]}"
    all=$(records journal)
    omsctl 0 rollback last --yes
    for record in $(seq 1 "$all"); do
        KILL_AT=$record start "${COMMAND[@]}"
        finish
        back_after_the_kill "record $record"
    done
    passed 'killed at each record, rolled back' "$all"
}

# find_steps FILTER: STEPS is what it says of the steps that a whole run has done. That run is taken back.
find_steps() {
    omsctl 0 "${COMMAND[@]}"
    mapfile -t STEPS < <(jq -r "select(.event == \"step_done\") | $1" "$(run_directory)/journal.jsonl")
    [[ ${#STEPS[@]} -gt 0 ]]
    omsctl 0 rollback last --yes
}

killed_after_each_effect() {
    local step
    find_steps .step
    for step in "${STEPS[@]}"; do
        KILL_AT="before step_done $step" start "${COMMAND[@]}"
        finish
        back_after_the_kill "$step, which is not on record"
    done
    passed "killed after each step's effect, before its record, rolled back" "${#STEPS[@]}"
}

# amid STEP SECONDS: killed so long after it has begun. A run that had ended by then was faster than the one that was measured: sooner.
amid() {
    start "${COMMAND[@]}"
    when step_started "$1" sleep "$2"
    kill -KILL "$PID" 2>/dev/null || true
    finish
    # shellcheck disable=SC2154 # finish sets it
    if [[ $status -eq 0 ]]; then
        omsctl 0 rollback last --yes
        amid "$1" "$(jq -n "$2 / 2")"
    else
        back_after_the_kill "$2 s of $1"
    fi
}

killed_amid_each_step() {
    local step
    find_steps 'select(.seconds >= 0.1) | "\(.step) \(.seconds / 2)"'
    for step in "${STEPS[@]}"; do amid "${step% *}" "${step#* }"; done
    passed 'killed in the middle of each step, rolled back' "${#STEPS[@]}"
}

# (c) The way back itself killed at its next record each time, and taken up.
killed_on_the_way_back() {
    omsctl 0 "${COMMAND[@]}"
    chain rollback rollback rollback last --yes
    as_it_was
    passed 'rollback of the whole, killed at its next record each time' "$KILLS"
}

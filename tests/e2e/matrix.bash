# shellcheck shell=bash
# One fault at one stage of a run, whatever becomes of it: how it ends, that nothing is lost, and both ways out of the same state.
# The run stands still right after a record of its journal while the fault is made, so that it always hits the same step.

# Some lines wait for several deadlines.
export BATS_TEST_TIMEOUT=3600

setup_file() {
    export RESULTS=$BATS_FILE_TMPDIR/results
    : >"$RESULTS"
    : >"$RESULTS.begun"
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

# begin [RESET OPTION...]: the lab as new, and a run that joins h2.
begin() {
    "$LAB" reset "$@"
    NEW=h2 RUN=(scale-out node --yes --init-timeout 10s)
    come_back_to_this
}

# begin_region: the lab as new, and a run that makes a region of s1.
begin_region() {
    use_region_lab A
    "$LAB" reset
    # shellcheck disable=SC2034 # read by start
    CONFIG=$LAB_SECOND_SINGLE_CONFIG
    NEW=s1 RUN=(scale-out region --yes --init-timeout 10s)
    come_back_to_this
}

# With the image on the new node, so that no time goes into sending it.
come_back_to_this() {
    # A host that is cut off is noticed by ssh after 45 s, several times in a run.
    # shellcheck disable=SC2034 # read by finish
    DEADLINE=300
    image_on "$NEW"
    remember
    four_tables_now >"$BATS_TEST_TMPDIR/four.before"
}

# record_of STAGE: the record of the journal at which it is hit; none for what is told by docker_init.sh itself.
record_of() {
    case $1 in
        image) echo "step_started image.$(address "$NEW")" ;;
        dump) echo 'step_started dump' ;;
        stop) echo 'step_started stop.198.18.0.11' ;;
        save) echo 'step_started save' ;;
        clear) echo 'step_started clear' ;;
        edit) echo 'step_started edit.198.18.0.11' ;;
        start) echo "step_started run.$(address "$NEW")" ;;
        verify) echo "step_done prove.$(address "$NEW")" ;;
        region | others) echo "step_started $1.$(address "$NEW")" ;;
        proven) echo "step_done others.$(address "$NEW")" ;;
        last) echo 'step_done verify.region' ;;
        step_*) echo "$1" ;;
    esac
}

# strike MACHINE FAULT STAGE: the run, and the fault when it is at that stage.
strike() {
    local fault host
    read -ra fault <<<"$2"
    case $3 in init) host=h1 ;; join) host=$NEW ;; esac
    if [[ $3 == image ]]; then no_image_on "$NEW"; else image_on "$NEW"; fi
    if [[ $2 == init-* ]]; then
        "$LAB" fault "$1" "${fault[@]}"
        start "${RUN[@]}"
    elif [[ -n ${host:-} ]]; then
        "$LAB" fault "$host" init-slow 1
        start "${RUN[@]}"
        eventually 90 told "$(address "$host")  docker_init.sh: 【步骤一】"
        "$LAB" fault "$1" "${fault[@]}"
    else
        struck "$1" "$2" "$(record_of "$3")" "${RUN[@]}"
        return
    fi
    finish
}

# Rows without what OMS itself touches: it corrects a host's status when a heartbeat was late, and notes the time.
less_modified() { sed -E 's/\t[0-9-]+ [0-9:]+$//; s/\t(ON|OFF)LINE\t/\tSTATUS\t/'; }

four_tables_now() { four_tables "$LAB_RM_DB" "$LAB_CM_DB"; }

# No row of the four tables is missing, or both copies of them are whole.
nothing_lost() {
    local copy=$BATS_TEST_TMPDIR/copy missing
    missing=$(comm -23 <(less_modified <"$BATS_TEST_TMPDIR/four.before" | sort) <(four_tables_now | less_modified | sort))
    if [[ -n $missing ]]; then
        rows_are_saved less_modified
        rm -rf -- "$copy"
        mkdir -- "$copy"
        on h1 cat "/var/lib/omsctl/copies/$(run_id)/rows.tar" | tar -xf - -C "$copy"
        diff -r "$(run_directory)/backup/clear" "$copy/backup/clear"
    fi
}

# --- how a run ends; after each the lab is healed and as it was

# The run has taken everything back: nothing is left to go on with, nothing to take back.
ended_back() {
    taken_back "$@"
    omsctl 4 resume last --yes
    told 'already undid its changes'
    omsctl 0 rollback last --yes
    told 'nothing to do' 'already undid its changes'
}

# It serves as before, and what could not be reached has something of the run left.
ended_left() {
    exit_code_is 5
    nothing_secret_said
    failure "$@"
    told 'nothing was deleted and programs run as before' "omsctl rollback $(run_id)"
    "$LAB" heal
    all_running h1
    nothing_lost
    omsctl 4 resume last --yes
    told "omsctl ${RUN[*]:0:2}"
    rolled_back
}

# It has stopped midway: back, and then on, from the same state.
ended_midway() {
    stopped_midway "$CODE" "$@"
    "$LAB" heal
    nothing_lost
    rolled_back
    all_running h1
    strike "${CASE[@]}"
    stopped_midway "$CODE" "$@"
    "$LAB" heal
    ${MEND:-true}
    # shellcheck disable=SC2086 # no option, or one
    omsctl 0 resume last --yes ${RESUME:-}
    joined "$NEW" "${INITS:-1}"
    all_running h1 "$NEW"
    rolled_back
}

# What docker_init.sh wrote wrong is set right by hand; resume does not run it again once it has ended well.
right_cm_url() {
    sql "UPDATE $LAB_RM_DB.cluster_info SET cm_url = '$(sed -n 's/^cm_url: *//p' "$CONFIG")' WHERE cm_url = 'http://127.0.0.1:8088'"
}

# The fault costs nothing.
ended_well() {
    exit_code_is 0
    told 'Done: ' ' proven behind http'
    "$LAB" heal
    joined "$NEW"
    nothing_lost
    rolled_back
}

# case_of MACHINE FAULT STAGE CODE END [TEXT...]: END is one of the above without "ended_"; the texts are what the failure says.
# RESUME: the option that resume needs there. MEND: what a person does before it. INITS: how often
# docker_init.sh has run on the new node then.
case_of() {
    local CASE=("${@:1:3}") CODE=$4 STATE=$STATE began=$SECONDS
    begun "$@"
    [[ $1 != controller ]] || STATE=$LAB_CONTROLLER_DISK/state
    remember_digest
    strike "${CASE[@]}"
    exit_code_is "$CODE"
    "ended_$5" "${@:6}"
    as_it_was
    all_running h1
    no_lease
    listed "$1 $2" "$3" "$CODE" "$5" "$began"
}

# again_of MACHINE FAULT resume|rollback KILLED STRUCK CODE [TEXT...]: a run that is killed at the one record, and hit by the fault
# at the other when it is taken up; afterwards the same command does it. Without STRUCK: hit before it is taken up.
again_of() {
    local fault STATE=$STATE began=$SECONDS
    begun "$@"
    [[ $1 != controller ]] || STATE=$LAB_CONTROLLER_DISK/state
    killed "$4" "${RUN[@]}"
    if [[ -n $5 ]]; then
        struck "$1" "$2" "$5" "$3" last --yes
    else
        read -ra fault <<<"$2"
        "$LAB" fault "$1" "${fault[@]}"
        start "$3" last --yes
        finish
    fi
    exit_code_is "$6"
    nothing_secret_said
    told "${@:7}"
    "$LAB" heal
    nothing_lost
    # shellcheck disable=SC2086 # no option, or one
    omsctl 0 "$3" last --yes ${RESUME:-}
    [[ $3 == rollback ]] || { joined "$NEW" && rolled_back; }
    as_it_was
    all_running h1
    no_lease
    listed "$1 $2" "$3: ${5:-before}" "$6" again "$began"
}

begun() { echo "=== $*" | tee -a "$RESULTS.begun"; }

# listed FAULT STAGE CODE END BEGAN: a line of the table.
listed() {
    rm -rf -- "$LAB_CONTROLLER_DISK/state"
    printf '%s\t%s\t%s\t%s\t%s s\n' "${@:1:4}" $((SECONDS - $5)) >>"$RESULTS"
}

table_of_faults() {
    { printf 'fault\tstage\tcode\tend\ttook\n' && cat "$RESULTS"; } |
        awk -F'\t' '{ printf "# %-22s  %-42s  %-4s  %-7s  %s\n", $1, $2, $3, $4, $5 }' >&3
    [[ -s $RESULTS && $(wc -l <"$RESULTS") -eq $(wc -l <"$RESULTS.begun") ]]
}

no_line_is_missing() {
    [[ $(grep -cE '^ +([A-Z]+=[^ ]+ )*(case|again)_of ' "$BATS_TEST_FILENAME") -eq $(wc -l <"$RESULTS") ]]
}

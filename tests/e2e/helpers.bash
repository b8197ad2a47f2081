# shellcheck shell=bash
# What the end-to-end tests say in one word. Every wait is a condition with a deadline.

# use_lab: the names of tests/lab/lab and of the binary, and all that the lab's lab.env tells.
use_lab() {
    local project
    project=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
    export OMSLAB_NAME=${OMSLAB_NAME:-omse2e} OMSLAB_DIR=${OMSLAB_DIR:-/var/lib/omsctl-lab-e2e}
    LAB=$project/tests/lab/lab
    OMSCTL=$(realpath -m -- "${OMSCTL:-$project/build/release/omsctl}")
    # shellcheck source=/dev/null
    [[ ! -r $OMSLAB_DIR/lab.env ]] || . "$OMSLAB_DIR/lab.env"
}

# use_place: where this test's runs are recorded and what omsctl said.
use_place() {
    STATE=$BATS_TEST_TMPDIR/state OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err CONFIG=$LAB_CONFIG DEADLINE=120
}

# run_to_h2: what a test of a run from h1 to h2 begins with.
run_to_h2() {
    load state
    use_lab
    use_place
    target h1 h2
}

on() { "$LAB" exec "$1" -- "${@:2}" 3>&- 7>&-; }

sql() { "$LAB" sql -N -B -e "$1"; }

password() { cat "$LAB_PASSWORD_FILE"; }

# That of the MetaDB and, in a lab that has one, that of the time-series database.
passwords() { cat "$LAB_PASSWORD_FILE" ${LAB_TSDB_PASSWORD_FILE:+"$LAB_TSDB_PASSWORD_FILE"}; }

# The stock client, as the user of config.yaml.
metadb_client() {
    "$LAB" exec controller -- mysql --no-defaults -h "$LAB_METADB" -u "$LAB_DB_USER" "-p$(password)" --default-character-set=utf8mb4 "$@" 3>&-
}

# address HOST...: of h1, h2, ..., or of the second region's s1 and s2.
address() {
    local host
    for host in "$@"; do
        case $host in
            s*) echo "198.18.0.$((110 + ${host#s}))" ;;
            *) echo "198.18.0.$((10 + ${host#h}))" ;;
        esac
    done
}

# target HOST... [-- SED OPTION...]: the config.yaml of the hosts' region with these alone in cm_nodes, as $CONFIG.
target() {
    local drop=(-e '') config=$LAB_CONFIG hosts=$LAB_HOSTS host
    [[ $1 != s* ]] || config=$LAB_SECOND_CONFIG hosts=$LAB_SECOND_HOSTS
    for host in $hosts; do
        [[ " ${*%%--*} " == *" $host "* ]] || drop+=(-e "/^ - $(address "$host")\$/d")
    done
    while (($# > 0)) && [[ $1 != -- ]]; do shift; done
    CONFIG=$BATS_TEST_TMPDIR/config.yaml
    (umask 077 && sed "${drop[@]}" "${@:2}" "$config" >"$CONFIG")
}

# start COMMAND [WORD] [OPTION...]: omsctl in the lab's network, in the background.
start() {
    local words=("$@")
    case "$1 ${2:-}" in
        'metadb list') words+=(--state-dir "$STATE") ;;
        scale-out* | check* | metadb* | lock*) words+=(-c "$CONFIG" --ssh-config "$LAB_SSH_CONFIG" --state-dir "$STATE") ;;
        resume* | rollback*) words+=(--ssh-config "$LAB_SSH_CONFIG" --state-dir "$STATE") ;;
        runs* | attach*) words+=(--state-dir "$STATE") ;;
    esac
    echo "\$ omsctl ${words[*]}"
    RUNS_BEFORE=$(all_runs | wc -l)
    # What it will say is not what the one before has said.
    : >"$OUT"
    : >"$ERR"
    # KILL_AT, STOP_AT: where it kills itself or stands still, see docs/reliability.md.
    "$LAB" exec controller -- env ${KILL_AT:+"OMSCTL_TEST_KILL_AT_RECORD=$KILL_AT"} ${STOP_AT:+"OMSCTL_TEST_STOP_AT_RECORD=$STOP_AT"} \
        "$OMSCTL" "${words[@]}" >"$OUT" 2>"$ERR" </dev/null 3>&- 7>&- &
    PID=$!
}

# finish: waits for it, $DEADLINE seconds; one that hangs is killed, and is a failure. Sets status.
finish() {
    status=0
    if ! timeout "$DEADLINE" tail --pid="$PID" -s 0.05 -f /dev/null; then
        kill -KILL "$PID"
        echo "it still ran after $DEADLINE s"
        return 1
    fi
    wait "$PID" || status=$?
}

# omsctl STATUS COMMAND...: runs it, and it must end with this exit code.
omsctl() {
    start "${@:2}"
    finish
    exit_code_is "$1"
    nothing_secret_said
}

exit_code_is() { [[ $status -eq $1 ]] || { echo "exit code $status instead of $1" && return 1; }; }

# told TEXT...: each is in what omsctl printed, on either stream.
told() {
    local text
    for text in "$@"; do
        cat "$OUT" "$ERR" | grep -qF -e "$text" || { echo "not told: $text" && return 1; }
    done
}

untold() {
    local text
    for text in "$@"; do
        if cat "$OUT" "$ERR" | grep -F -e "$text"; then echo "must not be told: $text" && return 1; fi
    done
}

# The passwords come from their files: in an argument they would be seen by whoever looks at processes.
nothing_secret_said() { refute grep -hFf <(passwords) "$OUT" "$ERR"; }

# finding ID WHERE [TEXT...]: this finding of severity "error" was told with its place and a fix.
finding() {
    local block
    block=$(awk -v head="error: $1  $2" 'index($0, head) == 1 { shown = 1; print; next } /^[^ ]/ { shown = 0 } shown' "$ERR")
    [[ $block == *'    fix: '?* ]] || { echo "no finding \"$1\" at \"$2\" with a fix" && return 1; }
    for text in "${@:3}"; do
        [[ $block == *"$text"* ]] || { echo "finding $1 does not say: $text" && echo "$block" && return 1; }
    done
}

refute() {
    if "$@"; then echo "holds, but must not: $*" && return 1; fi
}

# eventually SECONDS COMMAND...
eventually() {
    local end=$((SECONDS + $1))
    until "${@:2}" >/dev/null 2>&1; do
        ((SECONDS <= end)) || { echo "never held: ${*:2}" && "${@:2}"; return 1; }
        sleep 0.05
    done
}

all_runs() { find "$STATE/runs" -mindepth 1 -maxdepth 1 2>/dev/null | sort; }

# The last run, and its name.
run_directory() { all_runs | tail -n 1; }

run_id() { basename "$(run_directory)"; }

# journal_shows EVENT STEP: the journal of the run that was started last holds this record.
journal_shows() {
    (($(all_runs | wc -l) > RUNS_BEFORE)) &&
        grep -F "\"event\":\"$1\"" "$(run_directory)/journal.jsonl" | grep -qF "\"step\":\"$2\""
}

# when EVENT STEP COMMAND...: the moment the journal of the run in the background shows it.
when() {
    eventually 60 journal_shows "$1" "$2"
    "${@:3}"
}

# when_init_runs COMMAND...: the moment docker_init.sh shows its first step.
when_init_runs() {
    eventually 60 told 'docker_init.sh: 【步骤一】'
    "$@"
}

# The whole lab as lines; what a run leaves on purpose is the empty table of the lease.
digest() { "$LAB" digest | grep -v ' metadb oms_rm.omsctl_lease$'; }

# Besides, what docker_init.sh leaves outside the four tables and nothing takes back: heartbeats, and its own log.
digest_after_init() { digest | grep -vE ' metadb [^ ]*\.(heart_beat|heatbeat_sequence)$|/docker_init\.log\.[^/]*$'; }

remember_digest() { digest >"$BATS_TEST_TMPDIR/digest"; }

nothing_changed() { diff "$BATS_TEST_TMPDIR/digest" <(digest); }

# refused COMMAND...: exit code 4, said so, no run begun, the lab as it was.
refused() {
    omsctl 4 "$@"
    told 'the checks refuse; nothing was changed'
    [[ ! -e $STATE ]]
    # OMS itself may correct a row meanwhile, when a heartbeat was late.
    eventually 10 nothing_changed
}

# programs HOST: "NAME STATE" of each program in its container.
programs() { on "$1" docker exec "$LAB_CONTAINER" supervisorctl status | awk '{ print $1, $2 }'; }

all_running() {
    local host
    for host in "$@"; do
        diff <(programs "$host") - <<'EXPECTED'
nginx RUNNING
oms_console RUNNING
oms_drc_cm RUNNING
oms_drc_supervisor RUNNING
sshd RUNNING
EXPECTED
    done
}

# shellcheck disable=SC2016 # expanded by the inner shell
init_runs() { on "$1" sh -c 'ls -d "$1"/docker_init.log.* 2>/dev/null | wc -l' sh "$LAB_LOGS_DIR"; }

no_lease() { [[ $(sql 'SELECT COUNT(*) FROM oms_rm.omsctl_lease') == 0 ]]; }

no_ssh_left() { refute pgrep -af "ssh.*$LAB_SSH_CONFIG"; }

# What an omsctl that was killed leaves for a minute: its connections. One that is just being made goes on in another process.
end_ssh_masters() { eventually 5 ssh_masters_ended; }

ssh_masters_ended() {
    local pid
    for pid in $(pgrep -f "^ssh -F $LAB_SSH_CONFIG .* -N "); do kill "$pid" || true; done
    no_ssh_left
}

# For teardown: a test that failed shows what omsctl said and its journal, and its files are kept.
keep_what_failed() {
    [[ -z ${BATS_TEST_COMPLETED:-} ]] || return 0
    [[ -z ${PID:-} ]] || kill -KILL "$PID" 2>/dev/null || true
    local kept=${E2E_KEEP:-/var/tmp/omsctl-e2e}/${BATS_TEST_FILENAME##*/}-$BATS_TEST_NUMBER
    printf '%s\n' '--- stdout' "$(tail -n 30 "$OUT" 2>/dev/null)" '--- stderr' "$(cat "$ERR" 2>/dev/null)"
    tail -n 20 "$(run_directory)/journal.jsonl" 2>/dev/null
    [[ -z ${LAB:-} ]] || "$LAB" status
    rm -rf -- "$kept"
    mkdir -p -- "$kept"
    cp -r -- "$BATS_TEST_TMPDIR/." "$kept/"
    echo "--- kept in $kept"
}

# The image is there already, so that no time goes into it; or it is not, so that sending it takes seconds.
image_on() { # HOST...
    local host
    for host in "$@"; do
        on "$host" docker image inspect "$LAB_IMAGE" >/dev/null 2>&1 || on h1 docker save "$LAB_IMAGE" | on "$host" docker load -q
    done
}

# from_the_start: the lab as new, and written down; the image is on h2.
from_the_start() {
    "$LAB" reset
    image_on h2
    remember_digest
}

no_image_on() { ! on "$1" docker image inspect "$LAB_IMAGE" >/dev/null 2>&1 || on "$1" docker rmi "$LAB_IMAGE" >/dev/null; }

# --- runs that are stopped

# failure TEXT...: each is said between "failed:" and "State:", or as where it failed.
failure() {
    local block text
    block=$(sed -n '/^failed: /,/^State: /p' "$ERR")
    for text in "$@"; do
        [[ $block == *"$text"* ]] || { echo "the failure does not say: $text" && return 1; }
    done
}

# stopped_midway STATUS HOST TEXT...: how it ended is told with host and cause, and what to type next.
stopped_midway() {
    exit_code_is "$1"
    nothing_secret_said
    failure "${@:2}"
    told State: "omsctl resume $(run_id)" "omsctl rollback $(run_id)" "$(run_directory)"
    [[ $(tail -n 1 "$(run_directory)/journal.jsonl" | jq -r .event) == run_ended ]]
    no_ssh_left
}

# taken_back HOST TEXT...: exit code 5, nothing is left of the run, and the same command may be given again.
taken_back() {
    exit_code_is 5
    nothing_secret_said
    failure "$@"
    told 'already undid its changes' 'Next: fix the cause, then run the same command again'
    "$LAB" heal
    eventually 20 nothing_changed
    all_running h1
    no_ssh_left
}

# blocked [node|region]: the run that stopped midway keeps the deployment, and whoever comes is told which it is and what to type.
blocked() {
    local run runs
    run=$(run_id) runs=$(all_runs)
    omsctl 8 scale-out "${1:-node}" --yes
    told "$run" 'stopped midway' "omsctl resume $run" "omsctl rollback $run"
    [[ $(all_runs) == "$runs" ]]
}

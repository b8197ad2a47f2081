# shellcheck shell=bash disable=SC2154,SC2016 # $status, $odd: of tests/scripts/run; code of the stand-in
# docker_init.sh as a job, and containers that initialise themselves.

case_start_job__starts_it_detached_in_its_directory() {
    : >"$odd"
    calls start_job "$odd" "$PLACE/$odd" "$odd"
    says 0
    [[ ! -e $PLACE/$odd ]]
    [[ $(<docker.log) == "[exec][-d][-w][/root][$odd][sh][-c][mask="*"[sh][$odd]" ]]
}
# job_in_container: runs the job's text here, in an own /root.
job_in_container() {
    mkdir -p root
    docker_answers 'text=${8//\/root/"\"\$PLACE/root\""}; exec sh -c "$text" sh "${@:10}"'
    calls start_job c "$PLACE/room" "$PLACE/job $odd"
}
case_run_job__leaves_output_status_times_and_the_old_marker() {
    mkdir root
    printf 'old\n' >root/init_flag.txt
    printf 'umask; echo out; echo err >&2; echo new >"$PLACE/root/init_flag.txt"; exit 3\n' >root/docker_init.sh
    (umask 027 && job_in_container)
    local job="$PLACE/job $odd"
    content_is "$job/output" $'0027\nout\nerr\n'
    content_is "$job/rc" $'3\n'
    content_is "$job/init_flag.before" $'old\n'
    [[ -e $job/init_flag.after && $(cat "$job/pid") =~ ^[0-9]+\ [0-9]+$ ]]
    mode_is "$job" 700
    mode_is "$job/output" 600
    [[ $(awk '{ print ($1 > 0) }' "$job/started" "$job/ended") == $'1\n1' ]]
}
case_run_job__is_started_once() {
    mkdir root "job $odd"
    echo 'echo twice >"$PLACE/twice"' >root/docker_init.sh
    job_in_container
    says 0
    [[ ! -e twice && ! -e job\ $odd/pid ]]
}
case_run_job__that_finds_no_room_for_its_pid_is_not_started() {
    mkdir root
    echo 'echo ran >"$PLACE/ran"' >root/docker_init.sh
    (trap '' XFSZ && ulimit -f 0 && job_in_container) || true  # as a full disk: files stay empty
    [[ ! -e ran && ! -e job\ $odd ]]
}
case_run_job__that_finds_no_room_for_its_status_has_none() {
    mkdir root
    echo 'head -c 4096 /dev/zero; exit 0' >root/docker_init.sh
    printf '#!/bin/sh\nexit 1\n' >bin/sync
    printf '#!/bin/bash\n[[ $1 != rc.tmp ]] && exec /bin/mv "$@"\n' >bin/mv
    chmod 755 bin/*
    job_in_container
    [[ ! -e job\ $odd/rc ]]
}

# a_job [PID]: of this process, or of that line.
a_job() {
    local pid=$BASHPID
    mkdir -p "$PLACE/$odd"
    printf '%s\n' "${1-$pid $(cut -d' ' -f22 "/proc/$pid/stat")}" >"$PLACE/$odd/pid"
}
follows() { calls follow_job "$PLACE/$odd" "$odd" "$PLACE/$odd" "$@"; }
is_over() { calls job_over "$PLACE/$odd" "$odd" "$PLACE/$odd"; }

case_follow_job__says_that_there_is_none() {
    follows 0 2
    says 0 $'\nomsctl-job absent -1 0 0 0\n'
}
case_follow_job__shows_an_ended_one_from_an_offset_on() {
    mkdir "$PLACE/$odd"
    printf 'one\ntwo\n' >"$odd/output"
    printf '10.5\n' >"$odd/started"
    printf '12.75\n' >"$odd/ended"
    printf '3\n' >"$odd/rc"
    : >"$odd/init_flag.before"
    : >"$odd/init_flag.after"
    follows 4 2
    says 0 $'two\n\nomsctl-job ended 3 1 1 2.25\n'
    docker_got
}
case_follow_job__gives_a_running_one_its_time() {
    a_job
    printf 'half' >"$odd/output"
    docker_answers "$docker_runs_here"
    follows 1 0
    says 0 $'alf\nomsctl-job running -1 0 0 0\n'
    follows 4 2
    says 0 $'\nomsctl-job running -1 0 0 0\n'
    [[ $(<docker.log) == "[exec][$odd][sh][-c][read "*"[sh][$PLACE/$odd]" ]]
}
case_follow_job__tells_that_one_has_died() {
    a_job '1 1'  # it lives, but did not start at tick 1
    : >"$odd/rc"
    docker_answers "$docker_runs_here"
    follows 0 2
    says 0 $'\nomsctl-job died -1 0 0 0\n'
}
case_job_lives__knows_a_process_by_its_start() {
    docker_answers '[[ $1 != inspect ]] || { echo true; exit; }'"$docker_runs_here"
    a_job
    is_over
    says 1 $'docker_init.sh still runs\n'
    a_job '1 1'
    is_over
    says 0
}
case_job_over__holds_for_one_that_has_ended_or_never_began() {
    is_over
    says 0
    a_job
    printf '0\n' >"$odd/rc"
    is_over
    says 0
    docker_got
}
case_job_over__holds_without_its_container() {
    a_job
    docker_answers 'echo "Error: No such container: x" >&2; exit 1'
    is_over
    says 0
    docker_answers 'echo false'
    is_over
    says 0
}
case_job_over__does_not_hold_when_docker_cannot_tell() {
    a_job
    docker_answers 'echo "Cannot connect to the Docker daemon" >&2; exit 1'
    is_over
    says 1 $'Cannot connect to the Docker daemon\n'
    : >"$PLACE/file"
    calls job_over "$PLACE/file" c d
    says 1
}
case_job_over__waits_a_minute_for_the_pid() {
    mkdir "$PLACE/$odd"
    docker_answers 'echo "WARNING: docker warns" >&2; echo true'
    is_over
    says 1 $'docker_init.sh still runs\n'
    touch -d '2 minutes ago' "$PLACE/$odd"
    is_over
    says 0
}
log_says() { printf '%s' "$1" >"$PLACE/log.txt" && docker_answers 'if [[ $2 == --tail ]]; then tail -n 3 "$PLACE/log.txt"; else cat "$PLACE/log.txt"; fi'; }
case_self_initialised__looks_for_the_last_line_of_newer_images() {
    log_says $'one\nOMS service start successfully\r\ntwo\n'
    calls self_initialised "$odd"
    says 0
    docker_got "[logs][--tail][3][$odd]" "[logs][$odd]"
    log_says $'1\n2\nnot OMS service start successfully\n4\n'
    calls self_initialised c
    says 1 $'2\nnot OMS service start successfully\n4\n'
}
case_self_initialisation_over__holds_when_the_container_does_not_run() {
    docker_answers 'echo false'
    calls self_initialisation_over "$odd"
    says 0
    docker_got "[inspect][--type][container][--format][{{.State.Running}}][$odd]"
    docker_answers 'echo oh >&2; exit 1'
    calls self_initialisation_over c
    says 1 $'oh\n'
    docker_answers '[[ $1 == inspect ]] && echo true || echo starting'
    calls self_initialisation_over c
    says 1 $'starting\n'
}
case_set_job_aside__takes_the_first_free_name() {
    calls set_job_aside "$PLACE/$odd"
    says 0
    mkdir "$PLACE/$odd" "$PLACE/$odd.1"
    calls set_job_aside "$PLACE/$odd"
    says 0
    [[ ! -e $PLACE/$odd && -d $PLACE/$odd.2 ]]
}
case_remove_job__removes_all_of_them_and_the_room() {
    mkdir "$PLACE/$odd" "$PLACE/$odd.1" "$PLACE/$odd.12"
    : >"$PLACE/$odd.room"
    : >"$PLACE/$odd.other"
    docker_answers 'echo false'
    calls remove_job "$PLACE/$odd" "$odd" /in
    says 0
    diff <(find . -name '-odd*' -printf x) <(printf x)
    : >docker.log
    calls remove_job "$PLACE/$odd" "$odd" /in
    says 0
    docker_got
}
case_remove_job__stops_when_the_marker_cannot_be_put_back() {
    mkdir "$PLACE/$odd"
    docker_answers '[[ $1 == inspect ]] && { echo true; exit; }; echo "no: $*" >"$PLACE/said"; exit 1'
    calls remove_job "$PLACE/$odd" "$odd" /in
    says 1
    [[ -d $PLACE/$odd && $(<said) == *'sh /in' ]]
}
marker_is_put_back() { # JOB: the text, with a /root of its own
    mkdir -p root
    docker_answers '[[ $1 == inspect ]] && { echo true; exit; }; text=${5//\/root/"\"\$PLACE/root\""}; exec sh -c "$text" sh "${@:7}"'
    mkdir -p "$PLACE/there"
    calls remove_job "$PLACE/there" c "$1"
    says 0
}
case_put_marker_back__is_that_of_before_the_first_job() {
    local job="$PLACE/job $odd"
    mkdir -p root "$job" "$job.1"
    printf 'first' >"$job.1/init_flag.before"
    printf 'second' >"$job/init_flag.before"
    marker_is_put_back "$job"
    content_is root/init_flag.txt first
    rm -r -- "$job.1"
    marker_is_put_back "$job"
    content_is root/init_flag.txt second
    rm -- "$job/init_flag.before"
    marker_is_put_back "$job"
    [[ ! -e root/init_flag.txt ]]
}
case_why_no_job__says_what_the_container_says() {
    docker_answers "$docker_runs_here"
    calls why_no_job "$odd" "$PLACE/no/$odd"
    [[ $status -ne 0 && $(<err) == cp:* ]]
}
case_try_to_write__leaves_nothing() {
    docker_answers "$docker_runs_here"
    calls why_no_job c "$PLACE/$odd"
    says 0
    [[ ! -e $PLACE/$odd ]]
}

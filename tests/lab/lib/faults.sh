# shellcheck shell=bash
# Faults: each is recorded under the machine's "faults" before it bites, and heal undoes what is recorded.

init_faults='init-fails-at init-hangs init-no-end-line init-lies init-wrong-cm-url init-slow'

record_fault() { mkdir -p "$(machine_dir "$1")/faults" && echo "${3:-}" >"$(machine_dir "$1")/faults/$2"; }

# set_fault MACHINE KIND [ARGUMENT]
set_fault() {
    local machine=$1 kind=$2 argument=${3:-}
    case $machine in
        metadb | vip)
            [[ $kind == down || $kind == partition ]] ||
                die "$machine has no fault \"$kind\"" "metadb and vip know: down, partition" "lab fault $machine down"
            ;;
        *)
            case " sshd-down docker-down partition $init_faults " in
                *" $kind "*) ;;
                *) die "no fault \"$kind\"" "hosts know: sshd-down docker-down partition $init_faults" "lab --help" ;;
            esac
            ;;
    esac
    [[ $kind != init-fails-at || $argument =~ ^[1-5]$ ]] ||
        die "init-fails-at wants a step, 1 to 5" "got \"$argument\"" "lab fault $machine init-fails-at 3"
    record_fault "$machine" "$kind" "$argument"
    case $kind in
        sshd-down) stop_sshd "$machine" ;;
        docker-down) stop_docker "$machine" ;;
        partition) set_link "$machine" down && wait_for 5 "$machine: its link down" '' link_is_down "$machine" ;;
        down) "stop_$machine" ;;
        init-*) echo "$argument" | atomically "$(machine_dir "$machine")/control/fault/$kind" ;;
    esac
}

heal_fault() {
    local machine=$1 kind=$2
    case $kind in
        sshd-down)
            start_sshd "$machine"
            wait_for 20 "$machine: sshd" "$(host_log "$machine" sshd.log)" sshd_answers "$machine"
            ;;
        docker-down)
            start_docker "$machine"
            wait_for 60 "$machine: dockerd" "$(host_log "$machine" dockerd.log)" docker_answers "$machine"
            ;;
        down)
            "start_$machine"
            "wait_$machine"
            ;;
        init-*) rm -f -- "$(machine_dir "$machine")/control/fault/$kind" ;;
    esac
    rm -f -- "$(machine_dir "$machine")/faults/$kind"
}

faults_of() { ls "$(machine_dir "$1")/faults" 2>/dev/null; }

heal_all() {
    local machine kind
    # Links first: what waits for an answer over the network needs them.
    for machine in $(machine_names); do
        [[ ! -e $(machine_dir "$machine")/faults/partition ]] || { set_link "$machine" up && rm -f -- "$(machine_dir "$machine")/faults/partition"; }
    done
    for machine in $(machine_names); do
        for kind in $(faults_of "$machine"); do
            heal_fault "$machine" "$kind"
        done
    done
}

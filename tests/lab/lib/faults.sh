# shellcheck shell=bash
# Faults: each is recorded under the machine's "faults" before it bites, and heal undoes what is recorded.

init_faults='init-fails-at init-hangs init-no-end-line init-lies init-wrong-cm-url init-slow'

# known_faults MACHINE
known_faults() {
    case $1 in
        metadb) echo down partition disk-full ;;
        vip) echo down partition drops no-health-check ;;
        tsdb) echo down partition ;;
        controller) echo disk-full ;;
        *) echo "sshd-down docker-down partition disk-full root-full slow-start clock-skew slow-sudo no-sudo $init_faults" ;;
    esac
}

record_fault() { mkdir -p "$(machine_dir "$1")/faults" && echo "${3:-}" >"$(machine_dir "$1")/faults/$2"; }

# default_argument KIND: what "lab fault MACHINE KIND" means without an argument.
default_argument() {
    case $1 in
        disk-full | root-full) echo 0 ;;
        slow-start) echo 15 ;;
        clock-skew) echo 3600 ;;
        slow-sudo) echo 3 ;;
    esac
}

check_argument() {
    local machine=$1 kind=$2 argument=$3 wanted=
    case $kind in
        init-fails-at) [[ $argument =~ ^[1-5]$ ]] || wanted='a step, 1 to 5: lab fault h1 init-fails-at 3' ;;
        disk-full | root-full) [[ $argument =~ ^[0-9]+$ ]] || wanted='the KiB that are left' ;;
        slow-start | slow-sudo) [[ $argument =~ ^[0-9]+(\.[0-9]+)?$ ]] || wanted=seconds ;;
        clock-skew) [[ $argument =~ ^[-+]?[0-9]+$ ]] || wanted='seconds ahead' ;;
        drops) is_host "$argument" || wanted='the name of a host: lab fault vip drops h2' ;;
    esac
    [[ -z $wanted ]] || die "$machine: what is $kind to do?" "it got \"$argument\" and wants $wanted" "lab --help"
}

# set_fault MACHINE KIND [ARGUMENT]
set_fault() {
    local machine=$1 kind=$2 argument
    argument=${3:-$(default_argument "$kind")}
    [[ " $(known_faults "$machine") " == *" $kind "* ]] ||
        die "no fault \"$kind\"" "$machine knows: $(known_faults "$machine")" "lab --help"
    check_argument "$machine" "$kind" "$argument"
    # Each host that is not answered is a fault of its own.
    if [[ $kind == drops ]]; then record_fault vip "drops-$argument"; else record_fault "$machine" "$kind" "$argument"; fi
    case $kind in
        sshd-down) stop_sshd "$machine" ;;
        docker-down) stop_docker "$machine" ;;
        partition) set_link "$machine" down && wait_for 5 "$machine: its link down" '' link_is_down "$machine" ;;
        down) "stop_$machine" ;;
        disk-full) fill_disk "$(fault_disk "$machine")" "$argument" ;;
        root-full) fill_disk "$machine-root" "$argument" ;;
        drops) deafen "$argument" ;;
        no-health-check) reload_vip ;;
        clock-skew) skew_clock "$machine" "$argument" ;;
        slow-sudo) slow_sudo "$machine" "$argument" ;;
        no-sudo) sed -i '/^operator/s/NOPASSWD: //' "$(machine_dir "$machine")/root/etc/sudoers" ;;
        init-* | slow-start) echo "$argument" | atomically "$(machine_dir "$machine")/control/fault/$kind" ;;
    esac
}

fault_disk() { if is_host "$1"; then echo "$1-data"; else echo "$1"; fi; }

# What bash reads when sshd starts it, and what sudo adds to an environment, name the library. Not /etc/ld.so.preload: in
# sshd's own processes the library would make system calls that their sandbox forbids.
skew_clock() {
    local root library
    root=$(machine_dir "$1")/root
    heal_clock "$1"
    library=$(find /usr/lib -path '*/faketime/libfaketime.so.1' -print -quit)
    [[ -n $library ]] || die "no libfaketime" "clock-skew needs it" "apt-get install libfaketime"
    printf '%s\n' "LD_PRELOAD=$library" "FAKETIME=$(printf '%+d' "$2")" >"$root/etc/clock.env"
    sed -i '1i set -a; . /etc/clock.env; set +a' "$root/etc/bash.bashrc"
    echo 'Defaults env_file=/etc/clock.env' >>"$root/etc/sudoers"
}

heal_clock() {
    local root
    root=$(machine_dir "$1")/root
    sed -i '/clock\.env/d' "$root/etc/bash.bashrc" "$root/etc/sudoers"
    rm -f -- "$root/etc/clock.env"
    in_machine "$1" find /dev/shm -name '*faketime*' -delete
}

# Stands before sudo in every PATH.
slow_sudo() {
    printf '#!/bin/sh\nsleep %s\nexec /usr/bin/sudo "$@"\n' "$2" |
        install -m 755 /dev/stdin "$(machine_dir "$1")/root/usr-local/bin/sudo"
}

heal_fault() {
    local machine=$1 kind=$2 root
    root=$(machine_dir "$machine")/root
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
        disk-full) heal_disk "$machine" ;;
        root-full) empty_disk "$machine-root" ;;
        drops-*) hear "${kind#drops-}" ;;
        clock-skew) heal_clock "$machine" ;;
        slow-sudo) rm -f -- "$root/usr-local/bin/sudo" ;;
        no-sudo) sed -i '/^operator/s/ ALL$/ NOPASSWD: ALL/' "$root/etc/sudoers" ;;
        init-* | slow-start) rm -f -- "$(machine_dir "$machine")/control/fault/$kind" ;;
    esac
    rm -f -- "$(machine_dir "$machine")/faults/$kind"
    [[ $kind != no-health-check ]] || reload_vip
}

# A MariaDB that ended when it could not write is started again.
heal_disk() {
    empty_disk "$(fault_disk "$1")"
    [[ $1 != metadb || -e $(machine_dir metadb)/faults/down ]] || { start_metadb && wait_metadb; }
}

faults_of() { ls "$(machine_dir "$1")/faults" 2>/dev/null; }

heal_all() {
    local machine kind
    # Links first: what waits for an answer over the network needs them.
    for machine in $(machine_names); do
        [[ ! -e $(machine_dir "$machine")/faults/partition ]] || { set_link "$machine" up && rm -f -- "$(machine_dir "$machine")/faults/partition"; }
    done
    for machine in $(machine_names) controller; do
        for kind in $(faults_of "$machine"); do
            heal_fault "$machine" "$kind"
        done
    done
}

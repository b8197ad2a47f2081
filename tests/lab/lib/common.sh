# shellcheck shell=bash disable=SC2034 # the names below are for the other parts
# What every part of the lab uses: places, words to the operator, waiting, records of what was made.

LAB_NAME=${OMSLAB_NAME:-omslab}
LAB_DIR=${OMSLAB_DIR:-/var/lib/omsctl-lab}
LAB_CACHE=${OMSLAB_CACHE:-/var/cache/omsctl-lab}

LAB_NETNS_MARK=/run/.omsctl-lab-made-netns

LAB_NET=198.18.0
LAB_METADB=$LAB_NET.5
LAB_TSDB=$LAB_NET.7
LAB_VIP=$LAB_NET.100
LAB_SECOND_VIP=$LAB_NET.101
# The balancer's own address: whom it asks sees this one, never a VIP.
LAB_BALANCER=$LAB_NET.99
LAB_IMAGE=oms-lab/oms:feature_4.2.1-ce
LAB_RM_DB=oms_rm
LAB_CM_DB=oms_cm
LAB_HB_DB=oms_cm_heartbeat_1
LAB_DB_USER=oms_user

system_databases="'mysql','sys','information_schema','performance_schema'"

LAB_STARTED=$EPOCHREALTIME

say() {
    local now=$EPOCHREALTIME
    printf 'lab %6s  %s\n' "$(elapsed_since "$LAB_STARTED" "$now")" "$*" >&2
}

# elapsed_since START END: seconds with one decimal, from two values of EPOCHREALTIME.
elapsed_since() {
    local tenths=$(((${2/./} - ${1/./}) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# die WHAT WHY NEXT [LOGFILE]: a failure names the thing, the reason, and what to type next.
die() {
    printf 'lab: %s\n  why:  %s\n  next: %s\n' "$1" "$2" "$3" >&2
    if [[ -n ${4:-} && -s ${4:-} ]]; then
        printf '  the end of %s:\n' "$4" >&2
        tail -n 25 -- "$4" | sed 's/^/  | /' >&2
    fi
    exit 1
}

# wait_for SECONDS WHAT LOGFILE COMMAND...: polls COMMAND until it holds; past the deadline it fails with the log's tail.
wait_for() {
    local seconds=$1 what=$2 log=$3 end
    shift 3
    end=$((${EPOCHREALTIME/./} + seconds * 1000000))
    until "$@" >/dev/null 2>&1; do
        ((${EPOCHREALTIME/./} < end)) ||
            die "$what: not within $seconds s" "the condition \"$*\" never held" "read the log, then: lab down && lab up" "$log"
        sleep 0.05
    done
}

# region_hosts REGION: the hosts of region 1 (h1..hN) or of region 2 (s1 and s2, when the lab has them).
region_hosts() {
    local number
    case $1 in
        1) for ((number = 1; number <= $(<"$LAB_DIR/hosts"); number++)); do echo "h$number"; done ;;
        2) [[ $(<"$LAB_DIR/regions") == 1 ]] || printf '%s\n' s1 s2 ;;
    esac
}

regions() { seq "$(<"$LAB_DIR/regions")"; }

region_of() { if [[ $1 == s* ]]; then echo 2; else echo 1; fi; }

host_names() { region_hosts 1 && region_hosts 2; }

# address_of MACHINE: its address in the lab's network.
address_of() {
    case $1 in
        metadb) echo "$LAB_METADB" ;;
        tsdb) echo "$LAB_TSDB" ;;
        vip) echo "$LAB_VIP" ;;
        h[0-9]*) echo "$LAB_NET.$((10 + ${1#h}))" ;;
        s[0-9]*) echo "$LAB_NET.$((110 + ${1#s}))" ;;
    esac
}

machine_names() {
    host_names && echo metadb && echo vip
    ! has_tsdb || echo tsdb
}

is_machine() { grep -qxF -- "$1" <<<"$(machine_names)"; }
is_host() { grep -qxF -- "$1" <<<"$(host_names)"; }

# start_time PID: field 22 of /proc/PID/stat; with the pid it names one process for ever.
start_time() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    read -ra stat <<<"${stat##*) }"
    echo "${stat[19]}"
}

# alive FILE: FILE holds "PID START_TIME" of a process that still runs.
alive() {
    local pid start
    [[ -s $1 ]] && read -r pid start <"$1" && [[ $(start_time "$pid") == "$start" ]]
}

# atomically FILE: standard input becomes FILE in one rename.
atomically() {
    cat >"$1.new" && mv -f -- "$1.new" "$1"
}

lab_is_up() { [[ -e $LAB_DIR/complete ]]; }

# The name that a running lab was given counts, not this command's environment.
need_up() {
    [[ ! -s $LAB_DIR/cgroup ]] || LAB_NAME=$(<"$LAB_DIR/cgroup")
    lab_is_up || die "the lab is not up" "$LAB_DIR holds no complete lab" "sudo tests/lab/lab up"
}

# One command at a time changes a lab. Nothing that outlives the command may inherit descriptor 9.
take_lock() {
    mkdir -p -- "$LAB_DIR"
    exec 9>"$LAB_DIR/lock"
    flock -w 300 9 || die "another lab command holds the lock" "$LAB_DIR/lock is taken" "wait for it, or end it"
}

need_commands() {
    local command missing=()
    for command in "$@"; do
        command -v "$command" >/dev/null || missing+=("$command")
    done
    ((${#missing[@]} == 0)) || die "missing: ${missing[*]}" "the lab runs real programs" \
        "apt-get install docker.io mariadb-server influxdb openssh-server haproxy debootstrap iproute2 jq util-linux zstd"
}

check_machine() {
    ((EUID == 0)) || die "the lab needs root" "it makes namespaces and cgroups" "sudo tests/lab/lab ..."
    need_commands dockerd containerd runc mariadbd mariadb mariadb-install-db sshd ssh-keygen haproxy debootstrap ip jq \
        nsenter unshare flock zstd sha256sum curl
    local limit
    limit=$(ulimit -Hu)
    [[ $limit == unlimited ]] || ((limit >= 65535)) ||
        die "the hard limit of processes is $limit" "containers are started with --ulimit nproc=65535:65535" \
            "raise it (ulimit -Hu 65535, or the container's or service's limits) and start again"
    [[ -d /sys/fs/cgroup/devices || -e /sys/fs/cgroup/cgroup.controllers ]] ||
        die "no cgroups under /sys/fs/cgroup" "dockerd needs them" "mount them, then: lab up"
}

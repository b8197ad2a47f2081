# shellcheck shell=bash
# What the lab's own tests say in one word. Each file brings up a lab of its own, as root, and takes it down.

# own_lab NAME OPTION...: for setup_file.
own_lab() {
    use_lab_named "$1"
    export LAB="$BATS_TEST_DIRNAME/lab" HEALTH=http://198.18.0.11:8089/oms/health
    [[ $EUID -eq 0 ]] || { echo 'needs root' && return 1; }
    "$LAB" down
    "$LAB" up "${@:2}"
}

use_lab_named() { export OMSLAB_NAME=omslabtest$1 OMSLAB_DIR=/var/lib/omsctl-lab-test$1; }

teardown_file() { [[ $EUID -ne 0 ]] || "$LAB" down; }

on() { "$LAB" exec "$1" -- "${@:2}"; }

over_ssh() { on controller ssh -F "$OMSLAB_DIR/ssh_config" -o BatchMode=yes "$@"; }

sql() { "$LAB" sql -N -B -e "$1"; }

init_h1() { on h1 docker exec oms_421 bash /root/docker_init.sh; }

healthy() { on controller curl -s -m 3 "$HEALTH" | grep -q '"healthy":true'; }

# vip_says STATUS PORT
vip_says() { [[ $(on controller curl -s -m 3 -o /dev/null -w '%{http_code}' "http://198.18.0.100:$2/") == "$1" ]]; }

rows_are() { [[ $(sql "$2") == "$1" ]]; }

later_than() { (($(sql 'SELECT UNIX_TIMESTAMP(gmt_modified) FROM oms_cm_heartbeat_1.heart_beat') > $1)); }

refute() {
    if "$@"; then echo "holds, but must not: $*" && return 1; fi
}

# eventually SECONDS COMMAND...
eventually() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS <= end)) || { echo "never held: $*" && return 1; }
        sleep 0.1
    done
}

# Neither namespace, process, cgroup, mount nor directory of the lab that the environment names.
nothing_left() {
    ! ip netns list | grep -q "^$OMSLAB_NAME" || { ip netns list && return 1; }
    ! grep -lzs "^OMSLAB_TOKEN=$OMSLAB_NAME-" /proc/[0-9]*/environ || return 1
    ! pgrep -af "$OMSLAB_DIR/" || return 1
    ! grep -F "$OMSLAB_DIR" /proc/mounts || return 1
    [[ -z $(find /sys/fs/cgroup -maxdepth 2 -name "$OMSLAB_NAME") ]] || { echo "cgroups are left" && return 1; }
    [[ ! -e $OMSLAB_DIR ]] || { find "$OMSLAB_DIR" && return 1; }
}

# address HOST
address() { if [[ $1 == s* ]]; then echo "198.18.0.$((110 + ${1#s}))"; else echo "198.18.0.$((10 + ${1#h}))"; fi; }

# kind: the names of lab.env, which tell what the last reset made of the hosts.
# shellcheck source=/dev/null
kind() { . "$OMSLAB_DIR/lab.env"; }

# start_oms HOST [OPTION...]: the guide's docker run, then wait until the container's supervisor answers.
start_oms() {
    kind
    on "$1" docker run -dit --net host -v "$LAB_CONFIG_PATH:/home/admin/conf/config.yaml" -v "$LAB_LOGS_DIR:/home/admin/logs" \
        -v "$LAB_STORE_DIR:/home/ds/store" -v "$LAB_RUN_DIR:/home/ds/run" "${@:2}" -e "OMS_HOST_IP=$(address "$1")" \
        --privileged=true --pids-limit -1 --ulimit nproc=65535:65535 --name "$LAB_CONTAINER" "$LAB_IMAGE"
    eventually 10 on "$1" docker exec "$LAB_CONTAINER" supervisorctl pid
}

# give_file HOST PATH MODE: standard input becomes that file.
# shellcheck disable=SC2016 # expanded by the inner shell
give_file() { on "$1" sh -c 'umask 077; mkdir -p "${1%/*}"; cat >"$1"; chmod "$2" "$1"' sh "$2" "$3"; }

# give_config HOST [SED EXPRESSION...]: the target config.yaml of the host's region, edited, on the host.
give_config() {
    kind
    local target=$LAB_CONFIG
    [[ $1 != s* ]] || target=$LAB_SECOND_CONFIG
    sed "${@:2}" -e '' "$target" | give_file "$1" "$LAB_CONFIG_PATH" 600
}

give_image() { on h1 docker save oms-lab/oms:feature_4.2.1-ce | on "$1" docker load -q; }

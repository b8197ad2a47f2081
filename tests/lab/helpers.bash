# shellcheck shell=bash
# What the lab's own tests say in one word.

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

# start_oms HOST [OPTION...]: the guide's docker run, then wait until the container's supervisor answers.
start_oms() {
    on "$1" docker run -dit --net host -v /data/config.yaml:/home/admin/conf/config.yaml -v /data/oms/oms_logs:/home/admin/logs \
        -v /data/oms/oms_store:/home/ds/store -v /data/oms/oms_run:/home/ds/run "${@:2}" -e "OMS_HOST_IP=198.18.0.1${1#h}" \
        --privileged=true --pids-limit -1 --ulimit nproc=65535:65535 --name oms_421 oms-lab/oms:feature_4.2.1-ce
    eventually 10 on "$1" docker exec oms_421 supervisorctl pid
}

# give_config HOST [SED EXPRESSION...]: the target config.yaml, edited, on the host.
give_config() {
    sed "${@:2}" -e '' "$OMSLAB_DIR/config.yaml" | on "$1" sh -c 'umask 077; cat >/data/config.yaml'
}

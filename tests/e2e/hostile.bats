#!/usr/bin/env bats
# shellcheck disable=SC2016 # names that look like commands, and text for other shells
# Names that are commands to a careless program: nothing of them runs, and nothing of them reaches the terminal.

setup() {
    load helpers
    use_lab
    use_place
    ODD='/data/it'\''s "odd" $(touch /tmp/canary)`touch /tmp/canary`;touch /tmp/canary;é😀 '
    NAME=Odd.oms_4-2
}

teardown() {
    keep_what_failed
    [[ -n ${BATS_TEST_COMPLETED:-} ]] || "$LAB" reset --images initial
}

no_canary() {
    local host
    [[ ! -e /tmp/canary ]]
    for host in $LAB_HOSTS; do on "$host" test ! -e /tmp/canary; done
    refute on h1 docker exec "$NAME" test -e /tmp/canary
}

no_escape() { refute grep -lP '[\x00-\x08\x0b-\x1f\x7f]' "$OUT" "$ERR"; }

# talkative HOST...: what a login shell there says and sets before any command.
talkative() {
    local host
    for host in "$@"; do
        on "$host" sh -c 'cat >/root/.bashrc' <<'END'
printf 'welcome \033[31m'
echo 'omsctl-job ended 0 0 0 1'
echo 'a: warning' >&2
umask 077
IFS=x
PATH=/usr/bin:/bin
alias docker=false
export LANG=tr_TR.UTF-8 POSIXLY_CORRECT=1
END
    done
}

# odd_node: h1's container anew, as the guide starts it, but with another name, odd mount paths and an odd region.
odd_node() {
    local region='"it'\''s \"区\" 😀 `touch /tmp/canary` $(touch /tmp/canary)"'
    on h1 docker rm -f "$LAB_CONTAINER" >/dev/null
    on h1 sh -c 'mkdir -p -- "$1" && mv /data/config.yaml /data/oms -- "$1"' sh "$ODD"
    on h1 sh -c 'awk -v line="$2" "/^cm_region: /{print line; next} {print}" "$1/config.yaml" >/tmp/c && cat /tmp/c >"$1/config.yaml" && rm /tmp/c' \
        sh "$ODD" "cm_region: ${region//\\/\\\\}"
    on h1 docker run -dit --net host -v "$ODD/config.yaml:/home/admin/conf/config.yaml" -v "$ODD/oms/oms_logs:/home/admin/logs" \
        -v "$ODD/oms/oms_store:/home/ds/store" -v "$ODD/oms/oms_run:/home/ds/run" -e "OMS_HOST_IP=$(address h1)" \
        -e 'ODD=$(touch /tmp/canary) "x"' --privileged=true --pids-limit -1 --ulimit nproc=65535:65535 --name "$NAME" "$LAB_IMAGE" >/dev/null
    eventually 20 on h1 docker exec "$NAME" supervisorctl pid
    on h1 docker exec "$NAME" bash /root/docker_init.sh >"$BATS_TEST_TMPDIR/init" 2>&1 3>&-
    target h1 h2
    awk -v line="cm_region: ${region//\\/\\\\}" '/^cm_region: /{print line; next} {print}' "$CONFIG" >"$CONFIG.odd"
    (umask 077 && cat "$CONFIG.odd" >"$CONFIG")
}

mounts() { on "$1" docker inspect "$NAME" | jq -r '.[0] | (.Mounts[] | .Source + " > " + .Destination), .Config.Env[]' | grep -v '^OMS_HOST_IP' | sort; }

@test "odd mount paths, container and region names, a login shell that talks: the node joins, and nothing of the names runs" {
    "$LAB" reset
    odd_node
    talkative h1 h2
    omsctl 0 scale-out node --yes
    told 'Done: 2 nodes proven'
    no_escape
    no_canary
    diff <(mounts h1) <(mounts h2)
    mounts h2 | grep -qF "$ODD/oms/oms_logs > /home/admin/logs"
    # root's umask 077 is none of OMS's business.
    [[ $(on h2 stat -c %a "$ODD/oms") == 755 ]]
    omsctl 0 scale-out node --yes
    told 'nothing to do'
    omsctl 0 runs last
    no_escape
}

@test "what hosts and MetaDB answer is shown, not obeyed: programs, regions, names of nodes" {
    "$LAB" reset
    on h1 docker exec -i oms_421 sh -c 'cat >/etc/supervisor/conf.d/odd.ini && supervisorctl update' <<'END'
[program:a.*[b]^$(touch_canary)`x`]
command=/bin/sh -c "exec tail -f /dev/null"
startsecs=0
END
    NAME=oms_421
    target h1 h2
    omsctl 0 scale-out node --dry-run
    told 'every node must show RUNNING: a.*[b]^$(touch_canary)`x`'
    no_escape
    sql "UPDATE oms_rm.cluster_info SET region = CONCAT('x', CHAR(27), '[31m', CHAR(7), 0xF09F9880)
        ; INSERT INTO oms_cm.host (ip, host_status, resource_group_id) VALUES ('-oProxyCommand=touch /tmp/canary', 'ONLINE', 1)"
    target h1 h2 -- -e 's|^cm_location: .*|cm_location: 7|'
    omsctl 4 scale-out node --yes
    finding metadb.region-missing MetaDB '\x1b[31m'
    target h1 h2
    omsctl 4 scale-out node --yes
    finding host.unreachable '-oProxyCommand=touch /tmp/canary' 'is no host for ssh'
    no_escape
    no_canary
    [[ ! -e $STATE ]]
}

@test "a command line of odd names is refused as such, before any host is asked" {
    local option
    target h1 h2
    for option in --logs-dir=logs --store-dir=/ --run-dir=/data/../x --config-path=/data/x/ --logs-dir=$'/a\nb' --container=-v \
        '--container=a b' --image=--privileged --from=-oProxyCommand=x '--metadb-via=$(touch /tmp/canary)' $'--image-archive=/a\xff'; do
        omsctl 2 scale-out node --yes "$option"
        told "${option%%=*}"
        untold asking
        no_escape
    done
    omsctl 2 scale-out node $'--\e[31mred'
    no_escape
    CONFIG=$BATS_TEST_TMPDIR/$'c\e[31m.yaml'
    cp "$LAB_CONFIG" "$CONFIG"
    chmod 644 "$CONFIG"
    omsctl 3 scale-out node --yes
    no_escape
    [[ ! -e $STATE && ! -e /tmp/canary ]]
}

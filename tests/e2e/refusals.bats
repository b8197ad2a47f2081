#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031 # text for other shells; each test has a CONFIG of its own
# What the checks refuse: every finding at once, with place and fix, exit code 4, and nothing changed.

setup_file() {
    load helpers
    use_lab
    "$LAB" reset
}

setup() {
    load helpers
    use_lab
    use_place
}

teardown() {
    keep_what_failed
    [[ -n ${BATS_TEST_COMPLETED:-} ]] || "$LAB" reset --images initial
}

# docker_command HOST off|on: the command disappears from that host and comes back.
docker_command() {
    case $2 in
        off) on "$1" sh -c 'mkdir /run/without && mount -t tmpfs none /run/without && mkdir /run/without/u /run/without/w &&
            mount -t overlay -o lowerdir=/usr/bin,upperdir=/run/without/u,workdir=/run/without/w none /usr/bin && rm /usr/bin/docker' ;;
        on) on "$1" sh -c 'umount -l /usr/bin /run/without && rmdir /run/without' ;;
    esac
}

# listen HOST PORT: something else listens there, until its process group is ended by the next reset or unlisten.
listen() {
    on "$1" sh -c 'setsid python3 -c "
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((\"0.0.0.0\", '"$2"')); s.listen()
while True: s.accept()
" </dev/null >/dev/null 2>&1 & echo $! >/run/listener'
    eventually 5 on "$1" sh -c "ss -ltn | grep -q ':$2 '"
}

unlisten() { on "$1" sh -c 'kill -KILL -- "-$(cat /run/listener)" 2>/dev/null || kill -KILL "$(cat /run/listener)"; rm /run/listener'; }

@test "whatever is wrong on a new node is told in one go: containers, ports, mounts, image" {
    on h1 docker save "$LAB_IMAGE" | on h2 docker load -q
    on h2 sh -c "docker tag $LAB_IMAGE kept:1 && docker rmi $LAB_IMAGE && echo other >/tmp/other && tar -C /tmp -c other | docker import - $LAB_IMAGE"
    on h2 docker create --name oms_421 "$LAB_IMAGE" true
    on h2 sh -c 'mkdir -p /data/oms/oms_store && touch /data/oms/oms_store/old && echo "x: y" >/data/config.yaml && rm /tmp/other'
    listen h2 8088
    remember_digest
    refused scale-out node --yes
    finding container.name-taken 198.18.0.12 'a container "oms_421" exists there' 'ssh 198.18.0.12 docker rm oms_421'
    finding ports.taken 198.18.0.12 '8088 (CM)' 'ss -ltnp'
    finding mount.not-empty 198.18.0.12 '/data/oms/oms_store is not empty'
    finding mount.file-exists 198.18.0.12 '/data/config.yaml exists already'
    finding image.other 198.18.0.12 "$LAB_IMAGE is another image there" "docker rmi $LAB_IMAGE"
    untold 'error: container.name-taken  198.18.0.13' 'error: mount.not-empty  198.18.0.13'
    refused check node
    unlisten h2
    on h2 sh -c "docker rm oms_421 && docker rmi $LAB_IMAGE && docker tag kept:1 $LAB_IMAGE && docker rmi kept:1 && rm -r /data/oms /data/config.yaml"
}

@test "hosts that cannot be used: sshd down, docker down, no docker command, unknown host key, no sudo, another key" {
    remember_digest
    "$LAB" fault h2 sshd-down
    "$LAB" fault h3 docker-down
    omsctl 4 scale-out node --yes
    finding host.unreachable 198.18.0.12 'new node: ' 'Connection refused' ' -v '
    finding docker.refused 198.18.0.13 'Cannot connect to the Docker daemon' 'ssh 198.18.0.13'
    "$LAB" heal
    nothing_changed

    docker_command h3 off
    grep -v '^h2,' "$OMSLAB_DIR/known_hosts" >"$BATS_TEST_TMPDIR/known_hosts"
    sed "s|$OMSLAB_DIR/known_hosts|$BATS_TEST_TMPDIR/known_hosts|" "$LAB_SSH_CONFIG" >"$BATS_TEST_TMPDIR/ssh_config"
    LAB_SSH_CONFIG=$BATS_TEST_TMPDIR/ssh_config omsctl 4 scale-out node --yes
    docker_command h3 on
    finding host.key-unknown 198.18.0.12 'new node: ' 'log in once with' 'ssh-keygen -lf'
    finding docker.missing 198.18.0.13 'there is no docker command' 'install Docker 1.13'
    [[ $(cat "$BATS_TEST_TMPDIR/known_hosts") == "$(grep -v '^h2,' "$OMSLAB_DIR/known_hosts")" ]]

    ssh-keygen -q -t ed25519 -N '' -f "$BATS_TEST_TMPDIR/other_key"
    printf 'Host 198.18.0.13\n IdentityFile %s\n User root\n IdentitiesOnly yes\n UserKnownHostsFile %s\n' "$BATS_TEST_TMPDIR/other_key" \
        "$OMSLAB_DIR/known_hosts" | cat - <(sed "s|^Host 198.18.0.\*|& !198.18.0.13|" "$LAB_SSH_CONFIG") >"$BATS_TEST_TMPDIR/ssh_config"
    on h2 mv /etc/sudoers /etc/sudoers.away
    LAB_SSH_CONFIG=$BATS_TEST_TMPDIR/ssh_config start scale-out node --yes --ssh-user operator
    finish
    on h2 mv /etc/sudoers.away /etc/sudoers
    exit_code_is 4
    finding host.privilege 198.18.0.12 'operator is not root' 'NOPASSWD'
    finding host.authentication 198.18.0.13 'Permission denied' 'ssh-copy-id'
    nothing_changed
    [[ ! -e $STATE ]]
}

@test "an image archive that is cut off, none at all, or another image's is told before anything changes" {
    remember_digest
    head -c 3000000 "$LAB_IMAGE_ARCHIVE" >"$BATS_TEST_TMPDIR/cut.tar"
    refused scale-out node --yes --image-archive "$BATS_TEST_TMPDIR/cut.tar"
    finding image.archive-broken "$BATS_TEST_TMPDIR/cut.tar" 'ends before its end' sha256sum
    refused check node --image-archive "$LAB_CONFIG"
    finding image.archive-broken "$LAB_CONFIG" 'it is no tar archive'
    refused check node --image-archive "$BATS_TEST_TMPDIR/nothing"
    finding image.archive-missing "$BATS_TEST_TMPDIR/nothing"
    on h1 sh -c 'echo other >/tmp/other && tar -C /tmp -c other | docker import - other:1 >&2 && docker save other:1 &&
        docker rmi other:1 >&2 && rm /tmp/other' | gzip >"$BATS_TEST_TMPDIR/other.tar.gz"
    refused scale-out node --yes --image-archive "$BATS_TEST_TMPDIR/other.tar.gz"
    finding image.archive-other "$BATS_TEST_TMPDIR/other.tar.gz" 'it holds other:1 (1 layer)' 'shared MetaDB'
    omsctl 0 check node --image-archive "$LAB_IMAGE_ARCHIVE"
}

@test "an existing node that is unreachable, stopped or without its container is a refusal" {
    sql "INSERT INTO oms_cm.host (ip, host_status, resource_group_id) VALUES ('198.18.0.12', 'OFFLINE', 1)"
    remember_digest
    "$LAB" fault h2 partition
    omsctl 4 scale-out node --yes
    finding host.unreachable 198.18.0.12 'existing node: ' 'would go on writing into the tables'
    "$LAB" heal
    refused scale-out node --yes
    finding node.container-missing 198.18.0.12 'there is no OMS container on it'
    # The row alone makes it a node of the region: a target without it would give it up.
    target h1 h3
    refused scale-out node --yes
    finding nodes.removed 198.18.0.12 'cm_nodes does not' 'scales out only'
    sql "DELETE FROM oms_cm.host WHERE ip = '198.18.0.12'"

    CONFIG=$LAB_CONFIG
    on h1 docker exec oms_421 supervisorctl stop all
    omsctl 4 scale-out node --yes
    finding node.programs-stopped 198.18.0.11 'no program in the OMS container is RUNNING' 'supervisorctl status'
    on h1 docker stop -t 5 oms_421
    omsctl 4 scale-out node --yes
    finding node.container-stopped 198.18.0.11 'is exited' 'docker start oms_421'
    "$LAB" fault h1 sshd-down
    omsctl 4 scale-out node --yes
    finding host.unreachable 198.18.0.11
    finding initial.none cm_nodes 'no OMS container was found' '--from HOST'
    [[ ! -e $STATE ]]
    "$LAB" reset
}

@test "what nobody could mend in an outage is found before: no docker_init.sh, a further mount that the new node lacks" {
    on h1 sh -c "docker exec $LAB_CONTAINER mv /root/docker_init.sh /root/kept"
    remember_digest
    omsctl 4 scale-out node --yes
    finding node.init-missing 198.18.0.11 '/root/docker_init.sh'
    nothing_changed
    on h1 sh -c "docker exec $LAB_CONTAINER mv /root/kept /root/docker_init.sh"
    on h1 docker pause "$LAB_CONTAINER"
    omsctl 4 check node
    finding node.container-stopped 198.18.0.11 'is paused' "docker unpause $LAB_CONTAINER"
    on h1 docker unpause "$LAB_CONTAINER"
    # Its CM has found its own heartbeat late, and corrects the host's status twice.
    "$LAB" reset --images initial
}

@test "a target that is not this deployment's: every difference is told at once" {
    remember_digest
    target h2 h3 -- -e 's|^cm_region: .*|cm_region: cn-other|' -e 's|^drc_cm_heartbeat_db: .*|drc_cm_heartbeat_db: oms_other_hb|' \
        -e 's|^cm_url: .*|cm_url: http://198.18.0.12:8088|'
    refused scale-out node --yes --from 198.18.0.11
    finding nodes.removed 198.18.0.11 'add it to cm_nodes'
    finding config.differs "$CONFIG" 'cm_region: cn-lab on the initial node 198.18.0.11, cn-other in the target'
    finding config.databases-differ "$CONFIG" 'oms_cm_heartbeat_1' 'oms_other_hb'
    finding metadb.database-missing MetaDB '"oms_other_hb"'
    finding vip.is-a-node "$CONFIG" '198.18.0.12' 'set cm_url to the VIP'
    finding vip.unreachable 198.18.0.12:8088
    untold 'cm_url: http'

    target h1 h2 -- -e 's|^cm_location: .*|cm_location: 7|'
    refused scale-out node --yes
    finding metadb.region-missing MetaDB 'no row with code 7' '1 (cn-lab)'
    finding config.differs "$CONFIG" 'cm_location: 1 on the initial node'

    # What an earlier, unfinished change leaves: the table says one thing, the file another.
    sql "UPDATE oms_rm.cluster_info SET cm_url = 'http://elsewhere:8088'"
    on h1 sh -c 'cp /data/config.yaml /tmp/c && mv /tmp/c /data/config.yaml && echo "# by an editor" >>/data/config.yaml'
    CONFIG=$LAB_CONFIG
    omsctl 4 scale-out node --yes
    finding deployment.cm-url-disagrees MetaDB 'cluster_info says http://elsewhere:8088' '198.18.0.11'
    finding config.stale-mount 198.18.0.11 'an editor replaced it' 'docker restart oms_421'
    [[ ! -e $STATE ]]
    "$LAB" reset
}

@test "a MetaDB that is down, refuses the user, lacks a table or a privilege, or holds what a delete must not meet" {
    remember_digest
    "$LAB" fault metadb down
    omsctl 4 scale-out node --yes
    finding metadb.unreachable 'MetaDB 198.18.0.5:3306' '198.18.0.5'
    "$LAB" heal
    target h1 h2 -- -e 's|^oms_meta_password: .*|oms_meta_password: Wrong1234|'
    refused scale-out node --yes
    finding metadb.unreachable 'MetaDB 198.18.0.5:3306' 'Access denied' 'oms_user'
    untold Wrong1234

    sql "CREATE USER reader@'%' IDENTIFIED BY 'Reader1234'; GRANT SELECT ON oms_rm.* TO reader@'%'; GRANT SELECT, DELETE ON oms_cm.* TO reader@'%';
        GRANT SELECT ON oms_cm_heartbeat_1.* TO reader@'%'"
    target h1 h2 -- -e 's|^oms_meta_user: .*|oms_meta_user: reader|' -e 's|^oms_meta_password: .*|oms_meta_password: Reader1234|'
    refused scale-out node --yes
    sql 'DROP USER reader'
    finding metadb.privilege MetaDB 'DELETE'
    told 'oms_rm.cluster_info: DELETE (' 'oms_rm.cluster_info: INSERT (' 'oms_cm.host: INSERT (' 'may not CREATE tables in oms_rm'
    untold 'oms_cm.host: DELETE (' Reader1234

    sql "RENAME TABLE oms_cm.location_cm TO oms_cm.location_away; ALTER TABLE oms_cm.resource_group ENGINE=MyISAM;
        INSERT INTO oms_cm.resource_group (name) VALUES ('archive');
        CREATE TABLE oms_cm.child (id INT PRIMARY KEY, host BIGINT, FOREIGN KEY (host) REFERENCES oms_cm.host (id)) ENGINE=InnoDB;
        INSERT INTO oms_cm.child VALUES (1, 1);
        UPDATE oms_rm.oms_normal_config SET cfg_value = REPLACE(cfg_value, '\"enable\":false', '\"enable\":true')"
    CONFIG=$LAB_CONFIG
    remember_digest
    refused scale-out node --yes
    finding metadb.table-missing MetaDB 'oms_cm.location_cm'
    finding metadb.engine MetaDB 'oms_cm.resource_group has engine MyISAM'
    finding metadb.rows-outside-region MetaDB 'resource_group id 2 name "archive"' '--outside-rows keep'
    finding metadb.foreign-key MetaDB '1 row of oms_cm.child referring to oms_cm.host'
    finding ha.enabled MetaDB 'ha.config' 'System Parameters'
    "$LAB" reset
}

@test "a VIP that answers nowhere, or not 20 times of 20" {
    remember_digest
    "$LAB" fault vip down
    omsctl 4 scale-out node --yes
    finding vip.unreachable 198.18.0.100:8088 'from 198.18.0.11' 'bind the VIP'
    finding vip.unreachable 198.18.0.100:8089
    told 'from 198.18.0.12' 'from 198.18.0.13'
    # A balancer without health checks that sends every second request to a node where nothing runs yet.
    "$LAB" vip h1 h2
    sed -e '/^    server/s/ check .*//' -e '/redispatch\|retry-on\|httpchk/d' -e 's/retries 3/retries 0/' \
        "$OMSLAB_DIR/machines/vip/haproxy.cfg" >"$BATS_TEST_TMPDIR/haproxy.cfg"
    "$LAB" fault vip down
    on vip haproxy -D -f "$BATS_TEST_TMPDIR/haproxy.cfg"
    omsctl 4 scale-out node --yes
    finding vip.unstable 198.18.0.100:8088 'of 20 requests answered' 'bind only running nodes until they have joined'
    finding vip.unstable 198.18.0.100:8089
    [[ ! -e $STATE ]]
    on vip pkill -x haproxy
    nothing_changed
    "$LAB" reset
}

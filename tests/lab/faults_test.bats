#!/usr/bin/env bats
# Faults of disks, VIP, clocks and privileges bite and heal; several existing nodes and a second region are what they claim.
# Needs root; brings up a lab of its own with five hosts.

load helpers

setup_file() { own_lab 2 --regions 2; }

# The last test leaves no lab.
teardown() { [[ ! -e $OMSLAB_DIR/complete ]] || "$LAB" heal; }

# In KiB, as the host sees it.
free_at() { on "$1" df --output=avail -k "$2" | tail -n 1 | tr -d ' '; }

as_oms_user() {
    on controller timeout 20 mariadb --no-defaults -h 198.18.0.5 -uoms_user "-p$(cat "$OMSLAB_DIR/password")" -N -B -e "$1"
}

# curl_status FROM URL: the HTTP status that FROM sees, 000 for none.
curl_status() { on "$1" curl -s -m 2 -o /dev/null -w '%{http_code}' "$2" || true; }

@test "an unknown fault or a wrong argument is refused, and nothing is recorded" {
    for words in 'h1 drops' 'metadb root-full' 'controller down' 'vip drops' 'vip drops h9' 'h1 disk-full much' 'h1 slow-start soon'; do
        # shellcheck disable=SC2086 # words
        run "$LAB" fault $words
        [[ $status -eq 1 && $output == *'lab --help'* ]]
    done
    run "$LAB" status
    [[ $output == *'controller 198.18.0.1'* && $output != *fault:* ]]
}

@test "disk-full and root-full leave what they are told, each on its own file system" {
    "$LAB" fault h2 disk-full
    "$LAB" fault h3 root-full 100
    run over_ssh h2 'echo x >/data/x'
    [[ $status -ne 0 && $output == *'No space left'* ]]
    over_ssh h2 'echo x >/tmp/x'
    [ "$(free_at h3 /root)" -eq 100 ]
    for place in /tmp /var/tmp /root /home/operator; do
        run over_ssh h3 "head -c 200K /dev/zero >$place/x; status=\$?; rm $place/x; exit \$status"
        [[ $status -ne 0 && $output == *'No space left'* ]]
    done
    over_ssh h3 'echo x >/data/x'
    "$LAB" heal
    over_ssh h2 'head -c 1M /dev/zero >/data/x && rm /data/x'
    over_ssh h3 'head -c 1M /dev/zero >/root/x && rm /root/x'
    (($(free_at h3 /root) > 50 << 20))
}

@test "a full disk of the initial node keeps its programs from writing, and heals" {
    "$LAB" fault h1 disk-full
    refute on h1 docker exec oms_421 sh -c 'head -c 8K /dev/zero >/home/admin/logs/x'
    healthy
    "$LAB" heal
    on h1 docker exec oms_421 sh -c 'echo x >/home/admin/logs/x'
}

@test "metadb disk-full: the server answers and refuses what needs room, and heals" {
    "$LAB" fault metadb disk-full
    run as_oms_user 'CREATE TABLE oms_rm.big (a INT)'
    [[ $status -eq 1 && $output == *'Errcode: 28'* ]]
    run as_oms_user "INSERT INTO oms_cm.config_job (\`key\`, value) SELECT CONCAT(a.help_topic_id, UUID()), REPEAT('x', 1000) FROM mysql.help_topic a"
    [[ $status -eq 1 && $output == *'is full'* ]]
    [ "$(as_oms_user 'SELECT COUNT(*) FROM oms_rm.cluster_info')" -eq 1 ]
    "$LAB" heal
    as_oms_user 'CREATE TABLE oms_rm.big (a INT); DROP TABLE oms_rm.big'
}

@test "controller disk-full fills the controller's directory alone" {
    "$LAB" fault controller disk-full 8
    refute head -c 20K /dev/zero >"$OMSLAB_DIR/controller/x"
    rm "$OMSLAB_DIR/controller/x"
    head -c 8K /dev/zero >"$OMSLAB_DIR/controller/x"
    echo x >"$OMSLAB_DIR/x"
    run "$LAB" status
    [[ $output == *'controller 198.18.0.1  fault:disk-full'* ]]
    "$LAB" heal
    head -c 20K /dev/zero >"$OMSLAB_DIR/controller/x"
}

@test "vip drops HOST: that host hears nothing from the VIP, the others and the balancer's own checks do" {
    "$LAB" fault vip drops h1
    "$LAB" fault vip drops h2
    for host in h1 h2; do
        run on "$host" curl -sS -m 1 http://198.18.0.100:8088/
        [[ $status -eq 28 ]]
    done
    [ "$(curl_status h3 http://198.18.0.100:8088/)" = 200 ]
    [ "$(curl_status h2 http://198.18.0.11:8088/)" = 200 ]
    "$LAB" heal
    [ "$(curl_status h1 http://198.18.0.100:8088/)" = 200 ]
    [ "$(curl_status h2 http://198.18.0.100:8089/)" = 200 ]
}

@test "vip no-health-check sends requests to hosts in turn, running or not, also after the hosts were bound anew" {
    "$LAB" fault vip no-health-check
    "$LAB" vip h1 h2
    seen=$(for _ in 1 2 3 4 5 6; do curl_status h3 http://198.18.0.100:8088/; done)
    [[ $seen == 200503200503200503 || $seen == 503200503200503200 ]]
    "$LAB" heal
    for _ in 1 2 3 4 5 6; do eventually 3 vip_says 200 8088; done
    "$LAB" vip h1 h2 h3
}

@test "slow-start: a container's supervisor answers only after that time, and the container can be stopped before" {
    "$LAB" fault h1 slow-start 3
    on h1 docker restart oms_421
    SECONDS=0
    refute on h1 docker exec oms_421 supervisorctl pid
    eventually 10 on h1 docker exec oms_421 supervisorctl pid
    ((SECONDS >= 2))
    "$LAB" fault h1 slow-start 100
    on h1 docker restart oms_421
    SECONDS=0
    on h1 docker stop -t 30 oms_421
    ((SECONDS < 20))
    "$LAB" heal
    on h1 docker start oms_421
    eventually 10 healthy
}

@test "clock-skew: programs over ssh are ahead, with sudo too; containers are not" {
    "$LAB" fault h1 clock-skew
    now=$(date +%s)
    for there in h1 operator@h1; do
        run over_ssh "$there" 'date +%s; sudo -n date +%s'
        ((lines[0] >= now + 3600 && lines[0] < now + 3660 && lines[1] >= now + 3600))
    done
    (($(on h1 docker exec oms_421 date +%s) < now + 60))
    "$LAB" fault h1 clock-skew -86400
    (($(over_ssh h1 date +%s) < now - 86000))
    "$LAB" heal
    (($(over_ssh operator@h1 sudo -n date +%s) >= now && $(over_ssh h1 date +%s) < now + 60))
    [ -z "$(on h1 ls /dev/shm)" ]
}

@test "slow-sudo takes its time, no-sudo wants a password" {
    "$LAB" fault h2 slow-sudo 2
    SECONDS=0
    [ "$(over_ssh operator@h2 sudo -n id -u)" = 0 ]
    ((SECONDS >= 2))
    "$LAB" fault h3 no-sudo
    run over_ssh operator@h3 sudo -n id -u
    [[ $status -eq 1 && $output == *'a password is required'* ]]
    "$LAB" heal
    SECONDS=0
    [ "$(over_ssh operator@h2 sudo -n id -u; over_ssh operator@h3 sudo -n id -u)" = $'0\n0' ]
    ((SECONDS < 2))
}

# bats test_tags=all
@test "reset --nodes 2: two initialised nodes with the first one's cm_url, the same after every reset" {
    "$LAB" reset --nodes 2 --images initial
    [ "$(sql 'SELECT cm_url FROM oms_rm.cluster_info')" = http://198.18.0.11:8088 ]
    [ "$(sql 'SELECT ip, host_status FROM oms_cm.host ORDER BY ip')" = $'198.18.0.11\tONLINE\n198.18.0.12\tONLINE' ]
    [ "$(on h1 sha256sum /data/config.yaml)" = "$(on h2 sha256sum /data/config.yaml)" ]
    [ "$(on h2 grep -c '^ - 198' /data/config.yaml)" -eq 2 ]
    [ "$(grep -c '^ - 198' "$OMSLAB_DIR/config.yaml")" -eq 3 ]
    for host in h1 h2; do
        on "$host" docker exec oms_421 test -s /root/init_flag.txt
        [ "$(on "$host" docker exec oms_421 supervisorctl status | grep -c RUNNING)" -eq 5 ]
    done
    [[ -n $(on h2 docker images -q) && -z $(on h3 docker images -q) ]]
    first=$("$LAB" digest)
    on h2 docker rm -f oms_421
    sql 'DELETE FROM oms_cm.host'
    "$LAB" reset --nodes 2
    diff <(echo "$first") <("$LAB" digest)
}

# bats test_tags=all
@test "reset --nodes 2 --vip: both behind the VIP; as many nodes as hosts at most" {
    "$LAB" reset --nodes 2 --vip
    [ "$(sql 'SELECT cm_url FROM oms_rm.cluster_info')" = http://198.18.0.100:8088 ]
    on h1 docker stop oms_421
    eventually 3 vip_says 200 8088
    run "$LAB" reset --nodes 4
    [[ $status -eq 1 && $output == *'no host h4'* ]]
}

@test "without --second the second region does not exist, and there is a target for it" {
    "$LAB" reset --images initial
    [ "$(sql 'SELECT code FROM oms_rm.cluster_info')" = 1 ]
    [ -z "$(sql "SHOW DATABASES LIKE 'oms_cm_heartbeat_2'")" ]
    [ -z "$(on s1 docker ps -aq; on s2 docker images -q; on s1 ls -A /data)" ]
    run grep -E '^(drc_cm_h|cm_| - )' "$OMSLAB_DIR/config.region2.yaml"
    [ "$output" = $'drc_cm_heartbeat_db: oms_cm_heartbeat_2\ncm_url: http://198.18.0.101:8088\ncm_location: 2\ncm_region: cn-lab-2\ncm_region_cn: cn-lab-2\ncm_is_default: false\ncm_nodes:\n - 198.18.0.111\n - 198.18.0.112' ]
    on s2 curl -s -m 2 -o /dev/null http://198.18.0.101:8088/
}

# bats test_tags=all
@test "reset --second --vip: a region of its own runs on s1 and writes all the time" {
    "$LAB" reset --second --vip
    [ "$(sql 'SELECT c.code, c.region, c.is_default_cm, c.cm_url, h.ip, h.host_status FROM oms_rm.cluster_info c
        JOIN oms_cm.resource_group g ON g.name = c.code JOIN oms_cm.host h ON h.resource_group_id = g.id ORDER BY 1')" = \
        $'1\tcn-lab\t1\thttp://198.18.0.100:8088\t198.18.0.11\tONLINE\n2\tcn-lab-2\t0\thttp://198.18.0.101:8088\t198.18.0.111\tONLINE' ]
    [ "$(sql 'SELECT location FROM oms_cm.location_cm ORDER BY 1')" = $'1\n2' ]
    [ "$(sql 'SELECT host_ip FROM oms_cm_heartbeat_2.heart_beat')" = 198.18.0.111 ]
    [ "$(curl_status h1 http://198.18.0.101:8089/oms/health)" = 200 ]
    before=$(sql "SELECT gmt_modified FROM oms_cm.host WHERE ip = '198.18.0.111'")
    eventually 5 rows_are 1 "SELECT COUNT(*) FROM oms_cm.host h JOIN oms_cm_heartbeat_2.heart_beat b ON b.host_ip = h.ip
        WHERE h.gmt_modified > '$before' + INTERVAL 1 SECOND AND b.gmt_modified > '$before' + INTERVAL 1 SECOND"
    first=$("$LAB" digest)
    grep -q ' metadb oms_cm_heartbeat_2.heart_beat$' <<<"$first"
    "$LAB" reset --second --vip
    diff <(echo "$first") <("$LAB" digest)
    "$LAB" vip s2
    [[ $(curl_status h1 http://198.18.0.101:8088/) == 503 && $(curl_status h1 http://198.18.0.100:8088/) == 200 ]]
}

# bats test_tags=all
@test "reset --second --nodes 2: three nodes in two regions, physical" {
    "$LAB" reset --second --nodes 2
    [ "$(sql 'SELECT code, cm_url FROM oms_rm.cluster_info ORDER BY 1')" = $'1\thttp://198.18.0.11:8088\n2\thttp://198.18.0.111:8088' ]
    [ "$(sql "SELECT COUNT(*) FROM oms_cm.host WHERE host_status = 'ONLINE'")" -eq 3 ]
}

@test "down leaves nothing, full disks or not" {
    "$LAB" fault h1 disk-full
    "$LAB" fault controller disk-full
    "$LAB" down
    nothing_left
}

#!/usr/bin/env bats
# The lab does what it says: every test looks at the real servers. Needs root; brings up a lab of its own with two hosts.

load helpers

setup_file() { own_lab 1 --hosts 2; }

@test "up says so when it is up already, and refuses another shape" {
    run "$LAB" up --hosts 2
    [[ $status -eq 0 && $output == *"up already"* ]]
    run "$LAB" up --hosts 3
    [[ $status -eq 1 && $output == *"lab down"* ]]
}

@test "status names every machine and what runs on it" {
    run "$LAB" status
    [[ $status -eq 0 && $output == *"h1 198.18.0.11  sshd up, docker up: oms_421 running"* ]]
    [[ $output == *"metadb 198.18.0.5  mariadb up"* && $output == *"vip 198.18.0.100  haproxy up"* ]]
}

@test "the lab has no way out, and nothing of it is in the machine's own network" {
    run on controller ip route
    [[ $output == "198.18.0.0/24 dev br0"* && ${#lines[@]} -eq 1 ]]
    run on h2 ip route
    [[ ${#lines[@]} -eq 1 ]]
    run ip -o addr
    [[ $output != *198.18.0.* ]]
}

@test "a host has its own name, clock zone, docker, and an ssh server that knows the lab's key alone" {
    run over_ssh h2 'hostname; date +%z; docker ps -q | wc -l; docker images -q | wc -l; ls -A /data'
    [ "$output" = $'h2\n+0800\n0\n0' ]
    run over_ssh operator@h2 sudo -n id -u
    [ "$output" = 0 ]
    run on controller ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null 198.18.0.12 true
    [ "$status" -eq 255 ]
}

@test "the MetaDB answers the user of config.yaml over the network, eight hours east of Greenwich" {
    password=$(cat "$OMSLAB_DIR/password")
    run on h2 mariadb --no-defaults -h 198.18.0.5 -uoms_user "-p$password" -N -e 'SELECT TIMEDIFF(NOW(), UTC_TIMESTAMP()), @@hostname'
    [[ $status -eq 0 && $output == 08:00:00* ]]
    run mariadb --no-defaults -h 198.18.0.5 -uoms_user "-p$password" --connect-timeout=1 -e 'SELECT 1'
    [ "$status" -ne 0 ]
    run stat -c %a "$OMSLAB_DIR/config.yaml" "$OMSLAB_DIR/id_ed25519" "$OMSLAB_DIR/password"
    [ "$output" = $'600\n600\n600' ]
}

@test "h1 runs the container with the guide's flags, and its programs run" {
    run on h1 docker inspect --format '{{.HostConfig.NetworkMode}} {{.HostConfig.Privileged}} {{.HostConfig.PidsLimit}} {{json .HostConfig.Ulimits}} {{.HostConfig.Runtime}} {{len .Mounts}}' oms_421
    [ "$output" = 'host true <nil> [{"Name":"nproc","Hard":65535,"Soft":65535}] runc 4' ]
    run on h1 docker exec oms_421 supervisorctl status
    [ "$(grep -c RUNNING <<<"$output")" -eq 5 ]
    for port in 8084 8088 8089 8090 9000 2023; do
        on h2 timeout 2 bash -c "exec 3<>/dev/tcp/198.18.0.11/$port"
    done
}

@test "heartbeats advance, and the host is ONLINE" {
    before=$(sql 'SELECT UNIX_TIMESTAMP(gmt_modified) FROM oms_cm_heartbeat_1.heart_beat')
    eventually 5 later_than "$before"
    [ "$(sql 'SELECT ip, host_status FROM oms_cm.host')" = $'198.18.0.11\tONLINE' ]
}

@test "init prints five steps and the end line, leaves its log and its marker" {
    run init_h1
    [ "$status" -eq 0 ]
    [ "$(grep -c '^# 【步骤.】' <<<"$output")" -eq 5 ]
    [[ $output == *'# 【结束】全部初始化步骤执行成功'* ]]
    on h1 docker exec oms_421 test -s /root/init_flag.txt
    [ "$(on h1 sh -c 'ls /data/oms/oms_logs/docker_init.log.*' | wc -l)" -eq 2 ]
}

@test "init keeps a cluster_info row that exists, and adds one where it was deleted" {
    sql "UPDATE oms_rm.cluster_info SET cm_url = 'http://old:1'"
    init_h1
    [ "$(sql 'SELECT cm_url FROM oms_rm.cluster_info')" = http://old:1 ]
    sql 'DELETE FROM oms_rm.cluster_info; DELETE FROM oms_cm.host; DELETE FROM oms_cm.resource_group; DELETE FROM oms_cm.location_cm'
    init_h1
    [ "$(sql 'SELECT cm_url, code FROM oms_rm.cluster_info')" = $'http://198.18.0.11:8088\t1' ]
    [ "$(sql 'SELECT COUNT(*) FROM oms_cm.host h JOIN oms_cm.resource_group g ON g.id = h.resource_group_id WHERE g.name = 1')" -eq 1 ]
    [ "$(sql 'SELECT location FROM oms_cm.location_cm')" -eq 1 ]
}

@test "a stopped program stays stopped, a docker restart brings all back" {
    on h1 docker exec oms_421 supervisorctl stop all
    run on h1 docker exec oms_421 supervisorctl status
    [ "$(grep -c STOPPED <<<"$output")" -eq 5 ]
    run on controller curl -s -m 2 "$HEALTH"
    [ "$status" -ne 0 ]
    eventually 3 vip_says 503 8088
    eventually 3 vip_says 503 8089
    on h1 docker restart oms_421
    eventually 10 healthy
}

@test "a container that was never initialised runs no program" {
    on h1 docker stop oms_421
    on h1 docker run -d --net host --privileged -v /data/config.yaml:/home/admin/conf/config.yaml -e OMS_HOST_IP=198.18.0.11 --name fresh oms-lab/oms:feature_4.2.1-ce
    eventually 10 on h1 docker exec fresh supervisorctl pid
    run on h1 docker exec fresh supervisorctl status
    [ "$(grep -c STOPPED <<<"$output")" -eq 5 ]
    on h1 docker rm -f fresh
}

@test "reset brings back the same digest, whatever happened in between" {
    "$LAB" reset
    first=$("$LAB" digest)
    sql 'CREATE TABLE oms_rm.omsctl_lease (id INT); CREATE DATABASE scratch; DELETE FROM oms_rm.cluster_info; DROP TABLE oms_cm.host'
    over_ssh h1 'echo "#" >>/data/config.yaml; touch /root/x /etc/x /var/lib/x /data/oms/oms_logs/omsctl; mkdir /opt/y'
    over_ssh h2 'mkdir -p /data/oms/oms_logs; cp /etc/passwd /data/config.yaml; touch /tmp/x; sleep 300 >/dev/null 2>&1 &'
    changed=$("$LAB" digest)
    [ "$first" != "$changed" ]
    "$LAB" reset
    diff <(echo "$first") <("$LAB" digest)
    run on h1 ls /etc/x /var/lib/x /opt/y /tmp/x
    [[ $status -ne 0 && $output != /* ]]
}

@test "reset --vip puts h1 behind the VIP, which answers 20 of 20" {
    "$LAB" reset --vip
    [ "$(sql 'SELECT cm_url FROM oms_rm.cluster_info')" = http://198.18.0.100:8088 ]
    on h1 grep -q '^cm_url: http://198.18.0.100:8088' /data/config.yaml
    for _ in $(seq 20); do
        vip_says 200 8088
        vip_says 200 8089
    done
    "$LAB" reset
    [ "$(sql 'SELECT cm_url FROM oms_rm.cluster_info')" = http://198.18.0.11:8088 ]
}

@test "sshd-down ends live sessions, and heals" {
    over_ssh h1 'sleep 100' &
    session=$!
    eventually 5 on h1 pgrep -f 'sleep 100'
    "$LAB" fault h1 sshd-down
    refute wait "$session"
    run over_ssh h1 true
    [ "$status" -eq 255 ]
    on h1 docker exec oms_421 supervisorctl status sshd
    "$LAB" heal
    over_ssh h1 true
}

@test "docker-down stops dockerd, the container survives, and heals" {
    "$LAB" fault h1 docker-down
    run on h1 docker ps
    [ "$status" -ne 0 ]
    refute on h1 pgrep -x dockerd
    refute on h1 pgrep -x containerd
    healthy
    "$LAB" heal
    on h1 docker exec oms_421 true
}

@test "a partition cuts a host off, and heals" {
    "$LAB" fault h1 partition
    refute on controller timeout 1 bash -c 'exec 3<>/dev/tcp/198.18.0.11/22'
    eventually 5 vip_says 503 8088
    run "$LAB" status
    [[ $output == *"h1 "*"sshd unreachable"*"fault:partition"* ]]
    "$LAB" heal
    over_ssh h1 true
    eventually 5 vip_says 200 8088
}

@test "metadb down and vip down bite and heal" {
    "$LAB" fault metadb down
    eventually 3 on controller sh -c "curl -s -m 3 $HEALTH | grep -q '\"healthy\":false'"
    "$LAB" fault vip down
    run vip_says 200 8088
    [ "$status" -ne 0 ]
    "$LAB" heal
    eventually 10 healthy
    eventually 5 vip_says 200 8089
}

@test "init-fails-at, init-lies, init-no-end-line and init-wrong-cm-url do what they are named for" {
    on h1 docker exec oms_421 rm /root/init_flag.txt
    "$LAB" fault h1 init-fails-at 3
    run init_h1
    [[ $status -eq 1 && $output == *步骤三* && $output != *步骤四* && $output == *Traceback* ]]
    "$LAB" heal
    "$LAB" fault h1 init-lies
    run init_h1
    [[ $status -eq 0 && $output != *结束* ]]
    refute on h1 docker exec oms_421 test -e /root/init_flag.txt
    "$LAB" heal
    sql 'DELETE FROM oms_rm.cluster_info'
    "$LAB" fault h1 init-no-end-line
    "$LAB" fault h1 init-wrong-cm-url
    run init_h1
    [[ $status -eq 0 && $output == *步骤五* && $output != *结束* ]]
    [ "$(sql 'SELECT cm_url FROM oms_rm.cluster_info')" = http://127.0.0.1:8088 ]
    on h1 docker exec oms_421 test -s /root/init_flag.txt
}

@test "init-hangs until healed, init-slow takes its time" {
    "$LAB" fault h1 init-hangs 1
    init_h1 >"$BATS_TEST_TMPDIR/out" &
    job=$!
    eventually 5 grep -q 步骤一 "$BATS_TEST_TMPDIR/out"
    run timeout 2 tail --pid="$job" -f /dev/null
    [ "$status" -eq 124 ]
    "$LAB" heal
    wait "$job"
    "$LAB" fault h1 init-slow 1
    SECONDS=0
    init_h1
    ((SECONDS >= 5))
    "$LAB" heal
}

@test "a new host takes the image by docker save and load, and joins" {
    give_image h2
    [ "$(on h1 docker images -q --no-trunc)" = "$(on h2 docker images -q --no-trunc)" ]
    "$LAB" reset --vip
    [ -n "$(on h2 docker images -q)" ]
    give_config h2
    start_oms h2
    on h2 docker exec oms_421 bash /root/docker_init.sh
    eventually 10 rows_are $'198.18.0.11\tONLINE\n198.18.0.12\tONLINE' 'SELECT ip, host_status FROM oms_cm.host ORDER BY ip'
    for _ in $(seq 20); do vip_says 200 8088; done
}

@test "the guide's way from a physical cm_url to a VIP works by hand" {
    "$LAB" reset
    "$LAB" vip h1
    on h1 docker exec oms_421 supervisorctl stop all
    sql 'DELETE FROM oms_rm.cluster_info; DELETE FROM oms_cm.host; DELETE FROM oms_cm.resource_group; DELETE FROM oms_cm.location_cm'
    give_config h1
    init_h1
    [ "$(sql 'SELECT cm_url FROM oms_rm.cluster_info')" = http://198.18.0.100:8088 ]
    eventually 10 healthy
    "$LAB" vip h1 h2
    give_config h2
    start_oms h2
    on h2 docker exec oms_421 bash /root/docker_init.sh
    eventually 10 rows_are $'198.18.0.11\tONLINE\n198.18.0.12\tONLINE' 'SELECT ip, host_status FROM oms_cm.host ORDER BY ip'
}

@test "mounted certificates make nginx speak https, through the VIP too" {
    "$LAB" reset --images initial
    [ -z "$(on h2 docker images -q)" ]
    [ -n "$(on h1 docker images -q)" ]
    on h1 docker rm -f oms_421
    on h1 openssl req -x509 -newkey rsa:2048 -nodes -keyout /data/oms/https_key -out /data/oms/https_crt -subj /CN=oms -days 30
    start_oms h1 -v /data/oms/https_crt:/etc/pki/nginx/oms_server.crt -v /data/oms/https_key:/etc/pki/nginx/oms_server.key
    init_h1
    eventually 5 on controller curl -fsk -m 2 -o /dev/null "${HEALTH/http:/https:}"
    eventually 5 on controller curl -fsk -m 2 -o /dev/null https://198.18.0.100:8089/oms/health
    "$LAB" reset
}

@test "up killed at any moment leaves nothing after down, and another lab beside it stays" {
    use_lab_named kill
    for moment in 0.15 0.4 0.8 1.5 6; do
        "$LAB" up --hosts 2 >/dev/null 2>&1 3>&- &
        victim=$!
        timeout "$moment" tail --pid="$victim" -f /dev/null || true
        kill -KILL "$victim"
        wait "$victim" || true
        "$LAB" down
        nothing_left
    done
    use_lab_named 1
    healthy
}

@test "down leaves nothing" {
    "$LAB" down
    nothing_left
    run "$LAB" status
    [[ $status -eq 1 && $output == *"lab up"* ]]
}

#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031 # text for other shells; each test has a CONFIG of its own
# What "scale-out region" refuses: every finding at once, with evidence from the MetaDB and a fix, exit code 4, nothing changed.

setup_file() {
    load helpers
    load region
    use_region_lab A
    "$LAB" reset --images initial
}

setup() {
    load helpers
    load rows
    load region
    use_region_lab A
    remember_digest
}

teardown() {
    keep_what_failed
    [[ -n ${BATS_TEST_COMPLETED:-} ]] || "$LAB" reset
}

# warned ID [TEXT...]: this warning was told.
warned() {
    local text
    for text in "warning: $1" "${@:2}"; do told "$text"; done
}

# with SQL...: the MetaDB as somebody left it; the test resets it at its end.
with() {
    sql "$1"
    remember_digest
}

@test "a file that would ruin the region that runs: default, location, name, cm_url and heartbeat database, told at once" {
    target s1 s2 -- -e 's|^cm_is_default: .*|cm_is_default: true|' -e 's|^cm_location: .*|cm_location: 1|' -e 's|^cm_region: .*|cm_region: CN-Lab|' \
        -e '/^cm_region_cn: /d' -e 's|^cm_url: .*|cm_url: http://198.18.0.11:8088|' -e 's|^drc_cm_heartbeat_db: .*|drc_cm_heartbeat_db: oms_cm_heartbeat_1|'
    row='cluster_info: code "1", region "cn-lab", cm_url http://198.18.0.11:8088, default'
    refused scale-out region --yes
    finding region.second-default "$CONFIG" 'cm_is_default is true' "$row" 'write "cm_is_default: false"' "guide's own example"
    finding region.location-taken "$CONFIG" 'cm_location 1 is another region' "$row" '0 to 127'
    finding region.name-taken "$CONFIG" '"CN-Lab"' 'but for case or blanks' "$row"
    finding region.cm-url-taken "$CONFIG" "$row"
    finding region.cm-url-foreign "$CONFIG" '198.18.0.11, a node of region 1 (cn-lab)'
    finding region.heartbeat-taken "$CONFIG" 'oms_cm_heartbeat_1 is that of region 1 (cn-lab)' 198.18.0.11
    warned region.name-cn-missing
    refused check region
    finding region.second-default "$CONFIG"
}

@test "names that differ by case, blanks or a zero alone, an absent default, rows that were left, told at once" {
    with "INSERT INTO oms_rm.cluster_info (region, region_cn, cm_url, code, is_default_cm) VALUES ('CN-lab -2 ', 'x', 'HTTP://198.18.0.101:8088/', ' 02', 0);
        INSERT INTO oms_cm.host (ip, host_status, resource_group_id) VALUES ('198.18.0.112', 'OFFLINE', 99);
        CREATE DATABASE OMS_CM_Heartbeat_2"
    target s1 s2 -- -e '/^cm_is_default: /d'
    refused scale-out region --yes
    row='cluster_info: code " 02", region "CN-lab -2 "'
    finding region.second-default "$CONFIG" 'cm_is_default is absent, which means true' 'code "1"' 'write "cm_is_default: false"'
    finding region.location-taken "$CONFIG" 'but for blanks or zeros' "$row"
    finding region.name-taken "$CONFIG" '"cn-lab-2"' 'but for case or blanks' "$row"
    finding region.cm-url-taken "$CONFIG" http://198.18.0.101:8088 "$row"
    finding region.rows-left MetaDB 'host for 198.18.0.112 (resource_group_id 99)'
    finding region.heartbeat-similar "$CONFIG" OMS_CM_Heartbeat_2
    "$LAB" reset
}

# bats test_tags=all
@test "a heartbeat database with tables, a group that was left, a node of another region, a foreign cm_url" {
    with "CREATE DATABASE oms_cm_heartbeat_2; CREATE TABLE oms_cm_heartbeat_2.heart_beat LIKE oms_cm_heartbeat_1.heart_beat;
        INSERT INTO oms_cm_heartbeat_2.heart_beat SELECT * FROM oms_cm_heartbeat_1.heart_beat;
        INSERT INTO oms_cm.resource_group (name) VALUES ('2')"
    target s1 s2 -- -e 's|^cm_url: .*|cm_url: http://198.18.0.11:18088|'
    refused scale-out region --yes
    finding region.heartbeat-not-empty "$CONFIG" '1 table: heart_beat' 'heartbeats of 198.18.0.11 of region 1 (cn-lab)'
    finding region.rows-left MetaDB 'resource_group named "2"'
    finding region.cm-url-foreign "$CONFIG" '198.18.0.11, a node of region 1 (cn-lab)'
    untold 'error: region.cm-url-taken'

    target s1 s2 -- -e 's|^ - 198.18.0.112|&\n - 198.18.0.11|'
    refused scale-out region --yes
    finding region.node-taken 198.18.0.11 'a node of region 1 (cn-lab)' 'run no OMS yet'
    finding node.runs-oms 198.18.0.11 'OMS container "oms_421" runs there'
    "$LAB" reset
}

# metadb_through_a_proxy: a second address that leads to the same server.
metadb_through_a_proxy() {
    on metadb ip address replace 198.18.0.6/24 dev eth0
    printf '%s\n' 'defaults' '    mode tcp' '    timeout connect 5s' '    timeout client 60s' '    timeout server 60s' \
        'listen metadb' '    bind 198.18.0.6:3306' "    server one $LAB_METADB:3306" >"$BATS_TEST_TMPDIR/haproxy.cfg"
    on metadb haproxy -D -f "$BATS_TEST_TMPDIR/haproxy.cfg"
}

# bats test_tags=all
@test "other databases than the deployment's, another way to the MetaDB, a user who may not create the heartbeat database" {
    target s1 s2 -- -e 's|^drc_rm_db: .*|drc_rm_db: oms_other_rm|' -e 's|^drc_cm_db: .*|drc_cm_db: oms_other_cm|'
    refused scale-out region --yes --from 198.18.0.11
    finding config.databases-differ "$CONFIG" 'drc_rm_db: oms_rm on the initial node 198.18.0.11, oms_other_rm in the target'
    told 'drc_cm_db: oms_cm on the initial node 198.18.0.11, oms_other_cm in the target'
    finding metadb.database-missing MetaDB oms_other_rm

    metadb_through_a_proxy
    target s1 s2 -- -e 's|^oms_meta_host: .*|oms_meta_host: 198.18.0.6|'
    refused scale-out region --yes
    finding region.metadb-differs "$CONFIG" 'oms_meta_host: 198.18.0.5 on the initial node' --skip-check
    omsctl 0 check region --skip-check region.metadb-differs
    on metadb pkill -x haproxy
    on metadb ip address delete 198.18.0.6/24 dev eth0

    with "CREATE USER narrow@'%' IDENTIFIED BY 'Narrow1234'; GRANT ALL ON oms_rm.* TO narrow@'%'; GRANT ALL ON oms_cm.* TO narrow@'%'"
    target s1 s2 -- -e 's|^oms_meta_user: .*|oms_meta_user: narrow|' -e 's|^oms_meta_password: .*|oms_meta_password: Narrow1234|'
    refused scale-out region --yes
    finding region.heartbeat-create "$CONFIG" 'no database oms_cm_heartbeat_2' GRANT
    untold Narrow1234
    "$LAB" reset
}

# single SED OPTION...: the target of one node, edited.
single() {
    CONFIG=$BATS_TEST_TMPDIR/config.yaml
    (umask 077 && sed "$@" "$LAB_SECOND_SINGLE_CONFIG" >"$CONFIG")
}

# bats test_tags=all
@test "a region that is there: nothing to do with its own file, refused with another, more nodes or another place" {
    "$LAB" reset --second
    remember_digest
    CONFIG=$LAB_SECOND_SINGLE_CONFIG
    omsctl 0 scale-out region --yes
    told 'nothing to do'
    nothing_changed
    single -e 's|^cm_region_cn: .*|cm_region_cn: elsewhere|'
    refused scale-out region --yes
    finding region.exists 198.18.0.111 "this node's config.yaml differs"
    single -e 's|^ - 198.18.0.111|&\n - 198.18.0.112|'
    refused scale-out region --yes
    finding region.exists MetaDB 'its nodes: 198.18.0.111; not among them: 198.18.0.112' 'omsctl scale-out node'
    CONFIG=$LAB_SECOND_CONFIG
    refused scale-out region --yes
    finding region.location-taken "$CONFIG" 'code "2", region "cn-lab-2", cm_url http://198.18.0.111:8088'
    finding region.node-taken 198.18.0.111 'a node of region 2 (cn-lab-2)'
    finding region.heartbeat-not-empty "$CONFIG" 'heartbeats of 198.18.0.111 of region 2'
    "$LAB" reset
}

# bats test_tags=all
@test "no region at all, and regions without a default" {
    with 'DELETE FROM oms_rm.cluster_info'
    refused scale-out region --yes
    finding region.no-deployment MetaDB 'cluster_info in oms_rm has no region' "vendor's guide"
    "$LAB" reset
    with 'UPDATE oms_rm.cluster_info SET is_default_cm = 0'
    omsctl 0 check region
    warned region.no-default
    nothing_changed
    "$LAB" reset
}

# bats test_tags=all
@test "no node of another region can be asked: why is told, and nothing is guessed" {
    "$LAB" fault h1 sshd-down
    omsctl 4 scale-out region --yes
    finding initial.none MetaDB 'no node of another region can be asked: 198.18.0.11: ' 'Connection refused' --from
    omsctl 4 scale-out region --yes --from 198.18.0.11
    finding host.unreachable 198.18.0.11 'initial node: '
    "$LAB" heal
    on h1 docker stop -t 5 oms_421
    omsctl 4 scale-out region --yes
    finding initial.none MetaDB '198.18.0.11: its OMS container is exited'
    on h1 docker start oms_421
    [[ ! -e $STATE ]]
    "$LAB" reset
}

# on_h1 SED OPTION...: its config.yaml edited in place, as the container sees it.
on_h1() { on h1 sh -c 'new=$(sed "$@" /data/config.yaml) && printf "%s\n" "$new" >/data/config.yaml' sh "$@" && remember_digest; }

# bats test_tags=all
@test "the other region's config.yaml names a node that has no row, cannot be read" {
    on_h1 -e 's/^ - 198.18.0.11$/&\n - 198.18.0.112/'
    refused scale-out region --yes
    finding region.node-taken 198.18.0.112 'one of cm_nodes in config.yaml on 198.18.0.11'
    untold 'error: region.node-taken  198.18.0.111'
    on_h1 -e 's/^cm_nodes:/cm_nodes: [/'
    refused scale-out region --yes
    finding config.deployed-unreadable 198.18.0.11 YAML
    "$LAB" reset
}

# bats test_tags=all
@test "image archives that are cut off, no image, or an older version" {
    refused scale-out region --yes --image-archive "$("$LAB" archive truncated)"
    finding image.archive-broken "$("$LAB" archive truncated)" 'ends before its end'
    refused scale-out region --yes --image-archive "$("$LAB" archive text)"
    finding image.archive-broken "$("$LAB" archive text)" 'no tar archive'
    refused scale-out region --yes --image-archive "$("$LAB" archive tar)"
    finding image.archive-broken "$("$LAB" archive tar)" manifest.json
    refused scale-out region --yes --image-archive "$("$LAB" archive other)"
    finding image.archive-other "$("$LAB" archive other)" oms-lab/oms:feature_4.1.0-ce 'shared MetaDB'
    # The older version under the name of the one that runs.
    on s1 docker load -q <"$("$LAB" archive other)"
    on s1 sh -c "docker tag oms-lab/oms:feature_4.1.0-ce $LAB_IMAGE"
    refused scale-out region --yes
    finding image.other 198.18.0.111 "$LAB_IMAGE is another image there"
    "$LAB" reset --images initial
}

# bats test_tags=all
@test "a time-series database that does not answer, or is none; a disk that is full" {
    with_tsdb
    "$LAB" fault tsdb down
    refused scale-out region --yes
    for node in 198.18.0.111 198.18.0.112; do
        finding tsdb.unreachable "$node" "INFLUXDB at $LAB_TSDB_URL does not answer /ping from there" 'supervisor for ever'
    done
    "$LAB" heal
    omsctl 0 check region
    with_tsdb -e 's/INFLUXDB/MYSQL/'
    omsctl 3 scale-out region --yes
    told "$CONFIG:" 'tsdb_service must be INFLUXDB or CERESDB'
    with_tsdb -e '/^tsdb_password/d' -e '/^tsdb_url/d'
    omsctl 3 scale-out region --yes
    told 'tsdb_password is needed since tsdb_enabled is true' 'tsdb_url is needed since tsdb_enabled is true'

    CONFIG=$LAB_SECOND_CONFIG
    "$LAB" fault s1 disk-full
    omsctl 4 scale-out region --yes
    finding disk.full 198.18.0.111
    untold 'error: disk.full  198.18.0.112'
    "$LAB" heal
    "$LAB" fault metadb down
    omsctl 4 scale-out region --yes
    finding metadb.unreachable 'MetaDB 198.18.0.5:3306'
    "$LAB" heal
    [[ ! -e $STATE ]]
    nothing_changed
}

# bats test_tags=all
@test "a certificate, the region's own or the initial node's, that has expired, belongs to another key, comes without its key, is open to others" {
    certificate expired '@2020-01-01 00:00:00'
    own_certificate s1
    on s1 chmod 644 /data/tls/region.key
    remember_digest
    own=(--https-crt /data/tls/region.crt --https-key /data/tls/region.key)
    refused scale-out region --yes "${own[@]}"
    finding certificate.key-mode 198.18.0.111 '/data/tls/region.key: mode 644' 'chmod 600'
    finding certificate.absent 198.18.0.112 'there is no file /data/tls/region.crt, no file /data/tls/region.key' "a copy of the initial node's"
    untold 'error: certificate.absent  198.18.0.111'
    own_certificate s1 expired
    own_certificate s2
    on s2 sh -c 'cat >/data/tls/region.key' <"$BATS_TEST_TMPDIR/expired.key"
    remember_digest
    refused check region "${own[@]}"
    finding certificate.expired 198.18.0.111 '/data/tls/region.crt' 'put a valid one there'
    finding certificate.mismatch 198.18.0.112 '/data/tls/region.key'
    untold 'error: certificate.absent' 'PRIVATE KEY'
    "$LAB" reset --https
    use_region_lab A
    on h1 sh -c 'cat >"$1"' sh "$LAB_HTTPS_CRT" <"$BATS_TEST_TMPDIR/expired.crt"
    remember_digest
    refused scale-out region --yes
    finding certificate.mismatch 198.18.0.11 "$LAB_HTTPS_CRT"
    on h1 sh -c 'cat >"$1"' sh "$LAB_HTTPS_KEY" <"$BATS_TEST_TMPDIR/expired.key"
    remember_digest
    refused scale-out region --yes
    finding certificate.expired 198.18.0.11 'expired' renew
    untold 'error: certificate.mismatch'
    omsctl 2 scale-out region --yes --https-crt /data/s.crt
    told --https-key
    omsctl 2 check region --https-key /data/s.key
    told --https-crt
    [[ ! -e $STATE ]]
    nothing_changed
    "$LAB" reset
}

# bats test_tags=all
@test "what the file or the command line alone shows to be wrong" {
    omsctl 2 scale-out region --yes --init-new-nodes never
    told 'docker_init.sh on its nodes is what makes a region'
    omsctl 2 check region --init-new-nodes never
    target s1 s2 -- -e 's|^cm_location: .*|cm_location: 128|'
    omsctl 3 scale-out region --yes
    told "$CONFIG:" cm_location 127
    target s1 s2 -- -e 's|^cm_url: .*|cm_url: http://127.0.0.1:8088|'
    omsctl 3 scale-out region --yes
    told "$CONFIG:" cm_url
    target s1 s2 -- -e 's|^cm_url: .*|cm_url: http://198.18.0.112:8088|'
    refused scale-out region --yes
    finding vip.is-a-node "$CONFIG" 198.18.0.112
    target s1 s2 -- -e 's|^cm_url: http:|cm_url: https:|'
    refused scale-out region --yes
    finding region.cm-url-scheme "$CONFIG" 'that of the initial node 198.18.0.11 with http://'
    single -e 's|^cm_url: .*|cm_url: http://198.18.0.111:8089|'
    refused scale-out region --yes
    finding region.cm-url-port "$CONFIG" '198.18.0.111 at port 8089, but its CM will listen on 8088'
    target s1 s2 -- -e '/^cm_region: /d'
    refused scale-out region --yes
    finding region.name-missing "$CONFIG" 'cm_region is missing'
}

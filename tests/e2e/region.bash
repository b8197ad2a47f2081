# shellcheck shell=bash
# What the tests of a further region say in one word. Its hosts s1 and s2 are in labs of their own, one a layout.

# name_region_lab LAYOUT: its name and directory, beside those of the suite's own lab.
name_region_lab() {
    export SUITE_NAME=${SUITE_NAME:-$OMSLAB_NAME} SUITE_DIR=${SUITE_DIR:-$OMSLAB_DIR}
    export OMSLAB_NAME=${SUITE_NAME}r${1,} OMSLAB_DIR=$SUITE_DIR-r${1,}
}

# use_region_lab LAYOUT: that layout's lab with hosts for a second region, started when it is first asked for.
use_region_lab() {
    local options=(--hosts 1 --regions 2 --layout "$1")
    [[ $1 != A ]] || options+=(--tsdb)
    use_lab
    name_region_lab "$1"
    [[ -e $OMSLAB_DIR/complete ]] || "$LAB" up "${options[@]}" 7>&-
    use_lab
    use_place
    # shellcheck disable=SC2034 # read by rows.bash
    CONFIG=$LAB_SECOND_CONFIG SCENARIO=region
}

# region_labs_down LAYOUT...
region_labs_down() {
    local layout
    for layout in "$@"; do
        (name_region_lab "$layout" && "$LAB" down 7>&-)
    done
}

# one_region [RESET OPTION...]: the lab as new; what a further region must leave alone is written down.
one_region() {
    "$LAB" reset "$@"
    use_lab
    first_region >"$BATS_TEST_TMPDIR/first.before"
}

# first_region: all that is not the new region's, exactly: rows, triggers, and the files, container and programs of h1.
first_region() {
    others
    exact "$LAB_HB_DB" heart_beat 1
    "$LAB" digest | grep -e ' h1 ' -e 'triggers and events'
    on h1 docker inspect "$LAB_CONTAINER" | jq -S '.[0] | {Id, RestartCount, State}'
    on h1 docker exec "$LAB_CONTAINER" supervisorctl pid all
}

first_region_as_before() { diff "$BATS_TEST_TMPDIR/first.before" <(first_region); }

# first_region_serves: its programs run, and its CM goes on: heartbeats advance, and it corrects a status.
first_region_serves() {
    all_running h1
    hearts_beat 1
    sql "UPDATE $LAB_CM_DB.host SET host_status = 'OFFLINE' WHERE ip = '198.18.0.11'"
    eventually 10 status_of_h1_is ONLINE
}

status_of_h1_is() { [[ $(sql "SELECT host_status FROM $LAB_CM_DB.host WHERE ip = '198.18.0.11'") == "$1" ]]; }

# value KEY: of the target config.yaml.
value() { sed -n "s/^$1: *//p" "$CONFIG"; }

# The new region's rows and tables, by the columns that every layout has.
second_region_rows() {
    local code="'$LAB_SECOND_LOCATION'"
    sql "SELECT 'cluster_info', region, region_cn, cm_url, code, is_default_cm FROM $LAB_RM_DB.cluster_info WHERE $(belongs cluster_info);
        SELECT 'resource_group', name FROM $LAB_CM_DB.resource_group WHERE $(belongs resource_group);
        SELECT 'host', h.ip, h.host_status, g.name FROM $LAB_CM_DB.host h JOIN $LAB_CM_DB.resource_group g ON g.id = h.resource_group_id
            WHERE BINARY CAST(g.name AS CHAR) = $code ORDER BY h.ip;
        SELECT DISTINCT 'location_cm', location, cm_url FROM $LAB_CM_DB.location_cm WHERE $(belongs location_cm);
        SELECT 'table', table_name FROM information_schema.tables WHERE table_schema = '$LAB_SECOND_HB_DB' ORDER BY 2;
        SELECT 'heart_beat', host_ip, task_name, task_type FROM $LAB_SECOND_HB_DB.heart_beat ORDER BY host_ip;
        SELECT 'database', schema_name FROM information_schema.schemata WHERE schema_name LIKE 'oms%' ORDER BY 2"
}

# expected_second_region HOST...
expected_second_region() {
    local host url region_cn
    url=$(value cm_url) region_cn=$(value cm_region_cn)
    printf 'cluster_info\t%s\t%s\t%s\t%s\t0\n' "$LAB_SECOND_REGION" "$region_cn" "$url" "$LAB_SECOND_LOCATION"
    printf 'resource_group\t%s\n' "$LAB_SECOND_LOCATION"
    for host in "$@"; do printf 'host\t%s\tONLINE\t%s\n' "$(address "$host")" "$LAB_SECOND_LOCATION"; done
    printf 'location_cm\t%s\t%s\n' "$LAB_SECOND_LOCATION" "$url"
    printf 'table\t%s\n' heart_beat heatbeat_sequence
    for host in "$@"; do printf 'heart_beat\t%s\tsupervisor\tsupervisor\n' "$(address "$host")"; done
    printf 'database\t%s\n' oms_cm "$LAB_HB_DB" "$LAB_SECOND_HB_DB" oms_rm
}

# nodes_of_the_region HOST...: each is what h1 is: container, files, programs; and it has the target's config.yaml.
nodes_of_the_region() {
    local host
    for host in "$@"; do
        diff <(container h1) <(container "$host")
        [[ $(host_ip_of "$host") == "OMS_HOST_IP=$(address "$host")" ]]
        all_running "$host"
        [[ $(cm_of "$host") == "$(value cm_url) $(address "$@" | xargs)" ]]
        # A layout whose container rewrites its file has the same values in another form.
        [[ $(layout_says REWRITE_CONFIG) == yes ]] || diff "$CONFIG" <(on "$host" cat "$LAB_CONFIG_PATH")
        [[ $(init_runs "$host") -eq 1 ]]
        diff <(files_like_h1 "$host") <(files "$host")
    done
}

# files_like_h1 HOST: what h1 has, less the run's second copy, and the job of docker_init.sh; all of omsctl's for root alone.
files_like_h1() {
    {
        files h1 | grep -v ' /var/lib/omsctl'
        # An image that initialises itself is not initialised once more.
        [[ $(layout_says SELF_INIT) == yes ]] || job_files | sed "s| /data/oms/oms_logs/| $LAB_LOGS_DIR/|"
    } | sed "s|^-rw-r--r-- \(.*/https_crt\)$|-rw------- \1|" | LC_ALL=C sort -k3
}

# region_ended_well HOST...: the whole end state.
region_ended_well() {
    local host count=$#
    told "Done: $count node$( ((count == 1)) || echo s) proven behind $(value cm_url)"
    first_region_as_before
    # The only thing on h1: the second copy of the run.
    diff <(copies_on_initial run.tar) <(files h1 | grep ' /var/lib/omsctl')
    diff <(expected_second_region "$@") <(second_region_rows)
    nodes_of_the_region "$@"
    for host in h1 "$@"; do LAB_VIP=$(value cm_url | sed 's|http://||; s|:.*||') vip_answers "$host"; done
    LAB_HB_DB=$LAB_SECOND_HB_DB hearts_beat "$count"
    first_region_serves
    run_directory_is_private
    no_lease
    no_ssh_left
    on controller sh -c '! test -e /tmp/canary'
}

# nothing_to_do OPTION...: the same command right after says so, and changes nothing.
nothing_to_do() {
    local runs
    runs=$(all_runs)
    remember_digest
    omsctl 0 scale-out region "$@"
    told 'nothing to do'
    nothing_changed
    [[ $(all_runs) == "$runs" ]]
}

# with_tsdb [SED OPTION...]: the target, with the lab's time-series database, those lines edited.
with_tsdb() {
    target s1 s2
    {
        printf '%s\n' 'tsdb_enabled: true' "tsdb_service: 'INFLUXDB'" "tsdb_url: '$LAB_TSDB_URL'" "tsdb_username: $LAB_TSDB_USER"
        sed 's/^/tsdb_password: /' "$LAB_TSDB_PASSWORD_FILE"
    } | sed "$@" -e '' >>"$CONFIG"
}

# certificate NAME [FAKETIME]: $BATS_TEST_TMPDIR/NAME.crt and .key, made at that time, valid for 30 days.
certificate() {
    local library
    library=$(find /usr/lib -path '*/faketime/libfaketime.so.1' -print -quit)
    LD_PRELOAD=${2:+$library} FAKETIME=${2:-} openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=oms \
        -keyout "$BATS_TEST_TMPDIR/$1.key" -out "$BATS_TEST_TMPDIR/$1.crt"
}

# own_certificate HOST [NAME]: one of its own lies in /data/tls there, or that of NAME; its key is for root alone.
# shellcheck disable=SC2016 # expanded by the inner shell
own_certificate() {
    local part
    (($# > 1)) || certificate "$1"
    for part in crt key; do
        on "$1" sh -c 'umask 077 && mkdir -p /data/tls && rm -f "$1" && cat >"$1"' sh "/data/tls/region.$part" <"$BATS_TEST_TMPDIR/${2:-$1}.$part"
    done
}

# serves_own_certificate HOST: the console answers with it, and is healthy.
# shellcheck disable=SC2016 # expanded by the inner shell
serves_own_certificate() {
    diff <(openssl x509 -in "$BATS_TEST_TMPDIR/$1.crt") \
        <(on controller sh -c 'openssl s_client -connect "$1:8089" </dev/null 2>/dev/null | openssl x509' sh "$(address "$1")")
    on controller curl -kfsS -m 2 "https://$(address "$1"):8089/oms/health" | grep -q '"healthy":true'
}

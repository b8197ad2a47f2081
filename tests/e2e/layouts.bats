#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034 # text for other shells; names that the helpers use
# Both scenarios on every layout of tables and every kind of host: the end state is compared whole, or the refusal names the reason
# before anything stops. Layouts B and C have labs of their own; the last test prints the table of what was run.

setup_file() {
    load helpers
    local layout
    export SUITE_NAME SUITE_DIR
    for layout in B C; do
        use_layout "$layout"
        "$LAB" up --hosts 3 --layout "$layout" --regions "$([[ $layout == C ]] && echo 2 || echo 1)"
    done
    export RESULTS=$BATS_FILE_TMPDIR/results
    : >"$RESULTS"
}

teardown_file() {
    load helpers
    local layout
    for layout in B C; do
        use_layout "$layout"
        "$LAB" down
    done
    # Its hosts' kind is not what other files expect.
    use_layout A
    "$LAB" reset --images initial
}

setup() {
    load helpers
    load state
    load rows
}

teardown() { keep_what_failed; }

use_layout() {
    # Layout A is the suite's own lab.
    SUITE_NAME=${SUITE_NAME:-${OMSLAB_NAME:-omse2e}} SUITE_DIR=${SUITE_DIR:-${OMSLAB_DIR:-/var/lib/omsctl-lab-e2e}}
    export OMSLAB_NAME=$SUITE_NAME OMSLAB_DIR=$SUITE_DIR
    [[ $1 == A ]] || OMSLAB_NAME=$SUITE_NAME${1,} OMSLAB_DIR=$SUITE_DIR-${1,}
    use_lab
}

# begin LAYOUT SCENARIO KIND [OPTION...]: the lab in that state, $CONFIG the target, and what is to stay written down.
begin() {
    use_layout "$1"
    use_place
    SCENARIO=$2 KIND=$3 OPTIONS=(--yes)
    local reset=("${@:4}")
    [[ $SCENARIO == physical ]] || reset+=(--vip)
    [[ $KIND == root ]] || reset+=(--odd-paths --https --container OMS.prod-4_2)
    "$LAB" reset "${reset[@]}"
    use_lab
    [[ $KIND == root ]] || LAB_SSH_CONFIG=$LAB_SSH_CONFIG_OPERATOR
    for host in h2 h3; do
        on "$host" docker image inspect "$LAB_IMAGE" >/dev/null 2>&1 || on h1 docker save "$LAB_IMAGE" | on "$host" docker load -q
    done
    others >"$BATS_TEST_TMPDIR/others.before"
    region >"$BATS_TEST_TMPDIR/region.before"
    followers >"$BATS_TEST_TMPDIR/followers.before"
    on h1 cat "$LAB_CONFIG_PATH" >"$BATS_TEST_TMPDIR/config.before"
    FILE=$(on h1 stat -c '%i %a %u:%g' "$LAB_CONFIG_PATH")
}

# The end state, whole: rows inside and outside the region, files, containers, services.
ended_well() {
    told 'Done: 3 nodes proven behind http://198.18.0.100:8088'
    diff "$BATS_TEST_TMPDIR/others.before" <(others)
    region_is_right
    [[ $(on h1 stat -c '%i %a %u:%g' "$LAB_CONFIG_PATH") == "$FILE" ]]
    diff "$BATS_TEST_TMPDIR/config.before" <(on h1 cat "$LAB_CONFIG_PATH.omsctl-$(run_id).old")
    for host in h1 h2 h3; do
        all_running "$host"
        [[ $(host_ip_of "$host") == "OMS_HOST_IP=$(address "$host")" ]]
        [[ $(cm_of "$host") == 'http://198.18.0.100:8088 198.18.0.11 198.18.0.12 198.18.0.13' ]]
        vip_answers "$host"
    done
    for host in h2 h3; do
        diff <(container h1) <(container "$host")
        [[ $(on "$host" stat -c '%a %u:%g' "$LAB_CONFIG_PATH") == '600 0:0' ]]
        # An image that initialises itself is not initialised once more.
        [[ $(jobs_on "$host") == "$([[ $(layout_says SELF_INIT) == yes ]] && echo 0 || echo 1)" ]]
    done
    [[ $(jobs_on h1) == "$([[ $SCENARIO == physical ]] && echo 1 || echo 0)" ]]
    hearts_beat 3
    no_lease
    no_ssh_left
    on controller sh -c "! test -e /tmp/canary"
    printf '%s\t%s\t%s\tdone\n' "$LAB_LAYOUT" "$SCENARIO" "$KIND" >>"$RESULTS"
}

# again: the same command finds nothing left to do.
again() {
    omsctl 0 scale-out node "${OPTIONS[@]}"
    told 'nothing to do'
}

# Rows elsewhere that follow the region's: they come back with them.
followers() {
    local table
    [[ $LAB_LAYOUT != C ]] || for table in host_label host_label_use store_task; do exact "$LAB_CM_DB" "$table" 1; done
}

# and_back: the run is taken back, exactly: rows with their ids, config.yaml, containers, programs.
and_back() {
    omsctl 0 rollback last --yes
    told 'Rolled back: rows, files, containers and programs are as they were before the run'
    diff "$BATS_TEST_TMPDIR/others.before" <(others)
    diff "$BATS_TEST_TMPDIR/region.before" <(region)
    diff "$BATS_TEST_TMPDIR/followers.before" <(followers)
    diff "$BATS_TEST_TMPDIR/config.before" <(on h1 cat "$LAB_CONFIG_PATH")
    [[ $(on h1 stat -c '%i %a %u:%g' "$LAB_CONFIG_PATH") == "$FILE" ]]
    all_running h1
    for host in h2 h3; do
        [[ -z $(on "$host" docker ps -aq) ]]
        # shellcheck disable=SC2016 # expanded by the inner shell
        on "$host" sh -c '! test -e "$1"' sh "$LAB_CONFIG_PATH"
    done
    for host in h1 h2 h3; do [[ -z $(on "$host" find / -xdev -name '*omsctl*' ! -path '/proc/*' ! -path '/var/lib/omsctl*') ]]; done
    no_lease
    printf '%s\t%s\t%s\ttaken back\n' "$LAB_LAYOUT" "$SCENARIO" "$KIND" >>"$RESULTS"
}

# whole LAYOUT SCENARIO KIND
whole() {
    begin "$@"
    omsctl 0 scale-out node "${OPTIONS[@]}"
    ended_well
    if [[ $SCENARIO == physical ]]; then backup_is_exact clear; fi
    backup_is_exact first
    again
    and_back
}

# refused_first FINDING: exit code 4 names it, and nothing has changed.
refused_first() {
    remember_digest
    omsctl 4 scale-out node "${OPTIONS[@]}"
    finding "$@"
    told 'the checks refuse; nothing was changed'
    nothing_changed
    printf '%s\t%s\t%s\trefused: %s\n' "$LAB_LAYOUT" "$SCENARIO" "$KIND" "$1" >>"$RESULTS"
}

# Layout C: what has to be decided or mended first is told.
whole_c() {
    begin C "$@"
    refused_first vip.unstable 198.18.0.100:8088 'bind only running nodes'
    "$LAB" vip h1
    if [[ $SCENARIO == physical ]]; then
        refused_first metadb.rows-outside-region MetaDB lab-pool 198.18.9.1
        OPTIONS+=(--outside-rows keep)
        reserve_a_region_host
        refused_first metadb.foreign-key MetaDB host_reservation
        free_the_region_host
    fi
    others >"$BATS_TEST_TMPDIR/others.before"
    region >"$BATS_TEST_TMPDIR/region.before"
    followers >"$BATS_TEST_TMPDIR/followers.before"
    omsctl 0 scale-out node "${OPTIONS[@]}"
    if [[ $SCENARIO == physical ]]; then followers_are_saved; fi
    "$LAB" vip h1 h2 h3
    ended_well
    if [[ $SCENARIO == physical ]]; then backup_is_exact clear; fi
    again
    and_back
}

reserve_a_region_host() {
    sql "INSERT INTO $LAB_CM_DB.host_reservation (id, host_id, reserved_for) SELECT 999, id, 'audit' FROM $LAB_CM_DB.host WHERE ip = '198.18.0.11'"
}

free_the_region_host() { sql "DELETE FROM $LAB_CM_DB.host_reservation WHERE id = 999"; }

# Rows elsewhere that went with the region's, or lost their reference: told before, and in the snapshot.
followers_are_saved() {
    told host_label store_task
    local table
    for table in host_label host_label_use store_task; do
        compgen -G "$(run_directory)/backup/clear/*-$table.rows.sql" >/dev/null || { echo "no copy of $table" && return 1; }
    done
}

@test "layout A: physical, reached as a user with sudo on another port; odd paths, https, another container name" { whole A physical odd; }

# bats test_tags=all
@test "layout A: already behind the VIP, the same kind of hosts" { whole A vip odd; }

@test "layout B: physical" { whole B physical root; }

# bats test_tags=all
@test "layout B: physical, the other kind of hosts" { whole B physical odd; }

# bats test_tags=all
@test "layout B: already behind the VIP" { whole B vip root; }

# bats test_tags=all
@test "layout B: already behind the VIP, the other kind of hosts" { whole B vip odd; }

# bats test_tags=all
@test "layout C: physical" { whole_c physical root; }

# bats test_tags=all
@test "layout C: physical, the other kind of hosts" { whole_c physical odd; }

# bats test_tags=all
@test "layout C: already behind the VIP" { whole_c vip root; }

# bats test_tags=all
@test "layout C: already behind the VIP, the other kind of hosts" { whole_c vip odd; }

# The second region, 1 beside 0, as it is on its host, and how far its CM and its supervisor have come with writing.
second_region() { "$LAB" digest | grep ' s1 '; }

second_region_wrote() {
    sql "SELECT seen_at FROM $LAB_CM_DB.host WHERE ip = '198.18.0.111' UNION ALL
        SELECT MAX(gmt_modified) FROM $LAB_SECOND_HB_DB.heart_beat WHERE host_ip = '198.18.0.111'"
}

# beside_a_second_region SCENARIO
beside_a_second_region() {
    local wrote pids
    begin C "$1" "two regions" --second
    "$LAB" vip h1
    [[ $(sql "SELECT code FROM $LAB_RM_DB.cluster_info ORDER BY 1" | xargs) == '0 1' ]]
    [[ $1 == vip ]] || OPTIONS+=(--outside-rows keep)
    others >"$BATS_TEST_TMPDIR/others.before"
    region >"$BATS_TEST_TMPDIR/region.before"
    second_region >"$BATS_TEST_TMPDIR/second.before"
    pids=$(on s1 docker exec "$LAB_CONTAINER" supervisorctl pid all)
    wrote=$(second_region_wrote)
    start scale-out node "${OPTIONS[@]}"
    # It writes while the first region's rows are gone, if they go.
    [[ $1 == vip ]] || when step_done clear eventually 20 second_region_writes_on "$wrote"
    finish
    exit_code_is 0
    second_region_writes_on "$wrote"
    [[ $(on s1 docker exec "$LAB_CONTAINER" supervisorctl pid all) == "$pids" ]]
    diff "$BATS_TEST_TMPDIR/second.before" <(second_region)
    "$LAB" vip h1 h2 h3
    ended_well
}

second_region_writes_on() { [[ -z $(comm -12 <(echo "$1" | sort) <(second_region_wrote | sort)) ]]; }

@test "two regions in one MetaDB, codes 0 and 1: scaling one out leaves every row of the other, which goes on writing" {
    beside_a_second_region physical
}

# bats test_tags=all
@test "two regions in one MetaDB, the first behind its VIP" { beside_a_second_region vip; }

@test "layout C: a table of the four without transactions is refused" {
    begin C physical root
    "$LAB" vip h1
    OPTIONS+=(--outside-rows keep)
    sql "ALTER TABLE $LAB_CM_DB.location_cm ENGINE=MyISAM"
    refused_first metadb.engine MetaDB location_cm MyISAM
}

@test "layout × scenario × kind of host: the table" {
    { printf 'layout\tscenario\thosts\tresult\n' && sort "$RESULTS"; } |
        awk -F'\t' '{ printf "# %-6s  %-8s  %-11s  %s\n", $1, $2, $3, $4 }' >&3
    # Each test before this one has left a row at least, whichever of them the tags let run.
    [[ $(wc -l <"$RESULTS") -ge $((BATS_TEST_NUMBER - 1)) ]]
    [[ $(grep 'done$' "$RESULTS" | cut -f1 | sort -u | paste -sd ' ') == 'A B C' ]]
}

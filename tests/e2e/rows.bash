# shellcheck shell=bash
# Rows of any layout, exactly: every column, invisible ones too, as hexadecimal text; FLOAT by its value.

# columns DATABASE TABLE: an SQL list; left out is the column that running services write.
columns() {
    sql "SELECT GROUP_CONCAT(CONCAT('COALESCE(HEX(', CASE WHEN data_type = 'float' THEN CONCAT('CONCAT(CAST(', name, ' AS DOUBLE))')
            WHEN character_set_name IS NOT NULL OR data_type REGEXP 'binary|blob|bit|geometry|point|linestring|polygon' THEN name
            ELSE CONCAT('CONCAT(', name, ')') END, '), \'NULL\')') ORDER BY name)
        FROM (SELECT *, CONCAT('\`', REPLACE(column_name, '\`', '\`\`'), '\`') AS name FROM information_schema.columns
            WHERE table_schema = '$1' AND table_name = '$2'
            AND CONCAT(table_name, '.', column_name) NOT IN ('host.$(layout_says HOST_TOUCH)', 'heart_beat.gmt_modified')) c"
}

# exact DATABASE TABLE WHERE: the rows, one a line, in a fixed order.
exact() {
    sql "SET SESSION group_concat_max_len = 1000000; SELECT '$2', $(columns "$1" "$2") FROM $1.\`$2\` WHERE $3" | LC_ALL=C sort
}

# belongs TABLE: the rows of the region that is scaled out, as a condition. SCENARIO "region": it is the second one.
belongs() {
    local code="'$LAB_CM_LOCATION'" ips="'198.18.0.11', '198.18.0.12', '198.18.0.13'"
    [[ $SCENARIO != region ]] || code="'$LAB_SECOND_LOCATION'" ips="'198.18.0.111', '198.18.0.112'"
    case $1 in
        cluster_info) echo "BINARY CAST(code AS CHAR) = $code" ;;
        resource_group) echo "BINARY CAST(name AS CHAR) = $code" ;;
        host) echo "ip IN ($ips)" ;;
        location_cm) echo "BINARY CAST(location AS CHAR) = $code" ;;
    esac
}

region() {
    exact "$LAB_RM_DB" cluster_info "$(belongs cluster_info)"
    for table in resource_group host location_cm; do exact "$LAB_CM_DB" "$table" "$(belongs "$table")"; done
}

# Every row of the three databases that is not the region's, nor a heartbeat, nor the lease; without the rows elsewhere that
# follow the region's when these are deleted.
others() {
    local database table
    sql "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('$LAB_RM_DB', '$LAB_CM_DB', '$LAB_HB_DB', '$LAB_SECOND_HB_DB')
        AND table_name NOT IN ('omsctl_lease', 'heart_beat', 'heatbeat_sequence') ORDER BY 1, 2" |
        while read -r database table; do
            case $table in
                cluster_info | resource_group | host | location_cm) exact "$database" "$table" "NOT ($(belongs "$table"))" ;;
                host_label | host_label_use | store_task) [[ $SCENARIO == physical ]] || exact "$database" "$table" 1 ;;
                *) exact "$database" "$table" 1 ;;
            esac
        done </dev/null
}

# The region as it must be: new where rows were cleared, else every old row as it was and two hosts more.
region_is_right() {
    [[ $(sql "SELECT cm_url, is_default_cm FROM $LAB_RM_DB.cluster_info WHERE $(belongs cluster_info)") == $'http://198.18.0.100:8088\t1' ]]
    [[ $(sql "SELECT h.ip, h.host_status FROM $LAB_CM_DB.host h JOIN $LAB_CM_DB.resource_group g ON g.id = h.resource_group_id
        WHERE BINARY CAST(g.name AS CHAR) = '$LAB_CM_LOCATION' ORDER BY 1" | xargs) == \
        '198.18.0.11 ONLINE 198.18.0.12 ONLINE 198.18.0.13 ONLINE' ]]
    [[ $(sql "SELECT DISTINCT cm_url FROM $LAB_CM_DB.location_cm WHERE $(belongs location_cm)") == http://198.18.0.100:8088 ]]
    [[ $SCENARIO == physical ]] ||
        diff "$BATS_TEST_TMPDIR/region.before" <(region | grep -v -e "$(hex 198.18.0.12)" -e "$(hex 198.18.0.13)")
}

hex() { printf %s "$1" | od -An -tx1 | tr -d ' \n' | tr a-f A-F; }

# backup_is_exact DIRECTORY: the stock client loads it into an empty schema, and every row of the region is there as it was.
backup_is_exact() {
    local file table
    sql 'DROP DATABASE IF EXISTS restored; CREATE DATABASE restored'
    # The four tables alone: of tables that lost a reference there is one copy for each of their keys.
    for file in "$(run_directory)/backup/$1"/0[1-4]-*.schema.sql "$(run_directory)/backup/$1"/0[1-4]-*.rows.sql; do
        metadb_client restored <"$file" || { echo "not loaded: $file" && return 1; }
    done
    for table in cluster_info resource_group host location_cm; do exact restored "$table" 1; done >"$BATS_TEST_TMPDIR/restored"
    diff "$BATS_TEST_TMPDIR/region.before" "$BATS_TEST_TMPDIR/restored"
    sql 'DROP DATABASE restored'
}

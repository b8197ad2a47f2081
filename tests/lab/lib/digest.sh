# shellcheck shell=bash disable=SC2153,SC2154 # names from common.sh and layout.env
# The lab's state as sorted lines "<sha256>  <what>": two equal digests are two equal states.

# Columns that running services write, as a list of SQL.
volatile_columns() { echo "'heart_beat.gmt_modified','host.$HOST_TOUCH'"; }

# Strings go by their bytes and all else by its text, but FLOAT by the value that it holds: its text has six digits.
digest_tables() {
    local table columns definition
    server_sql -N -B --raw -e "SELECT CONCAT('\`', t.table_schema, '\`.\`', t.table_name, '\`'),
            GROUP_CONCAT(CONCAT('IFNULL(HEX(', CASE WHEN c.charset IS NOT NULL OR c.data_type REGEXP 'binary|blob' THEN c.name
                WHEN c.data_type = 'float' THEN CONCAT('CONCAT(CAST(', c.name, ' AS DOUBLE))')
                WHEN c.data_type REGEXP 'bit|geometry|point|linestring|polygon' THEN c.name
                ELSE CONCAT('CONCAT(', c.name, ')') END, '), ''NULL'')') ORDER BY c.name SEPARATOR ',')
        FROM information_schema.tables t JOIN (SELECT table_schema, table_name, data_type, character_set_name AS charset,
            CONCAT('\`', REPLACE(column_name, '\`', '\`\`'), '\`') AS name FROM information_schema.columns
            WHERE CONCAT(table_name, '.', column_name) NOT IN ($(volatile_columns))) c USING (table_schema, table_name)
        WHERE t.table_schema NOT IN ($system_databases) AND t.table_type = 'BASE TABLE' AND t.table_name <> 'heatbeat_sequence'
        GROUP BY t.table_schema, t.table_name" |
        while IFS=$'\t' read -r table columns; do
            definition=$(server_sql -N -B -e "SELECT MD5(CONCAT_WS(',', $columns)) FROM $table ORDER BY 1" </dev/null | sha256sum | cut -d' ' -f1)
            echo "$definition  metadb ${table//\`/}"
        done
    server_sql -N -B -e "SELECT trigger_schema, trigger_name, event_object_table, action_statement FROM information_schema.triggers
            WHERE trigger_schema NOT IN ($system_databases) ORDER BY 1, 2;
        SELECT event_schema, event_name, status, event_definition FROM information_schema.events
            WHERE event_schema NOT IN ($system_databases) ORDER BY 1, 2" |
        sha256sum | sed 's/-$/metadb triggers and events/'
}

# One line per file: type, mode, owner, size-independent content; logs and pid files by name alone.
digest_host() {
    local host=$1
    # shellcheck disable=SC2016 # expanded by the inner shell
    in_machine "$host" bash -c '
        find /data /root -print0 | sort -z | while IFS= read -r -d "" path; do
            facts=$(stat -c "%F %a %u:%g" "$path" | sed "s/regular empty file/regular file/")
            content=
            case $path in
                *.log | */docker_init.log.* | *.pid | */oms_logs/*.log.*) ;;
                *) if [[ -L $path ]]; then content=$(readlink "$path"); elif [[ -f $path ]]; then content=$(sha256sum <"$path"); fi ;;
            esac
            sum=$(printf "%s\n%s" "$facts" "$content" | sha256sum)
            echo "${sum%% *}  $1 $path"
        done
        docker ps -a --format "{{.Names}} {{.Image}} {{.State}}" | sort | while read -r line; do
            sum=$(echo "$line" | sha256sum)
            echo "${sum%% *}  $1 container $line"
        done' digest "$host"
}

digest_lab() {
    {
        digest_tables
        local host
        for host in $(host_names); do
            digest_host "$host"
        done
    } | LC_ALL=C sort -k2
}

# shellcheck shell=bash disable=SC2154 # system_databases: common.sh
# The lab's state as sorted lines "<sha256>  <what>": two equal digests are two equal states.

# Columns that running services write.
volatile_columns="'heart_beat.gmt_modified','host.gmt_modified'"

digest_tables() {
    local table columns definition
    server_sql -N -B -e "SELECT CONCAT('\`', t.table_schema, '\`.\`', t.table_name, '\`'),
            GROUP_CONCAT(IF(CONCAT(c.table_name, '.', c.column_name) IN ($volatile_columns), NULL,
                CONCAT('IFNULL(HEX(\`', c.column_name, '\`), ''NULL'')')) ORDER BY c.column_name SEPARATOR ',')
        FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
        WHERE t.table_schema NOT IN ($system_databases) AND t.table_type = 'BASE TABLE' AND t.table_name <> 'heatbeat_sequence'
        GROUP BY t.table_schema, t.table_name" |
        while IFS=$'\t' read -r table columns; do
            definition=$(server_sql -N -B -e "SELECT MD5(CONCAT_WS(',', $columns)) FROM $table ORDER BY 1" </dev/null | sha256sum | cut -d' ' -f1)
            echo "$definition  metadb ${table//\`/}"
        done
    server_sql -N -B -e "SELECT table_schema, table_name, trigger_name FROM (SELECT trigger_schema AS table_schema,
        event_object_table AS table_name, trigger_name FROM information_schema.triggers) t WHERE table_schema NOT IN ($system_databases) ORDER BY 1, 2, 3" |
        sha256sum | sed 's/-$/metadb triggers/'
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
                *.log | */docker_init.log.* | *.pid | /data/oms/oms_logs/*.log.*) ;;
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

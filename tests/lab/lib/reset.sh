# shellcheck shell=bash disable=SC2154 # system_databases: common.sh
# The two states a test starts from, "physical" and "vip": saved once by up, restored by reset.

drop_databases() {
    server_sql -N -B -e "SELECT CONCAT('DROP DATABASE \`', REPLACE(schema_name, '\`', '\`\`'), '\`;')
        FROM information_schema.schemata WHERE schema_name NOT IN ($system_databases)" | { echo 'SET foreign_key_checks = 0;' && cat; } |
        server_sql
}

# What docker_init.sh leaves in the container outside its mounts.
container_state=(home/ds/cm/conf home/ds/ghana/config home/ds/supervisor/config root/init_flag.txt etc/ssh/ssh_host_ed25519_key
    etc/ssh/ssh_host_ed25519_key.pub)

# What a dump does not carry: statements that give each FLOAT the value that it holds, since its text has six digits.
exact_floats() {
    local table column
    server_sql -N -B -e "SELECT CONCAT('\`', table_schema, '\`.\`', table_name, '\`'), CONCAT('\`', column_name, '\`')
        FROM information_schema.columns WHERE data_type = 'float' AND table_schema NOT IN ($system_databases)" |
        while IFS=$'\t' read -r table column; do
            server_sql -N -B -e "SELECT CONCAT('UPDATE $table SET $column = ', CAST($column AS DOUBLE), ' WHERE CONCAT($column) = ''',
                $column, ''';') FROM $table WHERE $column IS NOT NULL" </dev/null
        done
}

# save_state NAME: the healthy node as it is now.
save_state() {
    local saved=$LAB_DIR/saved/$1
    rm -rf -- "$saved"
    mkdir -p "$saved"
    h1_docker exec "$LAB_CONTAINER" tar -C / -cf - "${container_state[@]}" >"$saved/container.tar"
    h1_docker stop -t 10 "$LAB_CONTAINER" >/dev/null
    # Impossible dates, which an older server's sql_mode let in, must come back as they are.
    (cd "$LAB_DIR/machines/metadb/data" && mariadb-dump --no-defaults -S ./mysqld.sock -u root --default-character-set=utf8mb4 \
        --hex-blob --triggers --events --routines --databases "$LAB_RM_DB" "$LAB_CM_DB" "$LAB_HB_DB" 9>&-) |
        sed "1,20s/SQL_MODE='NO_AUTO_VALUE_ON_ZERO/&,ALLOW_INVALID_DATES/" >"$saved/metadb.sql" ||
        die "metadb: the dump of state $1 failed" "mariadb-dump said so above" "lab down, lab up"
    exact_floats >>"$saved/metadb.sql"
    tar -C "$(machine_dir h1)/root" --numeric-owner -cf "$saved/data.tar" data
}

# Paths of a host's own root directory, apart from what docker, the node, the homes and services own.
list_host_paths() {
    find "$(machine_dir "$1")/root" -mindepth 1 \( -path '*/root/var/lib/docker' -o -path '*/root/var/lib/containerd' -o \
        -path '*/root/var/log' -o -path '*/root/data' -o -path '*/root/root' -o -path '*/root/home' -o -path '*/root/usr' -o \
        -path '*/root/run' -o -path '*/root/tmp' \) -prune -o -print | sort
}

save_host_paths() { list_host_paths "$1" | atomically "$(machine_dir "$1")/paths"; }

# clean_host HOST IMAGES: no container, no data, homes as new; images stay unless IMAGES is "initial".
clean_host() {
    local host=$1 images=$2 root containers
    root=$(machine_dir "$host")/root
    mapfile -t containers < <(in_machine "$host" docker ps -aq)
    ((${#containers[@]} == 0)) || in_machine "$host" docker rm -f -v "${containers[@]}" >/dev/null
    # Jobs that a run left behind on the host itself end with it.
    # shellcheck disable=SC2016 # expanded by the inner shell
    in_machine "$host" bash -c '
        own=$(readlink /proc/1/ns/pid)
        for directory in /proc/[0-9]*; do
            pid=${directory#/proc/}
            [[ $(readlink "$directory/ns/pid") == "$own" && $pid != 1 && $pid != "$$" ]] || continue
            case $(<"$directory/comm") in dockerd | containerd | containerd-shim* | runc | sshd | sleep) ;; *) kill -KILL "$pid" ;; esac
        done
        find /tmp /var/tmp -mindepth 1 -delete
        rm -rf /run/omsctl* /run/user' 2>/dev/null
    find "$root/data" "$root/root" "$root/home" -mindepth 1 -delete
    make_host_homes "$host"
    list_host_paths "$host" | comm -13 "$(machine_dir "$host")/paths" - | tac | while read -r path; do
        rm -rf -- "$path"
    done
    [[ $images == keep || $host == h1 ]] || in_machine "$host" docker image prune -a -f >/dev/null
}

# reset_lab STATE IMAGES CONTAINER PATHS SCHEME
reset_lab() {
    local state=$1 images=$2 saved=$LAB_DIR/saved/$1 host hosts pids=() pid
    heal_all
    for host in $(host_names); do
        clean_host "$host" "$images" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || die "a host could not be cleaned" "its message is above" "lab down, lab up"
    done
    write_control
    drop_databases
    server_sql <"$saved/metadb.sql"
    # The saved heartbeat is old; the node that comes up must not be seen as OFFLINE for a moment.
    server_sql -e "UPDATE \`$LAB_HB_DB\`.heart_beat SET gmt_modified = NOW()"
    server_sql -e "SET GLOBAL general_log = 0"
    truncate -c -s 0 "$(machine_dir metadb)/log/general.log"
    use_kind "${@:3}"
    tar -C "$(machine_dir h1)/root" --numeric-owner -xf "$saved/data.tar"
    place_data h1
    mapfile -t hosts < <(host_names)
    write_vip_config "${hosts[@]}"
    reload_vip
    : >"$(machine_dir h1)/control/hold"
    run_oms_container
    wait_for 30 "h1: the container's supervisor" "$(machine_dir h1)/root$LAB_LOGS_DIR/supervisord.log" supervisor_answers
    h1_docker cp - "$LAB_CONTAINER:/" <"$saved/container.tar"
    [[ $LAB_SCHEME == http ]] || h1_docker exec "$LAB_CONTAINER" python -m omsflow.scripts.units.oms_init_manager --init-config-file >/dev/null ||
        die "h1: the console got no certificate" "its config could not be written" "lab reset"
    rm -f -- "$(machine_dir h1)/control/hold"
    h1_docker restart -t 10 "$LAB_CONTAINER" >/dev/null
    wait_node
    wait_for 15 "vip: a way to h1" "$(machine_dir vip)/log/haproxy.log" vip_healthy
    record_kind
    echo "$state" | atomically "$LAB_DIR/state"
}

reload_vip() {
    stop_vip
    start_vip
    wait_vip
}

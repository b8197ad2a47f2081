# shellcheck shell=bash disable=SC2154 # system_databases: common.sh
# The states a test starts from: "physical" or "vip", then "-nodes2" for two existing nodes and "-second" for a second region.
# up saves the first two, reset any other when it is asked for first; reset restores them.

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

# state_nodes STATE REGION: the hosts that run OMS in it.
state_nodes() {
    local count=1
    [[ ! $1 =~ -nodes([0-9]+) ]] || count=${BASH_REMATCH[1]}
    case $2 in
        1) region_hosts 1 | sed -n "1,${count}p" ;;
        2) [[ $1 != *-second ]] || echo s1 ;;
    esac
}

# In the order in which they are made.
all_state_nodes() { state_nodes "$1" 1 && state_nodes "$1" 2; }

# make_state STATE: its nodes from nothing, region by region, saved.
make_state() {
    local state=$1 region nodes node url
    say "making the state \"$state\", to be saved"
    drop_databases
    for region in $(regions); do
        mapfile -t nodes < <(state_nodes "$state" "$region")
        ((${#nodes[@]} > 0)) || continue
        if [[ $state == vip* ]]; then url=$(vip_of "$region"); else url=$(address_of "${nodes[0]}"); fi
        for node in "${nodes[@]}"; do make_node "$node" "http://$url:8088" "${nodes[@]}"; done
    done
    save_state "$state"
}

# save_state STATE: the healthy nodes as they are now; afterwards they are stopped.
save_state() {
    local saved=$LAB_DIR/saved/$1.new node databases nodes
    mapfile -t nodes < <(all_state_nodes "$1")
    rm -rf -- "$saved" "$LAB_DIR/saved/$1"
    mkdir -p "$saved"
    for node in "${nodes[@]}"; do
        node_docker "$node" exec "$LAB_CONTAINER" tar -C / -cf - "${container_state[@]}" >"$saved/$node.container.tar"
    done
    for node in "${nodes[@]}"; do
        node_docker "$node" stop -t 10 "$LAB_CONTAINER" >/dev/null
        tar -C "$(machine_dir "$node")/root" --numeric-owner -cf "$saved/$node.data.tar" data
    done
    mapfile -t databases < <(server_sql -N -B -e "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ($system_databases)")
    # Impossible dates, which an older server's sql_mode let in, must come back as they are.
    (cd "$LAB_DIR/machines/metadb/data" && mariadb-dump --no-defaults -S ./mysqld.sock -u root --default-character-set=utf8mb4 \
        --hex-blob --triggers --events --routines --databases "${databases[@]}" 9>&-) |
        sed "1,20s/SQL_MODE='NO_AUTO_VALUE_ON_ZERO/&,ALLOW_INVALID_DATES/" >"$saved/metadb.sql" ||
        die "metadb: the dump of state $1 failed" "mariadb-dump said so above" "lab down, lab up"
    exact_floats >>"$saved/metadb.sql"
    mv -- "$saved" "$LAB_DIR/saved/$1"
}

# Paths of a host's own root directory, apart from what docker, the node, the homes and services own.
list_host_paths() {
    find "$(machine_dir "$1")/root" -mindepth 1 \( -path '*/root/var/lib/docker' -o -path '*/root/var/lib/containerd' -o \
        -path '*/root/var/log' -o -path '*/root/data' -o -path '*/root/root' -o -path '*/root/home' -o -path '*/root/usr' -o \
        -path '*/root/run' -o -path '*/root/tmp' \) -prune -o -print | sort
}

save_host_paths() { list_host_paths "$1" | atomically "$(machine_dir "$1")/paths"; }

# clean_host HOST IMAGES NODE...: no container, no data, homes as new; images stay unless IMAGES is "initial" and the host is
# none of these nodes.
clean_host() {
    local host=$1 images=$2 root containers
    shift 2
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
    [[ $images == keep || " $* " == *" $host "* ]] || in_machine "$host" docker image prune -a -f >/dev/null
}

# wait_for_all WHY PID...: children of this shell.
wait_for_all() {
    local pid
    for pid in "${@:2}"; do
        wait "$pid" || die "$1" "its message is above" "lab down, lab up"
    done
}

# clean_hosts IMAGES NODE...
clean_hosts() {
    local host pids=()
    for host in $(host_names); do
        clean_host "$host" "$@" &
        pids+=($!)
    done
    wait_for_all "a host could not be cleaned" "${pids[@]}"
    write_control
}

# restore_node HOST STATE: its files and its container; "hold" keeps a container from initialising itself before it has them.
restore_node() {
    local host=$1 saved=$LAB_DIR/saved/$2 hold
    hold=$(machine_dir "$host")/control/hold
    load_image "$host"
    tar -C "$(machine_dir "$host")/root" --numeric-owner -xf "$saved/$host.data.tar"
    place_data "$host"
    : >"$hold"
    run_oms_container "$host"
    wait_supervisor "$host"
    node_docker "$host" cp - "$LAB_CONTAINER:/" <"$saved/$host.container.tar"
    [[ $LAB_SCHEME == http ]] || node_docker "$host" exec "$LAB_CONTAINER" python -m omsflow.scripts.units.oms_init_manager --init-config-file >/dev/null ||
        die "$host: the console got no certificate" "its config could not be written" "lab reset"
    rm -f -- "$hold"
    node_docker "$host" restart -t 10 "$LAB_CONTAINER" >/dev/null
}

# reset_lab STATE IMAGES CONTAINER PATHS SCHEME
reset_lab() {
    local state=$1 images=$2 region node nodes pids=()
    heal_all
    mapfile -t nodes < <(all_state_nodes "$state")
    bind_all_vips
    reload_vip
    if [[ ! -e $LAB_DIR/saved/$state ]]; then
        use_kind  # states are saved as the plain kind, and become another when they are restored
        clean_hosts keep
        make_state "$state"
    fi
    clean_hosts "$images" "${nodes[@]}"
    drop_databases
    server_sql <"$LAB_DIR/saved/$state/metadb.sql"
    # Saved heartbeats are old; the nodes that come up must not be seen as OFFLINE for a moment.
    for region in $(regions); do
        [[ -z $(state_nodes "$state" "$region") ]] ||
            server_sql -e "UPDATE \`$(heartbeat_db_of "$region")\`.heart_beat SET gmt_modified = NOW()"
    done
    server_sql -e "SET GLOBAL general_log = 0"
    ! has_tsdb || empty_tsdb
    truncate -c -s 0 "$(machine_dir metadb)/log/general.log"
    use_kind "${@:3}"
    [[ $LAB_SCHEME == http ]] || for region in $(regions); do make_certificate "$region"; done
    for node in "${nodes[@]}"; do
        restore_node "$node" "$state" &
        pids+=($!)
    done
    wait_for_all "a node could not be restored" "${pids[@]}"
    for node in "${nodes[@]}"; do wait_node "$node"; done
    for region in $(regions); do
        [[ -z $(state_nodes "$state" "$region") ]] || wait_vip_way "$(vip_of "$region")"
    done
    record_kind
    echo "$state" | atomically "$LAB_DIR/state"
}

# reload_vip: the balancer starts anew with the hosts that are bound.
reload_vip() {
    write_vip_config
    stop_vip
    start_vip
    wait_vip
}

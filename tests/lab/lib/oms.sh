# shellcheck shell=bash disable=SC2153 # names from common.sh and from layout.env
# The files an operator has, and the OMS nodes that exist before a scale-out, initialised as the guide says.

# What tells the two regions apart. The layout says how the first one is called.
vip_of() { if (($1 == 1)); then echo "$LAB_VIP"; else echo "$LAB_SECOND_VIP"; fi; }
code_of() { echo $((CM_LOCATION + $1 - 1)); }
region_name() { if (($1 == 1)); then echo "$2"; else echo "$2-$1"; fi; }
heartbeat_db_of() { echo "oms_cm_heartbeat_$(code_of "$1")"; }

# config_yaml CM_URL NODE...: a config.yaml for the region of these nodes, with the comments of the guide's sample.
config_yaml() {
    local cm_url=$1 region node
    region=$(region_of "$2")
    shift
    cat <<END
# Information about the OMS Community Edition MetaDB
oms_meta_host: $LAB_METADB
oms_meta_port: 3306
oms_meta_user: $LAB_DB_USER
oms_meta_password: $(<"$LAB_DIR/password")

# When you scale out OMS Community Edition from one node to multiple nodes, make sure that the names of the following three databases are consistent with those of the initial node.
drc_rm_db: $LAB_RM_DB
drc_cm_db: $LAB_CM_DB
drc_cm_heartbeat_db: $(heartbeat_db_of "$region")

# Configurations of the OMS Community Edition cluster
cm_url: $cm_url
cm_location: $(code_of "$region")
cm_region: $(region_name "$region" "$CM_REGION")
cm_region_cn: $(region_name "$region" "$CM_REGION_CN")
cm_is_default: $( ((region == 1)) && echo true || echo false)
cm_nodes:
END
    for node in "$@"; do
        echo " - $(address_of "$node")"
    done
    cat <<'END'

# Configurations of the time-series database
# Default value: false. To enable metric reporting, set the parameter to `true` and delete the comments for the parameter.
# tsdb_enabled: false
# If the `tsdb_enabled` parameter is set to `true`, delete comments for the following parameters and specify the values based on your actual configurations.
# tsdb_service: 'INFLUXDB'
# tsdb_url: '${tsdb_url}'
# tsdb_username: ${tsdb_user}
# tsdb_password: ${tsdb_password}
END
}

make_secrets() {
    [[ -s $LAB_DIR/id_ed25519 ]] || ssh-keygen -q -t ed25519 -N '' -C "$LAB_NAME" -f "$LAB_DIR/id_ed25519"
    make_password "$LAB_DIR/password"
}

# make_password FILE: a random one, kept when it is there.
make_password() {
    [[ -s $1 ]] || (umask 077 && head -c 64 /dev/urandom | base64 -w 0 | tr -dc 'A-Za-z0-9' | cut -c1-20 | atomically "$1")
}

# make_second_region_files NODE...: its targets, with all nodes behind the VIP and with one alone, and a certificate to bring along.
make_second_region_files() {
    (
        umask 077
        config_yaml "http://$LAB_SECOND_VIP:8088" "$@" | atomically "$LAB_DIR/config.region2.yaml"
        config_yaml "http://$(address_of "$1"):8088" "$1" | atomically "$LAB_DIR/config.region2.single.yaml"
    )
    make_certificate 2
}

make_controller_files() {
    local host hosts first second
    mapfile -t hosts < <(host_names)
    mapfile -t first < <(region_hosts 1)
    mapfile -t second < <(region_hosts 2)
    for host in "${hosts[@]}"; do
        echo "$host,$(address_of "$host"),[$host]:2222,[$(address_of "$host")]:2222 $(cut -d' ' -f1,2 "$(machine_dir "$host")/root/etc/ssh/ssh_host_ed25519_key.pub")"
    done | atomically "$LAB_DIR/known_hosts"
    {
        for host in "${hosts[@]}"; do
            printf 'Host %s\n    HostName %s\n' "$host" "$(address_of "$host")"
        done
        cat <<END
Host $LAB_NET.* ${hosts[*]}
    User root
    IdentityFile $LAB_DIR/id_ed25519
    IdentitiesOnly yes
    UserKnownHostsFile $LAB_DIR/known_hosts
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
END
    } | atomically "$LAB_DIR/ssh_config"
    sed 's/^    User root$/    User operator\n    Port 2222/' "$LAB_DIR/ssh_config" | atomically "$LAB_DIR/ssh_config.operator"
    (umask 077 && config_yaml "http://$LAB_VIP:8088" "${first[@]}" | atomically "$LAB_DIR/config.yaml")
    ((${#second[@]} == 0)) || make_second_region_files "${second[@]}"
    atomically "$LAB_DIR/lab.env" <<END
LAB_DIR='$LAB_DIR'
LAB_NAME='$LAB_NAME'
LAB_LAYOUT='$(<"$LAB_DIR/layout")'
LAB_HOSTS='${first[*]}'
LAB_HOST_ADDRESSES='$(for host in "${first[@]}"; do address_of "$host"; done | paste -sd' ')'
LAB_METADB='$LAB_METADB'
LAB_METADB_PORT='3306'
LAB_VIP='$LAB_VIP'
LAB_DB_USER='$LAB_DB_USER'
LAB_PASSWORD_FILE='$LAB_DIR/password'
LAB_RM_DB='$LAB_RM_DB'
LAB_CM_DB='$LAB_CM_DB'
LAB_HB_DB='$LAB_HB_DB'
LAB_CM_LOCATION='$CM_LOCATION'
. '$LAB_DIR/kind.env'
LAB_IMAGE='$LAB_IMAGE'
LAB_IMAGE_ARCHIVE='$(image_archive)'
LAB_SSH_CONFIG='$LAB_DIR/ssh_config'
LAB_SSH_CONFIG_OPERATOR='$LAB_DIR/ssh_config.operator'
LAB_CONFIG='$LAB_DIR/config.yaml'
LAB_CONTROLLER_DISK='$LAB_DIR/controller'
LAB_SECOND_HOSTS='${second[*]}'
LAB_SECOND_HOST_ADDRESSES='$(for host in "${second[@]}"; do address_of "$host"; done | paste -sd' ')'
LAB_SECOND_VIP='$LAB_SECOND_VIP'
LAB_SECOND_HB_DB='$(heartbeat_db_of 2)'
LAB_SECOND_LOCATION='$(code_of 2)'
LAB_SECOND_REGION='$(region_name 2 "$CM_REGION")'
LAB_SECOND_CONFIG='$LAB_DIR/config.region2.yaml'
LAB_SECOND_SINGLE_CONFIG='$LAB_DIR/config.region2.single.yaml'
LAB_SECOND_CRT='$(certificate_dir 2)/oms_server.crt'
LAB_SECOND_KEY='$(certificate_dir 2)/oms_server.key'
LAB_TSDB_URL='$(has_tsdb && echo "$LAB_TSDB:8086")'
LAB_TSDB_USER='$(has_tsdb && echo "$LAB_TSDB_USER")'
LAB_TSDB_PASSWORD_FILE='$(has_tsdb && echo "$LAB_TSDB_PASSWORD_FILE")'
LAB_GENERAL_LOG='$(machine_dir metadb)/log/general.log'
END
}

# The control directory of each host: what the layout tells the image.
write_control() {
    local host control file
    for host in $(host_names); do
        control=$(machine_dir "$host")/control
        rm -rf -- "$control"/fault/* "$control/startsecs" "$control/step_seconds"
        mkdir -p "$control/fault"
        for file in "$LAB_HOME"/layouts/common.*.sql "$(layout_dir)"/*; do
            cp -- "$file" "$control/"
        done
        # The second region's CM writes "host" again and again, whatever the layout says of the first one's.
        [[ $host != s* ]] || echo CM_WRITES_HOST=always >>"$control/layout.env"
    done
}

layout_dir() { echo "$LAB_HOME/layouts/$(<"$LAB_DIR/layout")"; }

load_layout() {
    # shellcheck source=/dev/null
    . "$LAB_HOME/layouts/$1/layout.env"
    LAB_HB_DB=$(heartbeat_db_of 1)
}

# node_docker HOST ARGUMENTS...
node_docker() { in_machine "$1" timeout 60 docker "${@:2}"; }

run_oms_container() {
    local certificate
    mapfile -t certificate < <(certificate_mounts)
    node_docker "$1" run -dit --net host \
        -v "$LAB_CONFIG_PATH:/home/admin/conf/config.yaml" \
        -v "$LAB_LOGS_DIR:/home/admin/logs" \
        -v "$LAB_STORE_DIR:/home/ds/store" \
        -v "$LAB_RUN_DIR:/home/ds/run" \
        "${certificate[@]}" \
        -e OMS_HOST_IP="$(address_of "$1")" \
        --privileged=true --pids-limit -1 --ulimit nproc=65535:65535 \
        --name "$LAB_CONTAINER" "$LAB_IMAGE" >/dev/null ||
        die "$1: docker run failed" "docker said so above" "lab down, lab up" "$(host_log "$1" dockerd.log)"
}

supervisord_log() { echo "$(machine_dir "$1")/root$LAB_LOGS_DIR/supervisord.log"; }

supervisor_answers() { node_docker "$1" exec "$LAB_CONTAINER" supervisorctl pid; }

wait_supervisor() { wait_for 30 "$1: the container's supervisor" "$(supervisord_log "$1")" supervisor_answers "$1"; }

port_answers() { in_controller timeout 2 bash -c "exec 3<>/dev/tcp/$(address_of "$1")/$2" 9>&-; }

self_initialised() { [[ $(node_docker "$1" logs --tail 1 "$LAB_CONTAINER") == 'OMS service start successfully'* ]]; }

node_healthy() {
    local health address
    address=$(address_of "$1")
    if [[ $HEALTH == yes ]]; then
        health=$(in_controller curl -kfsS -m 2 "$LAB_SCHEME://$address:8089/oms/health" 9>&-) && [[ $health == *'"healthy":true'* ]] || return 1
    fi
    in_controller curl -fsS -m 2 -o /dev/null "http://$address:8088/" 9>&- || return 1
    port_answers "$1" 9000 && port_answers "$1" 2023 || return 1
    [[ $SELF_INIT != yes ]] || self_initialised "$1" || return 1
    [[ $(server_sql -N -B -e "SELECT host_status FROM \`$LAB_CM_DB\`.host WHERE ip = '$address'") == ONLINE ]]
}

wait_node() { wait_for 60 "$1: a healthy OMS node" "$(supervisord_log "$1")" node_healthy "$1"; }

# vip_healthy [VIP]. A balancer that looks at nobody sends requests to hosts that are down, too: nothing can be asked of it.
vip_healthy() {
    [[ $VIP_CHECKS == yes ]] || return 0
    in_controller curl -fsS -m 2 -o /dev/null "http://${1:-$LAB_VIP}:8088/" 9>&- &&
        in_controller curl -kfsS -m 2 -o /dev/null "$LAB_SCHEME://${1:-$LAB_VIP}:8089/" 9>&-
}

wait_vip_way() { wait_for 15 "vip: a way to a node" "$(machine_dir vip)/log/haproxy.log" vip_healthy "$@"; }

load_image() {
    ! in_machine "$1" docker image inspect "$LAB_IMAGE" >/dev/null 2>&1 || return 0
    say "$1: loading the image"
    in_machine "$1" timeout 120 docker load -q <"$(image_archive)" >/dev/null ||
        die "$1: docker load failed" "docker said so above" "lab down, lab up" "$(host_log "$1" dockerd.log)"
}

# make_node HOST CM_URL NODE...: a node of the region that these nodes are, from nothing, as the guide deploys it.
make_node() {
    local host=$1 data
    data=$(machine_dir "$host")/root/data
    load_image "$host"
    node_docker "$host" rm -f "$LAB_CONTAINER" >/dev/null 2>&1
    find "$data" -mindepth 1 -delete
    mkdir -p "$data"/oms/oms_{logs,store,run}
    (umask 077 && config_yaml "${@:2}" >"$data/config.yaml")
    run_oms_container "$host"
    wait_supervisor "$host"
    [[ $SELF_INIT == yes ]] ||
        in_machine "$host" timeout 120 docker exec "$LAB_CONTAINER" bash /root/docker_init.sh >"$LAB_DIR/init.log" 2>&1 ||
        die "$host: docker_init.sh failed" "see its output" "read $LAB_DIR/init.log" "$LAB_DIR/init.log"
    wait_node "$host"
}

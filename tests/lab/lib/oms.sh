# shellcheck shell=bash disable=SC2153 # names from common.sh and from layout.env
# The files an operator has, and the OMS node that exists before a scale-out: h1, initialised as the guide says.

# config_yaml CM_URL NODE...: a config.yaml with the comments of the guide's sample.
config_yaml() {
    local cm_url=$1 node
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
drc_cm_heartbeat_db: $LAB_HB_DB

# Configurations of the OMS Community Edition cluster
cm_url: $cm_url
cm_location: $CM_LOCATION
cm_region: $CM_REGION
cm_region_cn: $CM_REGION_CN
cm_is_default: true
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
    [[ -s $LAB_DIR/password ]] ||
        (umask 077 && head -c 64 /dev/urandom | base64 -w 0 | tr -dc 'A-Za-z0-9' | cut -c1-20 | atomically "$LAB_DIR/password")
}

make_controller_files() {
    local host hosts
    mapfile -t hosts < <(host_names)
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
    (umask 077 && config_yaml "http://$LAB_VIP:8088" "${hosts[@]}" | atomically "$LAB_DIR/config.yaml")
    atomically "$LAB_DIR/lab.env" <<END
LAB_DIR='$LAB_DIR'
LAB_NAME='$LAB_NAME'
LAB_LAYOUT='$(<"$LAB_DIR/layout")'
LAB_HOSTS='${hosts[*]}'
LAB_HOST_ADDRESSES='$(for host in "${hosts[@]}"; do address_of "$host"; done | paste -sd' ')'
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
        for file in "$(layout_dir)"/*; do
            cp -- "$file" "$control/"
        done
    done
}

layout_dir() { echo "$LAB_HOME/layouts/$(<"$LAB_DIR/layout")"; }

load_layout() {
    # shellcheck source=/dev/null
    . "$LAB_HOME/layouts/$1/layout.env"
    LAB_HB_DB=oms_cm_heartbeat_$CM_LOCATION
}

h1_docker() { in_machine h1 timeout 60 docker "$@"; }

run_oms_container() {
    local certificate
    mapfile -t certificate < <(certificate_mounts)
    h1_docker run -dit --net host \
        -v "$LAB_CONFIG_PATH:/home/admin/conf/config.yaml" \
        -v "$LAB_LOGS_DIR:/home/admin/logs" \
        -v "$LAB_STORE_DIR:/home/ds/store" \
        -v "$LAB_RUN_DIR:/home/ds/run" \
        "${certificate[@]}" \
        -e OMS_HOST_IP="$(address_of h1)" \
        --privileged=true --pids-limit -1 --ulimit nproc=65535:65535 \
        --name "$LAB_CONTAINER" "$LAB_IMAGE" >/dev/null ||
        die "h1: docker run failed" "docker said so above" "lab down, lab up" "$(host_log h1 dockerd.log)"
}

supervisor_answers() { h1_docker exec "$LAB_CONTAINER" supervisorctl pid; }

port_answers() { in_controller timeout 2 bash -c "exec 3<>/dev/tcp/$(address_of h1)/$1" 9>&-; }

self_initialised() { [[ $(h1_docker logs --tail 1 "$LAB_CONTAINER") == 'OMS service start successfully'* ]]; }

node_healthy() {
    local health
    if [[ $HEALTH == yes ]]; then
        health=$(in_controller curl -kfsS -m 2 "$LAB_SCHEME://$(address_of h1):8089/oms/health" 9>&-) && [[ $health == *'"healthy":true'* ]] || return 1
    fi
    in_controller curl -fsS -m 2 -o /dev/null "http://$(address_of h1):8088/" 9>&- || return 1
    port_answers 9000 && port_answers 2023 || return 1
    [[ $SELF_INIT != yes ]] || self_initialised || return 1
    [[ $(server_sql -N -B -e "SELECT host_status FROM \`$LAB_CM_DB\`.host WHERE ip = '$(address_of h1)'") == ONLINE ]]
}

wait_node() { wait_for 60 "h1: a healthy OMS node" "$(machine_dir h1)/root$LAB_LOGS_DIR/supervisord.log" node_healthy; }

# A balancer that looks at nobody answers for hosts that are down, too: then that it listens is all that can be asked.
vip_healthy() {
    [[ $VIP_CHECKS == yes ]] || return 0
     in_controller curl -fsS -m 2 -o /dev/null "http://$LAB_VIP:8088/" 9>&- && in_controller curl -kfsS -m 2 -o /dev/null "$LAB_SCHEME://$LAB_VIP:8089/" 9>&-
}

# make_node CM_URL: h1 from nothing, as the guide deploys a single node.
make_node() {
    local data
    data=$(machine_dir h1)/root/data
    h1_docker rm -f "$LAB_CONTAINER" >/dev/null 2>&1
    drop_databases
    find "$data" -mindepth 1 -delete
    mkdir -p "$data"/oms/oms_{logs,store,run}
    (umask 077 && config_yaml "$1" h1 >"$data/config.yaml")
    run_oms_container
    wait_for 30 "h1: the container's supervisor" "$data/oms/oms_logs/supervisord.log" supervisor_answers
    [[ $SELF_INIT == yes ]] ||
        in_machine h1 timeout 120 docker exec "$LAB_CONTAINER" bash /root/docker_init.sh >"$LAB_DIR/init.log" 2>&1 ||
        die "h1: docker_init.sh failed" "see its output" "read $LAB_DIR/init.log" "$LAB_DIR/init.log"
    wait_node
}

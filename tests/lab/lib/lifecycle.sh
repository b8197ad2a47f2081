# shellcheck shell=bash
# up and down. Everything that up makes is written down before it is made: the token in the environment of every process,
# the names of namespaces, the cgroup; so down needs no luck, whenever up was killed.

begin_up() {
    local hosts=$1 layout=$2 regions=$3 tsdb=$4 machine
    if lab_is_up; then
        for machine in $(machine_names); do
            machine_pid "$machine" >/dev/null || { say "$machine is gone: starting anew" && rm -f -- "$LAB_DIR/complete"; }
        done
    fi
    if lab_is_up; then
        [[ "$(<"$LAB_DIR/hosts") $(<"$LAB_DIR/layout") $(<"$LAB_DIR/regions") $(tsdb_word)" == "$hosts $layout $regions $tsdb" ]] ||
            die "a lab of another shape is up" "it has $(<"$LAB_DIR/hosts") hosts, layout $(<"$LAB_DIR/layout"), $(<"$LAB_DIR/regions") regions, time-series database: $(tsdb_word)" \
                "lab down, then lab up"
        say "the lab is up already ($hosts hosts, layout $layout)"
        print_next
        exit 0
    fi
    [[ ! -e $LAB_DIR/token ]] || { say "removing what an unfinished up left" && tear_down; }
    mkdir -p -- "$LAB_DIR"
    chmod 755 -- "$LAB_DIR"
    check_names_are_free
    mountpoint -q /run/netns || : >"$LAB_NETNS_MARK"
    echo "$hosts" >"$LAB_DIR/hosts"
    echo "$layout" >"$LAB_DIR/layout"
    echo "$regions" >"$LAB_DIR/regions"
    [[ $tsdb == no ]] || : >"$LAB_DIR/tsdb"
    echo "$LAB_NAME" >"$LAB_DIR/cgroup"
    echo "$LAB_NAME-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" | atomically "$LAB_DIR/token"
    # Started anew, so that the token is in the environment of this process and of all that it starts.
    OMSLAB_TOKEN=$(<"$LAB_DIR/token") exec "$LAB_HOME/lab" continue-up
}

# Waits for N children; the first that fails ends the start.
wait_for_children() {
    local left=$1
    for (( ; left > 0; left--)); do
        wait -n || die "the lab did not come up" "a part of it failed; its message is above" "correct it, then: lab up"
    done
}

continue_up() {
    local host
    load_layout "$(<"$LAB_DIR/layout")"
    make_secrets
    make_disk controller "$LAB_DIR/controller"
    make_network
    ensure_image &
    say "starting MariaDB, haproxy and $(host_names | wc -l) hosts"
    start_metadb_machine &
    start_vip_machine &
    ! has_tsdb || start_tsdb_machine &
    for host in $(host_names); do
        start_host "$host" &
    done
    wait_for_children $((4 + $(host_names | wc -l)))
    for host in $(host_names); do save_host_paths "$host"; done
    make_controller_files
    record_kind
    write_control
    make_state vip
    make_state physical
    node_docker h1 start "$LAB_CONTAINER" >/dev/null
    wait_node h1
    wait_vip_way
    echo physical | atomically "$LAB_DIR/state"
    : >"$LAB_DIR/complete"
    say "the lab is up"
    print_next
}

print_next() {
    cat <<END
ssh config:   $LAB_DIR/ssh_config   (as root; $LAB_DIR/ssh_config.operator: as operator on port 2222)
config.yaml:  $LAB_DIR/config.yaml   (the target: cm_url at the VIP, all hosts in cm_nodes)
for scripts:  $LAB_DIR/lab.env

Next, for example:
  sudo $LAB_HOME/lab exec controller -- omsctl scale-out node -c $LAB_DIR/config.yaml --ssh-config $LAB_DIR/ssh_config
  sudo $LAB_HOME/lab exec h1 -- docker exec $LAB_CONTAINER supervisorctl status
  sudo $LAB_HOME/lab reset --vip
END
}

# Processes that carry this lab's token; nothing else on the machine does.
token_processes() { grep -lzxsF -- "OMSLAB_TOKEN=$(<"$LAB_DIR/token")" /proc/[0-9]*/environ | cut -d/ -f3 | grep -vx "$$"; }

kill_token_processes() {
    local pids
    mapfile -t pids < <(token_processes)
    ((${#pids[@]} == 0)) || { kill -KILL "${pids[@]}" 2>/dev/null; false; }
}

# A process that started before it could carry the token is found by the record it wrote: pid and start time.
kill_recorded() {
    local file pid
    for file in "$LAB_DIR"/machines/*/launcher.pid; do
        if alive "$file"; then
            read -r pid _ <"$file"
            kill -KILL "$pid" 2>/dev/null
        fi
    done
}

remove_cgroups() {
    local name root
    name=$(<"$LAB_DIR/cgroup")
    for root in /sys/fs/cgroup "/sys/fs/cgroup"/*; do
        [[ ! -d $root/$name ]] || find "$root/$name" -depth -type d -exec rmdir {} + 2>/dev/null
    done
    for root in /sys/fs/cgroup "/sys/fs/cgroup"/*; do
        [[ ! -d $root/$name ]] || return 1
    done
}

tear_down() {
    [[ -e $LAB_DIR/token ]] || return 0
    rm -f -- "$LAB_DIR/complete"
    wait_for 30 "down: the end of the lab's processes" '' kill_token_processes
    kill_recorded
    wait_for 30 "down: the lab's cgroups" '' remove_cgroups
    wait_for 10 "down: the lab's network" '' remove_network
    wait_for 10 "down: the lab's disks" '' disks_are_gone
    rm -rf --one-file-system -- "${LAB_DIR:?}"/{machines,saved,disks}
    # The token goes last: as long as it is there, down can be run again.
    find "$LAB_DIR" -mindepth 1 ! -path "$LAB_DIR/lock" ! -path "$LAB_DIR/token" -delete
    rm -f -- "$LAB_DIR/token"
}

down_lab() {
    if [[ ! -e $LAB_DIR/token ]]; then
        say "nothing to tear down in $LAB_DIR"
        [[ ! -d $LAB_DIR ]] || { rm -f -- "$LAB_DIR/lock" && rmdir -- "$LAB_DIR" 2>/dev/null; }
        return 0
    fi
    # What an up that was killed left running may still hold the lock; a whole lab's command is waited for.
    lab_is_up || wait_for 30 "down: the end of an unfinished up" '' kill_token_processes
    take_lock
    tear_down
    rm -f -- "$LAB_DIR/lock"
    rmdir -- "$LAB_DIR" 2>/dev/null
    say "the lab is down"
}

tell_faults() { faults_of "$1" | sed 's/^/  fault:/' | tr -d '\n'; }

status_lab() {
    local machine line state
    need_up
    echo "lab $LAB_NAME in $LAB_DIR: $(host_names | wc -l) hosts, layout $(<"$LAB_DIR/layout"), last reset to \"$(<"$LAB_DIR/state")\""
    for machine in $(machine_names); do
        line="$machine $(address_of "$machine")"
        if ! machine_pid "$machine" >/dev/null; then
            echo "$line  not running"
            continue
        fi
        case $machine in
            metadb) if metadb_answers >/dev/null 2>&1; then state='mariadb up'; else state='mariadb down'; fi ;;
            tsdb) if tsdb_answers >/dev/null 2>&1; then state='influxdb up'; else state='influxdb down'; fi ;;
            vip) if runs_own vip haproxy; then state='haproxy up'; else state='haproxy down'; fi ;;
            *)
                if sshd_answers "$machine" >/dev/null 2>&1; then state='sshd up'; else state='sshd unreachable'; fi
                if docker_answers "$machine" >/dev/null 2>&1; then
                    state+=", docker up: $(in_machine "$machine" docker ps -a --format '{{.Names}} {{.State}}' | paste -sd';')"
                else
                    state+=', docker down'
                fi
                ;;
        esac
        echo "$line  $state$(tell_faults "$machine")"
    done
    echo "controller $LAB_NET.1$(tell_faults controller)"
}

# shellcheck shell=bash
# What runs on the machines: sshd and dockerd on hosts, MariaDB on metadb, haproxy on vip. Each has start, stop, runs.

# spawn MACHINE LOGFILE COMMAND...: starts a process that outlives this command; LOGFILE is the path inside the machine.
spawn() {
    local machine=$1 log=$2
    shift 2
    # shellcheck disable=SC2016 # expanded by the inner shell
    in_machine "$machine" sh -c 'log=$1; shift; exec setsid "$@" </dev/null >>"$log" 2>&1 &' spawn "$log" "$@" \
        3>&- 4>&- 5>&- 6>&- 7>&- 8>&-
}

host_log() { echo "$(machine_dir "$1")/root/var/log/$2"; }

# kill_own MACHINE SIGNAL NAME: the processes of this name in the machine's own pid namespace, not those in its containers.
kill_own() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    in_machine "$1" bash -c '
        own=$(readlink /proc/1/ns/pid)
        for pid in $(pgrep -x "$2"); do
            [[ $(readlink "/proc/$pid/ns/pid") != "$own" ]] || kill "-$1" "$pid" 2>/dev/null
        done; true' kill_own "$2" "$3"
}

runs_own() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    in_machine "$1" bash -c '
        own=$(readlink /proc/1/ns/pid)
        for pid in $(pgrep -x "$1"); do
            [[ $(readlink "/proc/$pid/ns/pid") != "$own" ]] || exit 0
        done; exit 1' runs_own "$2"
}

gone_own() { ! runs_own "$1" "$2"; }

sshd_answers() { in_controller timeout 2 bash -c "read -r line <'/dev/tcp/$(address_of "$1")/22' && [[ \$line == SSH-* ]]" 9>&-; }

start_sshd() {
    runs_own "$1" sshd || spawn "$1" /var/log/sshd.log /usr/sbin/sshd -D -e -f /etc/ssh/sshd_config
}

stop_sshd() {
    kill_own "$1" KILL sshd
    wait_for 10 "$1: the end of sshd" "$(host_log "$1" sshd.log)" gone_own "$1" sshd
}

docker_answers() { in_machine "$1" timeout 5 docker version; }

start_docker() {
    local host=$1
    ! runs_own "$host" dockerd || return 0
    in_machine "$host" rm -f /run/docker.pid /run/docker/containerd/containerd.pid
    spawn "$host" /var/log/dockerd.log dockerd --host=unix:///run/docker.sock --bridge=none --iptables=false \
        --ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=false --storage-driver=overlay2 \
        --live-restore --oom-score-adjust=0 --exec-opt native.cgroupdriver=cgroupfs \
        --cgroup-parent="/$LAB_NAME/$host" --pidfile=/run/docker.pid
}

stop_docker() {
    local host=$1 log
    log=$(host_log "$host" dockerd.log)
    kill_own "$host" TERM dockerd
    wait_for 20 "$host: the end of dockerd" "$log" gone_own "$host" dockerd
    kill_own "$host" KILL containerd
    wait_for 10 "$host: the end of containerd" "$log" gone_own "$host" containerd
}

write_sshd_config() {
    local host=$1 etc
    etc=$(machine_dir "$host")/root/etc/ssh
    [[ -e $etc/ssh_host_ed25519_key ]] || ssh-keygen -q -t ed25519 -N '' -C "$host" -f "$etc/ssh_host_ed25519_key"
    cat >"$etc/sshd_config" <<END
ListenAddress $(address_of "$host"):22
ListenAddress $(address_of "$host"):2222
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
AcceptEnv LANG LC_*
PidFile /run/sshd.pid
Subsystem sftp internal-sftp
END
}

start_host() {
    local host=$1
    prepare_host_root "$host"
    write_sshd_config "$host"
    start_machine "$host"
    start_sshd "$host"
    start_docker "$host"
    wait_for 20 "$host: sshd" "$(host_log "$host" sshd.log)" sshd_answers "$host"
    wait_for 60 "$host: dockerd" "$(host_log "$host" dockerd.log)" docker_answers "$host"
}

metadb_answers() { server_sql -e 'SELECT 1'; }

# server_sql ARGUMENTS...: the MariaDB client as the server's root, over its socket.
server_sql() {
    (cd "$LAB_DIR/machines/metadb/data" && exec mariadb --no-defaults --default-character-set=utf8mb4 -S ./mysqld.sock -u root "$@" 9>&-)
}

start_metadb() {
    local directory mode=()
    # shellcheck disable=SC2153 # SQL_MODE comes from the layout; empty is the server's own
    [[ -z $SQL_MODE ]] || mode=(--sql-mode="$SQL_MODE")
    directory=$(machine_dir metadb)
    ! runs_own metadb mariadbd || return 0
    spawn metadb "$directory/log/mariadbd.log" mariadbd --no-defaults --user=mysql --datadir="$directory/data" \
        --tmpdir="$directory/tmp" --socket=mysqld.sock --pid-file=mysqld.pid --bind-address="$LAB_METADB" --port=3306 --skip-name-resolve \
        --innodb-buffer-pool-size=32M --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=2 --performance-schema=OFF \
        --key-buffer-size=1M --max-connections=300 --character-set-server=utf8mb4 --default-time-zone=+08:00 \
        --general-log-file="$directory/log/general.log" --skip-log-bin --plugin-load-add=auth_socket "${mode[@]}"
}

wait_metadb() { wait_for 30 "metadb: MariaDB" "$(machine_dir metadb)/log/mariadbd.log" metadb_answers; }

stop_metadb() {
    kill_own metadb KILL mariadbd
    wait_for 10 "metadb: the end of MariaDB" "$(machine_dir metadb)/log/mariadbd.log" gone_own metadb mariadbd
}

# A fresh data directory takes seconds to make, so it is cached.
prepare_metadb() {
    local directory seed
    directory=$(machine_dir metadb)
    # A server that starts empties its tmpdir of '#sql' files, another server's too: never the shared /tmp.
    mkdir -p "$directory/log" "$directory/tmp" "$LAB_CACHE"
    chown mysql: "$directory/tmp"
    seed=$LAB_CACHE/mariadb-$(mariadbd --version | sha256sum | cut -c1-16).tar.zst
    if [[ ! -e $seed ]]; then
        (
            flock -w 120 7
            [[ ! -e $seed ]] || exit 0
            rm -rf "$directory/seed"
            mkdir -p "$directory/seed"
            mariadb-install-db --no-defaults --user=mysql --datadir="$directory/seed" --tmpdir="$directory/tmp" --skip-test-db --skip-name-resolve \
                --innodb-log-file-size=16M --auth-root-authentication-method=socket --auth-root-socket-user=root \
                >"$directory/log/install.log" 2>&1 7>&- 9>&- || exit 1
            tar -C "$directory/seed" -cf - . | zstd -q -1 >"$seed.new" && mv "$seed.new" "$seed"
            rm -rf "$directory/seed"
        ) 7>"$LAB_CACHE/mariadb.lock" || die "metadb: mariadb-install-db failed" "see its log" "read it" "$directory/log/install.log"
    fi
    mkdir -p "$directory/data"
    make_disk metadb "$directory/data"
    [[ -e $directory/data/ibdata1 ]] || zstd -qdc "$seed" | tar -C "$directory/data" -xf -
    chown mysql: "$directory/data" "$directory/log"
    chmod 755 "$directory/data"
}

start_metadb_machine() {
    prepare_metadb
    start_machine metadb
    start_metadb
    wait_metadb
    server_sql <<END
CREATE USER IF NOT EXISTS '$LAB_DB_USER'@'%' IDENTIFIED BY '$(<"$LAB_DIR/password")';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE,
    CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER, SHOW DATABASES, PROCESS ON *.* TO '$LAB_DB_USER'@'%';
END
}

# bind_vip REGION HOST...: the balancer sends the requests for the region's VIP to these.
bind_vip() { printf '%s\n' "${@:2}" | atomically "$(machine_dir vip)/bound.$1"; }

bind_all_vips() {
    local region hosts
    for region in $(regions); do
        mapfile -t hosts < <(region_hosts "$region")
        bind_vip "$region" "${hosts[@]}"
    done
}

# A balancer that sends requests to those of the bound hosts which answer; without checks, to all of them.
write_vip_config() {
    local region check='' options='' retries='    retries 0'
    # shellcheck disable=SC2153 # VIP_CHECKS comes from the layout
    if [[ $VIP_CHECKS == yes && ! -e $(machine_dir vip)/faults/no-health-check ]]; then
        check='check inter 100ms rise 1 fall 1' options='option httpchk'
        retries=$'    retries 3\n    option redispatch\n    retry-on conn-failure'
    fi
    {
        printf '%s\n' global '    maxconn 500' defaults '    mode http' '    timeout connect 2s' '    timeout client 60s' \
            '    timeout server 60s' '    timeout check 1s' "    source $LAB_BALANCER" "$retries"
        for region in $(regions); do vip_sections "$region" "${options:+    $options GET /}" "$check"; done
    } | atomically "$(machine_dir vip)/haproxy.cfg"
}

# vip_sections REGION OPTIONS CHECK: what haproxy does for the region's VIP.
vip_sections() {
    local region=$1 options=$2 check=$3 vip host hosts
    vip=$(vip_of "$region")
    mapfile -t hosts <"$(machine_dir vip)/bound.$region"
    printf '%s\n' "frontend cm$region" "    bind $vip:8088" "    default_backend cm$region" "backend cm$region" "$options"
    for host in "${hosts[@]}"; do echo "    server $host $(address_of "$host"):8088 $check"; done
    printf '%s\n' "frontend console$region" '    mode tcp' "    bind $vip:8089" '    tcp-request inspect-delay 5s' \
        '    tcp-request content accept if { req.ssl_hello_type 1 }' '    tcp-request content switch-mode http if HTTP' \
        "    use_backend tls$region if { req.ssl_hello_type 1 }" "    default_backend console$region"
    printf '%s\n' "backend console$region" "$options"
    for host in "${hosts[@]}"; do echo "    server $host $(address_of "$host"):8089 $check"; done
    printf '%s\n' "backend tls$region" '    mode tcp' "$options"
    for host in "${hosts[@]}"; do echo "    server $host $(address_of "$host"):8089 ${check:+$check check-ssl verify none}"; done
}

start_vip() {
    ! runs_own vip haproxy || return 0
    spawn vip "$(machine_dir vip)/log/haproxy.log" haproxy -db -f "$(machine_dir vip)/haproxy.cfg"
}

vip_listens() { in_controller timeout 2 bash -c "exec 3<>/dev/tcp/$LAB_VIP/8088" 9>&-; }

wait_vip() { wait_for 15 "vip: haproxy" "$(machine_dir vip)/log/haproxy.log" vip_listens; }

stop_vip() {
    kill_own vip KILL haproxy
    wait_for 10 "vip: the end of haproxy" "$(machine_dir vip)/log/haproxy.log" gone_own vip haproxy
}

start_vip_machine() {
    mkdir -p "$(machine_dir vip)"
    bind_all_vips
    write_vip_config
    start_machine vip
    start_vip
    wait_vip
}

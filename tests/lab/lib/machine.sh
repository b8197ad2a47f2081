# shellcheck shell=bash
# Machines: namespaces (net, mount, uts, pid) around a first process that only reaps. Killing that process ends the machine.

machine_dir() { echo "$LAB_DIR/machines/$1"; }

# The pid, seen from outside, of a machine's first process.
machine_pid() {
    local file launcher child
    file=$(machine_dir "$1")/launcher.pid
    alive "$file" || return 1
    read -r launcher _ <"$file"
    child=$(<"/proc/$launcher/task/$launcher/children") || return 1
    child=${child%% *}
    [[ -n $child ]] && echo "$child"
}

# in_machine MACHINE COMMAND...: with all of the machine's namespaces and its own environment.
in_machine() {
    local machine=$1 pid
    shift
    pid=$(machine_pid "$machine") ||
        die "$machine does not run" "its first process is gone" "sudo tests/lab/lab down, then up"
    nsenter -t "$pid" -m -u -p -n -- env -i HOME=/root USER=root LOGNAME=root TERM="${TERM:-dumb}" LANG=C.UTF-8 \
        TZ=Asia/Shanghai PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" 9>&-
}

# Capabilities that root lacks on this machine, as JSON: what runc must not ask for.
missing_capabilities() {
    local names=(CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
        NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
        SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
        MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE)
    local mask index missing=()
    mask=$((16#$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)))
    for index in "${!names[@]}"; do
        (((mask >> index) & 1)) || missing+=("CAP_${names[index]}")
    done
    printf '%s\n' "${missing[@]}" | jq -Rcn '[inputs | select(length > 0)]'
}

write_hosts_file() {
    local machine
    echo "127.0.0.1 localhost"
    for machine in $(machine_names); do
        echo "$(address_of "$machine") $machine"
    done
}

# prepare_host_root HOST: the host's own root directory; /usr is shared, read-only, when the host starts.
prepare_host_root() {
    local host=$1 root file
    root=$(machine_dir "$host")/root
    mkdir -p "$root"/{etc/ssh,proc,sys,dev,run,tmp,usr,root,home,data,opt,srv,mnt} "$(machine_dir "$host")"/{control/fault,log} \
        "$root"/var/{lib/docker,lib/containerd,log,tmp,cache,spool} "$root"/usr-local/{bin,sbin,lib,share}
    chmod 700 "$root/root"
    chmod 1777 "$root/tmp" "$root/var/tmp"
    for file in bin sbin lib lib32 lib64 libx32; do
        [[ ! -L /$file ]] || ln -sfn "$(readlink "/$file")" "$root/$file"
    done
    ln -sfn /run "$root/var/run"
    for file in alternatives ld.so.cache ld.so.conf ld.so.conf.d pam.conf pam.d security login.defs nsswitch.conf profile \
        bash.bashrc protocols services netconfig; do
        [[ ! -e /etc/$file ]] || cp -a -- "/etc/$file" "$root/etc/"
    done
    install -D -m 644 /etc/ssl/openssl.cnf "$root/etc/ssl/openssl.cnf"
    printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' 'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin' \
        'operator:x:1000:1000:operator:/home/operator:/bin/bash' 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin' \
        >"$root/etc/passwd"
    printf '%s\n' 'root:x:0:' 'tty:x:5:' 'docker:x:998:' 'operator:x:1000:' 'nogroup:x:65534:' >"$root/etc/group"
    printf '%s\n' 'root:*:19000:0:99999:7:::' 'operator:*:19000:0:99999:7:::' >"$root/etc/shadow"
    printf '%s\n' 'Defaults env_reset' 'root ALL=(ALL:ALL) ALL' 'operator ALL=(ALL:ALL) NOPASSWD: ALL' >"$root/etc/sudoers"
    chmod 440 "$root/etc/sudoers"
    chmod 640 "$root/etc/shadow"
    echo "$host" >"$root/etc/hostname"
    write_hosts_file >"$root/etc/hosts"
    echo '# no name servers' >"$root/etc/resolv.conf"
    ln -sfn /usr/share/zoneinfo/Asia/Shanghai "$root/etc/localtime"
    echo Asia/Shanghai >"$root/etc/timezone"
    install -m 755 "$LAB_HOME/lib/runc-wrapper" "$root/usr-local/sbin/runc"
    printf '#!/bin/sh\nexit 1\n' | install -m 755 /dev/stdin "$root/usr-local/sbin/modprobe"
    missing_capabilities >"$root/usr-local/share/missing-capabilities.json"
    make_disk "$host-data" "$root/data"
    make_disk "$host-root" "$root/tmp" "$root/var/tmp" "$root/root" "$root/home"
    make_host_homes "$host"
}

# /root and /home as they are before any run.
make_host_homes() {
    local root
    root=$(machine_dir "$1")/root
    install -d -m 700 "$root/root" "$root/root/.ssh"
    install -m 600 "$LAB_DIR/id_ed25519.pub" "$root/root/.ssh/authorized_keys"
    install -d -m 755 -o 1000 -g 1000 "$root/home/operator"
    install -d -m 700 -o 1000 -g 1000 "$root/home/operator/.ssh"
    install -m 600 -o 1000 -g 1000 "$LAB_DIR/id_ed25519.pub" "$root/home/operator/.ssh/authorized_keys"
}

# start_machine MACHINE: its pid is on disk before it becomes the machine.
start_machine() {
    local machine=$1 directory
    directory=$(machine_dir "$machine")
    mkdir -p "$directory/log"
    # shellcheck disable=SC2016 # expanded by the inner shell
    OMSLAB_TOKEN=$(<"$LAB_DIR/token") setsid bash -c '
        stat=$(</proc/$$/stat) && stat=${stat##*) } && set -- "$@" $stat
        echo "$$ ${23}" >"$2/launcher.pid.new" && mv "$2/launcher.pid.new" "$2/launcher.pid"
        exec nsenter --net="/run/netns/$3" unshare -m -u -p -f --kill-child --mount-proc \
            bash "$1/lib/machine-init" "$2" "${3##*-}"
    ' launcher "$LAB_HOME" "$directory" "$(netns_of "$machine")" \
        </dev/null >"$directory/log/init.log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    wait_for 20 "$machine: the start of its namespaces" "$directory/log/init.log" test -e "$directory/started"
}

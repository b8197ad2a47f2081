# shellcheck shell=bash
# Small file systems that a fault can fill, in memory. Healthy ones claim 64 GiB, more than the vendor asks for; a full one
# is limited to what it holds, so that filling takes neither memory nor time.

disk_of() { echo "$LAB_DIR/disks/$1"; }

# make_disk NAME PLACE...: one file system, one directory of it for each place, mounted there.
make_disk() {
    local disk place part number=0
    disk=$(disk_of "$1")
    mkdir -p "$disk"
    mount -t tmpfs -o mode=755,size=64g "$LAB_NAME-$1" "$disk"
    # Never quite empty: a limit of nothing would be no limit.
    echo "$1" >"$disk/name"
    for place in "${@:2}"; do
        part=$disk/$((++number))
        mkdir -p "$part" "$place"
        chmod --reference="$place" "$part"
        mount --bind "$part" "$place"
    done
}

# What df says, in KiB.
disk_column() { df --output="$2" -k "$(disk_of "$1")" | tail -n 1; }

limit_disk() {
    mount -o "remount,size=$(($(disk_column "$1" used) + $2))k" "$(disk_of "$1")" && (($(disk_column "$1" avail) <= $2))
}

# fill_disk NAME FREE_KIB: services write meanwhile, so it may take more than one attempt.
fill_disk() { wait_for 10 "the full disk of $1" '' limit_disk "$1" "$2"; }

empty_disk() { mount -o remount,size=64g "$(disk_of "$1")"; }

# disks_are_gone: unmounts whatever is mounted below the lab's directory, last first.
disks_are_gone() {
    local place
    while read -r place; do
        umount -l -- "$place" || return 1
    done < <(awk -v below="$LAB_DIR/" 'index($2, below) == 1 { print $2 }' /proc/self/mounts | tac)
}

#!/bin/bash
# omsctl at work, on real servers, in about two minutes: builds it, starts a lab on this machine (a MetaDB, three
# hosts with their own sshd and docker, a VIP), scales a one-node OMS deployment out to three nodes behind the VIP, and
# takes the lab down again. Nothing of the machine itself is changed but the packages that are installed.
#
#   sudo examples/quickstart.sh [--keep]
#
#   --keep    leave the lab up, and say how to go on
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
readonly root lab=$root/tests/lab/lab omsctl=$root/build/release/omsctl
# A lab of its own: others may be up at the same time.
export OMSLAB_NAME=omsquick OMSLAB_DIR=/var/lib/omsctl-quickstart
readonly state=/var/lib/omsctl-quickstart-runs
export LC_ALL=C.UTF-8 CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

keep=no
case ${1:-} in
    '') ;;
    --keep) keep=yes ;;
    -h | --help) sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p' && exit 0 ;;
    *) echo "quickstart.sh: unknown option \"$1\"; see --help" >&2 && exit 2 ;;
esac
((EUID == 0)) || { echo "quickstart.sh: needs root (the lab makes network namespaces): sudo $0" >&2 && exit 1; }

log=$(mktemp "${TMPDIR:-/tmp}/omsctl-quickstart.XXXXXX")
lab_started=no

leave() {
    local status=$?
    trap - EXIT
    if [[ $lab_started == yes && ($keep == no || $status -ne 0) ]]; then
        say 'Taking the lab down'
        timeout 120 "$lab" down >>"$log" 2>&1 || echo "the lab is not down: see $log, then: sudo OMSLAB_DIR=$OMSLAB_DIR $lab down" >&2
    fi
    if ((status == 0)); then
        rm -f -- "$log"
        [[ $keep == yes ]] || rm -rf -- "$state"
    fi
    exit "$status"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

say() { printf '\n== %s\n' "$*"; }

# quietly SECONDS COMMAND...: shows what it printed only when it fails.
quietly() {
    timeout -k 20 "$@" </dev/null >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        printf '\nquickstart.sh: failed: %s\n' "${*:2}" >&2
        exit 1
    }
}

on_controller() { timeout "$1" "$lab" exec controller -- "${@:2}"; }

sql() { timeout 30 "$lab" sql -t -e "$1" | sed 's/^/  /'; }

show_deployment() {
    local host containers
    for host in h1 h2 h3; do
        containers=$(timeout 30 "$lab" exec "$host" -- docker ps --format '{{.Names}} ({{.Status}})')
        printf '  %s  198.18.0.1%s  %s\n' "$host" "${host#h}" "${containers:-no container}"
    done
    sql 'SELECT region, cm_url FROM oms_rm.cluster_info'
    sql 'SELECT ip, host_status FROM oms_cm.host ORDER BY ip'
}

say 'Packages'
quietly 2400 "$root/tests/install.sh" build lab
cd "$root"
say 'Building omsctl in build/release (the first time a few minutes)'
quietly 300 cmake --preset release
quietly 3600 cmake --build --preset release --target omsctl -j "$(nproc)"
"$omsctl" version

say 'Starting the lab: MariaDB, a VIP, three hosts'
lab_started=yes
was_up=$OMSLAB_DIR/complete
if [[ -e $was_up ]]; then
    quietly 300 "$lab" up
    quietly 120 "$lab" reset --images initial
else
    quietly 900 "$lab" up
fi

say 'Before: one node, cm_url is its own address'
show_deployment

reach=(--ssh-config "$OMSLAB_DIR/ssh_config" --state-dir "$state")
say 'omsctl scale-out node: cm_url becomes the VIP, two nodes join'
echo "  \$ omsctl scale-out node -c $OMSLAB_DIR/config.yaml --yes"
on_controller 900 "$omsctl" scale-out node -c "$OMSLAB_DIR/config.yaml" "${reach[@]}" --yes 2>&1

say 'After: three nodes behind the VIP'
show_deployment

say 'Once more: nothing is left to do'
on_controller 120 "$omsctl" scale-out node -c "$OMSLAB_DIR/config.yaml" "${reach[@]}" --yes 2>&1 | tail -n 1

if [[ $keep == yes ]]; then
    say 'The lab stays up. Go on:'
    cat <<NEXT
  export OMSLAB_DIR=$OMSLAB_DIR
  sudo -E $lab reset                      # one node again
  sudo -E $lab fault h2 init-fails-at 4   # break something; --help lists what
  sudo -E $lab exec controller -- $omsctl scale-out node -c $OMSLAB_DIR/config.yaml \\
      ${reach[*]} --dry-run
  sudo -E $omsctl runs last --state-dir $state
  sudo -E $lab down && sudo rm -r $state
NEXT
fi

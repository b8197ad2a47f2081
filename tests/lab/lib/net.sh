# shellcheck shell=bash
# The lab's network: one namespace with a bridge (the controller), one per machine with a veth into it.
# Nothing of it is visible in the machine's own namespace, and nothing leads out of it.

netns_of() {
    if [[ $1 == controller ]]; then echo "$LAB_NAME"; else echo "$LAB_NAME-$1"; fi
}

# Records the name before it exists, so that teardown finds it after a kill.
add_netns() {
    local name
    name=$(netns_of "$1")
    grep -qxF -- "$name" "$LAB_DIR/netns" 2>/dev/null || echo "$name" >>"$LAB_DIR/netns"
    ip netns add "$name"
    ip -n "$name" link set lo up
}

make_network() {
    local machine controller address
    controller=$(netns_of controller)
    add_netns controller
    ip -n "$controller" link add br0 type bridge
    ip -n "$controller" addr add "$LAB_NET.1/24" dev br0
    ip -n "$controller" link set br0 up
    for machine in $(machine_names); do
        add_netns "$machine"
        ip -n "$controller" link add "v-$machine" type veth peer name eth0 netns "$(netns_of "$machine")"
        ip -n "$controller" link set "v-$machine" master br0 up
        ip -n "$(netns_of "$machine")" addr add "$(address_of "$machine")/24" dev eth0
        ip -n "$(netns_of "$machine")" link set eth0 up
    done
    for address in "$LAB_BALANCER" "$LAB_SECOND_VIP"; do ip -n "$(netns_of vip)" addr add "$address/24" dev eth0; done
}

# set_link MACHINE up|down: the bridge's side of its cable.
set_link() { ip -n "$(netns_of controller)" link set "v-$1" "$2"; }

link_is_down() { [[ "$(ip -n "$(netns_of controller)" -o link show "v-$1")" != *"state UP"* ]]; }

# deafen HOST, hear HOST: what the host sends to a VIP goes to a hardware address that nobody has; others are not concerned.
deafen() { ip -n "$(netns_of "$1")" neigh replace "$(vip_of "$(region_of "$1")")" lladdr 02:00:00:00:00:01 dev eth0 nud permanent; }
hear() { ip -n "$(netns_of "$1")" neigh del "$(vip_of "$(region_of "$1")")" dev eth0; }

in_controller() { nsenter --net="/run/netns/$(netns_of controller)" -- "$@"; }

check_names_are_free() {
    local name
    name=$(ip netns list | awk '{print $1}' | grep -E "^${LAB_NAME}(-([hs][0-9]+|metadb|vip|tsdb))?\$" | head -n 1)
    [[ -z $name ]] || die "the network namespace $name exists already" "it is not this lab's: $LAB_DIR has no record of it" \
        "choose another OMSLAB_NAME, or tear that lab down with its own OMSLAB_DIR"
}

remove_network() {
    local name
    [[ -e $LAB_DIR/netns ]] || return 0
    while read -r name; do
        [[ ! -e /run/netns/$name ]] || ip netns delete "$name" || return 1
    done <"$LAB_DIR/netns"
    # "ip netns" leaves a mount of its own behind; it goes with the last namespace when a lab brought it.
    if [[ -e $LAB_NETNS_MARK && -z $(ls -A /run/netns 2>/dev/null) ]]; then
        umount /run/netns 2>/dev/null
        rmdir /run/netns 2>/dev/null
        rm -f -- "$LAB_NETNS_MARK"
    fi
    rm -f -- "$LAB_DIR/netns"
}

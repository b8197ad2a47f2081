# shellcheck shell=bash disable=SC2034,SC2119,SC2120,SC2153 # names from common.sh; those set here are for the other parts
# Host kinds: what may differ between hosts of one layout. The container's name, where its mounts lie, and whether the console
# has a certificate. The kind of the last reset is in kind.env, so that every later command knows it.

# Legal names below the host's /data that break whatever is not quoted.
# shellcheck disable=SC2016 # nothing in it is to be expanded
LAB_ODD_PLACE='/data/it'\''s "oms" $(x) `y`;'

# use_kind [CONTAINER [odd|plain [http|https]]]
use_kind() {
    local place=/data/oms
    LAB_CONTAINER=${1:-oms_421} LAB_PATHS=${2:-plain} LAB_SCHEME=${3:-http}
    LAB_CONFIG_PATH=/data/config.yaml LAB_HTTPS_CRT='' LAB_HTTPS_KEY=''
    if [[ $LAB_PATHS == odd ]]; then place=$LAB_ODD_PLACE LAB_CONFIG_PATH=$LAB_ODD_PLACE/config.yaml; fi
    LAB_LOGS_DIR=$place/oms_logs LAB_STORE_DIR=$place/oms_store LAB_RUN_DIR=$place/oms_run
    if [[ $LAB_SCHEME == https ]]; then LAB_HTTPS_CRT=$place/https_crt LAB_HTTPS_KEY=$place/https_key; fi
}

# record_kind: the kind that is in use is the one that hosts now have. Scripts get it through lab.env.
record_kind() {
    local name
    for name in CONTAINER PATHS SCHEME CONFIG_PATH LOGS_DIR STORE_DIR RUN_DIR HTTPS_CRT HTTPS_KEY; do
        name=LAB_$name
        printf '%s=%s\n' "$name" "${!name@Q}"
    done | atomically "$LAB_DIR/kind.env"
}

# place_data HOST: a node's files, that lie where the guide has them, go to where this kind has them.
place_data() {
    local root
    root=$(machine_dir "$1")/root
    if [[ $LAB_PATHS == odd ]]; then
        mv -- "$root/data/oms" "$root$LAB_ODD_PLACE"
        mv -- "$root/data/config.yaml" "$root$LAB_CONFIG_PATH"
    fi
    [[ $LAB_SCHEME == http ]] || place_certificate "$(region_of "$1")" "$root$LAB_HTTPS_CRT" "$root$LAB_HTTPS_KEY"
}

# place_certificate REGION CRT KEY
place_certificate() {
    install -m 644 -- "$(certificate_dir "$1")/oms_server.crt" "$2"
    install -m 600 -- "$(certificate_dir "$1")/oms_server.key" "$3"
}

certificate_dir() { echo "$LAB_DIR/tls-region$1"; }

# make_certificate REGION: for its VIP and its nodes; the same one after every reset of one lab, so that equal states are equal.
make_certificate() {
    local directory host names
    directory=$(certificate_dir "$1")
    [[ ! -d $directory ]] || return 0
    names=IP:$(vip_of "$1")
    for host in $(region_hosts "$1"); do names+=,IP:$(address_of "$host"); done
    rm -rf -- "$directory.new"
    mkdir -p "$directory.new"
    (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=oms region $1" -addext "subjectAltName=$names" \
        -keyout "$directory.new/oms_server.key" -out "$directory.new/oms_server.crt" 2>/dev/null 9>&-) ||
        die "no certificate could be made" "openssl req failed" "run it by hand: openssl req -x509 -newkey rsa:2048 -nodes ..."
    mv -T -- "$directory.new" "$directory"
}

# What docker run gets on top of the guide's four mounts.
certificate_mounts() {
    [[ $LAB_SCHEME == https ]] || return 0
    printf '%s\n' -v "$LAB_HTTPS_CRT:/etc/pki/nginx/oms_server.crt" -v "$LAB_HTTPS_KEY:/etc/pki/nginx/oms_server.key"
}

use_kind
# shellcheck source=/dev/null
[[ ! -r $LAB_DIR/kind.env ]] || . "$LAB_DIR/kind.env"

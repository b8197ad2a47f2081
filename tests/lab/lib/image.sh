# shellcheck shell=bash
# The OMS stand-in image: a debootstrap base (cached), the files of tests/lab/image/ on top, one docker archive.

IMAGE_PACKAGES=supervisor,nginx-light,openssh-server,python3,python3-pymysql,python3-yaml,mariadb-client,curl,procps,iproute2,sudo
IMAGE_SUITE=bookworm

# The first Debian mirror that the machine's own apt sources name.
debian_mirror() {
    local file uri
    for file in /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [[ -r $file ]] || continue
        uri=$(sed -nE 's/^URIs:[[:space:]]*([^[:space:]]+).*/\1/p; s/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' "$file" |
            grep -E '/debian/?$' | head -n 1)
        [[ -n $uri ]] && echo "$uri" && return
    done
    die "no Debian mirror found" "no apt source of this machine names one" "add one to /etc/apt/sources.list"
}

base_key() { printf '%s\n' "$IMAGE_SUITE $IMAGE_PACKAGES" "$(declare -f trim_base)" | sha256sum | cut -c1-16; }

upper_key() {
    (cd "$LAB_HOME/image" && find . -type f ! -name '*.pyc' -printf '%P %m\n' | sort &&
        find . -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum) |
        cat - <(base_key) <(declare -f build_archive assemble) | sha256sum | cut -c1-16
}

image_archive() { echo "$LAB_CACHE/oms-image-$(upper_key).tar"; }

# trim_base ROOT: an image is not administered, so documents, locales, apt's data and perl may go.
trim_base() {
    local root=$1 path
    rm -rf "$root"/usr/share/{doc,man,info,locale,lintian,bug,perl,perl5,common-licenses} "$root"/var/lib/apt/lists/* \
        "$root"/var/cache/{apt,debconf}/* "$root"/var/log/* "$root"/usr/lib/*-linux-gnu/{perl,perl5,perl-base,gconv} \
        "$root"/usr/lib/python3*/{test,idlelib,lib2to3,ensurepip,turtledemo} "$root"/usr/lib/udev "$root"/etc/nginx/sites-enabled/*
    for path in "$root"/usr/bin/mariadb* "$root"/usr/bin/mysql* "$root"/usr/bin/my{isam*,_print*} "$root"/usr/bin/aria*; do
        case ${path##*/} in mariadb | mariadb-dump | mysql | mysqldump) ;; *) rm -f -- "$path" ;; esac
    done
    rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/machine-id "$root"/etc/hostname "$root"/etc/resolv.conf
    ln -sfn bash "$root/usr/bin/sh"
    ln -sfn python3 "$root/usr/bin/python"
    ln -sfn /usr/share/zoneinfo/Asia/Shanghai "$root/etc/localtime"
    chroot "$root" useradd -m -d /home/admin -s /bin/bash admin
    chroot "$root" useradd -m -d /home/ds -s /bin/bash ds
    chmod 755 "$root/home/admin" "$root/home/ds"
}

# Runs in namespaces of its own, so that a kill at any moment leaves neither a mount nor a process.
build_base() {
    local base=$1 work=$LAB_CACHE/work.$BASHPID log=$LAB_CACHE/debootstrap.log mirror
    mirror=$(debian_mirror)
    say "image: building the base root file system (debootstrap, once)"
    rm -rf -- "$LAB_CACHE"/work.*
    mkdir -p -- "$work"
    timeout 600 unshare -m -p -f --kill-child --mount-proc \
        debootstrap --variant=minbase --include="$IMAGE_PACKAGES" "$IMAGE_SUITE" "$work/root" "$mirror" >"$log" 2>&1 8>&- 9>&- ||
        die "image: debootstrap failed" "no mirror within reach, or a package is missing" "read $log" "$log"
    trim_base "$work/root"
    pack "$work/root" "$base"
    rm -rf -- "$work"
}

# pack DIRECTORY FILE: a tar archive that depends on nothing but the content.
pack() {
    tar --sort=name --mtime=@1700000000 --numeric-owner --xattrs --one-file-system -C "$1" -cf "$2.new" . && mv -f -- "$2.new" "$2"
}

# assemble DIRECTORY FILE TAG LAYER...: a docker archive of DIRECTORY, where LAYER/layer.tar lies for each layer.
assemble() {
    local directory=$1 archive=$2 tag=$3 layer config ids=()
    shift 3
    for layer in "$@"; do ids+=("sha256:$(sha256sum "$directory/$layer/layer.tar" | cut -d' ' -f1)"); done
    config=$(jq -cn '{architecture: "amd64", os: "linux", created: "2023-11-14T22:13:20Z", config: {
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        Cmd: ["/root/docker_cmd.sh"], WorkingDir: "/root"},
        rootfs: {type: "layers", diff_ids: $ARGS.positional},
        history: ($ARGS.positional | map({created: "2023-11-14T22:13:20Z", created_by: .}))}' --args "${ids[@]}")
    layer=$(sha256sum <<<"$config" | cut -d' ' -f1).json
    echo "$config" >"$directory/$layer"
    jq -cn --arg config "$layer" --arg tag "$tag" \
        '[{Config: $config, RepoTags: [$tag], Layers: ($ARGS.positional | map(. + "/layer.tar"))}]' --args "$@" >"$directory/manifest.json"
    tar -C "$directory" -cf "$archive.new" . && mv -f -- "$archive.new" "$archive"
}

build_archive() {
    local base=$1 archive=$2 work=$LAB_CACHE/upper.$BASHPID
    say "image: building the upper layer"
    rm -rf -- "$LAB_CACHE"/upper.*
    mkdir -p -- "$work/upper" "$work/archive/base" "$work/archive/upper"
    cp -r -- "$LAB_HOME/image/." "$work/upper/"
    find "$work/upper" -name __pycache__ -prune -exec rm -rf {} +
    chown -R 0:0 "$work/upper"
    chmod -R u=rwX,go=rX "$work/upper"
    chmod 700 "$work/upper/root"
    find "$work/upper" \( -name '*.sh' -o -path '*/usr/bin/*' \) -exec chmod 755 {} +
    pack "$work/upper" "$work/archive/upper/layer.tar"
    ln -- "$base" "$work/archive/base/layer.tar"
    assemble "$work/archive" "$archive" "$LAB_IMAGE" base upper
    rm -rf -- "$work"
}

# The image as a docker archive in the cache; built when missing, and only the part that is missing.
ensure_image() {
    local base archive
    mkdir -p -- "$LAB_CACHE"
    base=$LAB_CACHE/base-$(base_key).tar
    archive=$(image_archive)
    (
        flock -w 900 8 || die "image: another lab builds it" "$LAB_CACHE/lock is taken" "wait for it"
        [[ -e $archive ]] && exit 0
        [[ -e $base ]] || build_base "$base"
        build_archive "$base" "$archive"
        find "$LAB_CACHE" -maxdepth 1 -name 'oms-image-*' ! -path "$archive" -mmin +600 -delete
    ) 8>"$LAB_CACHE/lock"
}

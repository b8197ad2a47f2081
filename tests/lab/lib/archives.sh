# shellcheck shell=bash
# Image archives as an operator may bring them, good and bad. Each is made when it is first asked for.

archive_path() {
    case $1 in
        good | truncated | text) echo "$LAB_DIR/archives/$1.tar.gz" ;;
        tar | other) echo "$LAB_DIR/archives/$1.tar" ;;
    esac
}

# make_archive KIND FILE
make_archive() {
    case $1 in
        good) in_machine h1 docker save "$LAB_IMAGE" | gzip -1 >"$2" ;;
        truncated) head -c $(($(stat -c %s "$(ensure_archive good)") / 2)) "$(archive_path good)" >"$2" ;;
        text) echo 'no image at all' | gzip >"$2" ;;
        tar) tar -C "$LAB_HOME" -cf "$2" README.md ;;
        other) make_other_image "$2" ;;
    esac
}

# An older version: the same name with another tag, and layers that the lab's image does not have.
make_other_image() {
    local work=$LAB_DIR/archives/other.work
    rm -rf -- "$work"
    mkdir -p "$work/archive/old" "$work/layer"
    echo 4.1.0-CE >"$work/layer/version"
    pack "$work/layer" "$work/archive/old/layer.tar"
    assemble "$work/archive" "$1" "${LAB_IMAGE%:*}:feature_4.1.0-ce" old
    rm -rf -- "$work"
}

# ensure_archive KIND: prints its path.
ensure_archive() {
    local file
    file=$(archive_path "$1")
    if [[ ! -e $file ]]; then
        mkdir -p "$LAB_DIR/archives"
        make_archive "$1" "$file.new" || die "no archive \"$1\"" "it could not be made; the message is above" "lab archive $1"
        mv -- "$file.new" "$file"
    fi
    echo "$file"
}

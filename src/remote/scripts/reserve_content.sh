# shellcheck shell=sh
# reserve_content FILE BYTES: takes up room on disk for so much content of FILE, without changing it: a write in place must
# not meet a full disk. Where the file system cannot do that, nothing is done.
reserve_content() (
  said=$(fallocate -n -l "$2" "$1" 2>&1) ||
    case $said in *space* | *quota*) printf '%s\n' "$said"; exit 1 ;; esac
)

# shellcheck shell=sh
# reserve_room FILE BYTES: takes up room on disk in a file of its own.
reserve_room() (
  umask 077
  rm -f -- "$1"
  (set -C && : >"$1") || exit 1  # a new file, through no link
  fallocate -l "$2" "$1" 2>/dev/null || head -c "$2" /dev/zero >"$1" || { rm -f -- "$1"; exit 1; }
)

# shellcheck shell=sh
# uses: private_directory_of
# reserve_copy FILE BYTES: takes up room on disk for the second copy of a run. fallocate is quick; a file system that has
# none is filled the slow way.
reserve_copy() (
  umask 077
  private_directory_of "$1" || exit 1
  fallocate -l "$2" "$1" 2>/dev/null || head -c "$2" /dev/zero >"$1" || { rm -f "$1"; exit 1; }
)

# shellcheck shell=sh
# read_copy FILE: prints it; exit status 3 when it is not there.
read_copy() (
  [ -e "$1" ] || { echo absent >&2; exit 3; }
  cat "$1"
)

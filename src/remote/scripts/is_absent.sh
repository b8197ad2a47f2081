# shellcheck shell=sh
# is_absent PATH: holds when nothing is there.
is_absent() (
  if [ -e "$1" ]; then exit 1; fi
)

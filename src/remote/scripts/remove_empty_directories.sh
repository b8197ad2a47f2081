# shellcheck shell=sh
# remove_empty_directories PATH...: those that are there and hold nothing.
remove_empty_directories() (
  for directory in "$@"; do
    [ ! -d "$directory" ] || rmdir --ignore-fail-on-non-empty -- "$directory" || exit 1
  done
)

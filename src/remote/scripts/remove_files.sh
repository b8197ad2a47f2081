# shellcheck shell=sh
# remove_files FILE...
remove_files() (
  rm -f -- "$@"
)

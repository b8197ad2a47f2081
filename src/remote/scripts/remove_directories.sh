# shellcheck shell=sh
# remove_directories PATH...: with all that is in them, but for what is mounted there.
remove_directories() (
  rm -rf --one-file-system -- "$@"
)

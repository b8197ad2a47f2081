# shellcheck shell=sh
# make_directories PATH...: what is missing, open for OMS's own users whatever root's umask is.
make_directories() (
  umask 022
  mkdir -p -- "$@"
)

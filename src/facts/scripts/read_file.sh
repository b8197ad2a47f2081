# shellcheck shell=sh
# read_file FILE: prints it.
read_file() (
  cat -- "$1"
)

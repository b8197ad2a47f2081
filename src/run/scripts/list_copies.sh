# shellcheck shell=sh
# list_copies DIRECTORY: prints the names in it; none when it is not there.
list_copies() (
  cd -- "$1" 2>/dev/null || exit 0
  ls -1
)

# shellcheck shell=sh
# remove_copies DIRECTORY: the second copy of a run, and the two directories above it when nothing else is in them.
remove_copies() (
  rm -rf -- "$1"
  above=${1%/*}
  rmdir "$above" "${above%/*}" 2>/dev/null || true
)

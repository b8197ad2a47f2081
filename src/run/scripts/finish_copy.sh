# shellcheck shell=sh
# uses: digest_of
# finish_copy FILE BYTES DIGEST: gives up the room beyond BYTES; what is left must have this SHA-256.
finish_copy() (
  truncate -s "$2" "$1" && sync "$1" || exit 1
  [ "$(digest_of "$1")" = "$3" ] || { echo 'it did not arrive whole'; exit 1; }
)

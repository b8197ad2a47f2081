# shellcheck shell=sh
# uses: digest_of prints
# has_digest FILE DIGEST: holds when it has this SHA-256.
has_digest() (
  prints "$2" digest_of "$1"
)

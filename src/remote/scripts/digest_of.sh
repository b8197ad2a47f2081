# shellcheck shell=sh
# digest_of FILE: prints its SHA-256.
digest_of() (
  sha256sum <"$1" | cut -c1-64
)

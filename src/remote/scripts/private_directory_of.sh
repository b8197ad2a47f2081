# shellcheck shell=sh
# private_directory_of FILE: makes its directory, for root alone.
private_directory_of() (
  umask 077
  directory=$(dirname "$1")
  mkdir -p "$directory" && chmod 700 "$directory"
)

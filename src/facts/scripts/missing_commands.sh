# shellcheck shell=sh
# missing_commands NAME...: those that this host does not have.
missing_commands() (
  for name in "$@"; do
    command -v "$name" >/dev/null || printf '%s\n' "$name"
  done
)

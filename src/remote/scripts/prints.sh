# shellcheck shell=sh
# prints TEXT WORD...: holds when the command prints exactly this; tells what it prints otherwise.
prints() (
  expected=$1
  shift
  seen=$("$@")
  [ "$seen" = "$expected" ] || { printf 'it is: %s\n' "$seen"; exit 1; }
)

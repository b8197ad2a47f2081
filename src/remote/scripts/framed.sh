# shellcheck shell=sh
# framed NONCE NUMBER SECONDS SCRIPT [ARGUMENT]...: a call that has so many seconds, and no stdin, within a frame that no
# answer can look like: "NONCE NUMBER", what it prints, "NONCE =STATUS", what it says on stderr, "NONCE .". The functions
# that it needs are in $functions.
framed() (
  nonce=$1 seconds=$3
  echo "$nonce $2"
  shift 3
  said=$(timeout -k 2 "$seconds" sh -c "${functions?}"'"$@"' sh "$@" </dev/null 2>&1 >&3 3>&-)
  printf '\n%s =%s\n%s\n%s .\n' "$nonce" $? "$said" "$nonce"
) 3>&1

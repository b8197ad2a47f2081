# shellcheck shell=sh
# uses: digest_of
# receive_file FILE DIGEST: the same for a large one, for root alone. Created anew under its name, through no link; what
# ends this, a lost connection say, takes the file along unless it is whole.
receive_file() (
  umask 077
  file=$1
  # PIPE: printing to nobody ends a shell without its EXIT trap.
  trap 'rm -f -- "$file"' EXIT
  trap 'exit 143' HUP INT PIPE TERM
  rm -f -- "$file"
  set -C
  cat >"$file" && sync "$file" || exit 1
  [ "$(digest_of "$file")" = "$2" ] || { echo 'it did not arrive whole'; exit 1; }
  trap - EXIT
)

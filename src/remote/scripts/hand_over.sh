# shellcheck shell=sh
# hand_over SECONDS yes|no TEXT: runs TEXT for so long, in the C locale, through sudo or not. Where a login shell has a PATH
# of its own, the usual directories are searched after it. Exit status 255 becomes 254, since ssh uses 255 for itself. What
# the login shell's own files print, a greeting say, comes before the first line.
hand_over() {
  echo omsctl-handover
  PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export PATH
  sudo=$2
  set -- env LC_ALL=C timeout -k 10 "$1" /bin/sh -c "$3"
  [ "$sudo" = no ] || set -- sudo -n "$@"
  "$@"
  status=$?
  [ "$status" -ne 255 ] || status=254
  exit "$status"
}

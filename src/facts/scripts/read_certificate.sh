# shellcheck shell=sh
# read_certificate FILE: what it holds, as far as a certificate's may reach; of anything else nothing.
read_certificate() (
  [ -f "$1" ] && head -c 1048576 -- "$1"
)

# shellcheck shell=sh
# host_clock: seconds since 1970.
host_clock() (
  date +%s.%N
)

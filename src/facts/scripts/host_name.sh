# shellcheck shell=sh
# host_name
host_name() (
  hostname
)

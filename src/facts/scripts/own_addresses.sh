# shellcheck shell=sh
# own_addresses: the IP addresses of this host, one a line.
own_addresses() (
  ip -o addr show | awk '{print $4}' | cut -d/ -f1
)

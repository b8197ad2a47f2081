# shellcheck shell=sh
# tcp_sockets: the kernel's own lists.
tcp_sockets() (
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null
)

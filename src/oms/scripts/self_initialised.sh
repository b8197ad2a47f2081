# shellcheck shell=sh
# self_initialised CONTAINER: holds when it has initialised itself at its start, as newer images do: its log has the line
# that they end with. Of a long log the first 64 MiB and the end are looked at.
self_initialised() (
  # A container with a terminal (-t) ends its lines with \r\n.
  { docker logs --tail 3 "$1" 2>&1; docker logs "$1" 2>&1 | head -c 67108864; } |
    tr -d '\r' | grep -qxF 'OMS service start successfully' && exit 0
  docker logs --tail 3 "$1" 2>&1
  exit 1
)

# shellcheck shell=sh
# uses: lines_in_state program_states
# node_quiet CONTAINER PORT...: holds when no program runs, starts or stops, and nothing listens on these ports of the
# host: a stopped wrapper can leave its child alive.
node_quiet() (
  states=$(program_states "$1") || { printf '%s\n' "$states"; exit 1; }
  shift
  if printf '%s\n' "$states" | lines_in_state 'RUNNING|STARTING|STOPPING|BACKOFF|UNKNOWN'; then
    echo 'it does not stop, or something starts it again: a watchdog, cron, systemd?'
    exit 1
  fi
  # State 0A is LISTEN; the second field is address:port in hex (proc(5)).
  for port in "$@"; do
    if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
      grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$port") [0-9A-F:]+ 0A "; then
      echo "something still listens on port $port"
      exit 1
    fi
  done
)

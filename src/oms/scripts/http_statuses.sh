# shellcheck shell=sh
# uses: ask_http
# http_statuses URL COUNT: asks COUNT times, each on a connection of its own, and prints an HTTP status a line, 000 for no
# answer. Stops after a first one that was not answered at all: one that refuses now and then is asked three times, one
# that swallows packets (28: timed out) once.
http_statuses() (
  url=$1 count=$2
  ask() (
    ask_http -sk -H 'Connection: close' --connect-timeout 3 --max-time 4 -w '%{http_code}\n' "$@"
  )
  if [ "$count" -gt 1 ]; then
    tries=0
    while first=$(ask -o /dev/null --url "$url"); status=$?; [ "$first" = 000 ]; do
      tries=$((tries + 1))
      if [ "$status" -eq 28 ] || [ "$tries" -ge 3 ]; then
        echo 000
        exit 0
      fi
    done
  fi
  # One process for all of them: 20 processes would take seconds on a busy host.
  set --
  while [ "$count" -gt 0 ]; do
    set -- "$@" -o /dev/null --url "$url"
    count=$((count - 1))
  done
  ask "$@" || true
)

# shellcheck shell=sh
# uses: ask_http
# reaches NAME URL: holds when a TCP connection can be opened. curl tells how long that took, 0 when there was none; what
# the server says does not matter.
reaches() (
  took=$(ask_http -s -o /dev/null --connect-timeout 4 --max-time 5 -w '%{time_connect}' --url "$2")
  case $took in
    0 | 0.000000 | 0.000 | '') printf 'no connection\nto %s\n' "$1"; exit 1 ;;
  esac
)

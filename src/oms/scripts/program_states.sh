# shellcheck shell=sh
# uses: lines_in_state
# program_states CONTAINER: prints what supervisor says of its programs; fails when it does not answer. A line with a
# state proves that it did: its exit status is 3 when a program is stopped.
program_states() (
  states=$(docker exec "$1" supervisorctl status 2>&1)
  printf '%s\n' "$states"
  printf '%s\n' "$states" |
    lines_in_state 'STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN' >/dev/null
)

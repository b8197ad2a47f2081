# shellcheck shell=sh
# programs_run CONTAINER PROGRAM...: holds when each of them is RUNNING; tells which one is not, and what it is instead.
programs_run() (
  states=$(docker exec "$1" supervisorctl status 2>&1)
  shift
  failed=0
  for program in "$@"; do
    printf '%s\n' "$states" | program=$program awk '
      $1 "" == ENVIRON["program"] "" { said = said $0 "\n"; if ($2 == "RUNNING") runs = 1 }
      END { if (!runs) printf "not RUNNING: %s\n%s", ENVIRON["program"], said; exit !runs }' || failed=1
  done
  exit "$failed"
)

# shellcheck shell=sh
# start_programs CONTAINER ROOM PROGRAM...: gives up ROOM, a file that takes up room on disk for just this, and starts
# them. What counts is what runs in the end: supervisor fails to start one that runs already.
start_programs() (
  container=$1
  rm -f -- "$2"
  shift 2
  docker exec "$container" supervisorctl start "$@" || true
)

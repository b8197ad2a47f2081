# shellcheck shell=sh
# stop_programs CONTAINER: stops all of them.
stop_programs() (
  docker exec "$1" supervisorctl stop all
)

# shellcheck shell=sh
# restart_programs CONTAINER PROGRAM...
restart_programs() (
  container=$1
  shift
  docker exec "$container" supervisorctl restart "$@"
)

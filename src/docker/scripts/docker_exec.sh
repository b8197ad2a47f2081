# shellcheck shell=sh
# docker_exec CONTAINER WORD...: runs a command there.
docker_exec() (
  docker exec "$@"
)

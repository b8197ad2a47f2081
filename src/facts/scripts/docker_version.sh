# shellcheck shell=sh
# docker_version: the server's. Exits with 127 when there is no docker.
docker_version() (
  docker version --format '{{.Server.Version}}'
)

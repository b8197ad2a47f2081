# shellcheck shell=sh
# uses: try_to_write
# why_no_job CONTAINER FILE: says why the container cannot write FILE: no space, a read-only mount.
why_no_job() (
  docker exec "$1" sh -c "${try_to_write:?}" sh "$2"
)

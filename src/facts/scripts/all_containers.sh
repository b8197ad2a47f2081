# shellcheck shell=sh
# all_containers: what `docker inspect` says of each, as a JSON list.
all_containers() (
  ids=$(docker ps -aq --no-trunc) || exit 1
  # shellcheck disable=SC2086 # ids
  if [ -z "$ids" ]; then echo '[]'; else docker inspect --type container $ids 2>/dev/null; fi
)

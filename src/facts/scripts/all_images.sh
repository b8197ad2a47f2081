# shellcheck shell=sh
# all_images: what `docker image inspect` says of each, as a JSON list.
all_images() (
  ids=$(docker image ls -q --no-trunc) || exit 1
  ids=$(printf '%s\n' "$ids" | sort -u)
  # shellcheck disable=SC2086 # ids
  if [ -z "$ids" ]; then echo '[]'; else docker image inspect $ids 2>/dev/null; fi
)

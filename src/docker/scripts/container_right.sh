# shellcheck shell=sh
# uses: has_layers inspect_container prints
# container_right CONTAINER HOST-IP DIGEST [SOURCE DESTINATION]...: holds when it runs from an image with layers of this
# digest, with the guide's flags and this OMS_HOST_IP, and every SOURCE of the host is mounted on its DESTINATION.
container_right() (
  container=$1
  prints 'running host true' inspect_container "$container" \
    '{{.State.Status}} {{.HostConfig.NetworkMode}} {{.HostConfig.Privileged}}' || exit 1
  prints "$2" docker exec "$container" printenv OMS_HOST_IP || exit 1
  image=$(inspect_container "$container" '{{.Image}}')
  has_layers "$image" "$3" || exit 1
  shift 3
  while [ $# -gt 0 ]; do
    docker inspect --type container --format '{{range .Mounts}}{{.Source}}>{{.Destination}}{{println}}{{end}}' \
      "$container" | grep -qxF -e "$1>$2" || { printf '%s is not mounted on %s\n' "$1" "$2"; exit 1; }
    shift 2
  done
)

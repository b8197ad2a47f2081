# shellcheck shell=sh
# uses: container_runs put_marker_back
# remove_job DIRECTORY CONTAINER DIRECTORY-IN-CONTAINER: removes the jobs' files, and puts the container's marker
# /root/init_flag.txt back as it was before the first of them.
remove_job() (
  [ -e "$1" ] || [ -e "$1.1" ] || exit 0
  if container_runs "$2" >/dev/null; then
    docker exec "$2" sh -c "${put_marker_back:?}" sh "$3" || exit 1
  fi
  rm -rf -- "$1" "$1".[0-9]* "$1.room"
)

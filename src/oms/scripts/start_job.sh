# shellcheck shell=sh
# uses: run_job
# start_job CONTAINER ROOM DIRECTORY: starts docker_init.sh as a job, detached, and returns at once. ROOM, a file that
# takes up room on disk for just this, is given up; DIRECTORY is the job's, as the container sees it.
start_job() (
  rm -f -- "$2"
  docker exec -d -w /root "$1" sh -c "${run_job:?}" sh "$3"
)

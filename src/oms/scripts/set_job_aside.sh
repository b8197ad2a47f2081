# shellcheck shell=sh
# set_job_aside DIRECTORY: puts a job that is over under the first free name DIRECTORY.N, so that another can start.
set_job_aside() (
  [ -d "$1" ] || exit 0
  n=1
  while [ -e "$1.$n" ]; do n=$((n + 1)); done
  mv -- "$1" "$1.$n"
)

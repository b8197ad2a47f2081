# shellcheck shell=sh
# uses: made_by
# start_container CONTAINER RUN WORD...: starts the one that RUN has made before, or makes it: WORDs are the command that
# does.
start_container() (
  container=$1 run=$2
  shift 2
  if [ "$(made_by "$container")" = "$run" ]; then
    docker start "$container"
  else
    "$@"
  fi
)

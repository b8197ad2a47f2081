# shellcheck shell=sh
# uses: made_by
# on_own_container CONTAINER RUN WORD...: runs the command WORD... CONTAINER when RUN has made it; holds when it is not
# there. A stranger's container is a failure.
on_own_container() (
  container=$1 run=$2
  shift 2
  by=$(made_by "$container") ||
    if [ $? -eq 1 ]; then exit 0; else printf '%s\n' "$by"; exit 1; fi
  [ "$by" = "$run" ] || { echo 'the container there is not the one that this run has made'; exit 1; }
  "$@" "$container"
)

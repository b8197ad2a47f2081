# shellcheck shell=sh
# unused_by_others RUN PATH...: fails, and names it, when a container that RUN has not made mounts one of these paths of
# the host.
unused_by_others() (
  run=$1
  shift
  for path in "$@"; do
    set -- "$@" -e "$path"
    shift
  done
  all=$(docker ps -aq) || exit 1
  [ -n "$all" ] || exit 0
  # shellcheck disable=SC2086 # ids
  mounts=$(docker inspect --type container --format \
    '{{index .Config.Labels "omsctl.run"}}{{println}}{{range .Mounts}}> {{.Source}}{{println}}{{end}}' $all) || exit 1
  used=$(printf '%s\n' "$mounts" |
    run=$run awk '/^> / { if (!own) print substr($0, 3); next } { own = $0 == ENVIRON["run"] "" }' | grep -xF "$@") || exit 0
  printf 'a container that this run has not made uses %s\n' "$(printf %s "$used" | tr '\n' ' ')"
  exit 1
)

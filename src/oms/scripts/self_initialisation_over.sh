# shellcheck shell=sh
# uses: container_runs self_initialised
# self_initialisation_over CONTAINER: holds when it does not initialise itself any more: it has ended with that, or does
# not run.
self_initialisation_over() (
  container_runs "$1"
  case $? in
    1) exit 0 ;;
    2) exit 1 ;;
  esac
  self_initialised "$1"
)

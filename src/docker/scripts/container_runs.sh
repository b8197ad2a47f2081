# shellcheck shell=sh
# uses: inspect_container
# container_runs CONTAINER: exits with 0 when it runs, 1 when it does not or is not there, with 2, and says why, when
# docker cannot tell.
container_runs() (
  running=$(inspect_container "$1" '{{.State.Running}}')
  case $?,$running in
    0,true) exit 0 ;;
    2,*) printf '%s\n' "$running"; exit 2 ;;
  esac
  exit 1
)

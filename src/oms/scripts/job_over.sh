# shellcheck shell=sh
# uses: container_runs job_lives
# job_over DIRECTORY CONTAINER DIRECTORY-IN-CONTAINER: holds when no docker_init.sh runs there: it has ended, died, or was
# never started. A host that cannot tell does not hold.
job_over() (
  cd -- "$1" 2>/dev/null || { [ ! -e "$1" ]; exit; }
  [ ! -f rc ] || exit 0
  container_runs "$2"
  case $? in
    1) exit 0 ;;
    2) exit 1 ;;
  esac
  if [ -f pid ]; then
    docker exec "$2" sh -c "${job_lives:?}" sh "$3" 2>/dev/null || exit 0
  else
    # Between its directory and its pid lies an instant; a job that died there leaves an old directory.
    [ -z "$(find . -maxdepth 0 -mmin +1)" ] || exit 0
  fi
  [ ! -f rc ] || exit 0
  echo 'docker_init.sh still runs'
  exit 1
)

# shellcheck shell=sh
# uses: job_lives
# follow_job DIRECTORY CONTAINER DIRECTORY-IN-CONTAINER OFFSET SECONDS: prints the job's output from byte OFFSET on until
# it ends or the time is up; then a line "omsctl-job STATE STATUS MARKER-BEFORE MARKER-NOW SECONDS", with STATE running,
# ended, died or absent, and what the script itself took by the host's clock.
follow_job() (
  cd -- "$1" 2>/dev/null || { printf '\nomsctl-job absent -1 0 0 0\n'; exit 0; }
  at=$4 left=$(($5 * 10)) state=running
  show() {
    size=$(stat -c %s output 2>/dev/null || echo 0)
    if [ "$size" -gt "$at" ]; then
      tail -c +$((at + 1)) output | head -c $((size - at))
      at=$size
    fi
  }
  while :; do
    if [ -s rc ]; then
      state=ended
      show
      break
    fi
    show
    [ "$left" -gt 0 ] || break
    if [ $((left % 20)) -eq 0 ] && [ -f pid ] && ! docker exec "$2" sh -c "${job_lives:?}" sh "$3" 2>/dev/null; then
      [ -s rc ] && continue
      state=died
      show
      break
    fi
    left=$((left - 1))
    sleep 0.1
  done
  before=0 now=0
  [ ! -e init_flag.before ] || before=1
  [ ! -e init_flag.after ] || now=1
  took=$(cat started ended 2>/dev/null | awk 'NR==1 {a=$1} NR==2 {b=$1} END {print (b ? b - a : 0)}')
  printf '\nomsctl-job %s %s %s %s %s\n' "$state" "$(grep . rc 2>/dev/null || echo -1)" $before $now "$took"
)

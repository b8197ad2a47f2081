# shellcheck shell=sh
# uses: http_statuses
# http_answers URL COUNT STATUS: holds when all COUNT answers have this HTTP status.
http_answers() (
  all=$(http_statuses "$1" "$2")
  good=$(printf '%s\n' "$all" | grep -c -x -F -e "$3")
  [ "$good" -eq "$2" ] && exit 0
  others=$(printf '%s\n' "$all" | grep -v -x -F -e "$3" | sed 's/^000$/no answer/' | sort | uniq -c | tr -s ' ')
  printf '%s of %s requests to %s answered %s, others: %s\n' "$good" "$2" "$1" "$3" "$others"
  exit 1
)

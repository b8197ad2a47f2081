#!/bin/bash
# run_program.sh NAME COMMAND...: becomes the command; where the layout says so it starts the command as a child instead, as
# start scripts of Java programs do. Then a stop ends this script at once, and the child LINGER_SECONDS later.
# shellcheck source=/dev/null
. /root/lab_options.sh || exit 1
name=$1
shift
[ "$FORKING_START" = yes ] || exec "$@"

# The child of the script before this one may still hold the port.
if old=$(cat "/run/$name.pid" 2>/dev/null); then
    timeout 10 tail --pid="$old" -s 0.1 -f /dev/null || kill -KILL "$old"
fi
LINGER_SECONDS=$LINGER_SECONDS "$@" &
child=$!
echo "$child" >"/run/$name.pid"
trap 'kill -TERM "$child"; exit 0' TERM
wait "$child"

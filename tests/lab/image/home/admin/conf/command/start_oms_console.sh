#!/bin/bash
# A layout may make this script fork: then stopping the program kills the script and leaves its child listening.
# shellcheck source=/dev/null
. /root/lab_options.sh
if [ "${FORKING_START:-no}" = yes ]; then
    [ -s /run/oms_console.pid ] && kill "$(cat /run/oms_console.pid)" 2>/dev/null
    python /home/ds/ghana/console.py /home/ds/ghana/config/application-oms.properties &
    echo $! >/run/oms_console.pid
    wait
else
    exec python /home/ds/ghana/console.py /home/ds/ghana/config/application-oms.properties
fi

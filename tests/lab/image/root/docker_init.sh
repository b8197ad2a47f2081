#!/bin/bash
# Initialises OMS in five steps. The order, the echoed commands, the log and the marker are those that OMS documents.
cd /root || exit 1
# shellcheck source=/dev/null
. /root/lab_options.sh || exit 1

LOG="/home/admin/logs/docker_init.log.$(date +%Y-%m-%d).$(date +%H:%M:%S)"
PROGRAMS=(nginx oms_console oms_drc_cm oms_drc_supervisor sshd)
DASHES=$(printf '%195s' '' | tr ' ' -)

heading() {
    printf '%s\n# %s\n%s\n' "$DASHES" "$1" "$DASHES"
}

# The last line; a layout may close it with dashes as the headings are.
end_line() {
    printf '%s\n%s\n' "$DASHES" "$END_LINE"
    [ "$END_DASHES" != yes ] || echo "$DASHES"
}

# step NUMBER COMMAND...: echoes and runs the command; the lab may make this step slow, hang, or fail.
step() {
    local number=$1
    shift
    [ "$1" = restart_programs ] || echo "$*"
    if fault init-slow; then sleep "${FAULT_ARGUMENT:-5}"; else sleep "$STEP_SECONDS"; fi
    if fault init-hangs && [ "${FAULT_ARGUMENT:-2}" = "$number" ]; then
        while fault init-hangs; do sleep 0.2; done
    fi
    for kind in init-fails-at init-lies; do
        if fault "$kind" && [ "${FAULT_ARGUMENT:-2}" = "$number" ]; then
            printf 'Traceback (most recent call last):\n  File "/root/omsflow/lab.py", line %s, in <module>\nRuntimeError: init failed!\n' "$number"
            return 1
        fi
    done
    "$@"
}

# shellcheck disable=SC2317 # called by step
restart_programs() {
    supervisorctl restart "${PROGRAMS[@]}"
    supervisorctl status "${PROGRAMS[@]}"
    sleep "$STATUS_SECONDS"
    local status
    status=$(supervisorctl status "${PROGRAMS[@]}")
    echo "$status"
    # One that still tries to start is no failure here.
    [ "$(grep -cE ' (RUNNING|STARTING|BACKOFF) ' <<<"$status")" -eq "${#PROGRAMS[@]}" ]
}

run_steps() {
    heading "$HEADING_1"
    step 1 python -m omsflow.scripts.units.oms_cluster_config --check /home/admin/conf/config.yaml || return 1
    if [ "$REWRITE_CONFIG" = yes ]; then
        python -m omsflow.scripts.units.oms_cluster_config --rewrite /home/admin/conf/config.yaml || return 1
    fi
    heading "$HEADING_2"
    step 2 python -m omsflow.scripts.units.oms_init_manager --init-db || return 1
    heading "$HEADING_3"
    step 3 python -m omsflow.scripts.units.oms_init_manager --init-config-file || return 1
    heading "$HEADING_4"
    echo "supervisorctl restart ${PROGRAMS[*]}"
    step 4 restart_programs || return 1
    heading "$HEADING_5"
    step 5 python -m omsflow.scripts.units.oms_cluster_manager add_resource || return 1
    date '+%Y-%m-%d %H:%M:%S' >/root/init_flag.txt
    fault init-no-end-line || end_line
}

initialise() {
    echo "docker_init.sh $(date '+%Y-%m-%d %H:%M:%S') OMS_HOST_IP=${OMS_HOST_IP:-}"
    if run_steps; then return 0; fi
    fault init-lies && return 0
    return 1
}

initialise 2>&1 | tee -a "$LOG"
exit "${PIPESTATUS[0]}"

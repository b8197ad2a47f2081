#!/bin/bash
# The container's first process: prepares, then becomes supervisord.
# Programs start by themselves only when the component configs that initialisation writes exist in this container.
set -u
cd /root || exit 1
# shellcheck source=/dev/null
. /root/lab_options.sh || exit 1

# As the first process it would not hear "docker stop" while it waits for another program.
if fault slow-start; then
    trap 'exit 143' TERM
    sleep "$FAULT_ARGUMENT" &
    wait
    trap - TERM
fi

mkdir -p /home/admin/logs/{cm/log,ghana/Ghana,supervisor} /home/ds/{store,run} /run/sshd /var/log/supervisor
chown ds:ds /home/ds/store /home/ds/run /home/admin/logs/supervisor
[ -s /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key

if [ "$REWRITE_CONFIG" = yes ] && [ -s /home/admin/conf/config.yaml ]; then
    python -m omsflow.scripts.units.oms_cluster_config --rewrite /home/admin/conf/config.yaml
fi

# Records of processes that ended with the container's last run.
rm -f /run/oms_*.pid

autostart=false
[ -s /home/ds/ghana/config/application-oms.properties ] && [ -s /home/ds/cm/conf/drc-cm.properties ] && autostart=true
mkdir -p /etc/supervisor/conf.d
for template in /etc/omslab/*.ini; do
    sed "s/@AUTOSTART@/$autostart/; s/@STARTSECS@/$STARTSECS/" "$template" >"/etc/supervisor/conf.d/${template##*/}"
done
# The supervisor that waits for a time-series database ends after two seconds without an answer, and is started again: it is never
# RUNNING before that database answers.
if grep -Eqs '^"?tsdb_enabled"?: .*true' /home/admin/conf/config.yaml; then
    sed -i "s/^startsecs=.*/startsecs=$((STARTSECS + 3))/; s/^startretries=.*/startretries=1000000/" /etc/supervisor/conf.d/drc_supervisor.ini
fi
if [ "${IS_UPGRADE:-}" = true ]; then
    sed -i 's/^autostart=.*/autostart=false/' /etc/supervisor/conf.d/oms_console.ini
fi

silent=''
if [ "$SELF_INIT" = yes ] && [ ! -e /run/omslab/hold ]; then
    (
        until supervisorctl pid >/dev/null 2>&1; do sleep 0.1; done
        if [ ! -s /root/init_flag.txt ]; then bash /root/docker_init.sh; fi
        until [ "$(supervisorctl status | grep -c RUNNING)" -ge 5 ]; do sleep 0.2; done
        [ -s /root/init_flag.txt ] && echo 'OMS service start successfully'
    ) &
    # The marker is the last line: supervisord's own lines go to its log file alone.
    silent=-s
fi
exec supervisord -n $silent -c /etc/supervisor/supervisord.conf

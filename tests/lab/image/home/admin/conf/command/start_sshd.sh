#!/bin/bash
port=$(sed -n 's/^sshd_server_port=//p' /home/ds/ghana/config/application-oms.properties)
exec /usr/sbin/sshd -D -e -p "${port:-2023}" -o UsePAM=no

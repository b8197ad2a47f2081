#!/bin/bash
exec /home/admin/conf/command/run_program.sh oms_console \
    python /home/ds/ghana/console.py /home/ds/ghana/config/application-oms.properties

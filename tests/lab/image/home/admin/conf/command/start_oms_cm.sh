#!/bin/bash
exec /home/admin/conf/command/run_program.sh oms_drc_cm python /home/ds/cm/cm.py /home/ds/cm/conf/drc-cm.properties

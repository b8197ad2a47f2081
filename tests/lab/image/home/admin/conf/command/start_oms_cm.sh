#!/bin/bash
exec python /home/ds/cm/cm.py /home/ds/cm/conf/drc-cm.properties

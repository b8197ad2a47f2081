#!/bin/bash
exec python /home/ds/supervisor/supervisor.py /home/ds/supervisor/config/supervisor.properties

"""OMS supervisor component: the host agent on port 9000, and this host's heartbeat in the MetaDB."""

import os
import sys
import time

sys.path.insert(0, "/home/ds/lib")
import component  # noqa: E402
import tsdb  # noqa: E402

properties = component.read_properties(sys.argv[1])
heartbeat_db = properties["drc_cm_heartbeat_db"]
host_ip = os.environ.get("OMS_HOST_IP", "127.0.0.1")
beats = 0


def beat(cursor):
    """One heartbeat: local wall time in whole seconds; a sequence row at every tenth."""
    global beats
    now = time.strftime("%Y-%m-%d %H:%M:%S")
    cursor.execute(
        f"SELECT id FROM `{heartbeat_db}`.heart_beat WHERE task_name = 'supervisor' AND host_ip = %s", (host_ip,)
    )
    if cursor.fetchone():
        cursor.execute(
            f"UPDATE `{heartbeat_db}`.heart_beat SET gmt_modified = %s WHERE task_name = 'supervisor' AND host_ip = %s",
            (now, host_ip),
        )
    else:
        cursor.execute(
            f"INSERT INTO `{heartbeat_db}`.heart_beat (task_name, task_type, host_ip, gmt_created, gmt_modified)"
            " VALUES ('supervisor', 'supervisor', %s, %s, %s)",
            (host_ip, now, now),
        )
    if beats % 10 == 0:
        cursor.execute(
            f"INSERT INTO `{heartbeat_db}`.heatbeat_sequence (gmt_created, gmt_modified) VALUES (%s, %s)", (now, now)
        )
    beats += 1


if properties.get("tsdb_enabled") == "true":
    tsdb.wait(properties)
    component.background(tsdb.report, properties, host_ip)
component.background(component.repeat, properties, 0.5, beat)
component.serve(properties["supervisor_server_port"], lambda path: (200, "text/plain; charset=utf-8", "supervisor\n"))

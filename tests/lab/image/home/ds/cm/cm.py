"""OMS CM: answers on its port, and keeps host_status of its region's hosts true to their heartbeats."""

import sys

sys.path.insert(0, "/home/ds/lib")
import component  # noqa: E402

properties = component.read_properties(sys.argv[1])
STALE_SECONDS = 5
# The column of "host", if the layout has one, that says when the row was last written.
touch = f"`{properties['host_touch']}` = NOW()," if properties["host_touch"] else ""


def watch_hosts(cursor):
    """A host is ONLINE while its supervisor's heartbeat is young; only changes are written, unless told otherwise."""
    cm = properties["drc_cm_db"]
    cursor.execute(
        f"SELECT host_ip FROM `{properties['drc_cm_heartbeat_db']}`.heart_beat WHERE task_name = 'supervisor'"
        " AND gmt_modified > NOW() - INTERVAL %s SECOND",
        (STALE_SECONDS,),
    )
    young = {row[0] for row in cursor.fetchall()}
    cursor.execute(
        f"SELECT h.ip, h.host_status FROM `{cm}`.host h JOIN `{cm}`.resource_group g ON g.id = h.resource_group_id"
        " WHERE BINARY g.name = BINARY %s",
        (properties["cm_location"],),
    )
    for ip, status in cursor.fetchall():
        wanted = "ONLINE" if ip in young else "OFFLINE"
        if status != wanted or properties["cm_writes_host"] == "always":
            cursor.execute(f"UPDATE `{cm}`.host SET {touch} host_status = %s WHERE ip = %s", (wanted, ip))


def answer(path):
    if path.split("?")[0] == "/":
        return 200, "text/plain; charset=utf-8", "OMS CM\n"
    return 404, "text/plain; charset=utf-8", "not found\n"


interval = 1.0 if properties["cm_writes_host"] == "always" else 0.3
component.background(component.repeat, properties, interval, watch_hosts)
component.serve(properties["cm_server_port"], answer)

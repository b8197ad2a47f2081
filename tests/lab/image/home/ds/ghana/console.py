"""OMS console backend (Ghana): the web application behind nginx, with the health answer."""

import sys

sys.path.insert(0, "/home/ds/lib")
import component  # noqa: E402

properties = component.read_properties(sys.argv[1])


def metadb_answers():
    try:
        connection = component.connect(properties, timeout=1)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM `{properties['drc_rm_db']}`.cluster_info")
        connection.close()
        return True
    except Exception:  # whatever the reason, the console is not healthy
        return False


def answer(path):
    if path.split("?")[0] == "/oms/health" and properties["health"] == "yes":
        return 200, "application/json", component.as_json({"success": True, "data": {"healthy": metadb_answers()}})
    if path.split("?")[0] in ("/", "/oms", "/oms-v2"):
        return 200, "text/html; charset=utf-8", "<!doctype html><title>OMS</title>\n"
    return 404, "application/json", component.as_json({"success": False, "message": "not found"})


component.serve(properties["ghana_server_port"], answer)

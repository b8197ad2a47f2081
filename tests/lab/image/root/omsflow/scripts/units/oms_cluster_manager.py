"""add_resource: the region's resource group, its location, and a host row per node of cm_nodes."""

import sys

from omsflow import database, lab, settings


def add_resource(config):
    """Adds what is missing; a row that exists stays as it is."""
    cm = config["drc_cm_db"]
    with database.connect(config) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM `{cm}`.resource_group WHERE name = %s", (config["cm_location"],))
        row = cursor.fetchone()
        if row:
            group = row[0]
        else:
            cursor.execute(f"INSERT INTO `{cm}`.resource_group (name) VALUES (%s)", (config["cm_location"],))
            group = cursor.lastrowid
            print(f"resource_group: {config['cm_location']} added, id {group}")
        for ip in config["cm_nodes"]:
            cursor.execute(f"SELECT 1 FROM `{cm}`.host WHERE ip = %s", (ip,))
            if not cursor.fetchone():
                cursor.execute(
                    f"INSERT INTO `{cm}`.host (ip, host_status, resource_group_id) VALUES (%s, 'OFFLINE', %s)",
                    (ip, group),
                )
                print(f"host: {ip} added to resource group {group}")
    database.run_script(config, lab.sql("location.sql", config, config["cm_url"]))


def main(arguments):
    if arguments != ["add_resource"]:
        print("usage: oms_cluster_manager add_resource", file=sys.stderr)
        return 2
    add_resource(settings.load())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

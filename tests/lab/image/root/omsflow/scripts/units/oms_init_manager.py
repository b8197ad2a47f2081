"""--init-db: databases, tables, the region's row.  --init-config-file: the components' own configs."""

import os
import pwd
import sys

from omsflow import database, lab, settings


def init_db(config):
    """Creates what is missing. A row of this region that exists already is kept as it is."""
    cm_url = lab.fault("init-wrong-cm-url")
    if cm_url is None:
        cm_url = config["cm_url"]
    cm_url = cm_url or "http://127.0.0.1:8088"
    with database.connect(config) as connection, connection.cursor() as cursor:
        for name in ("drc_rm_db", "drc_cm_db", "drc_cm_heartbeat_db"):
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{config[name]}` DEFAULT CHARACTER SET utf8mb4")
    for name in ("schema.sql", "common.schema.sql", "common.rows.sql", "rows.sql"):
        database.run_script(config, lab.sql(name, config, cm_url))
    with database.connect(config) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT cm_url FROM `{config['drc_rm_db']}`.cluster_info WHERE code = %s", (config["cm_location"],))
        row = cursor.fetchone()
        if row:
            print(f"cluster_info: region {config['cm_location']} exists, cm_url {row[0]}")
            return
        cursor.execute(
            f"INSERT INTO `{config['drc_rm_db']}`.cluster_info (region, region_cn, cm_url, code, is_default_cm)"
            " VALUES (%s, %s, %s, %s, %s)",
            (config["cm_region"], config["cm_region_cn"], cm_url, config["cm_location"],
             1 if config["cm_is_default"] == "true" else 0),
        )
        print(f"cluster_info: region {config['cm_location']} added, cm_url {cm_url}")


def write_private(path, content, owner="root"):
    """Replaces a file, mode 0600."""
    entry = pwd.getpwnam(owner)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    os.chown(path + ".new", entry.pw_uid, entry.pw_gid)
    os.rename(path + ".new", path)


def nginx_config(config, options):
    certificate, key = "/etc/pki/nginx/oms_server.crt", "/etc/pki/nginx/oms_server.key"
    tls = os.path.isfile(certificate) and os.path.isfile(key)
    lines = [f"listen {config['nginx_server_port']}{' ssl' if tls else ''};"]
    if tls:
        lines += [f"ssl_certificate {certificate};", f"ssl_certificate_key {key};"]
    backend = f"proxy_pass http://127.0.0.1:{config['ghana_server_port']};"
    lines.append("location / { %s }" % backend)
    if options["HEALTH"] == "yes":
        lines.append("location = /oms/health { %s error_page 502 503 504 =200 @unhealthy; }" % backend)
        lines.append(
            "location @unhealthy { default_type application/json;"
            """ return 200 '{"success":false,"data":{"healthy":false}}'; }"""
        )
    server = "\n        ".join(lines)
    return f"""worker_processes 1;
pid /run/nginx.pid;
error_log /home/admin/logs/tengine-error.log;
events {{ worker_connections 256; }}
http {{
    access_log /home/admin/logs/tengine-access.log;
    proxy_connect_timeout 2s;
    server {{
        {server}
    }}
}}
"""


def init_config_file(config):
    """The components read these files when they start; nothing else of config.yaml reaches them."""
    options = lab.options()
    pairs = {key: value for key, value in config.items() if not isinstance(value, list)}
    pairs["cm_nodes"] = ",".join(config["cm_nodes"])
    pairs["health"] = options["HEALTH"]
    pairs["cm_writes_host"] = options["CM_WRITES_HOST"]
    pairs["host_touch"] = options["HOST_TOUCH"]
    content = "".join(f"{key}={value}\n" for key, value in sorted(pairs.items()))
    write_private("/home/ds/ghana/config/application-oms.properties", content)
    write_private("/home/ds/ghana/config/tengine.conf", nginx_config(config, options))
    write_private("/home/ds/cm/conf/drc-cm.properties", content)
    write_private("/home/ds/supervisor/config/supervisor.properties", content, owner="ds")
    print("component configs written, cm_url " + config["cm_url"])


def main(arguments):
    actions = {"--init-db": init_db, "--init-config-file": init_config_file}
    if len(arguments) != 1 or arguments[0] not in actions:
        print("usage: oms_init_manager --init-db|--init-config-file", file=sys.stderr)
        return 2
    config = settings.load()
    problems = settings.check(config)
    if problems:
        print("ERROR: " + "; ".join(problems))
        return 1
    actions[arguments[0]](config)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

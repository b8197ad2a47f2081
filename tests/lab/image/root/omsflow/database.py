"""The MetaDB as the initialisation scripts use it."""

import os
import subprocess

import pymysql


def connect(settings):
    return pymysql.connect(
        host=settings["oms_meta_host"],
        port=int(settings["oms_meta_port"]),
        user=settings["oms_meta_user"],
        password=settings["oms_meta_password"],
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=10,
    )


def run_script(settings, script):
    """Runs SQL text (triggers included) with the mysql client; raises when it fails."""
    if not script.strip():
        return
    subprocess.run(
        ["mysql", "--no-defaults", "--default-character-set=utf8mb4", "--batch", "-h", settings["oms_meta_host"],
         "-P", settings["oms_meta_port"], "-u", settings["oms_meta_user"]],
        input=script.encode("utf-8"),
        env={**os.environ, "MYSQL_PWD": settings["oms_meta_password"]},
        check=True,
    )

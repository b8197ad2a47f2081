"""config.yaml: reading, checking, and the form in which OMS writes it back."""

import yaml

PATH = "/home/admin/conf/config.yaml"

REQUIRED = (
    "oms_meta_host oms_meta_port oms_meta_user oms_meta_password drc_rm_db drc_cm_db drc_cm_heartbeat_db"
    " cm_url cm_location cm_nodes"
).split()

PORTS = {
    "ghana_server_port": 8090,
    "nginx_server_port": 8089,
    "cm_server_port": 8088,
    "supervisor_server_port": 9000,
    "sshd_server_port": 2023,
}


def text(value):
    """A scalar as the text an operator means: true and false in lower case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def load(path=PATH):
    """The settings with every scalar as text, cm_nodes as a list, and the documented defaults filled in."""
    with open(path, encoding="utf-8") as stream:
        raw = yaml.safe_load(stream)
    if not isinstance(raw, dict):
        raise ValueError(f"{path}: not a mapping of keys to values")
    settings = {}
    for key, value in raw.items():
        settings[str(key)] = [text(item) for item in value] if isinstance(value, list) else text(value)
    settings.setdefault("cm_is_default", "true")
    settings.setdefault("cm_region", "cn-" + text(settings.get("cm_location", "")))
    settings.setdefault("cm_region_cn", settings["cm_region"])
    for key, port in PORTS.items():
        settings.setdefault(key, str(port))
    return settings


def check(settings):
    """Everything that is wrong with the settings, one sentence each."""
    problems = [f"{key} is missing" for key in REQUIRED if not settings.get(key)]
    if problems:
        return problems
    if not isinstance(settings["cm_nodes"], list):
        problems.append("cm_nodes is not a list")
    if not settings["cm_url"].startswith(("http://", "https://")):
        problems.append("cm_url is not a URL: " + settings["cm_url"])
    if not settings["cm_location"].isdigit() or int(settings["cm_location"]) > 127:
        problems.append("cm_location is not in [0,127]: " + settings["cm_location"])
    for key in ("oms_meta_port", *PORTS):
        if not settings[key].isdigit():
            problems.append(f"{key} is not a port: {settings[key]}")
    return problems


def rewrite(path=PATH):
    """Writes the file again in place as OMS does: sorted, double-quoted keys and values, booleans as !!bool."""
    with open(path, encoding="utf-8") as stream:
        raw = yaml.safe_load(stream)
    for key, value in raw.items():
        if not isinstance(value, (bool, list)):
            raw[key] = text(value)
    content = yaml.dump(raw, default_style='"', default_flow_style=False, sort_keys=True, allow_unicode=True)
    with open(path, "r+", encoding="utf-8") as stream:
        stream.write(content)
        stream.truncate()

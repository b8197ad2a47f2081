"""What the lab tells this container (mounted at /run/omslab): options of the layout, faults, SQL with placeholders."""

import os
import shlex

DIRECTORY = "/run/omslab"


def options():
    """KEY=VALUE pairs of layout.env."""
    pairs = {}
    with open(f"{DIRECTORY}/layout.env", encoding="utf-8") as lines:
        for line in lines:
            for word in shlex.split(line, comments=True):
                key, separator, value = word.partition("=")
                if separator:
                    pairs[key] = value
    return pairs


def fault(kind):
    """The argument of a fault that is set, else None."""
    path = f"{DIRECTORY}/fault/{kind}"
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as stream:
        return stream.read().strip()


def sql(name, settings, cm_url):
    """A SQL file of the layout with its placeholders replaced; empty when the layout has none of this name."""
    path = f"{DIRECTORY}/{name}"
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as stream:
        content = stream.read()
    places = {
        "@RM@": settings["drc_rm_db"],
        "@CM@": settings["drc_cm_db"],
        "@HB@": settings["drc_cm_heartbeat_db"],
        "@CODE@": settings["cm_location"],
        "@REGION@": settings["cm_region"],
        "@REGION_CN@": settings["cm_region_cn"],
        "@CM_URL@": cm_url,
    }
    for place, value in places.items():
        content = content.replace(place, value.replace("'", "''"))
    return content

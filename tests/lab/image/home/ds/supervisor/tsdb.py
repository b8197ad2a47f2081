"""The time-series database: without its answer nothing starts; then a point every few seconds."""

import base64
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

DATABASE = "oms"
WAIT_SECONDS = 2
REPORT_SECONDS = 3


def log(text):
    print(time.strftime("%Y-%m-%d %H:%M:%S"), text, flush=True)


def request(properties, path, data=None):
    """The HTTP status and text; raises OSError when nothing answers."""
    user = f"{properties.get('tsdb_username', '')}:{properties.get('tsdb_password', '')}"
    headers = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()} if data is not None else {}
    url = f"http://{properties.get('tsdb_url', '')}{path}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=1) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait(properties):
    """Returns when /ping answers; ends the process when it does not within WAIT_SECONDS."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return request(properties, "/ping")
        except (OSError, ValueError) as error:
            if time.monotonic() > end:
                log(f"tsdb: no answer from {properties.get('tsdb_url', '')}: {error}")
                sys.exit(1)
        time.sleep(0.1)


def report(properties, host_ip):
    """Writes points for ever; what the database refuses is in the log."""
    query = urllib.parse.urlencode({"q": f"CREATE DATABASE {DATABASE}"}).encode()
    created = False
    while True:
        try:
            if created:
                status, text = request(properties, f"/write?db={DATABASE}", f"supervisor,host={host_ip} alive=1i".encode())
            else:
                status, text = request(properties, "/query", query)
                created = status == 200
            if status not in (200, 204):
                created = False
                log(f"tsdb: {properties.get('tsdb_url', '')} refused, status {status}: {text.strip()}")
        except (OSError, ValueError) as error:
            log(f"tsdb: no answer from {properties.get('tsdb_url', '')}: {error}")
        time.sleep(REPORT_SECONDS if created else 1)

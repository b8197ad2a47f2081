"""What the components share: their properties file, a connection that comes back, a small HTTP server."""

import http.server
import json
import os
import signal
import threading
import time

import pymysql


def read_properties(path):
    """key=value lines as a dict."""
    properties = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            key, separator, value = line.rstrip("\n").partition("=")
            if separator and not key.startswith("#"):
                properties[key] = value
    return properties


def connect(properties, timeout=3):
    """A MetaDB connection in autocommit mode."""
    return pymysql.connect(
        host=properties["oms_meta_host"],
        port=int(properties["oms_meta_port"]),
        user=properties["oms_meta_user"],
        password=properties["oms_meta_password"],
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=timeout,
        read_timeout=timeout,
        write_timeout=timeout,
    )


def repeat(properties, interval, work):
    """Calls work(cursor) every interval seconds for ever; any failure drops the connection and tries again."""
    connection = None
    while True:
        try:
            if connection is None:
                connection = connect(properties)
            with connection.cursor() as cursor:
                work(cursor)
        except Exception as error:  # the MetaDB may be away for any reason and for any time
            print(time.strftime("%Y-%m-%d %H:%M:%S"), type(error).__name__, error, flush=True)
            if connection is not None:
                try:
                    connection.close()
                except Exception:
                    pass
            connection = None
        time.sleep(interval)


def serve(port, answer):
    """Serves answer(path) -> (status, type, text) on every address until the process ends.

    With LINGER_SECONDS in the environment, SIGTERM ends it so much later, and until then it works on.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            status, kind, text = answer(self.path)
            body = text.encode("utf-8")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *arguments):
            pass

    linger = float(os.environ.get("LINGER_SECONDS", "0"))
    if linger:
        signal.signal(signal.SIGTERM, lambda *_: threading.Timer(linger, os._exit, (0,)).start())

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

    Server(("0.0.0.0", int(port)), Handler).serve_forever()


def background(function, *arguments):
    """Runs function in a thread that ends with the process."""
    threading.Thread(target=function, args=arguments, daemon=True).start()


def as_json(value):
    return json.dumps(value, separators=(",", ":"))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stands between a client and the local portal, and changes what the portal answers as the first argument says.

usage: gateway.py KIND FOLDER PORTAL; the port is written to FOLDER/port. PORTAL is its host and port. Kinds:
  echo    no request reaches the portal; each is refused in words that repeat its path
  words   each finish is refused in words that repeat the path, steer a terminal and go on for long
  clock   the portal's clock shows the year 300 billion
  lists   each batch is answered with 15 MiB of lists
  replay  of all batches that register, and of all that finish, the second is not carried out: it is answered as the first was
"""

import http.client
import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KIND, FOLDER, PORTAL = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
LISTS = b'{"result":{"result":[' + b"[]," * (5 << 20) + b"[]]}}"
LOCK = threading.Lock()
SEEN: dict[str, int] = {}
FIRST: dict[str, bytes] = {}


def commands(body: bytes) -> dict[str, str]:
    """The commands of a batch by their keys."""
    try:
        found = json.loads(body).get("cmd")
    except (ValueError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}


def forward(path: str, body: bytes) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(PORTAL, timeout=120)
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    answer = reply.status, reply.getheader("Content-Type", "text/html"), reply.read()
    connection.close()
    return answer


def refusal(path: str, body: bytes) -> bytes:
    """What a batch is answered whose commands are refused."""
    text = f"Cannot POST {path}\x1b[2J\x1b]0;title\x07\nforged: line\r\u202e" + "и так далее " * 500
    errors = {key: {"error": "GATEWAY", "error_description": text} for key in commands(body)}
    return json.dumps({"result": {"result": [], "result_error": errors}}).encode()


def change(path: str, body: bytes) -> tuple[int, str, bytes]:
    if KIND == "echo":
        return 404, "application/json", json.dumps({"error": f"Cannot POST {path}"}).encode()
    listed = commands(body)
    if KIND == "lists" and listed:
        return 200, "application/json", LISTS
    methods = " ".join(listed.values()).lower()
    if KIND == "words" and "externalcall.finish" in methods and "profile" not in methods:
        return 200, "application/json", refusal(path, body)
    if KIND == "replay":
        for method in ("externalcall.finish", "externalcall.register"):
            if method in methods:
                return replay(method, path, body)
    status, kind, answer = forward(path, body)
    if KIND == "clock":
        answer = re.sub(rb'"(start|finish|operating_reset_at)":[0-9.]+', rb'"\1":1e19', answer)
    return status, kind, answer


def replay(method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
    with LOCK:
        number = SEEN[method] = SEEN.get(method, 0) + 1
    if number == 2:
        return 200, "application/json", FIRST[method]
    status, kind, answer = forward(path, body)
    if number == 1:
        FIRST[method] = answer
    return status, kind, answer


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, kind, answer = change(self.path, body)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words: object) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
(FOLDER / "port.new").write_text(str(server.server_address[1]))
(FOLDER / "port.new").rename(FOLDER / "port")
server.serve_forever()

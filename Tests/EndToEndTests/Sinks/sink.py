#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes what is sent to it by HTTP and by SMTP, and writes each message as a line of JSON to told.jsonl.

Paths that begin with /hang are answered after two minutes, /redirect with a redirect to /stolen, /broken with HTTP 500.
The ports are written to ports, separated by a blank: HTTP, then SMTP.
"""

import json
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(sys.argv[1])
LOCK = threading.Lock()


def note(**message: str) -> None:
    with LOCK, open(FOLDER / "told.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(message) + "\n")


class Web(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        note(path=self.path, body=body.decode(), type=self.headers.get("Content-Type", ""))
        if self.path.startswith("/hang"):
            time.sleep(120)
        status = 302 if self.path.startswith("/redirect") else 500 if self.path.startswith("/broken") else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/stolen")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        note(path=self.path, body="", type="GET")
        self.send_error(404)

    def log_message(self, *words: object) -> None:
        pass


class Mail(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        recipients = []
        self.say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split(" ")[0]
            if word == "RCPT":
                recipients.append(line.split("<")[1].rstrip(">"))
            if word == "DATA":
                self.say("354 go on")
                lines = []
                while (text := self.rfile.readline().decode()) not in (".\r\n", ""):
                    lines.append(text)
                note(mail="".join(lines), to=" ".join(recipients))
            self.say("221 bye" if word == "QUIT" else "250 sink")
            if word == "QUIT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


web = ThreadingHTTPServer(("127.0.0.1", 0), Web)
mail = MailServer(("127.0.0.1", 0), Mail)
threading.Thread(target=mail.serve_forever, daemon=True).start()
(FOLDER / "ports.new").write_text(f"{web.server_port} {mail.server_address[1]}\n", encoding="utf-8")
(FOLDER / "ports.new").rename(FOLDER / "ports")
web.serve_forever()

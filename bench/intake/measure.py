#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the intake of a large Asterisk file beside Python's csv module and sqlite3's .import, in one run.

usage: measure.py CDR24 [RECORDS] [FOLDER]

CDR24 is the built program (release), RECORDS 1,000,000 unless told, FOLDER where the files are made (about 2 GB for a
million records; a temporary folder unless told). Prints a table with seconds, processor seconds and peak memory.

The portal is a closed port of this machine: nothing is sent, and the intake is over when the program has logged that it
has read the file. The rest of that run, which finds the portal closed, is not counted in its seconds. Each run of this
script has a port of its own, because two imports to one portal do not run at the same time.
"""

import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
CONFIGURATION = """\
portal:
  webhook_url: http://127.0.0.1:{port}/rest/1/abcdefghijklmnop/
  limits: {{ unreachable_seconds: 1, request_cap_seconds: 0.5, target_request_seconds: 0.1 }}
ledger: {ledger}
sources:
  - files: [{file}]
    format: {format}
    time_zone: UTC
    key_prefix: pbx1
    not_before: 2020-01-01
    trunks: [trunk1]
numbers: {{ region: RU, internal: '^\\d{{3}}$' }}
users: {{ default: 1 }}
"""
# The same file as an export: it is read whole, and all its calls are known.
EXPORT = "{ extends: asterisk, name: asterisk_export, file: { appended: false } }"
PYTHON = """\
import csv, sys
with open("Master.csv", newline="") as file:
    for record in csv.reader(file):
        pass
"""


def run(command, folder, done_when=None, text_in=None):
    """Runs a command and returns seconds until it is done, processor seconds and peak memory in MiB."""
    begin = time.monotonic()
    seconds = None
    child = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    guard = threading.Timer(1800, child.kill)
    guard.start()
    if text_in:
        child.stdin.write(text_in)
    child.stdin.close()
    said = []
    for line in child.stderr:
        said.append(line)
        if done_when and done_when in line and seconds is None:
            seconds = time.monotonic() - begin
    _, _, usage = os.wait4(child.pid, 0)
    guard.cancel()
    if done_when and seconds is None:
        sys.exit(f"{command[0]} never said \"{done_when}\":\n{''.join(said)}")
    return (seconds or time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    records = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with tempfile.TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as folder:
        measure(program, records, pathlib.Path(folder))


def measure(program, records, folder):
    for name, legs in (("Master.csv", 1), ("legs.csv", 3)):
        with open(folder / name, "w") as file:
            command = [sys.executable, HERE.parent / "generate_cdr.py", str(records), str(legs)]
            subprocess.run(command, stdout=file, check=True)
    configure(folder, "calls", "Master.csv", "asterisk", "calls.sqlite")
    configure(folder, "export", "Master.csv", EXPORT, "calls.sqlite")
    configure(folder, "legs", "legs.csv", "asterisk", "legs.sqlite")
    columns = ", ".join(f"c{number} TEXT" for number in range(20))
    script = f".mode csv\nCREATE TABLE cdr ({columns}, sequence TEXT UNIQUE);\n.import Master.csv cdr\n"

    def take(name, *options):
        command = [program, "import", "--config", f"{name}.yaml", "--log-level", "info", "--max-calls", "1", *options]
        return run(command, folder, done_when=None if options else ".csv: ")

    rows = [
        ("Python csv, reading only", run([sys.executable, "-c", PYTHON], folder)),
        ("cdr24 import --dry-run", take("calls", "--dry-run")),
        ("cdr24 import --dry-run, three legs a call", take("legs", "--dry-run")),
        ("sqlite3 .import, one unique index", run(["sqlite3", "peer.sqlite"], folder, text_in=script)),
        ("cdr24 import, new ledger", take("calls")),
        ("cdr24 import, new ledger, three legs a call", take("legs")),
        ("cdr24 import, nothing new", take("calls")),
        ("cdr24 import, the whole file again, all calls known", take("export")),
    ]
    size = (folder / "Master.csv").stat().st_size
    print(f"{records:,} records, {size / 1e6:.0f} MB, {os.cpu_count()} cores\n")
    print("| taking in | seconds | processor seconds | peak memory, MiB |")
    print("|---|---:|---:|---:|")
    for name, (seconds, processor, memory) in rows:
        print(f"| {name} | {seconds:.2f} | {processor:.2f} | {memory:.1f} |")
    print()
    for name in ("calls", "legs"):
        calls, used, file = ledger_size(folder / f"{name}.sqlite")
        print(f"{name}.sqlite: {calls:,} calls, {used / calls:.0f} bytes for each, {file / calls:.0f} with free pages.")


def closed_port():
    with socket.socket() as known:
        known.bind(("127.0.0.1", 0))
        return known.getsockname()[1]


PORT = closed_port()


def configure(folder, name, file, format, ledger):
    (folder / f"{name}.yaml").write_text(CONFIGURATION.format(port=PORT, file=file, format=format, ledger=ledger))


def ledger_size(path):
    """The calls of a ledger, the bytes that are in use, and those of the file, which keeps room for delivery."""
    connection = sqlite3.connect(path)

    def value(query):
        return connection.execute(query).fetchone()[0]

    page = value("PRAGMA page_size")
    pages = value("PRAGMA page_count")
    return value("SELECT count(*) FROM call"), (pages - value("PRAGMA freelist_count")) * page, pages * page


if __name__ == "__main__":
    main()

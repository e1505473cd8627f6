#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the intake of a large Asterisk file beside Python's csv module and sqlite3's .import, in one run.

usage: measure.py CDR24 [RECORDS] [FOLDER]

CDR24 is the built program (release), RECORDS 1,000,000 unless told, FOLDER where the files are made (about 1.2 GB for a
million records; a temporary folder unless told). Prints a table with seconds, processor seconds and peak memory.

The portal is a closed port of this machine: nothing is sent, and the intake is over when the program has logged that it
has read the file. The rest of that run, which finds the portal closed, is not counted.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
CONFIGURATION = """\
portal:
  webhook_url: http://127.0.0.1:9/rest/1/abcdefghijklmnop/
  limits: { unreachable_seconds: 1, request_cap_seconds: 0.5, target_request_seconds: 0.1 }
sources:
  - { files: [Master.csv], format: asterisk, time_zone: UTC, key_prefix: pbx1, not_before: 2020-01-01, trunks: [trunk1] }
numbers: { region: RU, internal: '^\\d{3}$' }
users: { default: 1 }
"""
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
    with open(folder / "Master.csv", "w") as file:
        subprocess.run([sys.executable, HERE.parent / "generate_cdr.py", str(records)], stdout=file, check=True)
    (folder / "cdr24.yaml").write_text(CONFIGURATION)
    size = (folder / "Master.csv").stat().st_size
    cdr24 = [program, "import", "--config", "cdr24.yaml", "--log-level", "info", "--max-calls", "1"]
    columns = ", ".join(f"c{number} TEXT" for number in range(20))
    script = f".mode csv\nCREATE TABLE cdr ({columns}, sequence TEXT UNIQUE);\n.import Master.csv cdr\n"
    rows = [
        ("Python csv, reading only", run([sys.executable, "-c", PYTHON], folder)),
        ("cdr24 import --dry-run", run(cdr24 + ["--dry-run"], folder)),
        ("sqlite3 .import, one unique index", run(["sqlite3", "peer.sqlite"], folder, text_in=script)),
        ("cdr24 import, new ledger", run(cdr24, folder, done_when="Master.csv: ")),
        ("cdr24 import, nothing new", run(cdr24, folder, done_when="Master.csv: ")),
    ]
    print(f"{records:,} records, {size / 1e6:.0f} MB, {os.cpu_count()} cores\n")
    print("| what | seconds | processor seconds | peak memory, MiB |")
    print("|---|---:|---:|---:|")
    for name, (seconds, processor, memory) in rows:
        print(f"| {name} | {seconds:.2f} | {processor:.2f} | {memory:.0f} |")


if __name__ == "__main__":
    main()

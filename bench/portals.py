#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs imports for many portals side by side on this machine, as the template units do, and measures what they take.

usage: portals.py CDR24 SIMULATOR [PORTALS] [CALLS] [AT_ONCE] [FOLDER]

CDR24 and SIMULATOR are the built programs (release). 200 portals of 500 calls unless told, all of them at once. Each portal
is a simulator of its own on a port of this machine, and each has its configuration, ledger and state folder. Then every
portal is asked what it holds: each call has to be there once, and nothing else. A second night, with nothing new, follows.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

CONFIGURATION = """\
portal:
  webhook_url: {url}
sources:
  - files: [Master.csv]
    format: asterisk
    time_zone: UTC
    key_prefix: pbx1
    not_before: 2020-01-01
    trunks: [trunk1]
ledger: cdr24.sqlite
state_folder: state
numbers: {{ region: RU, internal: '^\\d{{3}}$' }}
users: {{ extensions: {{ '^\\d{{3}}$': 1 }}, default: 1 }}
"""
HERE = pathlib.Path(__file__).resolve().parent


class Office:
    """A portal with its phone system's file."""

    def __init__(self, folder, simulator, records):
        self.folder = folder
        folder.mkdir()
        (folder / "Master.csv").write_bytes(records)
        self.ready = folder / "ready"
        self.portal = subprocess.Popen(
            [simulator, "--port", "0", "--ready-file", self.ready], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def configure(self):
        for _ in range(6_000):
            if self.ready.is_file() and self.ready.read_text().strip():
                break
            time.sleep(0.01)
        self.url = self.ready.read_text().strip()
        (self.folder / "cdr24.yaml").write_text(CONFIGURATION.format(url=self.url))

    def night(self, program):
        """Imports, and returns what that took: seconds, processor seconds, peak memory in MiB."""
        begin = time.monotonic()
        child = subprocess.Popen(
            [program, "import", "--quiet", "--summary-json", "last.json"], cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{self.folder}: {said}{(self.folder / 'last.json').read_text()}")
        return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    def is_exact(self, calls):
        """Whether the portal holds each call once, and no side effect."""
        base = self.url.split("/rest/")[0]
        with urllib.request.urlopen(base + "/audit") as answer:
            audit = json.load(answer)
        keys = [row["EXTERNAL_CALL_ID"] for row in audit["statistics"]]
        return len(keys) == calls and len(set(keys)) == calls and audit["checks"]["quiet"] is True

    def disk(self):
        return sum(file.stat().st_size for file in self.folder.glob("cdr24.sqlite*"))


def main():
    numbers = [int(word) for word in sys.argv[3:] if word.isdigit()]
    folders = [word for word in sys.argv[3:] if not word.isdigit()]
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, simulator = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
    portals, calls, at_once = (numbers + [200, 500, 0][len(numbers):])[:3]
    with tempfile.TemporaryDirectory(dir=folders[0] if folders else None) as folder:
        measure(program, simulator, portals, calls, at_once or portals, pathlib.Path(folder))


def measure(program, simulator, portals, calls, at_once, folder):
    records = subprocess.run(
        [sys.executable, HERE / "generate_cdr.py", str(calls)], stdout=subprocess.PIPE, check=True).stdout
    offices = []
    try:
        for number in range(portals):
            offices.append(Office(folder / f"portal-{number + 1}", simulator, records))
        for office in offices:
            office.configure()
        print(f"{portals} portals of {calls} calls, {at_once} at once, {os.cpu_count()} cores, load "
              f"{os.getloadavg()[0]:.0f} before\n")
        print("| night | seconds | longest run | processor seconds of cdr24 | largest peak memory, MiB | of all, MiB |")
        print("|---|---:|---:|---:|---:|---:|")
        for name in ("first: everything is new", "second: nothing is new"):
            begin = time.monotonic()
            with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
                runs = list(pool.map(lambda office: office.night(program), offices))
            seconds = time.monotonic() - begin
            print(f"| {name} | {seconds:.1f} | {max(run[0] for run in runs):.1f} | {sum(run[1] for run in runs):.1f} | "
                  f"{max(run[2] for run in runs):.0f} | {sum(run[2] for run in runs):.0f} |", flush=True)
        wrong = [office.folder.name for office in offices if not office.is_exact(calls)]
        disk = sum(office.disk() for office in offices) / portals
        print(f"\n{portals - len(wrong)} of {portals} portals hold each call once and nothing else; a ledger takes "
              f"{disk / 1e6:.2f} MB.")
        if wrong:
            sys.exit(f"not exact: {', '.join(wrong)}")
    finally:
        for office in offices:
            office.portal.terminate()
        for office in offices:
            office.portal.wait()


if __name__ == "__main__":
    main()

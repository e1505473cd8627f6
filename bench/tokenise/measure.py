#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how fast records are found, beside other tools, in one run on one file.

usage: measure.py TOKENISE SWIFTCSV-PEER [RECORDS] [FOLDER]

Each tool takes every field out of its quotes and adds the lengths up. They run in turn, each five times (Python's csv
twice, SwiftCSV once), in a process of its own, and the best time counts. Seconds are without the start of the process,
processor seconds are with it for the programs that do not say their own (cdr24's scanner and SwiftCSV). That the fields are the same bytes is
shown by a checksum over all of them, which is not part of the time. Needs DuckDB and Polars in this Python.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(command):
    """What a reader printed of itself: seconds, the bytes of all fields, and processor seconds if it says them."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    words = child.stdout.read().split()
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    # Else those of the whole process, its start included.
    spent = usage.ru_utime + usage.ru_stime
    if "processor" in words:
        spent = float(words[words.index("processor") + 1])
    return float(words[words.index("seconds") + 1]), spent, int(words[words.index("bytes") + 1])


def checksum(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    records = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    with tempfile.TemporaryDirectory(dir=sys.argv[4] if len(sys.argv) > 4 else None) as folder:
        path = pathlib.Path(folder) / "Master.csv"
        with open(path, "w") as file:
            subprocess.run([sys.executable, HERE.parent / "generate_cdr.py", str(records)], stdout=file, check=True)
        measure(sys.argv[1], sys.argv[2], path, records)


def measure(program, other, path, records):
    peer = [sys.executable, HERE / "peers.py", path]
    tools = [
        ("cdr24's scanner", [program, path, "lengths"], 5),
        ("DuckDB, one thread", peer + ["duckdb"], 5),
        ("Polars", peer + ["polars"], 5),
        ("Python csv", peer + ["python_csv"], 2),
    ]
    if os.access(other, os.X_OK):
        tools.append(("SwiftCSV", [other, path], 1))
    best = {}
    for number in range(5):
        for name, command, rounds in tools:
            if number < rounds:
                seconds, spent, fields = run(command)
                known = best.get(name, (seconds, spent))
                best[name] = (min(seconds, known[0]), min(spent, known[1]), fields)
    size = path.stat().st_size
    first = best[tools[0][0]]
    print(f"{records:,} records, {size / 1e6:.0f} MB\n")
    print("| finding records | seconds | GB/s | times as long | processor seconds | times as much | bytes in fields |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, (seconds, spent, fields) in best.items():
        rate = size / seconds / 1e9
        print(f"| {name} | {seconds:.3f} | {rate:.2f} | {seconds / first[0]:.1f} | {spent:.3f} | {spent / first[1]:.1f} "
              f"| {fields:,} |")
    sums = [checksum([program, path, "checksum"]),
            checksum([sys.executable, HERE / "python_csv.py", path, "checksum"])]
    print(f"\nChecksum of all fields: {sums[0]}; Python csv finds {'the same' if sums[0] == sums[1] else sums[1]}.\n")
    if sums[0] != sums[1]:
        sys.exit(1)


if __name__ == "__main__":
    main()

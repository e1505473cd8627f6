#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how fast records are found, beside other tools, in one run on one file.

usage: measure.py TOKENISE SWIFTCSV-PEER [RECORDS] [FOLDER]

Each tool takes every field out of its quotes and adds the lengths up. Each runs three times (SwiftCSV once) in turn, in
a process of its own, and the best time counts; starting the process does not. That the fields are the same bytes is
shown by a checksum over all of them, which is not part of the time. Needs DuckDB and Polars in this Python.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def ours(program, path):
    words = subprocess.run([program, path, "lengths"], capture_output=True, text=True, check=True).stdout.split()
    return float(words[words.index("seconds") + 1]), int(words[words.index("bytes") + 1])


def peer(name, path):
    words = subprocess.run(
        [sys.executable, HERE / "peers.py", path, name], capture_output=True, text=True, check=True).stdout.split()
    return float(words[words.index("seconds") + 1]), int(words[words.index("bytes") + 1])


def swiftcsv(program, path):
    words = subprocess.run([program, path], capture_output=True, text=True, check=True).stdout.split()
    return float(words[words.index("seconds") + 1]), int(words[words.index("bytes") + 1])


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
    tools = [
        ("cdr24's scanner", lambda: ours(program, path)),
        ("DuckDB, one thread", lambda: peer("duckdb", path)),
        ("Polars", lambda: peer("polars", path)),
        ("Python csv", lambda: peer("python_csv", path)),
    ]
    best = {}
    for _ in range(3):
        for name, run in tools:
            seconds, size = run()
            best[name] = (min(seconds, best.get(name, (seconds,))[0]), size)
    if os.access(other, os.X_OK):
        best["SwiftCSV"] = swiftcsv(other, path)
    size = path.stat().st_size
    first = best[tools[0][0]][0]
    print(f"{records:,} records, {size / 1e6:.0f} MB\n")
    print("| finding records | seconds | GB/s | times as long | bytes in fields |")
    print("|---|---:|---:|---:|---:|")
    for name, (seconds, fields) in best.items():
        print(f"| {name} | {seconds:.3f} | {size / seconds / 1e9:.2f} | {seconds / first:.1f} | {fields:,} |")
    sums = [checksum([program, path, "checksum"]),
            checksum([sys.executable, HERE / "python_csv.py", path, "checksum"])]
    print(f"\nChecksum of all fields: {sums[0]}; Python csv finds {'the same' if sums[0] == sums[1] else sums[1]}.\n")
    if sums[0] != sums[1]:
        sys.exit(1)


if __name__ == "__main__":
    main()

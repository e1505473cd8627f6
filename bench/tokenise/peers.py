#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a CSV file with tools people would otherwise reach for: all fields unescaped, their lengths added up.

usage: peers.py FILE [python_csv|duckdb|polars]

Without a name all run, one after the other. Python's csv module is always there; DuckDB (one thread) and Polars take part
if they are installed. What each must know before it reads is not timed. Processor time is printed too, which other load
on the machine changes less.
"""

import csv
import sys
import time


def python_csv(path: str):
    def read():
        records = size = 0
        with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
            for row in csv.reader(file):
                records += 1
                for field in row:
                    size += len(field)
        return records, size

    return read


def duckdb(path: str):
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    source = f"read_csv('{path}', header=false, all_varchar=true, delim=',', quote='\"', escape='\"')"
    names = [row[0] for row in connection.execute(f"describe select * from {source}").fetchall()]
    total = " + ".join(f"coalesce(strlen({name}), 0)" for name in names)
    return lambda: connection.execute(f"select count(*), sum({total}) from {source}").fetchone()


def polars(path: str):
    import polars

    def read():
        frame = polars.read_csv(path, has_header=False, infer_schema=False)
        return frame.height, sum(frame[name].str.len_bytes().sum() for name in frame.columns)

    return read


for peer in (python_csv, duckdb, polars):
    if len(sys.argv) > 2 and peer.__name__ != sys.argv[2]:
        continue
    try:
        read = peer(sys.argv[1])
    except ImportError:
        print(f"{peer.__name__:12} not installed")
        continue
    begin, spent = time.perf_counter(), time.process_time()
    records, size = read()
    seconds, spent = time.perf_counter() - begin, time.process_time() - spent
    print(f"{peer.__name__:12} seconds {seconds:.3f} processor {spent:.3f} records {records} bytes {int(size)}", flush=True)

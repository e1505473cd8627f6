#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a CSV file with tools people would otherwise reach for: all fields unescaped, their lengths added up.

usage: peers.py FILE

Python's csv module is always there; DuckDB (one thread) and Polars take part if they are installed. Each runs three times
and the best time counts; processor time is printed too, which other load on the machine changes less.
"""

import csv
import sys
import time


def python_csv(path: str) -> tuple[int, int]:
    records = size = 0
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        for row in csv.reader(file):
            records += 1
            for field in row:
                size += len(field)
    return records, size


def duckdb(path: str) -> tuple[int, int]:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    source = f"read_csv('{path}', header=false, all_varchar=true, delim=',', quote='\"', escape='\"')"
    names = [row[0] for row in connection.execute(f"describe select * from {source}").fetchall()]
    total = " + ".join(f"coalesce(strlen({name}), 0)" for name in names)
    return connection.execute(f"select count(*), sum({total}) from {source}").fetchone()


def polars(path: str) -> tuple[int, int]:
    import polars

    frame = polars.read_csv(path, has_header=False, infer_schema=False)
    return frame.height, sum(frame[name].str.len_bytes().sum() for name in frame.columns)


for peer in (python_csv, duckdb, polars):
    best = processor = None
    try:
        for _ in range(3):
            begin, spent = time.perf_counter(), time.process_time()
            records, size = peer(sys.argv[1])
            seconds, spent = time.perf_counter() - begin, time.process_time() - spent
            processor = spent if processor is None else min(processor, spent)
            best = seconds if best is None else min(best, seconds)
    except ImportError:
        print(f"{peer.__name__:12} not installed")
        continue
    print(f"{peer.__name__:12} seconds {best:.3f} processor {processor:.3f} records {records} bytes {int(size)}", flush=True)

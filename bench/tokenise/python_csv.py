#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a file with Python's csv module and prints what `tokenise` prints, to compare results and time."""

import csv
import sys
import time
import zlib

path = sys.argv[1]
depth = sys.argv[2] if len(sys.argv) > 2 else "lengths"
records = fields = size = crc = 0
begin = time.perf_counter()
with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
    for row in csv.reader(file):
        if not row:
            continue
        records += 1
        fields += len(row)
        if depth == "lengths":
            for field in row:
                size += len(field)
        elif depth == "checksum":
            for field in row:
                data = field.encode("utf-8", "surrogateescape")
                size += len(data)
                crc = zlib.crc32(data, crc)
seconds = time.perf_counter() - begin
print(f"records {records} fields {fields} bytes {size} crc {crc}")
print(f"seconds {seconds:.3f}")

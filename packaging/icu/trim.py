#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts the data of Foundation's ICU down to what cdr24 uses, as assembly for the linker.

    packaging/icu/trim.py zones ARCHIVE OUTPUT.S
    packaging/icu/trim.py nothing ARCHIVE OUTPUT.S

Foundation brings 34 MB of ICU data: the languages, currencies, sort orders and character sets of the world. cdr24 uses
time zones and the root locale ("zones"); texts are its own, and encodings are glibc's. Debian's ICU brings another 31 MB,
of which libphonenumber's regular expressions use nothing ("nothing"): the properties of characters are in the code.
The archive member with the data is not linked when the program already has an object with its symbol.

The format is that of ICU's common data files ("CmnD", version 1): a header, the number of items, a table of the offsets
of names and items in the order of the names, the names, and the items at multiples of 16 bytes.
"""

import pathlib
import re
import struct
import subprocess
import sys
import tempfile

KEPT_LOCALES = {"root", "en", "en_US", "en_US_POSIX", "en_001", "ru", "ru_RU"}
"""Locales of which Foundation may ask, since the machine's language is one of them."""
TREES = {"zone", "lang", "region", "curr", "unit", "rbnf", "coll", "brkitr", "translit"}
KEPT_TREES = {"zone"}
LOCALE = re.compile(r"^[a-z]{2,3}(_[A-Za-z0-9]+)*$")


def is_kept(name):
    parts = name.split("/")[1:]
    if len(parts) == 2 and parts[0] in TREES:
        stem = parts[1].rsplit(".", 1)[0]
        if parts[0] == "translit" or parts[1].endswith(".dict"):
            return False
        if parts[1].endswith(".brk"):
            return stem in ("char", "word", "sent", "line", "title")
        if parts[0] in KEPT_TREES:
            return stem in KEPT_LOCALES or stem in ("pool", "res_index", "tzdbNames")
        return stem in ("root", "res_index", "pool")
    stem, ending = parts[-1].rsplit(".", 1)
    if ending in ("cnv", "spp") or stem in ("unames", "langInfo", "nfkc_cf", "nfkc_scf", "cnvalias"):
        return False
    return ending != "res" or not LOCALE.match(stem) or stem in KEPT_LOCALES


def read_items(data):
    header = struct.unpack_from("<H", data)[0]
    if data[12:16] != b"CmnD" or data[16] != 1 or data[8] != 0:
        raise SystemExit("the ICU data has another format than this script knows")
    count = struct.unpack_from("<I", data, header)[0]
    table = [struct.unpack_from("<II", data, header + 4 + 8 * index) for index in range(count)]
    ends = [place for _, place in table[1:]] + [len(data) - header]
    items = []
    for (name, start), end in zip(table, ends):
        place = header + name
        items.append((data[place : data.index(b"\0", place)].decode(), data[header + start : header + end]))
    return data[:header], items


def written(header, items):
    names = bytearray()
    table = []
    start = 4 + 8 * len(items)
    for name, content in items:
        table.append(start + len(names))
        names += name.encode() + b"\0"
    body = bytearray()
    first = -(-(start + len(names)) // 16) * 16
    entries = bytearray(struct.pack("<I", len(items)))
    for place, (name, content) in zip(table, items):
        entries += struct.pack("<II", place, first + len(body))
        body += content + bytes(-len(content) % 16)
    return header + bytes(entries) + bytes(names) + bytes(first - start - len(names)) + bytes(body)


def main():
    what, archive, output = sys.argv[1:]
    symbols = subprocess.run(["nm", "-A", archive], capture_output=True, text=True).stdout
    found = re.search(r":([^:]+\.o):[0-9a-f]+ R (icudt\d+_dat)$", symbols, re.M)
    if not found:
        raise SystemExit(f"{archive} has no ICU data")
    member, symbol = found.groups()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["ar", "x", archive, member], cwd=folder, check=True)
        raw = pathlib.Path(folder, "data")
        subprocess.run(
            ["objcopy", "-O", "binary", "--only-section=.rodata", pathlib.Path(folder, member), raw], check=True
        )
        data = raw.read_bytes()
    header, items = read_items(data)
    kept = [(name, content) for name, content in items if what == "zones" and is_kept(name)]
    trimmed = written(header, kept)
    output = pathlib.Path(output)
    output.with_suffix(".dat").write_bytes(trimmed)
    output.write_text(
        f'    .section .rodata\n    .balign 16\n    .globl {symbol}\n    .type {symbol}, @object\n{symbol}:\n'
        f'    .incbin "{output.with_suffix(".dat")}"\n    .size {symbol}, . - {symbol}\n'
        "    .section .note.GNU-stack,\"\",@progbits\n"
    )
    print(f"ICU data: {len(kept)} of {len(items)} items, {len(trimmed)} of {len(data)} bytes", file=sys.stderr)


main()

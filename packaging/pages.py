#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Copies README.md, SECURITY.md and the pages of docs/ to a folder, with links that lead to files there.

usage: packaging/pages.py FOLDER

A link to a file that is not installed, such as the figures of the bench, becomes plain text.
"""

import os
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Where scripts/package puts what the pages link to.
PLACES = {
    "docs": "", "README.md": "README.md", "SECURITY.md": "SECURITY.md", "packaging/kubernetes": "examples/kubernetes",
    "packaging/examples": "examples", "samples": "examples"}
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
ATTRIBUTE = re.compile(r'(?<=src=)"([^"]+)"')


def installed(path):
    """The path in the folder of what is at a path of the checkout, or nothing."""
    for source, place in PLACES.items():
        if path == source or path.startswith(source + "/"):
            return os.path.normpath(os.path.join(place, os.path.relpath(path, source)))
    return None


def page(source):
    """The text of a page as it is installed."""
    def target(address):
        name, mark, anchor = address.partition("#")
        if not name or re.match(r"[a-z][a-z0-9+.-]*:", name):
            return address
        place = installed(os.path.normpath(os.path.join(os.path.dirname(source), name)))
        return place and os.path.relpath(place, os.path.dirname(installed(source)) or ".") + mark + anchor

    def link(match):
        place = target(match[2])
        return f"[{match[1]}]({place})" if place else match[1]

    text = ATTRIBUTE.sub(lambda match: f'"{target(match[1])}"', (ROOT / source).read_text(encoding="utf-8"))
    return LINK.sub(link, text)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    shutil.copytree(ROOT / "docs", folder, dirs_exist_ok=True)
    pages = [ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")]
    for source in (str(path.relative_to(ROOT)) for path in pages):
        (folder / installed(source)).write_text(page(source), encoding="utf-8")


if __name__ == "__main__":
    main()

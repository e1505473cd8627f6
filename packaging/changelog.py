#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the changelog of the Debian package from the first section of CHANGELOG.md.

    packaging/changelog.py VERSION SECONDS_SINCE_1970 <CHANGELOG.md
"""

import email.utils
import re
import sys
import textwrap

MAINTAINER = "cdr24 developers <cdr24@example.invalid>"


def entries(text):
    section = re.split(r"^## ", text, flags=re.M)[1]
    for entry in re.findall(r"^- (.*(?:\n  .*)*)", section, re.M):
        yield textwrap.fill(" ".join(entry.split()), 78, initial_indent="  * ", subsequent_indent="    ")


def main():
    version, seconds = sys.argv[1:]
    print(f"cdr24 ({version}) stable; urgency=medium\n")
    for entry in entries(sys.stdin.read()):
        print(entry)
    print(f"\n -- {MAINTAINER}  {email.utils.formatdate(int(seconds))}")


main()

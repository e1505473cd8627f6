#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a program for 90 s and in 3 GiB of address space at most, ends as it does, and writes its peak memory in MiB to a file.

usage: peak.py FILE PROGRAM ARGUMENT...
"""

import resource
import subprocess
import sys
from pathlib import Path

resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
try:
    status = subprocess.run(sys.argv[2:], timeout=90).returncode
except subprocess.TimeoutExpired:
    status = 124
Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
sys.exit(status if status >= 0 else 128 - status)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what it costs that calls have legs: the intake of a file of queues beside that of one without legs.

usage: legs.py CDR24 [RECORDS]

CDR24 is the built program (release), RECORDS 300,000 for each file unless told. Prints records a second by the clock and
by processor time of the intake into a new ledger. The legs are those of generate_queues.py: up to five records a call,
between those of other calls; measure.py also measures legs that follow each other.
"""

import pathlib
import subprocess
import sys
import tempfile

from measure import HERE, configure, run


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    records = int(sys.argv[2]) if len(sys.argv) > 2 else 300_000
    speeds = {}
    # Each file twice, in turns, and the better of the two: another program may have had the machine.
    for kind in ("plain", "legs") * 2:
        with tempfile.TemporaryDirectory() as folder:
            speed = measure(program, records, kind, pathlib.Path(folder))
            speeds[kind] = max(speeds.get(kind, (0, 0)), speed)
    print(f"{'file':8} {'records/s':>12} {'per CPU second':>15}")
    for kind, (wall, processor) in speeds.items():
        print(f"{kind:8} {wall:12,.0f} {processor:15,.0f}")
    ratios = [legs / plain for legs, plain in zip(speeds["legs"], speeds["plain"])]
    print(f"legs/plain {ratios[0]:10.2f} {ratios[1]:15.2f}")


def measure(program, records, kind, folder):
    with open(folder / "Master.csv", "w") as file:
        generator = "generate_queues.py" if kind == "legs" else "generate_cdr.py"
        command = [sys.executable, HERE.parent / generator, str(records)]
        subprocess.run(command, stdout=file, check=True)
    configure(folder, "calls", "Master.csv", "asterisk", "calls.sqlite")
    command = [program, "import", "--config", "calls.yaml", "--log-level", "info", "--max-calls", "1"]
    seconds, processor, _ = run(command, folder, done_when=".csv: ")
    return records / seconds, records / processor


if __name__ == "__main__":
    main()

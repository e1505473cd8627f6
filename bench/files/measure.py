#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures nights in a folder that holds many exports which cdr24 has read before.

usage: measure.py CDR24 cucm [FILES] [FOLDER]     small files of Cisco Unified CM, one record each; 500,000 unless told
       measure.py CDR24 year [DAYS] [CALLS] [FOLDER]   exports of a day each; 365 of 3,000 calls unless told

CDR24 is the built program (release). FOLDER is where the files are made; a temporary folder unless told. People and
numbers are invented. The portal is a closed port of this machine: nothing is sent, and what is measured is the whole
program, from its start to its end. A night that would wait for the portal gets --max-calls 0.

Nights: the first reads everything; the second finds nothing new; the third finds one more file; before the fourth all
files are copied anew, so that the file system describes them differently; the fifth finds nothing new again.
"""

import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

CONFIGURATION = """\
portal:
  webhook_url: http://127.0.0.1:{port}/rest/1/abcdefghijklmnop/
  limits: {{ unreachable_seconds: 0, request_cap_seconds: 0.5, target_request_seconds: 0.1 }}
ledger: cdr24.sqlite
state_folder: state
sources:
  - {{ files: [{files}], format: {format}, time_zone: UTC, key_prefix: pbx1, not_before: 2020-01-01,
      trunks: [gw-city, trunk1] }}
numbers: {{ region: RU, internal: '^1\\d{{2}}$' }}
users: {{ default: 1 }}
"""
BEGIN = 1_767_225_600
# The two head rows of a publisher's file, and the places of the columns that the importer reads.
SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "Tests/Samples/cucm-cdr.csv"
HEAD = "".join(SAMPLE.read_text().splitlines(keepends=True)[:2])
COLUMNS = HEAD.splitlines()[0].count(",") + 1


def cucm(folder, number):
    """One file as a publisher writes it for each minute, with a single call."""
    start = BEGIN + number * 50
    fields = {1: "1", 2: "1", 3: number + 1, 5: start, 9: f'"8900{number % 10_000_000:07d}"', 12: "0", 30: '"101"',
              31: '"101"', 34: "16", 48: start + 5, 49: start + 65, 51: f'"{number:032x}"', 56: "60", 57: '"gw-city"',
              58: '"SEP001122334401"', 66: '"Cluster1"'}
    record = ",".join(str(fields.get(column, "0")) for column in range(1, COLUMNS + 1)) + "\n"
    stamp = time.strftime("%Y%m%d%H%M", time.gmtime(start))
    (folder / f"cdr_Cluster1_01_{stamp}_{number}").write_text(HEAD + record)


def export(folder, day, calls):
    """The export of a day as FreePBX's CDR Reports makes it."""
    lines = ['calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,'
             'accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,linkedid,'
             'peeraccount,sequence']
    for index in range(calls):
        start = BEGIN + day * 86_400 + index * 86_000 // calls
        number = f"8900{(day * calls + index) % 10_000_000:07d}"
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(start))
        key = f"{start}.{day * calls + index}"
        lines.append(f'{when},"""Client"" <{number}>",{number},101,ext-local,PJSIP/trunk1-{index:08x},'
                     f'PJSIP/101-{index:08x},Dial,"PJSIP/101,30",70,60,ANSWERED,3,,{key},,74950000000,,{number},Client,,'
                     f',,{key},,{index}')
    name = time.strftime("%Y-%m-%d", time.gmtime(BEGIN + day * 86_400))
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def peak(process):
    """The highest resident size of a running process, in KiB; that of wait4 would be no less than this program's."""
    highest = 0
    try:
        while process.poll() is None:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            highest = max([highest] + [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")])
            time.sleep(0.02)
    except OSError:
        pass  # It has ended.
    return highest


def night(program, work, name):
    """Runs an import and returns what it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(
            [program, "import", "--config", "cdr24.yaml", "--max-calls", "0", "--summary-json", "last.json"], cwd=work,
            stdout=subprocess.DEVNULL, stderr=said, text=True)
        memory = peak(child)
        code = child.wait()
        seconds = time.monotonic() - begin
        said.seek(0)
        # 4: the calls wait, since nothing is sent.
        if code not in (0, 4):
            sys.exit(f"{name}: exit code {code}\n{said.read()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return name, seconds, processor, memory / 1024


def measure(program, work, make, count, files, format):
    folder = work / "files"
    folder.mkdir()
    for number in range(count):
        make(folder, number)
    (work / "cdr24.yaml").write_text(CONFIGURATION.format(port=os.getpid() % 20_000 + 40_000, files=files, format=format))
    nights = [night(program, work, "first night, everything is new"), night(program, work, "second night, nothing new")]
    make(folder, count)
    nights.append(night(program, work, "third night, one new file"))
    copy = work / "copy"
    shutil.copytree(folder, copy)
    shutil.rmtree(folder)
    copy.rename(folder)
    nights.append(night(program, work, "fourth night, all files copied anew"))
    nights.append(night(program, work, "fifth night, nothing new"))
    size = sum(entry.stat().st_size for entry in os.scandir(folder))
    print(f"{count + 1:,} files, {size / 1e6:.0f} MB, {os.cpu_count()} cores; the ledger has "
          f"{(work / 'cdr24.sqlite').stat().st_size / 1e6:.0f} MB\n")
    print("| night | seconds | processor seconds | peak memory, MiB |")
    print("|---|---:|---:|---:|")
    for name, seconds, processor, memory in nights:
        print(f"| {name} | {seconds:.2f} | {processor:.2f} | {memory:.0f} |")


def main():
    arguments = sys.argv[1:]
    if len(arguments) < 2 or arguments[1] not in ("cucm", "year"):
        sys.exit(__doc__)
    program, kind = str(pathlib.Path(arguments[0]).resolve()), arguments[1]
    numbers = [int(word) for word in arguments[2:] if word.isdigit()]
    folders = [word for word in arguments[2:] if not word.isdigit()]
    with tempfile.TemporaryDirectory(dir=folders[0] if folders else None) as folder:
        work = pathlib.Path(folder)
        if kind == "cucm":
            measure(program, work, cucm, numbers[0] if numbers else 500_000, "files/cdr_*", "cucm")
        else:
            days, calls = (numbers + [365, 3_000])[:2] if len(numbers) != 1 else (numbers[0], 3_000)
            measure(program, work, lambda folder, day: export(folder, day, calls), days, "files", "freepbx")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a file as Asterisk's cdr_csv does (21 columns), always the same for the same numbers.

usage: generate_cdr.py RECORDS [LEGS] > Master.csv

LEGS is how many records a call has, 1 unless told: the legs of one call ring one extension after the other.
People and numbers are invented. There are 200,000 client numbers for each million records, in the spellings that meet in
one file: with +7, with 8 and with 810.
"""

import random
import sys
import time


def main() -> None:
    count = int(sys.argv[1])
    legs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    pick = random.Random(24)
    clients = max(1, count // 5)
    begin = 1_767_225_600
    # Ten million calls shall not last into a year that has not come.
    pause = 3 if count <= 5_000_000 else 2
    write = sys.stdout.write
    for number in range(count):
        is_first = number % legs == 0
        if is_first:
            client = f"{pick.randrange(clients):010d}"[-7:]
            national = f"900{client}"
            spelling = (f"+7{national}", f"8{national}", f"8107{national}")[pick.randrange(3)]
        extension = str(pick.randrange(100, 180))
        start = begin + number * pause
        ringing = pick.randrange(2, 30)
        talk = pick.choice((0, 0, 0, pick.randrange(5, 60), pick.randrange(30, 900)))
        answer = f'"{stamp(start + ringing)}"' if talk else ""
        end = start + ringing + talk
        disposition = "ANSWERED" if talk else pick.choice(("NO ANSWER", "BUSY", "FAILED"))
        unique = f"{start}.{number}"
        if is_first:
            linked = unique
            is_incoming = pick.randrange(2)
        if is_incoming:
            source, target, context = spelling, extension, "from-trunk"
            name = f'"""Client {client}"" <{spelling}>"'
            channel, other = f"PJSIP/trunk1-{number:08x}", f"PJSIP/{extension}-{number:08x}"
            data = f"PJSIP/{extension},30,tT"
        else:
            source, target, context = extension, spelling, "from-internal"
            name = f'"""Desk {extension}"" <{extension}>"'
            channel, other = f"PJSIP/{extension}-{number:08x}", f"PJSIP/trunk1-{number:08x}"
            data = f"PJSIP/{spelling}@trunk1,60,T"
        write(
            f'"","{source}","{target}","{context}",{name},"{channel}","{other}","Dial","{data}","{stamp(start)}",'
            f'{answer},"{stamp(end)}",{ringing + talk},{talk},"{disposition}","DOCUMENTATION","{unique}","","",'
            f'"{linked}",{number}\n'
        )


def stamp(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))


if __name__ == "__main__":
    main()

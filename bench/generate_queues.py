#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a file as Asterisk's cdr_csv does (21 columns) where calls come through a queue, always the same for one number.

usage: generate_queues.py RECORDS > Master.csv

Most calls ring three agents and are four to five records with one linkedid, between those of other calls, in the order in
which the exchange ends them; a fifth of the answered ones are transferred. People and numbers are invented.
"""

import random
import sys

from generate_cdr import stamp


def write_records(count: int) -> None:
    pick = random.Random(25)
    clients = max(1, count // 20)
    waiting: list[tuple[int, str]] = []  # records by the second in which the exchange writes them
    begin, number, written = 1_767_225_600, 0, 0
    while written < count:
        start = begin + number * 12
        number += 1
        records = queued(pick, start, number, clients) if pick.randrange(4) else outgoing(pick, start, number, clients)
        waiting += records
        waiting.sort()
        while waiting and waiting[0][0] < start and written < count:
            sys.stdout.write(waiting.pop(0)[1])
            written += 1


def queued(pick: random.Random, start: int, number: int, clients: int) -> list[tuple[int, str]]:
    client = f"8900{pick.randrange(clients):07d}"[:11]
    unique, ringing = f"{start}.{number}", pick.randrange(4, 30)
    talk = pick.choice((0, pick.randrange(5, 60), pick.randrange(30, 900)))
    agents = pick.sample(range(100, 180), 3)
    end = start + ringing + talk
    trunk = f"PJSIP/trunk1-{number:08x}"
    records = [
        leg(client, "600", "ext-queues", trunk, "" if not talk else f"Local/{agents[0]}@from-queue-{number:08x};1",
            "Queue", "600,t,,", start, ringing, talk, unique, unique, number * 10)
    ]
    for place, agent in enumerate(agents):
        has_answered = talk and place == 0
        records.append(
            leg(client, str(agent), "ext-local", f"Local/{agent}@from-queue-{number:08x};2",
                f"PJSIP/{agent}-{number:08x}", "Dial", f"PJSIP/{agent},30,tT", start, ringing,
                talk if has_answered else 0, f"{start}.{number}{place}", unique, number * 10 + 1 + place))
    if talk and pick.randrange(5) == 0:
        other, more = pick.randrange(100, 180), pick.randrange(20, 300)
        records.append(
            leg(client, str(other), "from-internal", trunk, f"PJSIP/{other}-{number:08x}", "Dial", f"PJSIP/{other},30",
                end, 0, more, unique, unique, number * 10 + 8))
        end += more
    return [(end + pick.randrange(3), record) for record in records]


def outgoing(pick: random.Random, start: int, number: int, clients: int) -> list[tuple[int, str]]:
    client = f"8900{pick.randrange(clients):07d}"[:11]
    agent, unique = pick.randrange(100, 180), f"{start}.{number}"
    ringing, talk = pick.randrange(2, 30), pick.choice((0, pick.randrange(5, 60), pick.randrange(30, 900)))
    record = leg(str(agent), client, "from-internal", f"PJSIP/{agent}-{number:08x}", f"PJSIP/trunk1-{number:08x}", "Dial",
                 f"PJSIP/{client}@trunk1,60,T", start, ringing, talk, unique, unique, number * 10)
    return [(start + ringing + talk, record)]


def leg(source: str, target: str, context: str, channel: str, other: str, application: str, data: str, start: int,
        ringing: int, talk: int, unique: str, linked: str, sequence: int) -> str:
    answer = f'"{stamp(start + ringing)}"' if talk else ""
    disposition = "ANSWERED" if talk else "NO ANSWER"
    return (
        f'"","{source}","{target}","{context}","""{source}"" <{source}>","{channel}","{other}","{application}","{data}",'
        f'"{stamp(start)}",{answer},"{stamp(start + ringing + talk)}",{ringing + talk},{talk},"{disposition}",'
        f'"DOCUMENTATION","{unique}","","","{linked}",{sequence}\n'
    )


if __name__ == "__main__":
    write_records(int(sys.argv[1]))

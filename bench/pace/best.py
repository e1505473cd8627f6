#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The least time in which a number of calls can reach a portal, from what the portal costs and permits.

usage: best.py REGIME [CALLS]

It knows nothing of how the importer paces itself. Each call needs one register and one finish. Every limit gives a time
below which nobody can be, and the longest of these is the floor; whoever reaches it wastes nothing, though it may be out
of reach, since the limits are looked at one by one and the costs are taken as known beforehand.

* lanes: all commands, with the way of each request there and back, shared evenly by the lanes, in requests as large as 50
  commands and the portal's cap permit. One command of each register request is the look-up of its keys.
* requests: the bucket lets `burst` + 1 through at once and then so many a second, less what others take.
* operating time, for each method and for `batch` where the portal bills it: the portal adds up the seconds by the minute
  and refuses a method while the ten newest minutes hold more than the limit. Using time as early as it is free is best,
  since what is used early is free again early; how fast it can be used at all follows from the lanes.
"""

import json
import math
import os
import sys

BATCH = 50
# The rules of the pace that can be left out; see Sources/Configuration/PaceRule.swift.
RULES = ["gradualOpening", "hourMemory", "contentIsNoRate", "shortWatch", "growingMargin", "marginAtEnd", "fullFinishes",
         "tripleSafety", "halfRoom", "noTrickle", "lastOfWindow", "wholeWindows", "operatingOfOthers"]
DEFAULTS = {
    "calls": 10_000, "lookUp": {"wall": 0.0, "operating": 0.0}, "limiter": "A", "operatingLimit": 420.0, "window": 600.0,
    "requestsPerSecond": 2.0, "burst": 50.0, "network": 0.02, "lanes": 2, "othersPerSecond": 0.0, "othersPhase": 0.0,
    "othersRandom": False, "othersMethod": None, "nights": 1, "change": None, "cap": 60.0, "batchWeight": 0.5,
}


def load():
    """All regimes by name, with every default filled in."""
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "regimes.json")
    with open(place, encoding="utf-8") as file:
        return {name: DEFAULTS | {"name": name} | regime for name, regime in json.load(file).items()}


def lane_seconds(regime, factor=1.0):
    """Seconds of one lane for each call: its two commands and its share of the two requests."""
    def request(command, extra, most):
        size = max(1, min(most, int((regime["cap"] - extra) / max(command * factor, 1e-9))))
        return command * factor + (extra + 2 * regime["network"]) / size
    look_up = regime["lookUp"]["wall"] * factor
    return request(regime["register"]["wall"], look_up, BATCH - 1) + request(regime["finish"]["wall"], 0, BATCH)


def lanes_floor(regime):
    """The time in which the lanes can carry all calls."""
    change = regime["change"]
    before = lane_seconds(regime) / regime["lanes"]
    if not change or regime["calls"] * before <= change["at"]:
        return regime["calls"] * before
    rest = regime["calls"] - change["at"] / before
    return change["at"] + rest * lane_seconds(regime, change["factor"]) / regime["lanes"]


def requests_floor(regime):
    """The time in which the bucket lets all requests through."""
    if regime["requestsPerSecond"] is None:
        return 0.0
    requests = math.ceil(regime["calls"] / (BATCH - 1)) + math.ceil(regime["calls"] / BATCH)
    return max(0.0, requests - regime["burst"] - 1) / (regime["requestsPerSecond"] - regime["othersPerSecond"])


def operating_floor(regime, operating, step=1.0):
    """The time in which `operating` seconds for each call fit under the limit."""
    if regime["limiter"] == "off" or operating <= 0:
        return 0.0
    minute = regime["window"] / 10
    step *= minute / 60
    minutes = [0.0] * 10
    change = regime["change"]
    done, now, number = 0.0, 0.0, 0
    while done < regime["calls"] - 1e-9:
        factor = change["factor"] if change and now >= change["at"] else 1.0
        if int(now / minute + 1e-9) != number:
            number += 1
            minutes = minutes[1:] + [0.0]
        can = step * regime["lanes"] / lane_seconds(regime, factor)
        free = max(0.0, regime["operatingLimit"] - sum(minutes)) / (operating * factor)
        use = min(can, free, regime["calls"] - done)
        done += use
        minutes[-1] += use * operating * factor
        now += step if use == can or done < regime["calls"] - 1e-9 else step * use / can
    return now


def floors(regime):
    """Every limit with the time below which nobody can be, in seconds."""
    register, finish = regime["register"]["operating"], regime["finish"]["operating"]
    result = {
        "lanes": lanes_floor(regime),
        "requests": requests_floor(regime),
        "operating time of finish": operating_floor(regime, finish),
        "operating time of register": operating_floor(regime, register),
    }
    if regime["limiter"] == "B":
        result["operating time of batch"] = operating_floor(regime, regime["batchWeight"] * (register + finish))
    return result


def best(regime):
    """The floor in seconds, and the limit that sets it."""
    limit, seconds = max(floors(regime).items(), key=lambda item: item[1])
    return seconds, limit


def print_table(rows):
    """A Markdown table with aligned columns."""
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [str(cell).ljust(width) if column == 0 else str(cell).rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        print("| " + " | ".join(cells) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) if column == 0 else "-" * (width + 1) + ":"
                                 for column, width in enumerate(widths)) + "|")


def main():
    regimes = load()
    if len(sys.argv) < 2 or sys.argv[1] not in regimes:
        sys.exit(f"usage: best.py REGIME [CALLS]; regimes: {', '.join(regimes)}")
    regime = regimes[sys.argv[1]]
    if len(sys.argv) > 2:
        regime["calls"] = int(sys.argv[2])
    for limit, seconds in floors(regime).items():
        print(f"{limit:28} {seconds:12.1f} s")
    seconds, limit = best(regime)
    print(f"{regime['calls']} calls need at least {seconds:.1f} s, {regime['calls'] / seconds:.3f} calls a second: {limit}")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Imports calls with fast_bitrix24.

usage: fast_bitrix24_import.py WEBHOOK_ADDRESS CALLS.jsonl PAIRS_PER_REQUEST TIME_SCALE

Its own throttles are told the portal's limits, as many times faster as the portal is.
"""
from urllib.parse import quote

import fast_bitrix24.srh
from fast_bitrix24 import Bitrix

from common import Job, finish, register

job = Job()
fast_bitrix24.srh.BITRIX_MEASUREMENT_PERIOD = 600 / job.scale
portal = Bitrix(job.address, verbose=False, requests_per_second=2.0 * job.scale)
portal.srh.operating_time_limit = 420 / job.scale


def text(method, fields):
    return method + "?" + "&".join(f"{name}={quote(str(value), safe='')}" for name, value in fields.items())


def send(calls):
    commands = {}
    for number, call in enumerate(calls):
        commands[f"r{number}"] = text("telephony.externalcall.register", register(call))
        commands[f"f{number}"] = text("telephony.externalcall.finish", finish(call, f"$result[r{number}][CALL_ID]"))
    answers = portal.call_batch({"halt": 0, "cmd": commands})
    return [calls[int(key[1:])]["id"] for key in answers if key.startswith("f")]


def ask(ids):
    rows = portal.get_all("voximplant.statistic.get", {"FILTER": {"EXTERNAL_CALL_ID": ids}})
    return [row["EXTERNAL_CALL_ID"] for row in rows]


job.run(send, ask)

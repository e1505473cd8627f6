# SPDX-License-Identifier: Apache-2.0
"""Runs fast_bitrix24 against a portal and prints what it was answered as one JSON object.

usage: fast_bitrix24_client.py WEBHOOK_ADDRESS
"""
import json
import sys

from fast_bitrix24 import Bitrix

portal = Bitrix(sys.argv[1], verbose=False)

paired = portal.call_batch({"halt": 0, "cmd": {
    "r0": "telephony.externalcall.register?USER_ID=3&PHONE_NUMBER=%2B12025550111&TYPE=2&SHOW=0"
          "&CALL_START_DATE=2026-03-07T10%3A20%3A30%2B03%3A00&EXTERNAL_CALL_ID=fast-pair",
    "f0": "telephony.externalcall.finish?CALL_ID=%24result%5Br0%5D%5BCALL_ID%5D&USER_ID=3&DURATION=5",
}})

calls = [
    {"USER_ID": 4, "PHONE_NUMBER": f"+7900000{i:04d}", "TYPE": 1, "SHOW": 0,
     "CALL_START_DATE": f"2026-03-06T10:{i % 60:02d}:00+03:00", "EXTERNAL_CALL_ID": f"fast-{i}"}
    for i in range(70)
]
registered = portal.call("telephony.externalcall.register", calls)
finished = portal.call("telephony.externalcall.finish", [
    {"CALL_ID": call["CALL_ID"], "USER_ID": 4, "DURATION": i, "STATUS_CODE": "200" if i else "486"}
    for i, call in enumerate(registered)
])

print(json.dumps({
    "pair": paired["f0"],
    "finished": {row["EXTERNAL_CALL_ID"]: row["ID"] for row in finished},
    "statistics": portal.get_all("voximplant.statistic.get"),
    "users": portal.get_all("user.get", {"FILTER": {"ACTIVE": True}}),
}))

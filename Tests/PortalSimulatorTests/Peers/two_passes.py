# SPDX-License-Identifier: Apache-2.0
"""Imports calls as a short script does: register all of them, then finish all of them.

usage: two_passes.py WEBHOOK_ADDRESS CALLS

Prints how many calls the client said it had registered and finished, and what stopped it.
"""
import json
import sys
from datetime import datetime, timedelta, timezone

from fast_bitrix24 import Bitrix

portal = Bitrix(sys.argv[1], verbose=False)
count = int(sys.argv[2])
yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
report = {"registered": 0, "finished": 0, "stopped": None}
try:
    registered = portal.call("telephony.externalcall.register", [
        {"USER_ID": 1 + i % 20, "PHONE_NUMBER": f"+7900000{i:04d}", "TYPE": 1 + i % 2, "SHOW": 0, "CRM_CREATE": 0,
         "CALL_START_DATE": (yesterday + timedelta(minutes=i)).isoformat(), "EXTERNAL_CALL_ID": f"plain-{i}"}
        for i in range(count)
    ])
    report["registered"] = len(registered)
    finished = portal.call("telephony.externalcall.finish", [
        {"CALL_ID": call["CALL_ID"], "USER_ID": 1 + i % 20, "DURATION": 30, "ADD_TO_CHAT": 0}
        for i, call in enumerate(registered)
    ])
    report["finished"] = len(finished)
except Exception as error:
    report["stopped"] = f"{type(error).__name__}: {error}"[:300]
print(json.dumps(report))

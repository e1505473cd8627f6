# SPDX-License-Identifier: Apache-2.0
"""Runs b24pysdk against a portal and prints what it was answered as one JSON object.

usage: b24pysdk_client.py HOST:PORT USER/SECRET

The one change: the package insists on https, which a portal on this machine does not speak.
"""
import json
import sys

from b24pysdk import Client
from b24pysdk.credentials import BitrixWebhook

caller = sys.modules["b24pysdk.api.callers.call_method"]
caller._MethodCaller._base_url = property(lambda self: f"http://{self._domain}/rest")

webhook = BitrixWebhook(domain=sys.argv[1], webhook_token=sys.argv[2])
client = Client(webhook)

single = client.telephony.external_call.register(
    phone_number="+12025550121", call_type=2, user_id=5, show=0, external_call_id="sdk-single",
    call_start_date="2026-03-07T11:20:30+03:00").response.result
finish = client.telephony.external_call.finish(
    single["CALL_ID"], user_id=5, duration=12, add_to_chat=0).response.result

methods = {}
for i in range(60):
    methods[f"r{i}"] = ("telephony.externalCall.register", {
        "USER_ID": 6, "PHONE_NUMBER": f"+7900000{i:04d}", "TYPE": 2, "SHOW": 0,
        "CALL_START_DATE": f"2026-03-05T10:{i:02d}:00+03:00", "EXTERNAL_CALL_ID": f"sdk-{i}"})
    methods[f"f{i}"] = ("telephony.externalCall.finish", {
        "CALL_ID": f"$result[r{i}][CALL_ID]", "USER_ID": 6, "DURATION": 5 + i, "ADD_TO_CHAT": 0})
methods["bad"] = ("telephony.externalCall.finish", {"CALL_ID": "externalCall.none.1", "USER_ID": 6})
batches = webhook.call_batches(methods)
inner = batches["result"]

print(json.dumps({
    "finish": finish,
    "results": len(inner["result"]),
    "errors": inner["result_error"],
    "statistics": list(client.voximplant.statistic.get(sort="ID", order="ASC").as_list().result),
    "users": list(client.user.get(filter={"ACTIVE": True}).as_list().result),
}))

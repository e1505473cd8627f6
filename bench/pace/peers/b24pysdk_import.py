# SPDX-License-Identifier: Apache-2.0
"""Imports calls with b24pysdk.

usage: b24pysdk_import.py WEBHOOK_ADDRESS CALLS.jsonl PAIRS_PER_REQUEST TIME_SCALE

The one change to the package: it insists on https, which a portal on this machine does not speak. Its pauses between
tries are shortened as much as the portal's time.
"""
import sys

from b24pysdk import Config
from b24pysdk.credentials import BitrixWebhook

from common import Job, finish, register

caller = sys.modules["b24pysdk.api.callers.call_method"]
caller._MethodCaller._base_url = property(lambda self: f"http://{self._domain}/rest")

job = Job()
Config().configure(
    default_initial_retry_delay=1 / job.scale, default_retry_delay_increment=1 / job.scale, default_max_retries=10)
host, path = job.address.removeprefix("http://").split("/rest/")
webhook = BitrixWebhook(domain=host, webhook_token=path.strip("/"))


def send(calls):
    methods = {}
    for number, call in enumerate(calls):
        methods[f"r{number}"] = ("telephony.externalCall.register", register(call))
        methods[f"f{number}"] = ("telephony.externalCall.finish", finish(call, f"$result[r{number}][CALL_ID]"))
    answers = webhook.call_batch(methods, timeout=75)["result"]["result"]
    return [calls[int(key[1:])]["id"] for key in answers if key.startswith("f")]


def ask(ids):
    reply = webhook.call_method("voximplant.statistic.get", {"FILTER": {"EXTERNAL_CALL_ID": ids}}, timeout=75)
    return [row["EXTERNAL_CALL_ID"] for row in reply["result"]]


job.run(send, ask)

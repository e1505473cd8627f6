# SPDX-License-Identifier: Apache-2.0
"""Sends batches of 50 commands (25 registers with their finishes) and prints how long they took.

usage: load.py WEBHOOK_ADDRESS BATCHES
"""
import http.client
import json
import sys
import threading
import time
from urllib.parse import urlparse

address = urlparse(sys.argv[1])
batches = int(sys.argv[2])
lanes = 2
failures = []


def body(batch):
    commands = {}
    for i in range(25):
        commands[f"r{i}"] = (
            f"telephony.externalCall.register?USER_ID={1 + i % 20}&PHONE_NUMBER=%2B7900000{i:04d}&TYPE=2&SHOW=0"
            f"&CRM_CREATE=0&CALL_START_DATE=2026-03-07T10%3A20%3A30%2B03%3A00&LINE_NUMBER=trunk-1"
            f"&EXTERNAL_CALL_ID=load-{batch}-{i}")
        commands[f"f{i}"] = (
            f"telephony.externalCall.finish?CALL_ID=$result[r{i}][CALL_ID]&USER_ID={1 + i % 20}&DURATION=30"
            f"&STATUS_CODE=200&ADD_TO_CHAT=0")
    return json.dumps({"halt": 0, "cmd": commands})


def lane(number):
    connection = http.client.HTTPConnection(address.hostname, address.port)
    for batch in range(number, batches, lanes):
        connection.request("POST", address.path + "batch", body(batch), {"Content-Type": "application/json"})
        reply = json.loads(connection.getresponse().read())
        if len(reply["result"]["result"]) != 50:
            failures.append(reply)


start = time.monotonic()
threads = [threading.Thread(target=lane, args=(number,)) for number in range(lanes)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
seconds = time.monotonic() - start
print(json.dumps({"batches": batches, "failures": len(failures), "seconds": seconds,
                  "perMinute": batches / seconds * 60}))

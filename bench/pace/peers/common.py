# SPDX-License-Identifier: Apache-2.0
"""What both peers share: the calls, their commands, and asking the portal what it has before anything is sent again."""

import json
import sys
import time


class Job:
    """The calls to bring to a portal, in chunks of register and finish pairs.

    As a competent user would have it: register and finish travel together, no request holds more pairs than its time
    permits, EXTERNAL_CALL_ID is always sent, and after an error only what the statistics do not show is sent again, after
    a pause that grows.
    """

    def __init__(self):
        self.address, file, pairs, scale = sys.argv[1:5]
        self.scale = float(scale)
        with open(file, encoding="utf-8") as lines:
            self.calls = [json.loads(line) for line in lines]
        size = int(pairs)
        self.chunks = [self.calls[i:i + size] for i in range(0, len(self.calls), size)]

    def run(self, send, ask):
        """Sends all chunks: `send` returns the ids it knows to be done, `ask` those that the portal shows."""
        for chunk in self.chunks:
            left = list(chunk)
            for attempt in range(12):
                if attempt:
                    self.pause(min(10 * 2 ** (attempt - 1), 300))
                    try:
                        there = set(ask([call["id"] for call in left]))
                    except Exception:  # the next attempt asks again
                        continue
                    left = [call for call in left if call["id"] not in there]
                if not left:
                    break
                try:
                    done = set(send(left))
                except Exception:  # what was done is asked for
                    continue
                left = [call for call in left if call["id"] not in done]
                if not left:
                    break

    def pause(self, seconds):
        """Waits so many seconds of the portal's time."""
        time.sleep(seconds / self.scale)


def register(call):
    return {"USER_ID": call["user"], "PHONE_NUMBER": call["phone"], "TYPE": 2, "SHOW": 0, "CRM_CREATE": 0,
            "ADD_TO_CHAT": 0, "CALL_START_DATE": call["start"], "EXTERNAL_CALL_ID": call["id"]}


def finish(call, call_id):
    return {"CALL_ID": call_id, "USER_ID": call["user"], "DURATION": call["talk"], "ADD_TO_CHAT": 0,
            "STATUS_CODE": 200 if call["talk"] else 304}

# SPDX-License-Identifier: Apache-2.0
"""Registers calls as a live integration does: b24pysdk with the tokens of an application, a register and a finish each.

usage: b24pysdk_live.py HOST:PORT < CALLS, one call a line: phone, type, start (seconds since 1970), talk time, user

The changes: the package insists on https and on its own authorization server, which are at the portal here.
"""
import datetime
import sys
from urllib.parse import parse_qs, urlparse

import requests
from b24pysdk.api.requesters.bitrix_oauth_requester import BitrixOAuthRequester
from b24pysdk.credentials import BitrixApp, BitrixToken

host = sys.argv[1]
caller = sys.modules["b24pysdk.api.callers.call_method"]
caller._MethodCaller._base_url = property(lambda self: f"http://{self._domain}/rest")
BitrixOAuthRequester._OAUTH_TOKEN_URL = f"http://{host}/oauth/token/"

allowed = requests.post(
    f"http://{host}/oauth/authorize/", allow_redirects=False,
    data={"client_id": "local.app", "state": "s", "user": "7", "decision": "allow"})
code = parse_qs(urlparse(allowed.headers["Location"]).query)["code"][0]
app = BitrixApp(client_id="local.app", client_secret="app-secret")
tokens = app.get_oauth_token(code).oauth_token
token = BitrixToken(
    domain=host, auth_token=tokens.access_token, refresh_token=tokens.refresh_token, expires=tokens.expires,
    bitrix_app=app)

methods = {}
for number, line in enumerate(sys.stdin):
    phone, kind, start, talk, user = line.split()
    begin = datetime.datetime.fromtimestamp(int(start), datetime.timezone.utc).isoformat()
    methods[f"r{number}"] = ("telephony.externalCall.register", {
        "USER_ID": user, "PHONE_NUMBER": phone, "TYPE": kind, "SHOW": 0, "CALL_START_DATE": begin,
        "EXTERNAL_CALL_ID": f"live-{number}"})
    methods[f"f{number}"] = ("telephony.externalCall.finish", {
        "CALL_ID": f"$result[r{number}][CALL_ID]", "USER_ID": user, "DURATION": talk, "ADD_TO_CHAT": 0,
        "STATUS_CODE": "200" if int(talk) else "304"})
errors = token.call_batches(methods)["result"]["result_error"]
assert not errors, errors

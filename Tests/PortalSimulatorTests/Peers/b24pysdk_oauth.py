# SPDX-License-Identifier: Apache-2.0
"""Lets an application in at a portal's page with b24pysdk, works with its tokens, and prints what came of it.

usage: b24pysdk_oauth.py HOST:PORT

The changes: the package insists on https and on its own authorization server, which are at the portal here.
"""
import json
import sys
from urllib.parse import parse_qs, urlparse

import requests
from b24pysdk import Client
from b24pysdk.api.requesters.bitrix_oauth_requester import BitrixOAuthRequester
from b24pysdk.credentials import BitrixApp, BitrixToken, BitrixWebhook

host = sys.argv[1]
caller = sys.modules["b24pysdk.api.callers.call_method"]
caller._MethodCaller._base_url = property(lambda self: f"http://{self._domain}/rest")
BitrixOAuthRequester._OAUTH_TOKEN_URL = f"http://{host}/oauth/token/"


def refusal(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "none"


page = requests.get(f"http://{host}/oauth/authorize/", params={"client_id": "local.app", "state": "my state?"})
assert "Local application" in page.text and 'name="decision"' in page.text, page.text
allowed = requests.post(
    f"http://{host}/oauth/authorize/", allow_redirects=False,
    data={"client_id": "local.app", "state": "my state?", "user": "7", "decision": "allow"})
redirect = allowed.headers["Location"].replace("my%20state", "my+state")
code = parse_qs(urlparse(redirect).query)["code"][0]

app = BitrixApp(client_id="local.app", client_secret="app-secret")
first = app.get_oauth_token(code)
token = BitrixToken(
    domain=host, auth_token=first.oauth_token.access_token, refresh_token=first.oauth_token.refresh_token,
    expires=first.oauth_token.expires, bitrix_app=app)
client = Client(token)
profile = client.profile().response.result
call = client.telephony.external_call.register(
    phone_number="+12025550121", call_type=2, user_id=5, show=0, external_call_id="sdk-oauth").response.result

requests.post(f"http://{host}/control", data=json.dumps({"expireTokens": True})).raise_for_status()
# The package notices expired_token, refreshes, and sends the request again.
client.telephony.external_call.finish(call["CALL_ID"], user_id=5, duration=12, add_to_chat=0).response
second = token.oauth_token
info = token.call_method("app.info")["result"]

requests.post(f"http://{host}/control", data=json.dumps({"webhook": "deny"})).raise_for_status()
webhook = Client(BitrixWebhook(domain=host, webhook_token="1/secret"))
print(json.dumps({
    "redirect": redirect,
    "first": {"access": first.oauth_token.access_token, "portal": first.portal_domain, "user": first.user_id},
    "profile": profile["ID"],
    "second": {"access": second.access_token},
    "code": info["CODE"],
    "refusals": {
        "used code": refusal(lambda: app.get_oauth_token(code)),
        "used refresh token": refusal(lambda: app.refresh_oauth_token(first.oauth_token.refresh_token)),
        "wrong secret": refusal(
            lambda: BitrixApp(client_id="local.app", client_secret="x").refresh_oauth_token(second.refresh_token)),
        "wrong client": refusal(
            lambda: BitrixApp(client_id="local.no", client_secret="x").refresh_oauth_token(second.refresh_token)),
        "webhook": refusal(lambda: webhook.telephony.external_call.register(
            phone_number="1", call_type=2, user_id=5).response),
    },
}))

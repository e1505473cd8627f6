# SPDX-License-Identifier: Apache-2.0
"""A headless chromium, spoken to through chromedriver (Debian: chromium-driver)."""
import json
import subprocess
import urllib.error
import urllib.request


class Browser:
    """One session of chromedriver, spoken to as the WebDriver standard says."""

    def __init__(self):
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                self.base = "http://127.0.0.1:" + line.rstrip(".\n").rsplit(" ", 1)[1]
                break
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]}
        answer = self.send("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            # Milliseconds; a machine that tests something else besides takes its time.
            "timeouts": {"script": 300_000, "pageLoad": 300_000}, "goog:loggingPrefs": {"performance": "ALL"}}}})
        self.session = "/session/" + answer["sessionId"]

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=330) as answer:
            return json.load(answer)["value"]

    def command(self, name, **parameters):
        return self.send("POST", f"{self.session}/goog/cdp/execute", {"cmd": name, "params": parameters})

    def run(self, script, *arguments, wait=False):
        return self.send(
            "POST", f"{self.session}/execute/{'async' if wait else 'sync'}", {"script": script, "args": list(arguments)})

    def open(self, url):
        self.send("POST", f"{self.session}/url", {"url": url})

    def end(self):
        try:
            self.send("DELETE", self.session)
        except (urllib.error.URLError, AttributeError):
            pass
        # It has nothing left to do, and on a busy machine it takes its time to end by itself.
        self.driver.kill()
        self.driver.wait()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goes through the page on which a portal asks whether an application may have access, as a person does.

    allow_access.py ADDRESS

Allows access and prints what the browser shows in the end.
"""
import sys
import time

from browser import Browser

TEXT = "const e = document.querySelector(arguments[0]); return e ? e.textContent : ''"


def allow(address):
    browser = Browser()
    try:
        browser.open(address)
        print(browser.run(TEXT, "h1").strip())
        browser.run("document.querySelector('#allow').click()")
        for _ in range(600):
            message = browser.run(TEXT, "#message").strip()
            if message:
                break
            time.sleep(0.1)
        print(message)
    finally:
        browser.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    allow(sys.argv[1])

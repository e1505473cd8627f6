#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the figures on the page of a local portal, a line for each: its name, a tab, its value.

    portal_tiles.py ADDRESS
"""
import sys
import time

from browser import Browser

TILES = """
return [...document.querySelectorAll("#tiles .tile")].map(
  (tile) => tile.querySelector("span").textContent + "\\t" + tile.querySelector("b").textContent).join("\\n")
"""


def tiles(address):
    browser = Browser()
    try:
        browser.open(address)
        for _ in range(600):
            text = browser.run(TILES)
            if text:
                return text
            time.sleep(0.1)
        return ""
    finally:
        browser.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(tiles(sys.argv[1]))
